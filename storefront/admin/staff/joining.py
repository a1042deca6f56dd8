"""The first owner's set-up, and accepting an invitation: both choose a password and are in."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, request

from storefront.admin.guard import for_anybody
from storefront.admin.staff.blueprint import (
    LANGUAGE_CHOICES,
    Sheet,
    browser,
    client,
    secret_typed,
    shop_names,
    show,
    staff_pages,
    status_of,
    typed,
)
from storefront.admin.staff.entering import HOME, welcome
from storefront.core.db import run_unit, session, utcnow
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.staff import service, setup_code, throttle
from storefront.core.staff.errors import AlreadySetUp, BadDetails, BadInvitation, Refused, StaffError
from storefront.core.staff.login import LoggedIn, admit
from storefront.core.staff.passwords import CheckedPassword, check_password
from storefront.core.staff.queries import is_staffed
from storefront.shop.context import current_lang, extension
from storefront.shop.csrf import from_catalogue


def chosen_password(email: str, *names: str) -> CheckedPassword:
    """The new password of a form with ``password`` and ``repeat``. Call outside any unit. Raises ``BadDetails``."""
    checked = check_password(secret_typed("password"), email, [*names, *shop_names()])
    if secret_typed("password") != secret_typed("repeat"):
        raise BadDetails(N_("The two passwords are not the same. Please type both again."), "repeat")
    return checked


@staff_pages.route("/setup", methods=["GET", "POST"])
@for_anybody
@from_catalogue
def set_up() -> Response:
    """While there is no staff; afterwards this page does not exist."""
    if is_staffed():
        abort(404)
    session.rollback()
    if request.method == "GET":
        return _set_up_page(Sheet({"code": request.args.get("code", "")[:100], "locale": current_lang()}))
    values = typed("code", "name", "email", "locale")
    try:
        _check_code(values["code"])
        details = service.check_details(values["name"], values["email"], values["locale"])
        password = chosen_password(details.email, details.name)

        def work() -> LoggedIn:
            return admit(service.create_owner(details, password), browser(), utcnow())

        found = run_unit(work)
    except AlreadySetUp:
        abort(404)
    except StaffError as error:
        return _set_up_page(Sheet.refused(error, values), status_of(error))
    setup_code.remove(extension().settings.data_dir)
    return welcome(found, HOME)


def _check_code(typed_code: str) -> None:
    """Raises ``Throttled``, ``Refused``."""
    who, now = throttle.client_of(client()), utcnow()
    run_unit(lambda: throttle.count(throttle.SETUPS, who, now))
    if not setup_code.fits(extension().settings.data_dir, typed_code):
        raise Refused(N_("This is not the code. It was printed when the shop was started."), "code")
    run_unit(lambda: throttle.give_back(throttle.SETUPS, who))


def _set_up_page(sheet: Sheet, status: int = 200) -> Response:
    labels = {
        "code": _("Set-up code"),
        "name": _("Your name"),
        "email": _("Mail address"),
        "password": _("Password"),
        "repeat": _("Password once more"),
        "locale": _("Language"),
    }
    return show("set_up", status=status, sheet=sheet, labels=labels, languages=LANGUAGE_CHOICES)


@staff_pages.route("/invite/<secret>", methods=["GET", "POST"])
@for_anybody
@from_catalogue
def invitation(secret: str) -> Response:
    """A link that was used, is too old or was followed by a newer one says so, and no more."""
    member = service.find_invited(secret, utcnow())
    if member is None:
        session.rollback()
        return show("invite_gone", status=410)
    name, email = member.name, member.email
    session.rollback()
    page = _invite_page(name, email)
    if request.method == "GET":
        return page(Sheet())
    try:
        password = chosen_password(email, name)

        def work() -> LoggedIn:
            return admit(service.accept_invite(secret, password, utcnow()), browser(), utcnow())

        found = run_unit(work)
    except BadInvitation:
        return show("invite_gone", status=410)
    except StaffError as error:
        return page(Sheet.refused(error, {}), status_of(error))
    return welcome(found, HOME)


def _invite_page(name: str, email: str) -> Callable[..., Response]:
    labels = {"password": _("Password"), "repeat": _("Password once more")}

    def page(sheet: Sheet, status: int = 200) -> Any:
        return show("invite", status=status, sheet=sheet, labels=labels, name=name, email=email)

    return page
