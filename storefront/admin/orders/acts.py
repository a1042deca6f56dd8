"""What can be done to an order besides its parcels: money in and back, cancelling, notes, mails, its end."""

import re
from datetime import datetime

from flask import Blueprint, Response, abort, request

from storefront.admin.guard import needs
from storefront.admin.orders import words
from storefront.admin.orders.carrying import Work, carry_out, refuse, seen
from storefront.admin.orders.typed import Entry
from storefront.core.i18n.formats import format_money
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.complete import complete, end_returned
from storefront.core.lifecycle.edit import cancel_lines
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.refund import confirm_refund, request_refund
from storefront.core.lifecycle.refund_choice import bill_to_refund, chosen_parts
from storefront.core.lifecycle.refund_tasks import confirm_task, take_up
from storefront.core.lifecycle.resend import resend_mail
from storefront.core.lifecycle.seen import changed_since
from storefront.core.lifecycle.view import BillView, order_view
from storefront.core.orders.errors import UnknownOrder
from storefront.core.orders.models import Order
from storefront.core.orders.notes import add_note, clear_flag, raise_flag
from storefront.core.orders.queries import find_order
from storefront.core.orders.service import NO_SUCH_ORDER
from storefront.core.orders.states import CancelReason, FlagKind
from storefront.core.values.money import Money
from storefront.shop.context import current_lang, current_providers, current_shop

order_acts = Blueprint("order_acts", __name__, url_prefix="/manage/orders/<number>")
_POSITION = re.compile(r"(\d{1,6})\Z", re.ASCII)
MAX_LINES = 500


def found_order(number: str) -> Order:
    order = find_order(number)
    if order is None:
        raise UnknownOrder(NO_SUCH_ORDER, number=number[:40])
    return order


def positions(prefix: str) -> list[int]:
    """The lines for which the form has an input called ``prefix`` and their position."""
    found = [
        int(match.group(1))
        for name in request.form
        if name.startswith(prefix) and (match := _POSITION.match(name.removeprefix(prefix)))
    ]
    return found[:MAX_LINES]


# --- money --------------------------------------------------------------------------------------------------------------


@order_acts.post("/pay")
@needs("payments.edit")
def pay(number: str) -> Response:
    """Money that arrived. Anything but what is waited for is explained first and must be confirmed."""
    row = find_order(number)
    if row is None:
        abort(404)
    order = order_view(row, current_providers())
    entry = Entry(request.form)
    amount = entry.money("amount", order.currency)
    wanted, reference = entry.text("bill", 40), entry.text("reference", 120)
    bill = next((b for b in order.bills if b.number == wanted), order.open_bill)
    # A click more, or a page of yesterday, is answered by what happened meanwhile, not by a question.
    asks = amount is not None and not changed_since(order.id, seen())
    question = _question(amount or 0, bill, order.currency) if asks else ""
    if question and request.form.get("confirmed") != str(amount):
        return refuse(number, "pay", [], status=200, question=question, confirm=str(amount))

    def read() -> Work:
        entry.done()
        money = Money(amount or 0, order.currency)

        def work(actor: str, now: datetime) -> None:
            receive(
                number, money, current_shop(), current_providers(), actor=actor, now=now,
                reference=reference, bill_number=bill.number if bill else "",
            )  # fmt: skip

        return work

    return carry_out(number, "pay", read, _("The payment is entered."))


def _question(amount: int, bill: BillView | None, currency: str) -> str:
    def money(minor: int) -> str:
        return format_money(minor, currency, current_lang())

    rest = bill.rest if bill is not None else 0
    if amount == rest:
        return ""
    if not rest:
        return _(
            "Nothing is waited for here. All of the %(amount)s must then be sent back. Shall it be entered?",
            amount=money(amount),
        )
    if amount < rest:
        return _(
            "%(rest)s is waited for. With %(amount)s the bill stays open, and %(left)s is still to come. Shall it be entered?",
            rest=money(rest), amount=money(amount), left=money(rest - amount),
        )  # fmt: skip
    return _(
        "%(rest)s is waited for. With %(amount)s the bill is paid, and %(more)s must be sent back. Shall it be entered?",
        rest=money(rest), amount=money(amount), more=money(amount - rest),
    )  # fmt: skip


@order_acts.post("/refund")
@needs("payments.edit")
def refund(number: str) -> Response:
    """Lines, postage, an amount or all of what was paid goes back. By the provider where it can; with a reference it was
    sent by hand already."""

    def read() -> Work:
        order = found_order(number)
        entry = Entry(request.form)
        pieces: dict[int, int | None] = dict(entry.pieces("refund-", positions("refund-")))
        amount = entry.money("amount", order.currency, required=False)
        reference, reason = entry.text("reference", 120), entry.text("reason")
        everything, shipping = entry.ticked("everything"), entry.ticked("shipping")
        if not (everything or pieces or shipping or amount):
            entry.wrong("everything", _("Please choose what goes back."))
        entry.done()
        bill = bill_to_refund(order.id, number, entry.text("bill", 40))
        parts = None if everything else chosen_parts(bill, lines=pieces, shipping=shipping, amount=amount)
        bill_number = bill.number

        def work(actor: str, now: datetime) -> list[int]:
            made = request_refund(
                bill_number, parts, current_providers(), actor=actor, now=now, reason=reason
            )  # fmt: skip
            return _by_hand(made, reference, actor, now)

        return work

    return carry_out(number, "refund", read, _("The refund is decided."))


def _by_hand(made: list[int], reference: str, actor: str, now: datetime) -> list[int]:
    """What the provider is to send: nothing when it was sent by hand."""
    if not reference:
        return made
    for refund_id in made:
        confirm_refund(refund_id, reference, actor=actor, now=now)
    return []


@order_acts.post("/owed/<int:task_id>")
@needs("payments.edit")
def owed(number: str, task_id: int) -> Response:
    """An open refund task: sent by its provider, or by hand with a reference."""

    def read() -> Work:
        entry = Entry(request.form)
        reference, reason = entry.text("reference", 120), entry.text("reason")
        entry.done()

        def work(actor: str, now: datetime) -> list[int]:
            if request.form.get("how") == "send":
                return take_up(task_id, actor=actor, now=now, reason=reason)
            confirm_task(task_id, reference, actor=actor, now=now, reason=reason)
            return []

        return work

    return carry_out(number, f"task:{task_id}", read, _("The money is on its way back."))


@order_acts.post("/refunds/<int:refund_id>")
@needs("payments.edit")
def confirm(number: str, refund_id: int) -> Response:
    """A refund that waits: sent again, or confirmed with its reference."""

    def read() -> Work:
        entry = Entry(request.form)
        reference = entry.text("reference", 120)
        entry.done()

        def work(actor: str, now: datetime) -> list[int]:
            if request.form.get("how") == "send":
                return [refund_id]
            return _by_hand([refund_id], reference or " ", actor, now)

        return work

    return carry_out(number, f"confirm:{refund_id}", read, _("The money is on its way back."))


# --- cancelling and the end ------------------------------------------------------------------------------------------------


@order_acts.post("/cancel")
@needs("orders.edit")
def cancel(number: str) -> Response:
    def read() -> Work:
        entry = Entry(request.form)
        because = entry.choice("because", words.CANCEL)
        reason = entry.text("reason")
        entry.done()

        def work(actor: str, now: datetime) -> None:
            cancel_order(
                number, current_providers(), actor=actor, now=now,
                cancel_reason=CancelReason(because), reason=reason,
            )  # fmt: skip

        return work

    return carry_out(number, "cancel", read, _("The order is cancelled."))


@order_acts.post("/cancel-items")
@needs("orders.edit")
def cancel_items(number: str) -> Response:
    def read() -> Work:
        entry = Entry(request.form)
        wanted = entry.pieces("cancel-", positions("cancel-"))
        because = entry.choice("because", words.CANCEL)
        reason = entry.text("reason")
        entry.done()
        if not wanted:
            entry.wrong("pieces", _("Please enter how many pieces are cancelled."))
        entry.done()

        def work(actor: str, now: datetime) -> None:
            cancel_lines(
                number, wanted, current_shop(), current_providers(), actor=actor, now=now,
                cancel_reason=CancelReason(because), reason=reason,
            )  # fmt: skip

        return work

    return carry_out(number, "cancel-items", read, _("The items are cancelled."))


@order_acts.post("/complete")
@needs("orders.edit")
def end(number: str) -> Response:
    def read() -> Work:
        return lambda actor, now: complete(number, actor=actor, now=now) and None

    return carry_out(number, "complete", read, _("The order is completed."))


@order_acts.post("/return")
@needs("payments.edit")
def end_as_returned(number: str) -> Response:
    def read() -> Work:
        order = found_order(number)
        entry = Entry(request.form)
        keep = entry.money("keep", order.currency, required=False) or 0
        reason = entry.text("reason")
        if keep and not reason:
            entry.wrong("reason", _("Please write why the shop keeps a part."))
        entry.done()

        def work(actor: str, now: datetime) -> None:
            end_returned(
                number, current_providers(), actor=actor, now=now, keep=keep, reason=reason
            )  # fmt: skip

        return work

    return carry_out(number, "return", read, _("The order has ended as returned."))


# --- notes, flags, mails ----------------------------------------------------------------------------------------------------


@order_acts.post("/note")
@needs("orders.edit")
def note(number: str) -> Response:
    def read() -> Work:
        text = request.form.get("note", "")
        return lambda actor, now: add_note(number, text, actor=actor, now=now)

    return carry_out(number, "note", read, _("The note is kept."))


@order_acts.post("/flag")
@needs("orders.edit")
def flag(number: str) -> Response:
    def read() -> Work:
        text = Entry(request.form).text("words")
        return lambda actor, now: raise_flag(number, text, actor=actor, now=now)

    return carry_out(number, "flag", read, _("The order is flagged."))


@order_acts.post("/unflag/<kind>")
@needs("orders.edit")
def unflag(number: str, kind: str) -> Response:
    def read() -> Work:
        entry = Entry(request.form)
        if kind not in words.FLAGS:
            entry.wrong("kind", _("Please choose one of the list."))
        entry.done()
        return lambda actor, now: clear_flag(number, FlagKind(kind), actor=actor, now=now) and None

    return carry_out(number, "flag", read, _("The flag is cleared."))


@order_acts.post("/mail")
@needs("orders.edit")
def mail(number: str) -> Response:
    def read() -> Work:
        kind, _colon, about = request.form.get("mail", "").partition(":")
        about_id = int(about) if about.isascii() and about.isdigit() and len(about) < 18 else None
        return lambda actor, now: resend_mail(
            number, kind[:40], actor=actor, now=now, shipment_id=about_id, bill_id=about_id
        )  # fmt: skip

    return carry_out(number, "mail", read, _("The mail is sent again."))
