"""The end of an order that was sent: completed, or returned (ORD-6, MSG-4)."""

from datetime import datetime

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.billing import service as billing
from storefront.core.billing.models import Forfeit
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.promote import promise_mail
from storefront.core.lifecycle.release import give_back, owe_what_came, refuse_while_money_moves
from storefront.core.orders.models import Order
from storefront.core.orders.service import lock_order, transition
from storefront.core.orders.states import CancelReason
from storefront.core.payments import service as payments
from storefront.core.shipping.models import Shipment


def complete(number: str, *, actor: str, now: datetime, reason: str = "") -> Order:
    """shipped -> completed, inside the caller's unit. Raises ``UnknownOrder``, ``IllegalTransition``, ``NotPossible`` while
    money is still to come."""
    order = lock_order(number)
    if order.state == "shipped" and billing.bills_of(order.id, "open"):
        raise NotPossible(
            N_("Order %(number)s is not paid yet. Enter the payment first; nothing was changed."), number=order.number
        )
    transition(order, "complete", actor, reason=reason, now=now)
    record(actor, "order.complete", ("order", order.number), reason)
    return order


def end_returned(
    number: str, providers: Providers, *, actor: str, now: datetime, keep: int = 0, reason: str = ""
) -> Order:
    """shipped -> cancelled (returned), inside the caller's unit: every parcel was lost or came back. What was paid is owed
    back, less ``keep`` minor units (the postage of a parcel that was not fetched), which are written down as kept with
    ``reason``. Points and coupons go back. Raises ``UnknownOrder``, ``IllegalTransition``, ``NotPossible``."""
    order = lock_order(number)
    if order.state == "shipped":
        _check(order, keep)
    transition(order, "return", actor, cancel_reason=CancelReason.RETURNED, reason=reason, now=now, kept=keep)
    give_back(order, providers, actor=actor, now=now, sent=True)
    owe_what_came(order, "cancelled", less=keep)
    if keep:
        settled = next((bill.id for bill in billing.bills_of(order.id, "settled")), None)
        session.add(
            Forfeit(
                order_id=order.id,
                bill_id=settled,
                currency=order.currency,
                amount=keep,
                reason=reason,
                actor=actor,
                created_at=now,
            )
        )
    promise_mail("order_cancelled", order)
    record(actor, "order.return", ("order", order.number), reason, kept=keep, currency=order.currency)
    return order


def _check(order: Order, keep: int) -> None:
    refuse_while_money_moves(order)
    away = select(Shipment.id).where(Shipment.order_id == order.id, Shipment.state.not_in(("lost", "returned")))
    if session.scalar(away.limit(1)) is not None:
        raise NotPossible(
            N_("A parcel of order %(number)s is not back: enter first what became of it. Nothing was changed."),
            number=order.number,
        )
    left = sum(payments.captured_sum(bill.id) - payments.refunded_sum(bill.id) for bill in billing.bills_of(order.id))
    if not 0 <= keep <= left:
        raise NotPossible(N_("No more than what was paid can be kept. Nothing was changed."))
