"""One's own account: name and language, password, browsers."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, request, url_for

from storefront.admin.guard import Member, current_member, for_any_staff
from storefront.admin.lists.cells import long_moment
from storefront.admin.session import staff_session
from storefront.admin.staff.blueprint import LANGUAGE_CHOICES, Sheet, secret_typed, show, staff_pages, status_of, typed
from storefront.admin.staff.browsers import browser_name
from storefront.admin.staff.joining import chosen_password
from storefront.core.db import run_unit, session, utcnow
from storefront.core.i18n.translate import gettext as _
from storefront.core.i18n.translate import use_language
from storefront.core.mail.kinds import topic_of
from storefront.core.mail.opting_out import is_wanted, opt_in, opt_out
from storefront.core.staff import login, queries, second_factor, service, sessions
from storefront.core.staff.errors import StaffError
from storefront.jobs.staff_mails import DIGEST
from storefront.shop.context import current_shop
from storefront.shop.hx import redirect_to, toast


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """One of somebody's browsers, as a page shows it. ``here``: the one that asks."""

    id: int
    name: str
    since: str
    seen: str
    here: bool


def own_session_id() -> int:
    found = staff_session().load().id
    if found is None:
        abort(403)
    return found


def shown_moment(at: datetime) -> str:
    return long_moment(at, str(current_shop().policy("shop.time_zone")))


def browser_rows(staff_id: int) -> list[BrowserRow]:
    own = own_session_id()
    return [
        BrowserRow(
            view.id,
            browser_name(view.browser) or _("Unknown browser"),
            shown_moment(view.created_at),
            shown_moment(view.last_seen_at),
            view.id == own,
        )
        for view in sessions.sessions_of(staff_id, utcnow())
    ]


@staff_pages.get("/account")
@for_any_staff
def account() -> Response:
    member = current_member()
    return _page(Sheet({"name": member.name, "locale": member.locale}), Sheet())


def _page(details: Sheet, password: Sheet, status: int = 200) -> Response:
    member = current_member()
    return show(
        "account",
        status=status,
        details=details,
        password=password,
        labels={"name": _("Name"), "locale": _("Language")},
        password_labels={
            "current": _("Current password"),
            "password": _("New password"),
            "repeat": _("New password once more"),
        },
        languages=LANGUAGE_CHOICES,
        email=queries.email_of(member.id),
        has_second_factor=staff_session().has_second_factor,
        codes_left=second_factor.recovery_codes_left(member.id),
        browsers=browser_rows(member.id),
        told_daily=_told_daily(member),
    )


def _told_daily(member: Member) -> bool | None:
    """Whether the daily notice comes; ``None`` for those it is not meant for."""
    if member.role not in queries.TOLD_DAILY:
        return None
    return is_wanted(queries.email_of(member.id), topic_of(DIGEST))


@staff_pages.post("/account/notices")
@for_any_staff
def save_notices() -> Response:
    """The daily notice by mail: wanted or not, as by the link in it."""
    member, wanted = current_member(), "daily" in request.form
    address = queries.email_of(member.id)
    session.rollback()
    run_unit(lambda: (opt_in if wanted else opt_out)(address, topic_of(DIGEST), member.actor))
    toast(_("Saved."))
    return redirect_to(url_for("staff.account"))


@staff_pages.post("/account")
@for_any_staff
def save_account() -> Response:
    member, values = current_member(), typed("name", "locale")
    session.rollback()
    try:
        run_unit(lambda: service.change_details(member.id, values["name"], values["locale"], member.actor))
    except StaffError as error:
        return _page(Sheet.refused(error, values), Sheet(), status_of(error))
    with use_language(values["locale"]):  # the next page speaks it already
        toast(_("Saved."))
    return redirect_to(url_for("staff.account"))


@staff_pages.post("/account/password")
@for_any_staff
def change_password() -> Response:
    member, own = current_member(), own_session_id()
    email = queries.email_of(member.id)
    session.rollback()
    try:
        new = chosen_password(email, member.name)
        login.change_password(member.id, secret_typed("current"), new, keep=own, now=utcnow())
    except StaffError as error:
        session.rollback()
        kept = {"name": member.name, "locale": member.locale}
        return _page(Sheet(kept), Sheet.refused(error, {}), status_of(error))
    toast(_("The password is changed. All other browsers are logged out."))
    return redirect_to(url_for("staff.account"))


@staff_pages.post("/account/sessions/<int:session_id>/end")
@for_any_staff
def end_session(session_id: int) -> Response:
    """One of one's own browsers; somebody else's is none."""
    member = current_member()
    if session_id == own_session_id() or session_id >= 2**31:
        abort(404)
    session.rollback()
    ended = run_unit(lambda: sessions.end_session(member.id, session_id, member.actor))
    toast(_("That browser is logged out.") if ended else _("That browser was logged out already."))
    return redirect_to(url_for("staff.account"))


@staff_pages.post("/account/sessions/end")
@for_any_staff
def end_other_sessions() -> Response:
    member, own = current_member(), own_session_id()
    session.rollback()
    run_unit(lambda: sessions.end_sessions(member.id, member.actor, keep=own))
    toast(_("All other browsers are logged out."))
    return redirect_to(url_for("staff.account"))
