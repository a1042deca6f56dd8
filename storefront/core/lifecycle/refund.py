"""Giving money back, by line, by charge, never more than was paid and nothing twice (PAY-5).

Money goes back first, then tenders. A refund is three units like a payment: the request is committed, the provider is
asked with the refund's key, the answer is written. For methods that cannot refund, the owner confirms by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storefront.core.audit.service import record
from storefront.core.billing.models import Bill, BillLine
from storefront.core.billing.service import lock_bill, tenders_of
from storefront.core.contracts import payments as contract
from storefront.core.contracts.providers import Providers
from storefront.core.db import in_unit_of_work, lock_for_update, run_unit, session, utcnow
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.effects import release_tender
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.pay import attempt_view
from storefront.core.orders.models import Order
from storefront.core.orders.service import lock_order_by_id, note_event
from storefront.core.payments import service as payments
from storefront.core.payments.models import PaymentAttempt, PaymentEvent, Refund, RefundLine, RefundTask
from storefront.core.values.money import Money, prorate

# The payment event under whose reference the provider knows the money, by the refund's cause.
BROUGHT_BY = {
    "bill": ("captured",),
    "overpaid": ("captured", "overpaid"),
    "late": ("late",),
    "mismatch": ("mismatch",),
}


@dataclass(frozen=True, slots=True)
class Room:
    """What may still go back of one bill line: an order line or a charge, minor units."""

    bill_line_id: int
    order_line_id: int | None
    charge_id: int | None
    amount: int


def refund_room(bill: Bill) -> list[Room]:
    """Per positive bill line: its amount less what was refunded of it (failed refunds do not count). A negative charge
    (a discount on postage) is taken off the charges before it."""
    done = dict[tuple[int | None, int | None], int]()
    rows = session.execute(
        select(RefundLine.order_line_id, RefundLine.charge_id, func.sum(RefundLine.amount))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(Refund.bill_id == bill.id, Refund.state != "failed")
        .group_by(RefundLine.order_line_id, RefundLine.charge_id)
    )
    for line_id, charge_id, amount in rows:
        done[(line_id, charge_id)] = int(amount)
    lines = list(session.scalars(select(BillLine).where(BillLine.bill_id == bill.id).order_by(BillLine.id)))
    negative = -sum(line.amount for line in lines if line.amount < 0)
    rooms = []
    for line in lines:
        if line.amount <= 0:
            continue
        less = min(negative, line.amount) if line.charge_id is not None else 0
        negative -= less
        left = line.amount - less - done.get((line.order_line_id, line.charge_id), 0)
        rooms.append(Room(line.id, line.order_line_id, line.charge_id, max(left, 0)))
    return rooms


def request_refund(
    bill_number: str,
    parts: Mapping[int, int] | None,
    providers: Providers,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
) -> list[int]:
    """Decide that money goes back, inside the caller's unit: ``parts`` are minor units per bill line id, ``None`` all that
    is left. Returns the ids of the refunds of money, to be sent or confirmed; tenders are given back at once. Closes the
    order's open refund tasks as far as they are covered. Raises ``NotPossible``."""
    bill, order = lock_bill_of(bill_number)
    if bill.state != "settled":
        raise NotPossible(
            N_("Bill %(bill)s is not paid, so nothing can go back. Nothing was changed."), bill=bill.number
        )
    rooms = {room.bill_line_id: room for room in refund_room(bill)}
    wanted = {k: r.amount for k, r in rooms.items() if r.amount} if parts is None else dict(parts)
    for line_id, amount in wanted.items():
        if line_id not in rooms or not 0 < amount <= rooms[line_id].amount:
            raise NotPossible(
                N_("More than was paid for it, or nothing, cannot go back (bill %(bill)s). Nothing was changed."),
                bill=bill.number,
            )
    total = sum(wanted.values())
    if not total:
        raise NotPossible(N_("Nothing of bill %(bill)s is left to give back. Nothing was changed."), bill=bill.number)
    made = refund_parts(bill, order, wanted, rooms, providers, actor, reason)
    cover_tasks(bill, made)
    if order is not None:
        note_event(order, "refund_requested", actor, reason=reason, now=now, amount=total, currency=bill.currency)
    record(actor, "bill.refund", ("bill", bill.number), reason, amount=total, currency=bill.currency)
    return [refund.id for refund in made]


def refund_parts(
    bill: Bill,
    order: Order | None,
    wanted: Mapping[int, int],
    rooms: Mapping[int, Room],
    providers: Providers,
    actor: str,
    reason: str,
    pieces: Mapping[int, int] | None = None,
) -> list[Refund]:
    """Refunds of ``wanted`` minor units per bill line id, each within its room, of a (locked, settled) bill: money first,
    the rest to its tenders at once. ``pieces``: how many each is for. Returns the refunds of money, requested."""
    total = sum(wanted.values())
    if not total:
        return []
    money_left = max(payments.captured_sum(bill.id) - payments.refunded_sum(bill.id), 0)
    made = refund_money(bill, wanted, rooms, min(total, money_left), actor, reason, pieces or {})
    if total > money_left:
        _refund_tenders(bill, order, total - money_left, providers, actor, reason)
    return made


def lock_bill_of(bill_number: str) -> tuple[Bill, Order | None]:
    """The bill and its order, locked. Raises ``NotPossible``."""
    found = session.execute(select(Bill.id, Bill.order_id).where(Bill.number == bill_number)).first()
    if found is None:
        raise NotPossible(N_("There is no bill %(bill)s."), bill=bill_number[:40])
    order = lock_order_by_id(found.order_id) if found.order_id is not None else None
    bill = lock_bill(found.id)
    return bill, order


def refund_money(
    bill: Bill,
    wanted: Mapping[int, int],
    rooms: Mapping[int, Room],
    amount: int,
    actor: str,
    reason: str,
    pieces: Mapping[int, int],
) -> list[Refund]:
    """One refund per attempt that brought money, each with the lines it is for."""
    made: list[Refund] = []
    keys = sorted(wanted)
    shares = dict(zip(keys, prorate(amount, [wanted[k] for k in keys]), strict=True))
    for attempt, came in _money_of(bill):
        part = min(came, sum(shares.values()))
        if part <= 0:
            continue
        refund = Refund(
            bill_id=bill.id, attempt_id=attempt.id, currency=bill.currency, amount=part, reason=reason, actor=actor
        )
        session.add(refund)
        session.flush()
        for key, share in zip(keys, prorate(part, [shares[k] for k in keys]), strict=True):
            if share:
                room = rooms[key]
                session.add(
                    RefundLine(
                        refund_id=refund.id,
                        order_line_id=room.order_line_id,
                        charge_id=room.charge_id,
                        quantity=pieces.get(key, 0),
                        amount=share,
                    )
                )
                shares[key] -= share
        made.append(refund)
    session.flush()
    return made


def _money_of(bill: Bill) -> list[tuple[PaymentAttempt, int]]:
    """Attempts with what each brought, less what went back of it."""
    result = []
    for attempt in payments.attempts_of([bill.id]):
        came = session.scalar(
            select(func.coalesce(func.sum(PaymentEvent.amount), 0)).where(
                PaymentEvent.attempt_id == attempt.id, PaymentEvent.kind == "captured"
            )
        )
        gone = session.scalar(
            select(func.coalesce(func.sum(Refund.amount), 0)).where(
                Refund.attempt_id == attempt.id, Refund.cause == "bill", Refund.state != "failed"
            )
        )
        result.append((attempt, int(came or 0) - int(gone or 0)))
    return result


def _refund_tenders(
    bill: Bill, order: Order | None, amount: int, providers: Providers, actor: str, reason: str
) -> None:
    for tender in tenders_of(bill.id):
        part = min(amount, tender.amount - tender.returned)
        if part <= 0:
            continue
        session.add(
            Refund(
                bill_id=bill.id, tender_id=tender.id, currency=bill.currency, amount=part, reason=reason, actor=actor,
                state="done", done_at=utcnow(),
            )
        )  # fmt: skip
        tender.returned += part
        if tender.returned == tender.amount:
            tender.state = "returned"
        if order is not None:
            release_tender(order.id, tender, part, providers)
        amount -= part
    session.flush()


def cover_tasks(bill: Bill, made: Sequence[Refund]) -> None:
    """Open tasks of this bill are done by these refunds, oldest first; one that is covered in part asks for the rest. A
    task with a refund of its own is that refund's."""
    left = sum(r.amount for r in made)
    tasks = session.scalars(
        select(RefundTask)
        .where(
            RefundTask.bill_id == bill.id,
            RefundTask.state == "open",
            RefundTask.reason == "cancelled",
            RefundTask.refund_id.is_(None),
        )
        .order_by(RefundTask.id)
    )
    for task in tasks:
        if task.amount <= left:
            left -= task.amount
            task.state, task.refund_id = "done", made[0].id
        else:
            task.amount, left = task.amount - left, 0


def _end_task(refund: Refund) -> bool:
    """The open task that waited for this refund ends with it; when it failed, the task waits for another one. Whether
    there was one."""
    task = session.scalars(
        select(RefundTask).where(RefundTask.refund_id == refund.id, RefundTask.state == "open")
    ).first()
    if task is None:
        return False
    if refund.state == "done":
        task.state = "done"
    else:
        task.refund_id = None
    return True


def send_refund(refund_id: int, providers: Providers, public_url: str, *, now: datetime | None = None) -> str:
    """Ask the method to pay back a requested refund; own units, none open. Returns the refund's state. A method that
    cannot refund leaves it requested for ``confirm_refund``. Repeating uses the same key: it pays at most once."""
    if in_unit_of_work():
        raise RuntimeError("a provider was about to be called inside a transaction")
    refund = session.get_one(Refund, refund_id)
    if refund.state not in ("requested", "pending") or refund.attempt_id is None:
        return refund.state
    attempt = session.get_one(PaymentAttempt, refund.attempt_id)
    registered = providers.payment_methods(installed=True).get(attempt.method)
    if registered is None or not registered.value.capabilities.refund:
        return refund.state
    reference = session.scalar(
        select(PaymentEvent.reference)
        .where(
            PaymentEvent.attempt_id == attempt.id,
            PaymentEvent.kind.in_(BROUGHT_BY.get(refund.cause, ())),
            PaymentEvent.reference != "",
        )
        .limit(1)
    )
    view = contract.RefundView(
        refund.id, refund.key, Money(refund.amount, refund.currency), attempt_view(attempt, public_url), reference or ""
    )
    session.rollback()
    answer: contract.Refunded | contract.Pending | contract.Declined | contract.Unavailable
    try:
        answer = registered.ask("refund", view)
    except Exception:  # plugin code: noted under its name
        answer = contract.Unavailable("the payment method failed")
    return run_unit(lambda: _write(refund_id, answer, now or utcnow()))


def _write(
    refund_id: int,
    answer: contract.Refunded | contract.Pending | contract.Declined | contract.Unavailable,
    now: datetime,
) -> str:
    refund = session.scalars(
        lock_for_update(select(Refund).where(Refund.id == refund_id)).execution_options(populate_existing=True)
    ).one()
    if refund.state in ("done", "failed"):
        return refund.state
    if isinstance(answer, contract.Refunded) and answer.amount == Money(refund.amount, refund.currency):
        refund.state, refund.reference, refund.done_at = "done", answer.reference, now
    elif isinstance(answer, contract.Pending):
        refund.state = "pending"
    elif isinstance(answer, contract.Declined):
        refund.state = "failed"
        if not _end_task(refund):
            bill = session.get_one(Bill, refund.bill_id)
            why = "cancelled" if refund.cause == "bill" else refund.cause
            payments.owe_refund(bill, session.get(PaymentAttempt, refund.attempt_id), refund.amount, why)
        _tell(refund, "refund_failed", "system", now, answer.message)
    if refund.state == "done":
        _end_task(refund)
        _tell(refund, "refund_done", "system", now)
    return refund.state


def _tell(refund: Refund, name: str, actor: str, now: datetime, reason: str = "") -> None:
    """A row in the history of the refund's order."""
    order_id = session.scalar(select(Bill.order_id).where(Bill.id == refund.bill_id))
    if order_id is not None:
        order = session.get_one(Order, order_id)
        note_event(
            order,
            name,
            actor,
            reason=reason,
            now=now,
            amount=refund.amount,
            currency=refund.currency,
            reference=refund.reference,
        )


def confirm_refund(refund_id: int, reference: str, *, actor: str, now: datetime) -> None:
    """The owner paid it back by hand; ``reference``: the bank's. Inside the caller's unit. Raises ``NotPossible`` when it
    is done already, or without a reference."""
    if not reference.strip():
        raise NotPossible(N_("Please enter the reference under which the money was sent back. Nothing was changed."))
    refund = session.scalars(lock_for_update(select(Refund).where(Refund.id == refund_id))).first()
    if refund is None or refund.state not in ("requested", "pending"):
        raise NotPossible(N_("This refund is done already, or there is none. Nothing was changed."))
    refund.state, refund.reference, refund.done_at = "done", reference.strip()[:120], now
    _end_task(refund)
    _tell(refund, "refund_done", actor, now)
    record(
        actor,
        "refund.confirm",
        ("refund", refund.id),
        amount=refund.amount,
        currency=refund.currency,
        reference=refund.reference,
    )
