"""Closing refund tasks: money of a cancelled order, money that came too late, was too much or did not match (PAY-5, PAY-6).

A task is closed by a refund of exactly its amount. Where the method can refund, ``take_up`` requests it and the door sends
it (``send_refund``); else the owner sends the money and ``confirm_task`` writes under which reference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.billing.models import Bill
from storefront.core.billing.service import lock_bill
from storefront.core.contracts.providers import Providers
from storefront.core.db import lock_for_update, session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.refund import confirm_refund, refund_money, refund_room
from storefront.core.orders.models import Order
from storefront.core.orders.service import lock_order_by_id, note_event
from storefront.core.payments import service as payments
from storefront.core.payments.models import PaymentAttempt, Refund, RefundTask
from storefront.core.values.money import prorate

NOTHING_OWED = N_("Nothing of order %(number)s is owed back. Nothing was changed.")
CLOSED = N_("This money went back already, or nothing is owed. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class OwedView:
    """An open task for whoever is to close it. ``refund_id``: a refund of it is on its way or waits for a reference.
    ``can_send``: its payment method can pay back by itself."""

    id: int
    bill_number: str
    currency: str
    amount: int
    reason: str
    created_at: datetime
    refund_id: int | None
    method: str
    can_send: bool


def owed_back(order_id: int, providers: Providers) -> tuple[OwedView, ...]:
    """The open refund tasks of an order, oldest first. One statement."""
    rows = session.execute(
        select(RefundTask, Bill.number, PaymentAttempt.method)
        .join(Bill, Bill.id == RefundTask.bill_id)
        .outerjoin(PaymentAttempt, PaymentAttempt.id == RefundTask.attempt_id)
        .where(RefundTask.order_id == order_id, RefundTask.state == "open")
        .order_by(RefundTask.id)
    )
    methods = providers.payment_methods(installed=True)
    return tuple(
        OwedView(
            id=task.id,
            bill_number=number,
            currency=task.currency,
            amount=task.amount,
            reason=task.reason,
            created_at=task.created_at,
            refund_id=task.refund_id,
            method=method or "",
            can_send=method in methods and methods[method].value.capabilities.refund,
        )
        for task, number, method in rows
    )


def take_up(task_id: int, *, actor: str, now: datetime, amount: int | None = None, reason: str = "") -> list[int]:
    """Request the refunds of an open task inside the caller's unit; the task stays open until they are done. ``amount``:
    minor units of the task's currency, default all of it; the rest stays a task. Returns the refunds' ids, to be sent or
    confirmed; those that were requested before when there are any. Raises ``NotPossible``."""
    task, bill, order = _lock(task_id)
    if task.refund_id is not None:
        return [task.refund_id]
    wanted = task.amount if amount is None else amount
    if not 0 < wanted <= task.amount:
        raise NotPossible(N_("No more than what is owed can go back, and not nothing. Nothing was changed."))
    made = _of_bill(task, bill, wanted, actor, reason) if task.reason == "cancelled" else _of_extra(
        task, wanted, actor, reason
    )  # fmt: skip
    _hand_to(task, made)
    if order is not None:
        note_event(
            order, "refund_requested", actor, reason=reason, now=now, amount=wanted, currency=task.currency,
            owed=task.reason,
        )  # fmt: skip
    record(actor, "refund.task", ("bill", bill.number), reason, amount=wanted, currency=task.currency, owed=task.reason)
    return [refund.id for refund in made]


def confirm_task(
    task_id: int, reference: str, *, actor: str, now: datetime, amount: int | None = None, reason: str = ""
) -> list[int]:
    """The owner sent the money of a task back by hand; ``reference``: the bank's, required. Inside the caller's unit.
    Returns the ids of the refunds. Raises ``NotPossible``."""
    made = take_up(task_id, actor=actor, now=now, amount=amount, reason=reason)
    for refund_id in made:
        confirm_refund(refund_id, reference, actor=actor, now=now)
    return made


def _lock(task_id: int) -> tuple[RefundTask, Bill, Order | None]:
    """Order, bill, task, always in this order."""
    found = session.execute(
        select(RefundTask.bill_id, RefundTask.order_id).where(RefundTask.id == task_id)
    ).one_or_none()
    if found is None:
        raise NotPossible(CLOSED)
    order = lock_order_by_id(found.order_id) if found.order_id is not None else None
    bill = lock_bill(found.bill_id)
    task = session.scalars(
        lock_for_update(select(RefundTask).where(RefundTask.id == task_id)).execution_options(populate_existing=True)
    ).one()
    if task.state != "open":
        raise NotPossible(CLOSED)
    return task, bill, order


def _of_bill(task: RefundTask, bill: Bill, amount: int, actor: str, reason: str) -> list[Refund]:
    """Money that was the bill's: spread over what is left of its lines, from the payments that brought it."""
    rooms = {room.bill_line_id: room for room in refund_room(bill) if room.amount}
    left = min(
        payments.captured_sum(bill.id) - payments.refunded_sum(bill.id), sum(room.amount for room in rooms.values())
    )
    if amount > left:
        raise NotPossible(CLOSED)
    keys = sorted(rooms)
    shares = prorate(amount, [rooms[key].amount for key in keys])
    wanted = {key: share for key, share in zip(keys, shares, strict=True) if share}
    return refund_money(bill, wanted, rooms, amount, actor, reason, {})


def _of_extra(task: RefundTask, amount: int, actor: str, reason: str) -> list[Refund]:
    """Money that never was the bill's: it is for no line."""
    refund = Refund(
        bill_id=task.bill_id,
        attempt_id=task.attempt_id,
        cause=task.reason,
        currency=task.currency,
        amount=amount,
        reason=reason,
        actor=actor,
    )
    session.add(refund)
    session.flush()
    return [refund]


def _hand_to(task: RefundTask, made: Sequence[Refund]) -> None:
    """The task waits for its refund; for each further one, and for a rest, it is a task more."""
    rest = task.amount - sum(refund.amount for refund in made)
    parts: list[tuple[int, int | None]] = [(refund.amount, refund.id) for refund in made]
    if rest:
        parts.append((rest, None))
    task.amount, task.refund_id = parts[0]
    for amount, refund_id in parts[1:]:
        session.add(
            RefundTask(
                order_id=task.order_id,
                bill_id=task.bill_id,
                attempt_id=task.attempt_id,
                refund_id=refund_id,
                currency=task.currency,
                amount=amount,
                reason=task.reason,
                created_at=task.created_at,
            )
        )
    session.flush()
