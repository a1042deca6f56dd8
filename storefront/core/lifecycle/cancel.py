"""Ending an order, whole or line by line (ORD-5, ORD-11)."""

from datetime import datetime

from sqlalchemy import func, select

from storefront.core.audit.service import record
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.promote import promise_mail
from storefront.core.lifecycle.release import give_back, owe_what_came, refuse_while_money_moves
from storefront.core.lifecycle.ship import trim_parcels
from storefront.core.orders.models import Order
from storefront.core.orders.service import lock_order, transition
from storefront.core.orders.states import CancelReason
from storefront.core.shipping.models import Shipment

GONE = ("handed_over", "delivered")


def cancel_order(
    number: str,
    providers: Providers,
    *,
    actor: str,
    now: datetime,
    cancel_reason: CancelReason = CancelReason.OWNER,
    reason: str = "",
) -> Order:
    """Cancel order ``number`` inside the caller's unit: goods, limits, coupons and points go back, open bills end, money
    that came becomes a refund task. Final. Raises ``UnknownOrder``, ``NotPossible``, ``IllegalTransition``."""
    order = lock_order(number)
    cancel_locked(order, providers, actor=actor, now=now, cancel_reason=cancel_reason, reason=reason)
    record(actor, "order.cancel", ("order", order.number), reason, cancel_reason=str(cancel_reason))
    return order


def cancel_locked(
    order: Order,
    providers: Providers,
    *,
    actor: str,
    now: datetime,
    cancel_reason: CancelReason,
    reason: str = "",
) -> None:
    """The same for an order that is locked already."""
    refuse_while_money_moves(order)
    if something_left(order):
        raise NotPossible(
            N_("Part of order %(number)s has left the shop; it can no longer be cancelled whole. Nothing was changed."),
            number=order.number,
        )
    transition(order, "cancel", actor, cancel_reason=cancel_reason, reason=reason, now=now)
    give_back(order, providers, actor=actor, now=now)
    owe_what_came(order, "cancelled")
    trim_parcels(order.id)
    promise_mail("order_cancelled", order)


def something_left(order: Order) -> bool:
    return (
        session.scalar(
            select(func.count()).select_from(Shipment).where(Shipment.order_id == order.id, Shipment.state.in_(GONE))
        )
        or 0
    ) > 0
