"""The one writer of what a provider says about an attempt (DESIGN B6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from storefront.core.billing.models import Bill
from storefront.core.billing.service import lock_bill, tendered
from storefront.core.checkout.models import Checkout
from storefront.core.contracts import payments as contract
from storefront.core.contracts.providers import Providers
from storefront.core.db import new_secret, session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.cancel import cancel_locked, something_left
from storefront.core.lifecycle.promote import prepare, promise_mail, promote, settle
from storefront.core.lifecycle.release import give_back, owe_what_came
from storefront.core.orders.finding import index_order
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.notes import flag_locked
from storefront.core.orders.service import lines_of, live_lines, lock_order_by_id, note_event, transition
from storefront.core.orders.states import CancelReason, FlagKind
from storefront.core.payments import service as payments
from storefront.core.payments.models import PaymentAttempt
from storefront.core.payments.states import AttemptState
from storefront.core.settings.calendar import end_of_day
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.stock import service as stock
from storefront.core.stock.errors import OutOfStock
from storefront.core.values.money import Money

# Why an order was placed and cancelled in one step: it owes the mail of its end alone.
SOLD_OUT = "sold_out"


@dataclass(frozen=True, slots=True)
class Step:
    """What the door does next. ``state``: the attempt's. ``redirect_url``: leave for the gateway. ``capture``: the payer
    agreed and the hold was taken again: call ``capture`` now. ``message``: msgid for the shopper, when declined."""

    attempt_id: int
    state: str
    order_number: str = ""
    secret: str = ""
    locale: str = "en"
    redirect_url: str = ""
    capture: bool = False
    message: str = ""


@dataclass(slots=True)
class _Case:
    """One attempt with its bill and order, all locked, and the moment."""

    attempt: PaymentAttempt
    bill: Bill
    order: Order | None
    shop: ShopSnapshot
    providers: Providers
    actor: str
    now: datetime

    def step(self, **extra: object) -> Step:
        order = self.order
        return Step(
            attempt_id=self.attempt.id,
            state=self.attempt.state,
            order_number=order.number if order else "",
            secret=order.secret if order else self.bill.secret,
            locale=order.locale if order else "en",
            **extra,  # type: ignore[arg-type]
        )


def lock_case(attempt_id: int, shop: ShopSnapshot, providers: Providers, actor: str, now: datetime) -> _Case:
    """Lock order, bill, attempt, always in this order."""
    bill_id, order_id = session.execute(
        select(Bill.id, Bill.order_id)
        .join(PaymentAttempt, PaymentAttempt.bill_id == Bill.id)
        .where(PaymentAttempt.id == attempt_id)
    ).one()
    order = lock_order_by_id(order_id) if order_id is not None else None
    bill = lock_bill(bill_id)
    return _Case(payments.lock_attempt(attempt_id), bill, order, shop, providers, actor, now)


def apply_outcome(
    attempt_id: int,
    outcome: contract.Outcome,
    shop: ShopSnapshot,
    providers: Providers,
    *,
    actor: str,
    now: datetime,
) -> Step:
    """Write what the provider said, inside the caller's unit. Checks lock, transition, amount, currency, payee; applying
    the same outcome again changes nothing."""
    case = lock_case(attempt_id, shop, providers, actor, now)
    match outcome:
        case contract.Redirect():
            return _redirected(case, outcome)
        case contract.Approved():
            return _approved(case, outcome)
        case contract.Instructions():
            return _promoted_by(case, AttemptState.INSTRUCTED, "instructed", outcome.reference)
        case contract.Accepted():
            step = _promoted_by(case, AttemptState.ACCEPTED, "accepted", outcome.reference)
            if case.order is not None and case.order.state == "pending":
                prepare(case.order, actor, now)
            return step
        case contract.Pending():
            return _pending(case, outcome)
        case contract.Captured():
            return _captured(case, outcome)
        case contract.Declined():
            return _declined(case, outcome)
        case contract.Voided():
            if payments.can_move(case.attempt, AttemptState.VOIDED):
                payments.move(case.attempt, AttemptState.VOIDED, "voided", actor=actor, at=now)
                _open_again_or_cancel(case)
            return case.step()
        case contract.Unavailable():
            payments.note(case.attempt, "unavailable", actor=actor, text=outcome.reason, at=now)
            return case.step()


def _redirected(case: _Case, outcome: contract.Redirect) -> Step:
    if payments.can_move(case.attempt, AttemptState.REDIRECTED):
        payments.move(case.attempt, AttemptState.REDIRECTED, "redirected", actor=case.actor, at=case.now)
        case.attempt.reference = outcome.reference
        case.attempt.data = {**case.attempt.data, **outcome.data, "url": outcome.url}
    return case.step(redirect_url=outcome.url if case.attempt.state == AttemptState.REDIRECTED else "")


def _approved(case: _Case, outcome: contract.Approved) -> Step:
    """The hold is taken again before anything is captured; without it the attempt ends and nothing moved."""
    attempt = case.attempt
    if attempt.state not in (AttemptState.NEW, AttemptState.REDIRECTED, AttemptState.APPROVED):
        return case.step()
    if case.bill.state != "open" or not _same_money(case, outcome.amount, outcome.payee):
        payments.move(attempt, AttemptState.VOIDED, "mismatch", actor=case.actor, at=case.now, text="approval differs")
        return case.step(message=NOTHING_CHARGED)
    if case.order is not None and case.order.state == "draft" and not _hold_again(case):
        payments.move(attempt, AttemptState.VOIDED, "voided", actor=case.actor, at=case.now, text="goods are gone")
        return case.step(message=SOLD_MEANWHILE)
    if attempt.state != AttemptState.APPROVED:
        payments.move(attempt, AttemptState.APPROVED, "approved", actor=case.actor, at=case.now)
    attempt.reference = outcome.reference or attempt.reference
    return case.step(capture=True)


def _hold_again(case: _Case) -> bool:
    from_lines = [line.id for line in stock_lines(case.order)]
    minutes = int(case.shop.policy("checkout.hold_minutes"))
    try:
        with session.begin_nested():  # all of it or nothing
            stock.retake(from_lines, case.now + timedelta(minutes=minutes))
    except OutOfStock:
        return False
    return True


def stock_lines(order: Order | None) -> list[OrderLine]:
    """The live lines of an order that draw on stock, sorted by SKU."""
    if order is None:
        return []
    return sorted((ln for ln in live_lines(lines_of(order.id)) if ln.sku_id), key=lambda ln: ln.sku_id or 0)


def _promoted_by(case: _Case, state: AttemptState, kind: str, reference: str) -> Step:
    if payments.can_move(case.attempt, state):
        payments.move(case.attempt, state, kind, actor=case.actor, at=case.now, reference=reference)
        if reference:
            case.attempt.reference = reference
    if case.order is not None and case.order.state == "draft" and case.attempt.state == state:
        promote(case.order, case.shop, case.actor, case.now)
    return case.step()


def _pending(case: _Case, outcome: contract.Pending) -> Step:
    """The provider will know later: the order is placed, every deadline stops."""
    step = _promoted_by(case, AttemptState.PENDING, "pending", outcome.reference)
    case.attempt.reason = outcome.reason[:300]
    if case.attempt.state == AttemptState.PENDING and case.bill.state == "open":
        case.bill.due_at = None
    return step


def _same_money(case: _Case, amount: object, payee: str) -> bool:
    if isinstance(amount, Money) and (amount.currency, amount.amount) != (
        case.attempt.currency,
        case.attempt.amount,
    ):
        return False
    return not (case.attempt.payee and payee and case.attempt.payee != payee)


def _captured(case: _Case, outcome: contract.Captured) -> Step:
    """Money arrived. The provider's word wins: it is recorded whatever the order's state is; what cannot belong to the
    bill becomes a refund task."""
    attempt, bill, order = case.attempt, case.bill, case.order
    if attempt.state == AttemptState.CAPTURED:
        return case.step()
    if not _same_money(case, outcome.amount, outcome.payee) or outcome.amount.currency != attempt.currency:
        return _mismatch(case, outcome)
    lapsed_hold = order is not None and order.state == "draft" and not _hold_again(case)
    late = bill.state != "open" or not payments.can_move(attempt, AttemptState.CAPTURED) or lapsed_hold
    event = {"amount": attempt.amount, "reference": outcome.reference, "actor": case.actor, "at": case.now}
    if late:
        _late_money(case, event)
        if lapsed_hold and order is not None:
            _cancel_sold_out(case, order)
        return case.step(message=SOLD_MEANWHILE_REFUND)
    rest = bill.amount - tendered(bill.id) - payments.captured_sum(bill.id)
    ours = min(attempt.amount, rest)  # the owner may have entered a part meanwhile
    payments.move(attempt, AttemptState.CAPTURED, "captured", **{**event, "amount": ours})  # type: ignore[arg-type]
    if attempt.amount > ours:
        payments.note(attempt, "overpaid", actor=case.actor, amount=attempt.amount - ours, at=case.now)
        payments.owe_refund(bill, attempt, attempt.amount - ours, "overpaid")
    if ours == rest:
        was_placed = order is not None and order.state != "draft"
        settle(order, bill, case.shop, case.providers, case.actor, case.now)
        if was_placed and order is not None:
            promise_mail("payment_received", order, key=str(bill.id), bill_id=bill.id)
    return case.step()


def _late_money(case: _Case, event: dict[str, object]) -> None:
    attempt = case.attempt
    already = payments.captured_sum(case.bill.id)
    if payments.can_move(attempt, AttemptState.CAPTURED):
        payments.move(attempt, AttemptState.CAPTURED, "late", **event)  # type: ignore[arg-type]
    elif not payments.has_event(attempt, "late"):
        payments.note(attempt, "late", **event)  # type: ignore[arg-type]
    else:
        return
    payments.owe_refund(case.bill, attempt, attempt.amount, "late")
    if case.order is not None:
        note_event(case.order, "late_payment", case.actor, now=case.now, amount=attempt.amount, already=already)


def _cancel_sold_out(case: _Case, order: Order) -> None:
    """Paid, but the goods went to somebody else while the payer was away: the order is placed and cancelled in one
    step, so that the shopper sees what happened and that the money goes back."""
    transition(order, "promote", case.actor, reason=SOLD_OUT, now=case.now)
    order.placed_at = case.now
    give_back(order, case.providers, actor=case.actor, now=case.now)
    owe_what_came(order, "cancelled")
    transition(order, "cancel", case.actor, cancel_reason=CancelReason.UNAVAILABLE, now=case.now)
    if order.cart_id is not None:  # what else is in the cart can be ordered with a confirmation of its own
        session.execute(update(Checkout).where(Checkout.cart_id == order.cart_id).values(token=new_secret()))
    session.flush()
    index_order(order)
    promise_mail("order_cancelled", order)


def _mismatch(case: _Case, outcome: contract.Captured) -> Step:
    """Genuine, but another sum, currency or payee: not paid, flagged, and the money goes back."""
    attempt = case.attempt
    if payments.has_event(attempt, "mismatch"):
        return case.step()
    event = {"actor": case.actor, "at": case.now, "reference": outcome.reference}
    text = f"captured {outcome.amount.major()} {outcome.amount.currency} by {outcome.payee or '-'}"
    if payments.can_move(attempt, AttemptState.DECLINED):
        payments.move(attempt, AttemptState.DECLINED, "mismatch", text=text, **event)  # type: ignore[arg-type]
    else:
        payments.note(attempt, "mismatch", text=text, **event)  # type: ignore[arg-type]
    task = payments.owe_refund(case.bill, attempt, max(outcome.amount.amount, 1), "mismatch")
    task.currency = outcome.amount.currency
    if case.order is not None:
        note_event(case.order, "payment_mismatch", case.actor, reason=text, now=case.now)
        if case.order.placed_at is not None:
            flag_locked(case.order, FlagKind.PAYMENT, text, actor=case.actor, now=case.now)
    _open_again_or_cancel(case)
    return case.step(message=PAYMENT_CHECKED)


def _declined(case: _Case, outcome: contract.Declined) -> Step:
    attempt = case.attempt
    if not outcome.final:
        payments.note(attempt, "declined", actor=case.actor, text=outcome.message, at=case.now, final=False)
        return case.step(message=outcome.message)
    if not payments.can_move(attempt, AttemptState.DECLINED):
        return case.step()
    payments.move(attempt, AttemptState.DECLINED, "declined", actor=case.actor, text=outcome.message, at=case.now)
    attempt.reason = outcome.message[:300]
    _open_again_or_cancel(case)
    return case.step(message=outcome.message)


def _open_again_or_cancel(case: _Case) -> None:
    """A failure before the due date leaves the bill of a placed order open; after it the order is cancelled (PAY-7),
    unless part of it has left: then the owner decides."""
    shop, order = case.shop, case.order
    if order is None or order.state not in ("pending", "processing") or case.bill.state != "open":
        return
    case.bill.due_at = end_of_day(
        int(shop.policy("payment.days")), case.bill.first_issued_at, str(shop.policy("shop.time_zone"))
    )
    if case.bill.due_at < case.now and not something_left(order):
        cancel_locked(order, case.providers, actor=case.actor, now=case.now, cancel_reason=CancelReason.UNPAID)


NOTHING_CHARGED = N_("The approval does not match your order. Nothing was charged. Please try again.")
SOLD_MEANWHILE = N_("Your order was held for too long and something in it has been sold. Nothing was charged.")
SOLD_MEANWHILE_REFUND = N_("Your payment came after the order had ended. We will send the money back.")
PAYMENT_CHECKED = N_("Your payment does not match the order. We are checking it and will write to you.")
