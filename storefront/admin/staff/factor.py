"""One's own second factor: setting it up with a QR code, its recovery codes, taking it off."""

from flask import Response, url_for

from storefront.admin.guard import before_second_factor, current_member, for_any_staff
from storefront.admin.session import staff_session
from storefront.admin.staff.account import own_session_id
from storefront.admin.staff.blueprint import Sheet, secret_typed, show, staff_box, staff_pages, status_of
from storefront.admin.staff.qr import draw
from storefront.core.db import run_unit, session, utcnow
from storefront.core.i18n.translate import gettext as _
from storefront.core.secrecy import SecretUnreadable
from storefront.core.settings.policies import in_language
from storefront.core.staff import login, queries, second_factor
from storefront.core.staff.errors import SecondFactorState, StaffError
from storefront.core.staff.second_factor import Enrolment
from storefront.shop.context import current_lang, current_shop
from storefront.shop.hx import redirect_to, toast

# In the session, sealed: the secret that is not in force yet. A reload shows the same code again.
PENDING = "second_factor"
GROUP = 4


# Also where the guard sends whoever must have one.
@staff_pages.get("/account/second-factor", endpoint="second_factor")
@for_any_staff
@before_second_factor
def second_factor_page() -> Response:
    if staff_session().has_second_factor:
        return _settled(Sheet())
    return _beginning(_enrolment(), Sheet())


def _enrolment() -> Enrolment:
    """The one under way in this session; a new one when there is none, or when its key is gone."""
    member, box = current_member(), staff_box()
    try:
        secret = box.decrypt(staff_session().get(PENDING, ""))
    except SecretUnreadable:
        secret = ""
    shop_name = in_language(current_shop().policy("shop.name"), current_lang())
    found = second_factor.begin(queries.email_of(member.id), shop_name, secret)
    if not secret:
        staff_session()[PENDING] = box.encrypt(found.secret)
    return found


def _beginning(enrolment: Enrolment, sheet: Sheet, status: int = 200) -> Response:
    secret = enrolment.secret
    grouped = " ".join(secret[i : i + GROUP] for i in range(0, len(secret), GROUP))
    must = second_factor.is_due(current_member().role, False, current_shop().policy(second_factor.POLICY))
    labels = {"code": _("Code")}
    return show(
        "second_factor_new",
        status=status,
        secret=grouped,
        uri=enrolment.uri,
        qr=draw(enrolment.uri),
        sheet=sheet,
        labels=labels,
        must=must,
    )


@staff_pages.post("/account/second-factor")
@for_any_staff
@before_second_factor
def enrol() -> Response:
    """The recovery codes are the answer itself: nothing else ever shows them."""
    if staff_session().has_second_factor:
        return redirect_to(url_for("staff.second_factor"))
    member, own, box, enrolment = current_member(), own_session_id(), staff_box(), _enrolment()
    code = secret_typed("code")
    session.rollback()
    try:
        codes = run_unit(
            lambda: second_factor.enrol(member.id, enrolment.secret, code, box=box, keep=own, now=utcnow())
        )
    except SecondFactorState:
        return redirect_to(url_for("staff.second_factor"))
    except StaffError as error:
        return _beginning(enrolment, Sheet.refused(error, {}), status_of(error))
    del staff_session()[PENDING]
    return show("recovery_codes", codes=codes)


def _settled(sheet: Sheet, status: int = 200) -> Response:
    left = second_factor.recovery_codes_left(current_member().id)
    return show("second_factor", status=status, sheet=sheet, codes_left=left)


@staff_pages.post("/account/second-factor/codes")
@for_any_staff
def renew_codes() -> Response:
    member = current_member()
    session.rollback()
    try:
        login.confirm_password(member.id, secret_typed("current"), utcnow())
        codes = run_unit(lambda: second_factor.renew_recovery_codes(member.id))
    except StaffError as error:
        session.rollback()
        return _settled(Sheet.refused(error, {}), status_of(error))
    return show("recovery_codes", codes=codes)


@staff_pages.post("/account/second-factor/remove")
@for_any_staff
def remove_second_factor() -> Response:
    member = current_member()
    session.rollback()
    try:
        login.confirm_password(member.id, secret_typed("current"), utcnow())
        run_unit(lambda: second_factor.remove(member.id, member.actor))
    except StaffError as error:
        session.rollback()
        return _settled(Sheet.refused(error, {}), status_of(error))
    toast(_("The second factor is removed."))
    return redirect_to(url_for("staff.account"))
