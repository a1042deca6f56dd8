"""Changing an order's lines: before its bill is settled a new revision, after that only added rows (DESIGN B4)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.billing import service as billing
from storefront.core.billing.models import Bill, BillLine
from storefront.core.contracts.pricing import Applied, Lane, PriceContext
from storefront.core.contracts.providers import Providers
from storefront.core.contracts.shipping import ShippingQuote
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.cancel import cancel_locked, something_left
from storefront.core.lifecycle.drafting import postage_of
from storefront.core.lifecycle.effects import follow_change
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.labels import labels_in
from storefront.core.lifecycle.ordered import basket_of_order, keep_delivery, rate_of
from storefront.core.lifecycle.promote import promise_mail, settle
from storefront.core.lifecycle.refund import refund_parts, refund_room
from storefront.core.lifecycle.release import money_may_move
from storefront.core.lifecycle.ship import note_shipped, pieces_left, trim_parcels
from storefront.core.orders import limits
from storefront.core.orders.customs import follow_customs
from storefront.core.orders.models import Charge, Order, OrderLine
from storefront.core.orders.queries import live_charges
from storefront.core.orders.service import (
    lines_of,
    live_lines,
    live_quantity,
    lock_order,
    move_item,
    note_event,
)
from storefront.core.orders.states import CancelReason, ItemState
from storefront.core.orders.writing import write_revision
from storefront.core.payments import service as payments
from storefront.core.payments.models import PaymentAttempt
from storefront.core.payments.states import AttemptState
from storefront.core.pricing.price import price
from storefront.core.settings.calendar import ships_on
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.deliveries import DeliveryChoice, delivery_choices, find_choice
from storefront.core.stock import service as stock
from storefront.core.stock.queries import promised_to
from storefront.core.values.address import Address
from storefront.core.values.money import Money
from storefront.core.values.types import Unknown


def cancel_lines(
    number: str,
    quantities: Mapping[int, int],
    shop: ShopSnapshot,
    providers: Providers,
    *,
    actor: str,
    now: datetime,
    cancel_reason: CancelReason = CancelReason.UNAVAILABLE,
    reason: str = "",
) -> Order:
    """Take ``{position: pieces}`` off an order inside the caller's unit; the order lives on, or is cancelled when no
    piece is left. Before the bill is settled everything but the unit prices is priced anew and the bill replaced (its
    deadline stays); after it the money of those pieces is owed back. Raises ``NotPossible``, ``UnknownOrder``."""
    order = lock_order(number)
    lines = lines_of(order.id)
    wanted = _check(order, lines, quantities)
    if all(live_quantity(line) == wanted.get(line.position, 0) for line in live_lines(lines)):
        cancel_locked(order, providers, actor=actor, now=now, cancel_reason=cancel_reason, reason=reason)
    else:
        settled = [b for b in billing.bills_of(order.id) if b.state == "settled"]
        if settled:
            _owe_lines(order, settled[0], lines, wanted, providers, actor, reason)
        _take_off(order, lines, wanted, cancel_reason)
        if not settled:
            reprice(order, lines, shop, providers, actor=actor, reason=reason or str(cancel_reason), now=now)
        note_event(
            order,
            "lines_cancelled",
            actor,
            reason=reason or str(cancel_reason),
            now=now,
            lines={str(k): v for k, v in wanted.items()},
        )
        follow_customs(order, str(shop.policy("shop.country")), now)
        promise_mail("order_changed", order, key=str(order.version))
        order.version += 1
        if order.state == "processing":
            note_shipped(order, actor=actor, now=now)
    record(
        actor,
        "order.cancel_lines",
        ("order", order.number),
        reason,
        lines={str(k): v for k, v in wanted.items()},
    )
    return order


def _check(order: Order, lines: list[OrderLine], quantities: Mapping[int, int]) -> dict[int, int]:
    if order.state not in ("pending", "processing") or something_left(order) or money_may_move(order):
        raise NotPossible(
            N_("Lines of order %(number)s cannot be cancelled now (%(state)s). Nothing was changed."),
            number=order.number,
            state=order.state,
        )
    if any(payments.captured_sum(bill.id) for bill in billing.bills_of(order.id, "open")):
        raise NotPossible(
            N_("Order %(number)s is paid in part; enter the rest or cancel the order. Nothing was changed."),
            number=order.number,
        )
    by_position = {line.position: line for line in lines}
    for position, pieces in quantities.items():
        line = by_position.get(position)
        if line is None or not 0 < pieces <= live_quantity(line):
            raise NotPossible(
                N_("Line %(line)d of order %(number)s has no %(pieces)d pieces to cancel. Nothing was changed."),
                line=position,
                number=order.number,
                pieces=pieces,
            )
    return dict(quantities)


def _take_off(order: Order, lines: list[OrderLine], wanted: Mapping[int, int], reason: CancelReason) -> None:
    for line in sorted(lines, key=lambda row: row.sku_id or 0):
        pieces = wanted.get(line.position, 0)
        if not pieces:
            continue
        if line.sku_id is not None:
            _release(line, pieces)
        line.cancelled_quantity += pieces
        line.cancel_reason = reason
        if not live_quantity(line):
            move_item(line, ItemState.CANCELLED)
        if line.product_id is not None:
            limits.give_back(order.id, line.product_id, pieces)
    session.flush()
    trim_parcels(order.id)


def _release(line: OrderLine, pieces: int) -> None:
    """The goods of ``pieces`` are free again; pieces that were lost on their way are cancelled before those still here."""
    here = promised_to([line.id]).get(line.id, 0)
    if pieces == live_quantity(line):
        stock.release([line.id])
        return
    free = pieces - max(live_quantity(line) - here - pieces_left(line.id), 0)
    if free > 0:
        stock.shrink(line.id, free)


def _owe_lines(
    order: Order,
    bill: Bill,
    lines: list[OrderLine],
    wanted: Mapping[int, int],
    providers: Providers,
    actor: str,
    reason: str,
) -> None:
    """After settlement nothing is computed anew: of what was paid for a line, its cancelled pieces' share is owed back,
    as far as it was not refunded before."""
    rooms = {room.bill_line_id: room for room in refund_room(bill)}
    billed = {row.order_line_id: row for row in session.scalars(select(BillLine).where(BillLine.bill_id == bill.id))}
    parts: dict[int, int] = {}
    pieces: dict[int, int] = {}
    for line in lines:
        row, off = billed.get(line.id), wanted.get(line.position, 0)
        if row is None or row.id not in rooms or not off:
            continue
        before = row.quantity - live_quantity(line)
        share = row.amount * (before + off) // row.quantity - row.amount * before // row.quantity
        amount = min(share, rooms[row.id].amount)
        if amount > 0:
            parts[row.id], pieces[row.id] = amount, off
    for refund in refund_parts(bill, order, parts, rooms, providers, actor, reason, pieces):
        task = payments.owe_refund(bill, session.get(PaymentAttempt, refund.attempt_id), refund.amount, "cancelled")
        task.refund_id = refund.id


def reprice(
    order: Order,
    lines: list[OrderLine],
    shop: ShopSnapshot,
    providers: Providers,
    *,
    actor: str,
    reason: str,
    now: datetime,
    delivery: DeliveryChoice | None = None,
) -> Bill | None:
    """Revision n+1 of an unsettled (locked) order: new charges, the open bill replaced with its deadline kept, the live
    attempt moved to the new bill's amount. ``delivery``: what it goes by now; default: the chosen service, quoted anew.
    ``None`` when a price is unknown: then there is no bill."""
    if delivery is not None and delivery.quote is not None:
        quote_row, postage = _taken(order, lines, delivery)
    else:
        quote_row, postage = _postage(order, lines, shop, providers, now)
    context = PriceContext(
        rate=rate_of(order),
        now=now,
        lang=order.locale,
        destination=Address.from_json(order.address).destination,
        carrier=order.carrier,
        shipping=quote_row,
        method=order.method,
        inputs=order.inputs,
        policies=shop.policies,
    )
    quote = price(basket_of_order(lines), context, providers.adjusters(installed=True))
    before = live_charges(order.id)
    old_tenders = [t for b in billing.bills_of(order.id, "open") for t in billing.tenders_of(b.id)]
    order.revision += 1
    keys = {f"line:{line.id}": line for line in lines}
    charges = write_revision(
        order,
        quote,
        keys,
        translate=labels_in(order.locale),
        actor=actor,
        reason=reason,
        now=now,
        postage=postage,
    )
    follow_change(order.id, before, old_tenders, quote.applied, providers)
    tenders = [
        billing.TenderWish(a.source, a.key, -a.amount) for a in quote.applied if a.lane == Lane.TENDER and a.amount
    ]
    bill = _replace_bills(order, lines, charges, tenders, quote.total is not None, actor, now)
    if bill is not None and bill.amount == billing.tendered(bill.id):
        settle(order, bill, shop, providers, actor, now)
    return bill


def _postage(
    order: Order, lines: list[OrderLine], shop: ShopSnapshot, providers: Providers, now: datetime
) -> tuple[ShippingQuote | Unknown, Applied | None]:
    """The chosen service quoted anew for what is left; what was agreed stays when the carrier cannot say."""
    old = next((c for c in live_charges(order.id) if c.data.get("lane") == "SHIPPING"), None)
    kept = _agreed(order)
    registered = providers.carriers(installed=True).get(order.carrier)
    if registered is not None:
        choices = delivery_choices(
            basket_of_order(lines),
            Address.from_json(order.address).destination,
            {order.carrier: registered},
            rate_of(order),
            ships_on(now, shop.policies),
            shop.policies,
            shop.boxes,
        )
        found = find_choice(choices, f"{order.carrier}:{order.service}")
        if found is not None:
            return _taken(order, lines, found)
    if kept is None or old is None:
        return Unknown(N_("Postage is worked out after weighing.")), None
    return kept, Applied(
        old.source, Lane.SHIPPING, old.key, old.amount, old.label, old.label_params, "shipping", old.data
    )


def _taken(
    order: Order, lines: list[OrderLine], delivery: DeliveryChoice
) -> tuple[ShippingQuote | Unknown, Applied | None]:
    assert delivery.quote is not None
    keep_delivery(order, lines, delivery)
    return delivery.quote, postage_of(delivery)


def _agreed(order: Order) -> ShippingQuote | None:
    kept = order.shipping_quote
    if not kept:
        return None
    return ShippingQuote(
        key=order.service,
        title=str(kept["title"]),
        price=Money(**kept["price"]),
        title_params=kept.get("title_params") or {},
    )


def _replace_bills(
    order: Order,
    lines: list[OrderLine],
    charges: list[Charge],
    tenders: list[billing.TenderWish],
    known: bool,
    actor: str,
    now: datetime,
) -> Bill | None:
    """Void each open bill and issue its successor. An attempt that only instructs or accepts moves to the new bill with
    the new amount (nobody has to agree again); one at a gateway ends, since it was agreed for another amount."""
    new: Bill | None = None
    for old in billing.bills_of(order.id, "open"):
        live = payments.live_attempt(old.id)
        if known:
            new = billing.issue(order, lines, charges, kind=old.kind, tenders=tenders, now=now, replaces=old)
        if live is not None:
            moves = new is not None and live.state in (AttemptState.INSTRUCTED, AttemptState.ACCEPTED)
            rest = new.amount - billing.tendered(new.id) if new is not None else 0
            if moves and new is not None and rest > payments.captured_sum(old.id):
                live.bill_id, live.amount = new.id, rest
                payments.note(live, live.state, actor=actor, at=now, text="order changed", amount=0)
            else:
                payments.move(live, AttemptState.VOIDED, "voided", actor=actor, at=now, text="order changed")
        billing.void(old)
        for tender in billing.tenders_of(old.id):
            tender.state, tender.returned = "returned", tender.amount
    session.flush()
    return new
