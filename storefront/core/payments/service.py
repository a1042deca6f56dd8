"""Verbs on attempts, their events and refund tasks. Inside the caller's unit; order and bill are locked before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storefront.core.billing.models import Bill
from storefront.core.db import lock_for_update, session, utcnow
from storefront.core.payments.models import PaymentAttempt, PaymentEvent, Refund, RefundTask
from storefront.core.payments.states import ATTEMPT_MOVES, LIVE, AttemptState


def open_attempt(bill: Bill, amount: int, method: str, source: str) -> PaymentAttempt:
    """A new try to pay ``amount`` minor units of ``bill``. At most one lives per bill (unique index)."""
    attempt = PaymentAttempt(bill_id=bill.id, method=method, source=source, currency=bill.currency, amount=amount)
    session.add(attempt)
    session.flush()
    return attempt


def find_attempt(token: str) -> PaymentAttempt | None:
    """By the token of its return URL."""
    if not token:
        return None
    return session.scalars(select(PaymentAttempt).where(PaymentAttempt.token == token)).first()


def find_attempt_by_reference(source: str, reference: str) -> PaymentAttempt | None:
    if not reference:
        return None
    return session.scalars(
        select(PaymentAttempt).where(PaymentAttempt.source == source, PaymentAttempt.reference == reference)
    ).first()


def lock_attempt(attempt_id: int) -> PaymentAttempt:
    return session.scalars(
        lock_for_update(select(PaymentAttempt).where(PaymentAttempt.id == attempt_id)).execution_options(
            populate_existing=True
        )
    ).one()


def attempts_of(bill_ids: Sequence[int]) -> list[PaymentAttempt]:
    if not bill_ids:
        return []
    return list(
        session.scalars(select(PaymentAttempt).where(PaymentAttempt.bill_id.in_(bill_ids)).order_by(PaymentAttempt.id))
    )


def live_attempt(bill_id: int) -> PaymentAttempt | None:
    return session.scalars(
        select(PaymentAttempt).where(PaymentAttempt.bill_id == bill_id, PaymentAttempt.state.in_(LIVE))
    ).first()


def can_move(attempt: PaymentAttempt, state: AttemptState) -> bool:
    return state in ATTEMPT_MOVES[AttemptState(attempt.state)]


def move(attempt: PaymentAttempt, state: AttemptState, kind: str, *, actor: str, **event: Any) -> PaymentEvent:
    """Set the attempt's state along the table and write the event. Raises ``ValueError`` for an illegal move."""
    if not can_move(attempt, state):
        raise ValueError(f"attempt {attempt.id} cannot go from {attempt.state} to {state}")
    attempt.state = state
    return note(attempt, kind, actor=actor, **event)


def note(
    attempt: PaymentAttempt,
    kind: str,
    *,
    actor: str,
    amount: int = 0,
    reference: str = "",
    text: str = "",
    at: datetime | None = None,
    **data: Any,
) -> PaymentEvent:
    """Append one event to an attempt."""
    event = PaymentEvent(
        attempt_id=attempt.id,
        source=attempt.source,
        kind=kind,
        currency=attempt.currency,
        amount=amount,
        reference=reference,
        actor=actor,
        note=text[:1000],
        data=data,
        at=at or utcnow(),
    )
    session.add(event)
    session.flush()
    return event


def captured_sum(bill_id: int) -> int:
    """Money that arrived for a bill and belongs to it (overpaid money is not counted here), minor units."""
    return _event_sum(bill_id, "captured")


def _event_sum(bill_id: int, *kinds: str) -> int:
    return int(
        session.scalar(
            select(func.coalesce(func.sum(PaymentEvent.amount), 0))
            .join(PaymentAttempt, PaymentAttempt.id == PaymentEvent.attempt_id)
            .where(PaymentAttempt.bill_id == bill_id, PaymentEvent.kind.in_(kinds))
        )
        or 0
    )


def refunded_sum(bill_id: int) -> int:
    """Money of a bill given back or on its way back, minor units; failed refunds do not count, nor does money that never
    was the bill's (late, overpaid, mismatch)."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(Refund.amount), 0)).where(
                Refund.bill_id == bill_id,
                Refund.attempt_id.is_not(None),
                Refund.cause == "bill",
                Refund.state != "failed",
            )
        )
        or 0
    )


def owe_refund(bill: Bill, attempt: PaymentAttempt | None, amount: int, reason: str) -> RefundTask:
    """Money that must go back: a task for a human (or a gateway job). ``amount``: positive minor units."""
    task = RefundTask(
        order_id=bill.order_id,
        bill_id=bill.id,
        attempt_id=attempt.id if attempt else None,
        currency=bill.currency,
        amount=amount,
        reason=reason,
    )
    session.add(task)
    session.flush()
    return task


def has_event(attempt: PaymentAttempt, kind: str) -> bool:
    return (
        session.scalar(
            select(func.count())
            .select_from(PaymentEvent)
            .where(PaymentEvent.attempt_id == attempt.id, PaymentEvent.kind == kind)
        )
        or 0
    ) > 0
