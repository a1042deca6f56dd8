"""One order on its page: what is shown, and which act is the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Response, abort

from storefront.admin.audit.pages import actor_names
from storefront.admin.guard import Member, current_member
from storefront.admin.mails.listing import WORDS
from storefront.admin.once import new_token
from storefront.admin.orders import words
from storefront.admin.orders.customs_part import customs_part
from storefront.admin.orders.listing import order_path, shop_zone
from storefront.admin.orders.proposing import proposal, proposed
from storefront.core.customers.addresses.render import render_address
from storefront.core.desk.order import DeskOrder, desk_order
from storefront.core.i18n.formats import country_name, format_datetime, format_money
from storefront.core.i18n.translate import domain_gettext
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.seen import HistoryRow
from storefront.core.lifecycle.view import LineView, ShipmentView
from storefront.core.mail.kinds import KINDS
from storefront.core.mail.queries import MailRow
from storefront.core.values.language import OWN_NAMES
from storefront.core.values.money import format_major
from storefront.shop.context import current_lang, current_providers
from storefront.shop.hx import render_page

# Where an act stands on the page, so that the answer to it is shown there.
TOP = "top"


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that was not carried out. ``act``: which form (with the id of its parcel, task or refund, ``pack:12``);
    ``sentences``: why; ``errors``: by input; ``typed``: what stood in the form; ``changed``: what happened meanwhile;
    ``question``: what to confirm before it is carried out, by sending ``confirm`` along."""

    act: str
    status: int = 422
    sentences: Sequence[str] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    changed: Sequence[HistoryRow] = ()
    question: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """``act``: the form that stands at the top with the one red button, "" for none; ``words``: what is to be done, or what
    is waited for. ``subject``: its parcel, task or refund."""

    act: str
    title: str
    words: str = ""
    subject: int = 0


def show_page(number: str, refused: Refused | None = None) -> Response:
    """The page, or its part; after an act that was refused with that act's answer and status."""
    desk = desk_order(number, current_providers())
    if desk is None:
        abort(404)
    member = current_member()
    zone, lang = shop_zone(), current_lang()
    order = desk.view
    actors = {event.actor for event in (*desk.history, *(refused.changed if refused else ()))}
    return render_page(
        "manage/orders/page.html",
        "manage/orders/_order.html",
        status=refused.status if refused else 200,
        desk=desk,
        order=order,
        root=order_path(order.number),
        title=_("Order %(number)s", number=order.number),
        state=_(words.STATUS.get(order.status, order.status)),
        address_lines=render_address(order.address, lang),
        destination=country_name(order.address.country, lang),
        next=next_act(desk, member),
        may=member.may,
        names=actor_names(actors | {flag.actor for flag in desk.flags}),
        refused=refused or Refused(""),
        once=new_token(),
        words=words,
        moment=lambda at: format_datetime(at, zone, lang) if at else "",
        method_title=lambda title, source: domain_gettext(source)(title),
        event_details=lambda event: event_details(event, order.currency),
        mails=_mails(desk),
        letters=[_letter(mail) for mail in desk.mails],
        language_name=OWN_NAMES.get(order.locale, order.locale),
        plain_amount=format_major,
        lines_to_pack=lambda: lines_to_pack(desk),
        proposal=lambda: proposal(desk),
        cancellable=lambda: cancellable(desk),
        contents=lambda parcel: contents(desk, parcel),
        inside=lambda parcel: inside(desk, parcel),
        refundable=lambda: refundable(desk),
        customs=customs_part(desk),
        open_bill=order.open_bill,
        settled=[bill for bill in order.bills if bill.state == "settled"],
    )


def next_act(desk: DeskOrder, member: Member) -> Next:
    """What waits longest or matters most, for somebody who may do it."""
    order = desk.view
    candidates = [*_money_back(desk), *_parcel(desk), *_money_in(desk), *_ending(desk)]
    rights = {"task": "payments.edit", "confirm": "payments.edit", "pay": "payments.edit", "complete": "orders.edit"}
    for one in candidates:
        if member.may(rights.get(one.act, "shipments.edit")):
            return one
    return Next("", _waited_for(order.status, desk), candidates[0].title if candidates else "")


def _money_back(desk: DeskOrder) -> list[Next]:
    lang = current_lang()
    found = []
    for task in desk.owed:
        amount = format_money(task.amount, task.currency, lang)
        found.append(Next("task", _("Send %(amount)s back", amount=amount), _(words.OWED[task.reason]), task.id))
    for refund in desk.waiting_refunds:
        amount = format_money(refund.amount, refund.currency, lang)
        found.append(Next("confirm", _("Send %(amount)s back", amount=amount), refund.reason, refund.id))
    return found


def _parcel(desk: DeskOrder) -> list[Next]:
    order = desk.view
    if order.state != "processing":
        return []
    found = [
        Next("hand_over", _("Hand the parcel over"), "", parcel.id)
        for parcel in order.shipments
        if parcel.state in ("packed", "labelled")
    ]
    found += [Next("pack", _("Pack the parcel"), "", p.id) for p in order.shipments if p.state == "planned"]
    if desk.to_pack:
        found.append(Next("plan", _("Pack a parcel"), _("Everything that is in hand, unless you change it.")))
    return found


def _money_in(desk: DeskOrder) -> list[Next]:
    bill = desk.view.open_bill
    if bill is None or not bill.rest or bill.attempt_state not in ("instructed", "accepted"):
        return []
    if bill.attempt_state == "accepted" and desk.view.state not in ("shipped", "completed"):
        return []
    amount = format_money(bill.rest, desk.view.currency, current_lang())
    return [Next("pay", _("Enter the payment"), _("%(amount)s is waited for.", amount=amount))]


def _ending(desk: DeskOrder) -> list[Next]:
    order = desk.view
    done = order.state == "shipped" and all(p.state == "delivered" for p in order.shipments)
    if not done or order.open_bill is not None:
        return []
    return [Next("complete", _("Complete the order"), _("Every parcel has arrived."))]


def _waited_for(status: str, desk: DeskOrder) -> str:
    if any(line.state.startswith("awaiting") for line in desk.view.lines):
        return _("Waits for goods")
    sentences = {
        "awaiting_payment": _("The payment is waited for."),
        "payment_checked": _("The provider is checking the payment."),
        "draft": _("The shopper has not finished the payment."),
        "shipped": _("On its way."),
        "partly_shipped": _("A part is on its way."),
        "completed": _("Nothing is left to be done."),
        "cancelled": _("Nothing is left to be done."),
    }
    return sentences.get(status, _("Nothing is left to be done."))


def _mails(desk: DeskOrder) -> list[tuple[str, str]]:
    """What can be sent though the list of mails does not have it: the value of the choice and its words."""
    order = desk.view
    if order.placed_at is None:
        return []
    kind = "order_cancelled" if order.state == "cancelled" else "order_accepted"
    found = [(kind, _(KINDS[kind].title))]
    shipped = KINDS["order_shipped"].title
    parcels = enumerate(order.shipments, start=1) if order.state != "cancelled" else ()
    for position, parcel in parcels:
        if parcel.handed_over_at:
            label = _("%(mail)s (parcel %(number)s)", mail=_(shipped), number=position)
            found.append((f"order_shipped:{parcel.id}", label))
    known = {_value(mail) for mail in desk.mails}
    return [(value, label) for value, label in found if value not in known]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in the list of an order. ``value``: by which it is sent again."""

    id: str
    title: str
    language: str
    address: str
    state: str
    state_words: str
    reason: str
    at: datetime
    value: str


def _letter(mail: MailRow) -> Letter:
    return Letter(
        id=mail.id,
        title=_(KINDS[mail.kind].title) if mail.kind in KINDS else mail.kind,
        language=OWN_NAMES.get(mail.locale, mail.locale),
        address=mail.address,
        state=mail.state,
        state_words=_(WORDS[mail.state]),
        reason=mail.reason,
        at=mail.settled_at or mail.at,
        value=_value(mail),
    )


def _value(mail: MailRow) -> str:
    return mail.kind if mail.about_id is None else f"{mail.kind}:{mail.about_id}"


def event_details(event: HistoryRow | Any, currency: str) -> str:
    """What an event kept besides its reason, as far as it says something to a reader."""
    data, lang = event.data, current_lang()
    parts = []
    if isinstance(data.get("amount"), int) and data["amount"]:
        parts.append(format_money(data["amount"], str(data.get("currency") or currency), lang))
    if data.get("reference"):
        parts.append(str(data["reference"]))
    if data.get("rest"):
        parts.append(_("still to come: %(amount)s", amount=format_money(int(data["rest"]), currency, lang)))
    if isinstance(data.get("lines"), dict):
        parts += [_("line %(line)s: %(pieces)s", line=line, pieces=n) for line, n in sorted(data["lines"].items())]
    if data.get("tracking"):
        parts.append(str(data["tracking"]))
    if event.name in ("tracking_changed", "delivery_changed"):
        parts.append(f"{data.get('before') or '–'} → {data.get('after') or '–'}")
    if event.name == "address_changed" and isinstance(data.get("before"), dict):
        before = " ".join(str(value) for value in data["before"].values() if value)
        parts.append(_("before: %(text)s", text=before))
    return ", ".join(parts)


# --- rows of the forms that ask for pieces: position, title, its language, at most, what is proposed -------------------------

PiecesRow = tuple[int, str, str, int, str]


def _row(line: LineView, most: int, proposed: str = "") -> PiecesRow:
    title = f"{line.title} {line.options}".strip()
    return line.position, title, line.title_lang, most, proposed


def lines_to_pack(desk: DeskOrder) -> list[PiecesRow]:
    """Proposed is the next parcel as the order was quoted."""
    ready, planned = desk.to_pack, proposed(desk.view.planned, desk.to_pack)
    first = dict(planned[0].lines) if planned else ready
    return [
        _row(line, ready[line.position], str(first.get(line.position) or ""))
        for line in desk.view.lines
        if line.position in ready
    ]


def cancellable(desk: DeskOrder) -> list[PiecesRow]:
    return [_row(line, line.quantity) for line in desk.view.lines if line.quantity]


def contents(desk: DeskOrder, parcel: ShipmentView) -> list[PiecesRow]:
    """What is in the parcel, and what could be added to it."""
    within = {position: count for position, _title, count in parcel.lines}
    most = {p: within.get(p, 0) + desk.to_pack.get(p, 0) for p in {*within, *desk.to_pack}}
    return [
        _row(line, most[line.position], str(within.get(line.position, "")))
        for line in desk.view.lines
        if line.position in most
    ]


def inside(desk: DeskOrder, parcel: ShipmentView) -> list[PiecesRow]:
    within = {position: count for position, _title, count in parcel.lines}
    return [_row(line, within[line.position]) for line in desk.view.lines if line.position in within]


def refundable(desk: DeskOrder) -> list[PiecesRow]:
    """Lines as they were paid for: cancelled pieces too."""
    whole = desk.view.state == "cancelled"
    return [_row(line, line.quantity + (0 if whole else line.cancelled)) for line in desk.view.lines]
