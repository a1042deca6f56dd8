"""Goods arrive: stock grows, and lines that waited for them are in hand."""

from datetime import datetime

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.catalog.models import Sku
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.service import move_item, note_event
from storefront.core.orders.states import ItemState
from storefront.core.stock import service as stock
from storefront.core.stock.errors import NotTracked


def arrive(sku_code: str, quantity: int, *, actor: str, now: datetime, reason: str = "") -> list[str]:
    """``quantity`` pieces of a SKU came in, inside the caller's unit. Oldest waiting orders are served first; returns the
    numbers of orders one of whose lines is in hand now. Raises ``NotPossible``."""
    sku = session.scalars(select(Sku).where(Sku.code == sku_code)).first()
    if sku is None or quantity <= 0:
        raise NotPossible(
            N_("There is no item %(sku)s, or no quantity to enter. Nothing was changed."), sku=sku_code[:80]
        )
    try:
        arrived = stock.receive(sku.id, quantity, actor, reason)
    except NotTracked as error:
        raise NotPossible(N_("The stock of %(sku)s is not counted. Nothing was changed."), sku=sku_code[:80]) from error
    numbers = serve(arrived, actor=actor, now=now)
    record(actor, "stock.receive", ("sku", sku.code), reason, quantity=quantity)
    return numbers


def correct_count(sku_id: int, difference: int, *, actor: str, now: datetime, reason: str) -> list[str]:
    """The shelf was counted: ``difference`` pieces more (or fewer) than thought, inside the caller's unit. Pieces that
    turn up serve waiting orders as goods that arrive do; returns the numbers of orders one of whose lines is in hand now.
    Raises ``BelowPromised``, ``NotTracked``; ``NotPossible`` without a reason or for a SKU that is not there."""
    code = session.scalar(select(Sku.code).where(Sku.id == sku_id))
    if code is None or not reason.strip():
        raise NotPossible(N_("Please write why the count is corrected. Nothing was changed."))
    if difference == 0:
        return []
    numbers = serve(stock.adjust(sku_id, difference, actor, reason), actor=actor, now=now)
    record(actor, "stock.adjust", ("sku", code), reason, quantity=difference)
    return numbers


def serve(line_ids: list[int], *, actor: str, now: datetime) -> list[str]:
    """These lines' goods are all there now; the numbers of their orders."""
    numbers = []
    rows = session.execute(
        select(OrderLine, Order)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id.in_(line_ids), Order.state != "draft")
        .order_by(Order.id)
    )
    for line, order in rows:
        if line.item_state in (ItemState.AWAITING_RELEASE, ItemState.AWAITING_SUPPLIER, ItemState.AWAITING_ARRIVAL):
            move_item(line, ItemState.IN_HAND)
            note_event(order, "line_arrived", actor, now=now, line=line.position)
            numbers.append(order.number)
    return numbers
