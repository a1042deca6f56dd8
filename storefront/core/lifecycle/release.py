"""Giving back what an order holds: goods, purchase limits, coupons, points, open attempts."""

from datetime import datetime

from sqlalchemy import func, select

from storefront.core.billing import service as billing
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.effects import release_all
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.orders import limits
from storefront.core.orders.models import Order
from storefront.core.orders.queries import live_charges
from storefront.core.orders.service import lines_of, move_item, transition
from storefront.core.orders.states import CancelReason, ItemState
from storefront.core.payments import service as payments
from storefront.core.payments.models import RefundTask
from storefront.core.payments.states import LIVE, AttemptState
from storefront.core.stock import service as stock

# An attempt in one of these may be taking money right now or at any hour: the order waits for it.
MONEY_MAY_MOVE = frozenset({AttemptState.APPROVED, AttemptState.PENDING})


def money_may_move(order: Order) -> bool:
    bills = billing.bills_of(order.id, "open")
    return any(a.state in MONEY_MAY_MOVE for a in payments.attempts_of([b.id for b in bills]))


def refuse_while_money_moves(order: Order) -> None:
    """Raises ``NotPossible``."""
    if money_may_move(order):
        raise NotPossible(
            N_("A payment of order %(number)s is being checked. Nothing was changed; try again in some minutes."),
            number=order.number,
        )


def give_back(order: Order, providers: Providers, *, actor: str, now: datetime, sent: bool = False) -> None:
    """Release everything the (locked) order holds and end its open bills and attempts. Idempotent. Settled bills and
    their money are the caller's matter. ``sent``: its goods had left: the lines stay as they were sent."""
    lines = lines_of(order.id)
    stock.release([line.id for line in lines])
    limits.give_back(order.id)
    open_bills = billing.bills_of(order.id, "open")
    for attempt in payments.attempts_of([b.id for b in open_bills]):
        if attempt.state in LIVE:
            payments.move(attempt, AttemptState.VOIDED, "voided", actor=actor, at=now)
    tenders = [t for b in billing.bills_of(order.id) for t in billing.tenders_of(b.id) if t.state != "returned"]
    release_all(order.id, live_charges(order.id), tenders, providers)
    for tender in tenders:
        tender.state, tender.returned = "returned", tender.amount
    for bill in open_bills:
        billing.void(bill)
    if not sent:
        for line in lines:
            move_item(line, ItemState.CANCELLED)
            line.cancelled_quantity = line.quantity
    session.flush()


def owe_what_came(order: Order, reason: str, less: int = 0) -> int:
    """A refund task per bill for money that came, less what went back or is already owed, less ``less`` minor units that
    the shop keeps. Returns the sum owed now."""
    owed = 0
    for bill in billing.bills_of(order.id):
        came = payments.captured_sum(bill.id) - payments.refunded_sum(bill.id)
        # a task with a refund is that refund, which was counted
        came -= int(
            session.scalar(
                select(func.coalesce(func.sum(RefundTask.amount), 0)).where(
                    RefundTask.bill_id == bill.id,
                    RefundTask.state == "open",
                    RefundTask.reason == reason,
                    RefundTask.refund_id.is_(None),
                )
            )
            or 0
        )
        kept = min(max(came, 0), less)
        came, less = came - kept, less - kept
        if came > 0:
            attempts = [a for a in payments.attempts_of([bill.id]) if a.state in ("captured", "voided")]
            payments.owe_refund(bill, attempts[-1] if attempts else None, came, reason)
            owed += came
    return owed


def lapse(order: Order, providers: Providers, *, actor: str, reason: str, now: datetime) -> bool:
    """End a (locked) draft that nobody will finish; ``False`` when money may be moving: then it stays. No history is
    shown of it anywhere (CHK-7), and its confirmation can be used anew. Money that was entered by hand is owed back."""
    if order.state != "draft":
        return True
    if money_may_move(order):
        return False
    give_back(order, providers, actor=actor, now=now)
    owe_what_came(order, "cancelled")
    order.checkout_token = None
    transition(order, "lapse", actor, cancel_reason=CancelReason.LAPSED, reason=reason, now=now)
    return True
