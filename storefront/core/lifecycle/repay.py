"""Paying an open bill again, by the same method or another one (PAY-4): after a payment that failed or was left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storefront.core.billing.models import Bill
from storefront.core.billing.service import bills_of, lock_bill, tendered
from storefront.core.contracts.pricing import Applied, Lane, PriceContext, Quote
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.edit import reprice
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.ordered import basket_of_order, rate_of
from storefront.core.orders.models import Order
from storefront.core.orders.queries import current_revision, live_charges
from storefront.core.orders.service import lines_of, lock_order_by_id, note_event
from storefront.core.payments import service as payments
from storefront.core.payments.states import AttemptState
from storefront.core.pricing.methods import MethodChoice, find_method, method_choices
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.values.address import Address

MAX_SECRET = 64
# A bill whose live attempt is in one of these may be paid another way: nobody has agreed to anything yet.
CHANGEABLE = frozenset({AttemptState.NEW, AttemptState.REDIRECTED})


@dataclass(frozen=True, slots=True)
class BillLink:
    """What a payment link leads to."""

    bill: Bill
    order: Order


def find_bill_by_link(secret: str) -> BillLink | None:
    """The bill of an order behind a payment link; ``None`` for a wrong, empty or overlong secret, and for a bill whose
    order was never placed."""
    if not secret or len(secret) > MAX_SECRET or not secret.isascii() or not secret.isprintable():
        return None
    found = session.execute(
        select(Bill, Order).join(Order, Order.id == Bill.order_id).where(Bill.secret == secret)
    ).first()
    if found is None or found[1].placed_at is None:
        return None
    return BillLink(found[0], found[1])


def payable_again(bill: Bill) -> bool:
    """The bill waits for money, and no payment of it is under way or agreed on."""
    if bill.state != "open":
        return False
    live = payments.live_attempt(bill.id)
    return live is None or AttemptState(live.state) in CHANGEABLE


def methods_for(order: Order, providers: Providers, now: datetime) -> tuple[MethodChoice, ...]:
    """The payment methods an order may (still) be paid by, as at checkout: judged on the total before fees."""
    charges = live_charges(order.id)
    applied = tuple(
        Applied(
            c.source,
            Lane[c.data.get("lane", "FEE")],
            c.key,
            c.amount,
            c.label,
            c.label_params,
            c.kind,
            c.data,
        )
        for c in charges
        if c.kind != "shipping"
    )
    quote = Quote(
        currency=order.currency,
        basket=basket_of_order(lines_of(order.id)),
        applied=applied,
        items=current_revision(order).items,
        shipping=sum(c.amount for c in charges if c.kind == "shipping"),
    )
    context = PriceContext(
        rate=rate_of(order),
        now=now,
        lang=order.locale,
        destination=Address.from_json(order.address).destination,
        carrier=order.carrier,
        method=order.method,
    )
    return method_choices(quote, context, providers.payment_methods())


def pay_again(secret: str, method: str, shop: ShopSnapshot, providers: Providers, *, actor: str, now: datetime) -> int:
    """Open a new attempt on the bill behind a payment link; the caller starts it afterwards, outside any unit. Inside
    the caller's unit. An attempt that was left at a gateway ends. Another method than the order's prices the order anew
    (its fee comes or goes), which replaces the bill. Returns the attempt's id; raises ``NotPossible``."""
    link = find_bill_by_link(secret)
    if link is None:
        raise NotPossible(N_("There is no such bill."))
    order = lock_order_by_id(link.order.id)
    bill = lock_bill(link.bill.id)
    if order.state not in ("pending", "processing") or not payable_again(bill):
        raise NotPossible(N_("This bill cannot be paid now. Nothing was changed."))
    chosen = find_method(methods_for(order, providers, now), method)
    if chosen is None:
        raise NotPossible(N_("Please choose how to pay."))
    live = payments.live_attempt(bill.id)
    if live is not None:
        payments.move(live, AttemptState.VOIDED, "voided", actor=actor, at=now, text="paid another way")
    if chosen.key != order.method:
        bill = _change_method(order, bill, chosen.key, shop, providers, actor, now)
    rest = bill.amount - tendered(bill.id) - payments.captured_sum(bill.id)
    if rest <= 0:
        raise NotPossible(N_("This bill cannot be paid now. Nothing was changed."))
    return payments.open_attempt(bill, rest, chosen.key, chosen.source).id


def _change_method(
    order: Order, bill: Bill, method: str, shop: ShopSnapshot, providers: Providers, actor: str, now: datetime
) -> Bill:
    if payments.captured_sum(bill.id):
        raise NotPossible(N_("Part of this bill is paid already; please pay the rest in the same way."))
    before, order.method = order.method, method
    replaced = reprice(
        order,
        lines_of(order.id),
        shop,
        providers,
        actor=actor,
        reason="another payment method",
        now=now,
    )
    note_event(order, "method_changed", actor, now=now, before=before, after=method)
    if replaced is None:
        raise NotPossible(N_("The price cannot be worked out just now. Nothing was changed."))
    return replaced


def bill_instead(bill: Bill) -> Bill | None:
    """The open bill of the same order that took the place of a voided one."""
    if bill.order_id is None:
        return None
    return next((other for other in bills_of(bill.order_id, "open") if other.id != bill.id), None)
