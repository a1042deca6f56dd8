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
    numbers = []
    rows = session.execute(
        select(OrderLine, Order)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id.in_(arrived), Order.state != "draft")
        .order_by(Order.id)
    )
    for line, order in rows:
        if line.item_state in (ItemState.AWAITING_RELEASE, ItemState.AWAITING_SUPPLIER, ItemState.AWAITING_ARRIVAL):
            move_item(line, ItemState.IN_HAND)
            note_event(order, "line_arrived", actor, now=now, line=line.position)
            numbers.append(order.number)
    record(actor, "stock.receive", ("sku", sku.code), reason, quantity=quantity)
    return numbers
