"""The staff: everybody in a list, inviting, and one member's role, access and browsers."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, abort, url_for
from sqlalchemy import ColumnElement, Select, case, func, or_, select

from storefront.admin.guard import current_member, needs
from storefront.admin.staff.account import browser_rows, own_session_id, shown_moment
from storefront.admin.staff.blueprint import (
    LANGUAGE_CHOICES,
    Sheet,
    show,
    staff_box,
    staff_pages,
    status_of,
    typed,
)
from storefront.admin.words import sentence
from storefront.core.contracts.manage import (
    Column,
    Field,
    Filter,
    FormSpec,
    Kind,
    ListSpec,
    ManagePage,
    Section,
    Show,
)
from storefront.core.db import run_unit, session, utcnow
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.paging import QuerySource
from storefront.core.secrecy import SecretUnreadable
from storefront.core.staff import second_factor, service, sessions
from storefront.core.staff.errors import StaffError
from storefront.core.staff.models import Staff, StaffSession
from storefront.core.staff.rights import ROLE_NAMES, ROLE_WORDS
from storefront.jobs.staff_mails import invite_url
from storefront.shop.context import extension
from storefront.shop.hx import redirect_to, toast

ACTIVE, INVITED, LAPSED, CLOSED = "active", "invited", "lapsed", "closed"
STATES = {
    ACTIVE: N_("Active"),
    INVITED: N_("Invited"),
    LAPSED: N_("Invitation over"),
    CLOSED: N_("Closed"),
}


def _state() -> Any:
    return case(
        (Staff.closed_at.is_not(None), CLOSED),
        (Staff.password_hash != "", ACTIVE),
        (Staff.invite_until > utcnow(), INVITED),
        else_=LAPSED,
    )


def _rows() -> Select[Any]:
    seen = (
        select(func.max(StaffSession.last_seen_at)).where(StaffSession.staff_id == Staff.id, StaffSession.verified)
    ).scalar_subquery()
    return select(
        Staff.id,
        Staff.name,
        Staff.email,
        Staff.role,
        _state().label("state"),
        (Staff.totp_secret != "").label("second"),
        seen.label("seen_at"),
    )


def _like(question: str) -> ColumnElement[bool]:
    return or_(
        func.lower(Staff.name).contains(question.lower(), autoescape=True),
        Staff.email_folded.contains(service.fold_email(question), autoescape=True),
    )


def _invite(row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    details = service.check_details(values["name"], values["email"], values["locale"])
    service.invite(details, values["role"], box=staff_box(), actor=actor, now=utcnow())
    return str(session.scalars(select(Staff.id).where(Staff.email_folded == service.fold_email(details.email))).one())


STAFF = ManagePage(
    key="staff",
    title=N_("Staff"),
    view="staff.view",
    edit="staff.edit",
    new_label=N_("Invite somebody"),
    rows=ListSpec(
        columns=(
            Column("name", N_("Name"), sort=True, link=True),
            Column("email", N_("Mail address")),
            Column("role", N_("Role"), Show.CHOICE, words=ROLE_NAMES, sort=True),
            Column("state", N_("Status"), Show.STATUS, words=STATES),
            Column("second", N_("Second factor"), Show.YES),
            Column("seen_at", N_("Last seen"), Show.MOMENT),
        ),
        source=QuerySource(
            _rows,
            Staff.id,
            sorts={"name": Staff.name, "role": Staff.role},
            order="name",
            filters={"role": lambda role: Staff.role == role, "state": lambda state: _state() == state},
            search=_like,
        ),
        row_url=lambda row: url_for("staff.member", staff_id=row.id),
        filters=(Filter("role", N_("Role"), ROLE_NAMES), Filter("state", N_("Status"), STATES)),
        search=N_("Name or mail address"),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("name", N_("Name"), required=True, max_length=service.MAX_NAME),
                    Field("email", N_("Mail address"), Kind.MAIL, required=True, max_length=254),
                    Field(
                        "role",
                        N_("Role"),
                        Kind.CHOICE,
                        required=True,
                        choices=lambda: [(r.value, f"{_(ROLE_NAMES[r])}: {_(ROLE_WORDS[r])}") for r in ROLE_NAMES],
                    ),
                    Field(
                        "locale",
                        N_("Language"),
                        Kind.CHOICE,
                        required=True,
                        choices=lambda: LANGUAGE_CHOICES,
                        help=N_("Of the invitation and the back office; they can change it."),
                    ),
                ),
                help=N_("They get a mail with a link that works for 7 days, and choose a password."),
            ),
        ),
        # Members have a page of their own, below.
        load=lambda row_id: None,
        save=_invite,
        new=lambda: {"name": "", "email": "", "role": "packer", "locale": current_member().locale},
    ),
)


# --- one member


@staff_pages.get("/staff/<int:staff_id>")
@needs("staff.view")
def member(staff_id: int) -> Response:
    return _page(staff_id)


def _page(staff_id: int, problem: str = "", sheet: Sheet | None = None, status: int = 200) -> Response:
    row = session.get(Staff, staff_id, populate_existing=True) if staff_id < 2**31 else None
    if row is None:
        abort(404)
    now, may_edit = utcnow(), current_member().may("staff.edit")
    invited = bool(row.invite_until and row.invite_until > now and not row.closed_at)
    state = CLOSED if row.closed_at else ACTIVE if row.password_hash else INVITED if invited else LAPSED
    return show(
        "member",
        status=status,
        person=row,
        itself=staff_id == current_member().id,
        state=state,
        state_words=_(STATES[state]),
        role_words=_(ROLE_NAMES[row.role]),
        roles=[(r.value, _(ROLE_NAMES[r]), _(ROLE_WORDS[r])) for r in ROLE_NAMES],
        languages=LANGUAGE_CHOICES,
        sheet=sheet or Sheet({"name": row.name, "locale": row.locale, "role": row.role}),
        labels={"name": _("Name"), "locale": _("Language"), "role": _("Role")},
        problem=problem,
        link=_link(row.invite_sealed) if invited and may_edit else "",
        until=shown_moment(row.invite_until) if invited and row.invite_until else "",
        browsers=browser_rows(staff_id),
        may_edit=may_edit,
    )


def _link(sealed: str) -> str:
    """The invitation, for an owner who hands it over in person; "" when its key is gone."""
    try:
        return invite_url(extension().settings.public_url, staff_box().decrypt(sealed))
    except SecretUnreadable:
        return ""


@staff_pages.post("/staff/<int:staff_id>")
@needs("staff.edit")
def save_member(staff_id: int) -> Response:
    actor, values = current_member().actor, typed("name", "locale", "role")

    def work() -> None:
        service.change_details(staff_id, values["name"], values["locale"], actor)
        service.change_role(staff_id, values["role"], actor)

    return _act(staff_id, work, _("Saved."), values)


@staff_pages.post("/staff/<int:staff_id>/invite")
@needs("staff.edit")
def invite_again(staff_id: int) -> Response:
    actor, box = current_member().actor, staff_box()
    return _act(
        staff_id,
        lambda: service.invite_again(staff_id, box=box, actor=actor, now=utcnow()),
        _("A new link is on its way by mail."),
    )


@staff_pages.post("/staff/<int:staff_id>/reset")
@needs("staff.edit")
def reset_password(staff_id: int) -> Response:
    actor, box = current_member().actor, staff_box()
    return _act(
        staff_id,
        lambda: service.reset_password(staff_id, box=box, actor=actor, now=utcnow()),
        _("The old password no longer works. A new link is on its way by mail."),
    )


@staff_pages.post("/staff/<int:staff_id>/second-factor/remove")
@needs("staff.edit")
def take_off_second_factor(staff_id: int) -> Response:
    """For somebody who lost the phone; one's own is removed with the password."""
    actor = current_member()
    if staff_id == actor.id:
        abort(404)
    return _act(staff_id, lambda: second_factor.remove(staff_id, actor.actor), _("The second factor is removed."))


@staff_pages.post("/staff/<int:staff_id>/sessions/end")
@needs("staff.edit")
def end_sessions(staff_id: int) -> Response:
    actor = current_member()
    keep = own_session_id() if staff_id == actor.id else None
    return _act(
        staff_id, lambda: sessions.end_sessions(staff_id, actor.actor, keep=keep), _("All browsers are logged out.")
    )


@staff_pages.post("/staff/<int:staff_id>/close")
@needs("staff.edit")
def close_account(staff_id: int) -> Response:
    actor = current_member().actor
    return _act(staff_id, lambda: service.close_account(staff_id, actor, utcnow()), _("The account is closed."))


@staff_pages.post("/staff/<int:staff_id>/reopen")
@needs("staff.edit")
def reopen_account(staff_id: int) -> Response:
    actor = current_member().actor
    return _act(staff_id, lambda: service.reopen_account(staff_id, actor), _("The account is open again."))


def _act(staff_id: int, work: Callable[[], object], done: str, values: Mapping[str, str] | None = None) -> Response:
    """303 to the member with what was done; 422 with why not."""
    if staff_id >= 2**31:
        abort(404)
    session.rollback()
    try:
        run_unit(work)
    except StaffError as error:
        session.rollback()
        if values is not None and error.problem.field_name:
            return _page(staff_id, sheet=Sheet.refused(error, values), status=status_of(error))
        sheet = None if values is None else Sheet(values)
        return _page(staff_id, sentence(error.problem), sheet, status=status_of(error))
    if staff_id == current_member().id and not _still_here(staff_id):
        return redirect_to(url_for("staff.log_in"))
    toast(done)
    return redirect_to(url_for("staff.member", staff_id=staff_id))


def _still_here(staff_id: int) -> bool:
    """Whoever closed their own account, or sent themselves a new link, is out."""
    return any(view.here for view in browser_rows(staff_id))
