"""What an order's states mean for the shopper: progress, the next action, each item (ORD-1, ORD-2)."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import url_for

from storefront.core.i18n.formats import format_datetime, format_money
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.view import BillView, OrderView
from storefront.core.shipping.customs_notices import notice_for_shopper
from storefront.shop.context import current_lang, current_shop

STATUS = {
    "draft": N_("Payment is being checked"),
    "awaiting_payment": N_("Awaiting payment"),
    "payment_checked": N_("Payment is being checked"),
    "pending": N_("Received"),
    "processing": N_("Being prepared"),
    "partly_shipped": N_("Partly shipped"),
    "shipped": N_("Shipped"),
    "completed": N_("Completed"),
    "cancelled": N_("Cancelled"),
}
ITEMS = {
    "ordered": N_("Ordered"),
    "awaiting_release": N_("Awaiting release"),
    "awaiting_supplier": N_("Ordered from the maker"),
    "awaiting_arrival": N_("On its way to us"),
    "in_hand": N_("Set aside for you"),
    "packed": N_("Packed"),
    "shipped": N_("Shipped"),
    "cancelled": N_("Cancelled"),
}
BILLS = {"open": N_("Awaiting payment"), "settled": N_("Paid"), "void": N_("Withdrawn")}
SHIPMENTS = {
    "planned": N_("Being prepared"),
    "packed": N_("Packed"),
    "labelled": N_("Packed"),
    "handed_over": N_("Handed to the carrier"),
    "delivered": N_("Delivered"),
    "lost": N_("Lost; we are looking into it"),
    "returned": N_("Came back to us"),
}
WHY_CANCELLED = {
    "unpaid": N_("The payment did not arrive in time."),
    "shopper": N_("You cancelled it."),
    "owner": N_("We had to cancel it. We have written to you about it."),
    "unavailable": N_("We are sorry: the goods cannot be had. What you paid goes back to you."),
    "limit": N_("It held more pieces than one customer may buy."),
    "restricted": N_("The goods may not be sent to this country."),
    "returned": N_("The parcel came back to us."),
    "abandoned": N_("We did not hear from you any more."),
    "merged": N_("It was joined with another order of yours."),
}


class Step(NamedTuple):
    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class NextBox:
    """What to do, until when, one button; or what happens next. ``lines``: a plugin's, in the order's language."""

    title: str
    words: str
    lines: tuple[str, ...] = ()
    button: str = ""
    href: str = ""


def status_of(order: OrderView) -> str:
    return _(STATUS.get(order.status, order.status))


def bill_state(bill: BillView) -> str:
    return _("Payable on delivery") if bill.attempt_state == "accepted" and bill.rest else _(BILLS[bill.state])


def progress(order: OrderView) -> tuple[list[Step], int]:
    """The steps and the index of the current one; one past the last when all are done. Empty for an ended order."""
    if order.status in ("cancelled", "draft"):
        return [], 0
    later = any(bill.attempt_state == "accepted" for bill in order.bills)
    names = ["received", *([] if later else ["paid"]), "prepared", "shipped"]
    labels = {"received": _("Received"), "paid": _("Payment"), "prepared": _("Being prepared"), "shipped": _("Shipped")}
    current = {
        "awaiting_payment": "paid",
        "payment_checked": "paid",
        "pending": "received",
        "shipped": "shipped",
        "completed": "",
    }.get(order.status, "prepared")
    index = names.index(current) if current in names else len(names) if not current else 0
    return [Step(labels[name]) for name in names], index


def customs_notice(order: OrderView) -> str:
    """What the receiver has to do at customs, while a parcel is still to arrive; "" for nothing."""
    if order.status in ("draft", "completed", "cancelled"):
        return ""
    notice = notice_for_shopper(order.address.country)
    return _(notice) if notice else ""


def next_box(order: OrderView) -> NextBox:
    bill = order.open_bill
    match order.status:
        case "draft" | "payment_checked":
            return NextBox(
                _("We are checking your payment"),
                _("Please do not pay again. This page and a mail will tell you as soon as it is known."),
            )
        case "awaiting_payment" if bill is not None:
            return _to_pay(order, bill)
        case "cancelled":
            why = _(WHY_CANCELLED.get(order.cancel_reason, ""))
            return NextBox(_("This order is cancelled"), why)
        case "partly_shipped":
            return NextBox(
                _("A part is on its way"), _("The rest follows as soon as we have it. Each parcel is mailed to you.")
            )
        case "shipped":
            return NextBox(_("Your order is on its way"), _("You find the tracking number below."))
        case "completed":
            return NextBox(_("This order is completed"), _("Thank you for shopping with us."))
        case _:
            return _being_prepared(order, bill)


def _to_pay(order: OrderView, bill: BillView) -> NextBox:
    words = _deadline(bill, order.currency)
    if bill.instructions:
        return NextBox(_("Please pay your order"), words, bill.instructions)
    if bill.attempt_state in ("declined", "voided"):
        failed = _("The last payment did not go through.")
        words = _("%(first)s %(second)s", first=failed, second=words)
    amount = format_money(bill.rest, order.currency, current_lang())
    href = url_for("bills.show", secret=bill.secret)
    return NextBox(_("Please pay your order"), words, (), _("Pay %(amount)s", amount=amount), href)


def _deadline(bill: BillView, currency: str) -> str:
    amount = format_money(bill.rest, currency, current_lang())
    if bill.due_at is None:
        return _("%(amount)s is still to be paid.", amount=amount)
    zone = str(current_shop().policy("shop.time_zone"))
    return _(
        "Please pay %(amount)s by %(deadline)s. After that the order is cancelled.",
        amount=amount,
        deadline=format_datetime(bill.due_at, zone, current_lang()),
    )


def _being_prepared(order: OrderView, bill: BillView | None) -> NextBox:
    waiting = any(line.state.startswith("awaiting") for line in order.lines)
    words = (
        _("Some items are still on their way to us. We ship as soon as everything is here.")
        if waiting
        else _("We mail you the tracking number when the parcel leaves.")
    )
    if bill is not None and bill.attempt_state == "accepted" and bill.rest:
        amount = format_money(bill.rest, order.currency, current_lang())
        to_pay = _("You pay %(amount)s when the parcel arrives.", amount=amount)
        words = _("%(first)s %(second)s", first=to_pay, second=words)
    return NextBox(_("We are preparing your order"), words)
