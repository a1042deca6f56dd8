"""Money that the owner saw arrive: a transfer, cash from the carrier (PAY-6)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.billing.models import Bill
from storefront.core.billing.service import bills_of, lock_bill, tendered
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.promote import promise_mail, settle
from storefront.core.orders.service import lock_order, note_event
from storefront.core.payments import service as payments
from storefront.core.payments.models import PaymentAttempt, PaymentEvent
from storefront.core.payments.states import AttemptState
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.values.money import Money


@dataclass(frozen=True, slots=True)
class Received:
    """``rest``: what is still to come for the bill; ``too_much``: what must go back (a refund task was made)."""

    bill_number: str
    rest: int
    too_much: int
    settled: bool


def receive(
    number: str,
    money: Money,
    shop: ShopSnapshot,
    providers: Providers,
    *,
    actor: str,
    now: datetime,
    reference: str = "",
    bill_number: str = "",
) -> Received:
    """Enter what really arrived for order ``number``, inside the caller's unit. Less leaves the bill open with the rest;
    more settles it and makes a refund task; money for an ended order becomes a refund task whole. A reference that was
    entered before is refused. Raises ``UnknownOrder``, ``NotPossible``."""
    order = lock_order(number)
    bill = _bill_for(order.id, number, bill_number)
    if money.currency != bill.currency:
        raise NotPossible(
            N_("Bill %(bill)s is in %(currency)s; money in another currency is sent back. Nothing was entered."),
            bill=bill.number,
            currency=bill.currency,
        )
    if money.amount <= 0:
        raise NotPossible(N_("The amount must be above zero. Nothing was entered."))
    attempt = _attempt_for(bill)
    _refuse_twice(attempt, reference)
    rest = max(bill.amount - tendered(bill.id) - payments.captured_sum(bill.id), 0) if bill.state == "open" else 0
    ours = min(money.amount, rest)
    if ours:
        payments.note(attempt, "captured", actor=actor, amount=ours, reference=reference, at=now)
    too_much = money.amount - ours
    if too_much:
        kind, reason = ("overpaid", "overpaid") if ours else ("late", "late")
        payments.note(attempt, kind, actor=actor, amount=too_much, reference="" if ours else reference, at=now)
        payments.owe_refund(bill, attempt, too_much, reason)
    settled = bool(ours) and ours == rest
    if settled:
        if payments.can_move(attempt, AttemptState.CAPTURED):
            attempt.state = AttemptState.CAPTURED
        settle(order, bill, shop, providers, actor, now)
        promise_mail("payment_received", order, key=str(bill.id), bill_id=bill.id)
    note_event(order, "payment", actor, now=now, amount=money.amount, currency=money.currency, rest=rest - ours)
    record(
        actor,
        "order.pay",
        ("order", order.number),
        amount=money.amount,
        currency=money.currency,
        reference=reference,
    )
    return Received(bill.number, rest - ours, too_much, settled)


def _bill_for(order_id: int, number: str, bill_number: str) -> Bill:
    bills = bills_of(order_id)
    if bill_number:
        bills = [b for b in bills if b.number == bill_number]
    chosen = next((b for b in bills if b.state == "open"), bills[-1] if bills else None)
    if chosen is None:
        raise NotPossible(N_("Order %(number)s has no such bill. Nothing was entered."), number=number)
    return lock_bill(chosen.id)


def _attempt_for(bill: Bill) -> PaymentAttempt:
    """The attempt this money belongs to: the live one that waits for it, else the newest."""
    attempts = payments.attempts_of([bill.id])
    live = payments.live_attempt(bill.id)
    if live is not None and live.state not in (AttemptState.INSTRUCTED, AttemptState.ACCEPTED):
        raise NotPossible(
            N_(
                "Bill %(bill)s is being paid at the provider right now. Nothing was entered; look again in some minutes."
            ),
            bill=bill.number,
        )
    if live is not None:
        return payments.lock_attempt(live.id)
    if attempts:
        return payments.lock_attempt(attempts[-1].id)
    raise NotPossible(N_("Bill %(bill)s was never to be paid with money. Nothing was entered."), bill=bill.number)


def _refuse_twice(attempt: PaymentAttempt, reference: str) -> None:
    if not reference:
        return
    seen = session.scalar(
        select(PaymentEvent.id).where(
            PaymentEvent.source == attempt.source,
            PaymentEvent.reference == reference,
            PaymentEvent.kind.in_(("captured", "late")),
        )
    )
    if seen is not None:
        raise NotPossible(
            N_("A payment with the reference %(reference)s was entered before. Nothing was entered again."),
            reference=reference,
        )
