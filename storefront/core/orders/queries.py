"""Reads on order rows."""

import hmac
from datetime import datetime

from sqlalchemy import func, select

from storefront.core.db import session
from storefront.core.orders.models import Charge, ChargeShare, Order, OrderLine, OrderRevision
from storefront.core.orders.states import CancelReason, OrderState


def find_order(number: str) -> Order | None:
    return session.scalars(select(Order).where(Order.number == number)).first()


def find_order_by_link(number: str, secret: str) -> Order | None:
    """The order behind a private link; ``None`` for a wrong number, a wrong or empty secret, and a lapsed draft."""
    order = find_order(number)
    given = secret.encode("utf-8", "replace")
    if order is None or not secret or not hmac.compare_digest(order.secret.encode(), given):
        return None
    return None if order.cancel_reason == CancelReason.LAPSED else order


def live_charges(order_id: int) -> list[Charge]:
    return list(
        session.scalars(
            select(Charge).where(Charge.order_id == order_id, Charge.superseded_at.is_(None)).order_by(Charge.id)
        )
    )


def shares_of(charge_ids: list[int]) -> list[ChargeShare]:
    if not charge_ids:
        return []
    return list(session.scalars(select(ChargeShare).where(ChargeShare.charge_id.in_(charge_ids))))


def current_revision(order: Order) -> OrderRevision:
    return session.get_one(OrderRevision, (order.id, order.revision))


def pieces_sold(since: datetime) -> dict[int, int]:
    """Pieces by product in orders placed since then that were not cancelled. One statement."""
    live = OrderLine.quantity - OrderLine.cancelled_quantity
    rows = session.execute(
        select(OrderLine.product_id, func.sum(live))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.placed_at >= since, Order.state != OrderState.CANCELLED, OrderLine.product_id.is_not(None))
        .group_by(OrderLine.product_id)
    )
    return {product_id: int(pieces) for product_id, pieces in rows if product_id is not None}
