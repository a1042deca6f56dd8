"""A draft becomes an order; a settled bill lets the goods go. Inside the unit of whoever calls."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete

from storefront.core.billing import service as billing
from storefront.core.billing.models import Bill
from storefront.core.cart import service as cart
from storefront.core.checkout.models import Checkout
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.lifecycle.effects import commit_all
from storefront.core.mail.promising import promise
from storefront.core.orders.finding import index_new_order
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.queries import live_charges
from storefront.core.orders.service import lines_of, live_lines, move_item, transition
from storefront.core.orders.states import ItemState
from storefront.core.orders.telling import tell_paid
from storefront.core.settings.calendar import end_of_day
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.stock import service as stock
from storefront.core.stock.models import Source

WAITING_BY_MODE = {
    "stock": ItemState.IN_HAND,
    "back_order": ItemState.AWAITING_SUPPLIER,
    "pre_order": ItemState.AWAITING_RELEASE,
    "provisional": ItemState.AWAITING_RELEASE,
    "tentative": ItemState.AWAITING_RELEASE,
}


def promote(order: Order, shop: ShopSnapshot, actor: str, now: datetime) -> None:
    """draft -> pending: the order exists for the shopper from now on. The hold loses its end, the cart is reduced, open
    bills get their deadline, the mail is promised."""
    transition(order, "promote", actor, now=now)
    order.placed_at = now
    lines = lines_of(order.id)
    sources = stock.keep([line.id for line in lines])
    for line in lines:
        there = sources.get(line.id) == Source.ON_HAND
        move_item(line, ItemState.IN_HAND if there else WAITING_BY_MODE.get(line.mode, ItemState.IN_HAND))
    for bill in billing.bills_of(order.id, "open"):
        bill.first_issued_at = bill.issued_at = now
        bill.due_at = end_of_day(int(shop.policy("payment.days")), now, str(shop.policy("shop.time_zone")))
    _reduce_cart(order, lines)
    index_new_order(order, lines)
    promise_mail("order_accepted", order)


def _reduce_cart(order: Order, lines: list[OrderLine]) -> None:
    if order.cart_id is None:
        return
    quantities: dict[int, int] = {}
    for line in lines:
        if line.sku_id is not None:
            quantities[line.sku_id] = quantities.get(line.sku_id, 0) + line.quantity
    cart.clear_lines(order.cart_id, quantities)
    session.execute(delete(Checkout).where(Checkout.cart_id == order.cart_id))


def prepare(order: Order, actor: str, now: datetime) -> None:
    """pending -> processing: settled, or goods may go before the money."""
    transition(order, "prepare", actor, now=now)


def settle(
    order: Order | None, bill: Bill, shop: ShopSnapshot, providers: Providers, actor: str, now: datetime
) -> None:
    """The bill is paid whole, by money or by tenders alone: tenders are spent, adjusters commit, the order moves on."""
    bill.state = "settled"
    bill.settled_at = now
    bill.due_at = None
    for tender in billing.tenders_of(bill.id):
        if tender.state == "held":
            tender.state = "spent"
    if order is None:
        return
    commit_all(order.id, live_charges(order.id), bill.id, providers)
    if order.state == "draft":
        promote(order, shop, actor, now)
    tell_paid(order, bill.id, bill.amount, bill.currency, now)
    waiting = [b for b in billing.bills_of(order.id, "open") if b.kind in ("all", "items")]
    if order.state == "pending" and not waiting:
        prepare(order, actor, now)


def promise_mail(kind: str, order: Order, key: str = "", **ids: Any) -> None:
    """Exactly one outbox row per (order, event): ``key`` tells events of one kind apart (a shipment's id)."""
    promise(
        kind,
        order.email,
        subject=f"order:{order.id}",
        locale=order.locale,
        dedupe_key=f"mail.{kind}:{order.id}{':' + key if key else ''}",
        order_id=order.id,
        **ids,
    )


def all_shipped(lines: list[OrderLine]) -> bool:
    return all(line.item_state == ItemState.SHIPPED for line in live_lines(lines))
