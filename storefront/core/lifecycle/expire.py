"""Deadlines that run by themselves (ORD-6): drafts whose hold ended, bills nobody paid. Each verb runs its own unit per
order, so that one bad order never stops the others; running it twice or late gives the same result."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import exists, select

from storefront.core.billing.models import Bill
from storefront.core.contracts.providers import Providers
from storefront.core.db import run_unit, session
from storefront.core.lifecycle.cancel import cancel_locked
from storefront.core.lifecycle.release import lapse, money_may_move
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.service import lock_order_by_id
from storefront.core.orders.states import CancelReason
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.stock.models import Reservation

log = logging.getLogger(__name__)


def lapse_drafts(shop: ShopSnapshot, providers: Providers, now: datetime, limit: int = 200) -> int:
    """End drafts without a live hold. Returns how many. Own units; call with none open."""
    live_hold = exists().where(
        Reservation.order_line_id == OrderLine.id,
        OrderLine.order_id == Order.id,
        (Reservation.expires_at > now) | Reservation.expires_at.is_(None),
    )
    ids = list(
        session.scalars(select(Order.id).where(Order.state == "draft", ~live_hold).order_by(Order.id).limit(limit))
    )
    return _each(ids, lambda order: lapse(order, providers, actor="system", reason="the hold ended", now=now))


def cancel_unpaid(shop: ShopSnapshot, providers: Providers, now: datetime, limit: int = 200) -> int:
    """Cancel orders whose bill was not paid in time; one that is being checked by a provider waits. Own units."""
    ids = list(
        session.scalars(
            select(Bill.order_id)
            .join(Order, Order.id == Bill.order_id)
            .where(
                Bill.state == "open",
                Bill.due_at < now,
                Bill.kind.in_(("all", "items")),
                Order.state == "pending",
            )
            .distinct()
            .limit(limit)
        )
    )

    def cancel(order: Order) -> bool:
        if order.state != "pending" or money_may_move(order) or not _overdue(order, now):
            return False
        cancel_locked(order, providers, actor="system", now=now, cancel_reason=CancelReason.UNPAID)
        return True

    return _each([i for i in ids if i is not None], cancel)


def _overdue(order: Order, now: datetime) -> bool:
    return (
        session.scalar(
            select(Bill.id).where(Bill.order_id == order.id, Bill.state == "open", Bill.due_at < now).limit(1)
        )
        is not None
    )


def _each(ids: list[int], act: Callable[[Order], bool]) -> int:
    done = 0
    session.rollback()
    for order_id in ids:
        try:
            done += run_unit(lambda order_id=order_id: act(lock_order_by_id(order_id)))  # type: ignore[misc]
        except Exception:
            log.exception("a deadline of order %s could not be carried out", order_id)
    return done
