"""Log-in with its second step, and the way out."""

from flask import Response, request, url_for

from storefront.admin.guard import before_second_factor, find_member, for_any_staff, for_anybody, for_unverified
from storefront.admin.session import staff_session
from storefront.admin.staff.blueprint import (
    Sheet,
    browser,
    client,
    secret_typed,
    show,
    staff_box,
    staff_pages,
    status_of,
    typed,
)
from storefront.core.db import run_unit, session, utcnow
from storefront.core.staff import login
from storefront.core.staff.errors import StaffError, Throttled
from storefront.core.staff.queries import is_staffed
from storefront.core.staff.sessions import log_out as end_of
from storefront.shop.csrf import from_catalogue
from storefront.shop.hx import redirect_to
from storefront.shop.paths import own_path

HOME = "/manage/"


def next_page() -> str:
    """Where somebody wanted to go before they were asked to log in: a page of the back office, nothing else."""
    target = own_path(request.values.get("next", ""), HOME)
    return target if target.startswith(HOME) else HOME


@staff_pages.route("/login", methods=["GET", "POST"])
@for_anybody
@from_catalogue
def log_in() -> Response:
    if request.method == "GET":
        if find_member() is not None:
            return redirect_to(next_page())
        if not is_staffed():
            return redirect_to(url_for("staff.set_up"))
        return _log_in_page(Sheet())
    values = typed("email")
    session.rollback()
    try:
        found = login.log_in(
            values["email"], secret_typed("password"), address=client(), browser=browser(), now=utcnow()
        )
    except StaffError as error:
        return _log_in_page(Sheet.refused(error, values), error)
    return welcome(found, next_page())


def welcome(found: login.LoggedIn, target: str) -> Response:
    """The browser gets its new session; one it had before ends."""
    before = staff_session().load().id
    if before is not None:
        run_unit(lambda: end_of(before))
    staff_session().adopt(found.session, found.staff_id, verified=not found.needs_code)
    return redirect_to(url_for("staff.give_code", next=target) if found.needs_code else target)


def _log_in_page(sheet: Sheet, error: StaffError | None = None) -> Response:
    status = 200 if error is None else status_of(error)
    return _with_wait(show("log_in", status=status, sheet=sheet, target=next_page()), error)


def _with_wait(response: Response, error: StaffError | None) -> Response:
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(max(1, int((error.until - utcnow()).total_seconds())))
    return response


@staff_pages.route("/login/code", methods=["GET", "POST"])
@for_unverified
def give_code() -> Response:
    waiting = staff_session().load()
    if waiting.verified or waiting.id is None or waiting.staff_id is None:
        return redirect_to(next_page())
    if request.method == "GET":
        return show("code", sheet=Sheet(), target=next_page())
    staff_id, session_id = waiting.staff_id, waiting.id
    session.rollback()
    try:
        opened = login.give_code(session_id, secret_typed("code"), box=staff_box(), address=client(), now=utcnow())
    except StaffError as error:
        sheet = Sheet.refused(error, {}, at="" if isinstance(error, Throttled) else "code")
        return _with_wait(show("code", status=status_of(error), sheet=sheet, target=next_page()), error)
    staff_session().adopt(opened, staff_id, verified=True)
    return redirect_to(next_page())


@staff_pages.post("/logout")
@for_any_staff
@before_second_factor
def log_out() -> Response:
    run_unit(staff_session().end)
    return redirect_to(url_for("staff.log_in"))


@staff_pages.post("/login/cancel")
@for_unverified
def cancel() -> Response:
    """Back from the second step: another account, or nothing."""
    run_unit(staff_session().end)
    return redirect_to(url_for("staff.log_in"))
