"""One mail of the log: what became of it, and what can be done about it."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, request

from storefront.admin.guard import current_member, needs
from storefront.admin.lists.cells import long_moment
from storefront.admin.mails.listing import WORDS, about, mail_path
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import new_token, once
from storefront.admin.words import problems_of, sentence
from storefront.core.db import run_unit, session, utcnow
from storefront.core.i18n.translate import gettext as _
from storefront.core.i18n.translate import ngettext
from storefront.core.lifecycle.resend import correct_email, resend_mail
from storefront.core.mail.kinds import KINDS
from storefront.core.mail.queries import MailRow, MailState, find_mail
from storefront.core.orders.models import Order
from storefront.core.values.language import OWN_NAMES
from storefront.shop.context import current_shop
from storefront.shop.hx import redirect_to, render_page, toast

mail_log = Blueprint("mail_log", __name__, url_prefix="/manage/mails/<row_id>")

MAX_ADDRESS = 320
PARCEL_KINDS = ("order_shipped", "tracking_changed")


@mail_log.get("")
@needs("customers.view")
def show(row_id: str) -> Response:
    return _page(row_id)


def _page(row_id: str, error: str = "", typed: str = "", status: int = 200) -> Response:
    mail, member = _found(row_id), current_member()
    zone = str(current_shop().policy("shop.time_zone"))
    number = _number(mail)
    return render_page(
        "manage/mails/mail.html",
        "manage/mails/_mail.html",
        status=status,
        mail=mail,
        title=_(KINDS[mail.kind].title) if mail.kind in KINDS else mail.kind,
        state=_(WORDS[mail.state]),
        number=number,
        about=about([mail]).get(mail.subject, mail.subject),
        language=OWN_NAMES.get(mail.locale, mail.locale),
        promised=long_moment(mail.at, zone),
        settled=long_moment(mail.settled_at, zone) if mail.settled_at else "",
        given_up=mail.state in (MailState.PARKED, MailState.DEAD),
        parked=mail.state == MailState.PARKED,
        may_tend=member.may("jobs.edit"),
        may_write=member.may("orders.edit") and bool(number),
        once=new_token(),
        error="",
        typed="",
        address_error=error,
        address=typed or mail.address,
    )


@mail_log.post("/again")
@needs("orders.edit")
def again(row_id: str) -> Response:
    """The same mail once more, as the order is now: a new mail, and an event of the order."""
    mail = _found(row_id)
    number = _number(mail) or abort(404)
    actor = current_member().actor
    ids = {"shipment_id" if mail.kind in PARCEL_KINDS else "bill_id": mail.about_id}

    def work() -> str:
        resend_mail(number, mail.kind, actor=actor, now=utcnow(), **ids)
        return _("The mail is sent again.")

    return _act(row_id, work)


@mail_log.post("/address")
@needs("orders.edit")
def correct(row_id: str) -> Response:
    """The order's address was wrong: what was refused leaves again, to the right one."""
    number = _number(_found(row_id)) or abort(404)
    actor = current_member().actor
    typed = request.form.get("email", "").replace("\0", "").strip()[:MAX_ADDRESS]

    def work() -> str:
        count = correct_email(number, typed, actor=actor, now=utcnow())
        return ngettext("Corrected. %(num)s mail leaves again.", "Corrected. %(num)s mails leave again.", count)

    return _act(row_id, work, typed)


def _act(row_id: str, work: Callable[[], str], typed: str = "") -> Response:
    session.rollback()
    try:
        said, ran = run_unit(lambda: once(request.form.get(ONCE, ""), work))
    except Exception as error:
        session.rollback()
        problems = problems_of(error)
        if not problems:
            raise
        if typed:
            return _page(row_id, sentence(problems[0]), typed, 422)
        toast(sentence(problems[0]))
        return redirect_to(mail_path(row_id))
    toast(said if ran else _("This was done already; it was not done twice."))
    return redirect_to(mail_path(row_id))


def _found(row_id: str) -> MailRow:
    mail = find_mail(row_id)
    if mail is None:
        abort(404)
    return mail


def _number(mail: MailRow) -> str:
    """Of the order it is about, "" for any other mail."""
    order = session.get(Order, mail.order_id) if mail.order_id is not None else None
    return order.number if order is not None else ""
