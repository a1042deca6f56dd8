"""A payment step is three units: intention, network, outcome. The verbs here run their own units and are called with
none open; every provider call happens between them (DESIGN B6)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from storefront.core.billing.models import Bill
from storefront.core.contracts import payments as contract
from storefront.core.contracts.providers import Providers, Registered
from storefront.core.db import in_unit_of_work, run_unit, session, utcnow
from storefront.core.lifecycle.outcome import Step, apply_outcome
from storefront.core.orders.models import Order
from storefront.core.outbox.service import later
from storefront.core.payments.models import PaymentAttempt, WebhookEvent
from storefront.core.payments.service import find_attempt, find_attempt_by_reference
from storefront.core.payments.states import LIVE, AttemptState
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.upsert import insert_for
from storefront.core.values.money import Money


class UnknownAttempt(Exception):
    """No attempt has this token."""


def attempt_view(attempt: PaymentAttempt, public_url: str) -> contract.AttemptView:
    """What a provider may know of an attempt. One statement."""
    bill, order = _bill_and_order(attempt)
    back = f"{public_url.rstrip('/')}/pay/{attempt.token}/return"
    return contract.AttemptView(
        id=attempt.token,
        key=attempt.key,
        amount=Money(attempt.amount, attempt.currency),
        bill_number=bill.number,
        order_number=order.number if order else bill.number,
        email=order.email if order else "",
        lang=order.locale if order else "en",
        return_url=back,
        cancel_url=f"{back}?cancelled=1",
        reference=attempt.reference,
        state=attempt.state,
        due_at=bill.due_at,
        data=dict(attempt.data),
    )


def _bill_and_order(attempt: PaymentAttempt) -> tuple[Bill, Order | None]:
    row = session.execute(
        select(Bill, Order).outerjoin(Order, Order.id == Bill.order_id).where(Bill.id == attempt.bill_id)
    ).one()
    return row[0], row[1]


def _ask(
    attempt: PaymentAttempt,
    providers: Providers,
    public_url: str,
    call: Callable[[Registered[contract.PaymentMethod], contract.AttemptView], contract.Outcome],
) -> contract.Outcome:
    """One provider call, outside any unit; whatever it raises is "could not be asked"."""
    if in_unit_of_work():
        raise RuntimeError("a provider was about to be called inside a transaction")
    registered = providers.payment_methods(installed=True).get(attempt.method)
    view = attempt_view(attempt, public_url)
    session.rollback()  # ends the read: no connection is held while the network is waited for
    if registered is None:
        return contract.Unavailable(f"the plugin of {attempt.method} is not installed")
    try:
        answer: object = call(registered, view)
    except Exception:  # plugin code: noted under its name
        return contract.Unavailable("the payment method failed")
    if not isinstance(answer, contract.Outcome):
        registered.blame("outcome", TypeError(f"expected an Outcome, got {type(answer).__name__}"))
        return contract.Unavailable("the payment method answered nothing that is known")
    return answer


def _write(
    attempt_id: int,
    outcome: contract.Outcome,
    shop: ShopSnapshot,
    providers: Providers,
    actor: str,
    now: datetime,
) -> Step:
    def work() -> Step:
        step = apply_outcome(attempt_id, outcome, shop, providers, actor=actor, now=now)
        if isinstance(outcome, contract.Unavailable) and step.state in LIVE:
            later(
                "payments.reconcile",
                subject=f"attempt:{attempt_id}",
                attempt_id=attempt_id,
                dedupe_key=f"payments.reconcile:{attempt_id}:{now:%Y%m%d%H%M}",
            )
        return step

    return run_unit(work)


def start_payment(
    attempt_id: int, shop: ShopSnapshot, providers: Providers, public_url: str, *, now: datetime | None = None
) -> Step:
    """Begin a committed attempt. Safe to repeat after a crash: the provider gets the same key."""
    attempt = session.get_one(PaymentAttempt, attempt_id)
    outcome = _ask(attempt, providers, public_url, lambda method, view: method.ask("begin", view))
    step = _write(attempt_id, outcome, shop, providers, "shopper", now or utcnow())
    return _capture_if_approved(step, shop, providers, public_url, now)


def return_from_gateway(
    token: str,
    callback: Mapping[str, str],
    shop: ShopSnapshot,
    providers: Providers,
    public_url: str,
    *,
    now: datetime | None = None,
) -> Step:
    """The shopper's browser came back: ask the provider, take the hold again, capture. Raises ``UnknownAttempt``. Coming
    back twice, or after a webhook, only shows what is already known."""
    attempt = find_attempt(token)
    if attempt is None:
        raise UnknownAttempt
    if attempt.state not in LIVE or attempt.state in (AttemptState.INSTRUCTED, AttemptState.ACCEPTED):
        return known_step(attempt)
    attempt_id = attempt.id
    outcome = _ask(attempt, providers, public_url, lambda method, view: method.ask("resume", view, callback))
    step = _write(attempt_id, outcome, shop, providers, "shopper", now or utcnow())
    return _capture_if_approved(step, shop, providers, public_url, now)


def reconcile(
    attempt_id: int, shop: ShopSnapshot, providers: Providers, public_url: str, *, now: datetime | None = None
) -> Step:
    """Ask the provider for the truth about an attempt and write it; for webhooks, sweepers and pending payments. Ended
    attempts are asked too: money that arrived late must be found."""
    attempt = session.get_one(PaymentAttempt, attempt_id)
    outcome = _ask(attempt, providers, public_url, lambda method, view: method.ask("reconcile", view))
    step = _write(attempt_id, outcome, shop, providers, "system", now or utcnow())
    return _capture_if_approved(step, shop, providers, public_url, now)


def _capture_if_approved(
    step: Step, shop: ShopSnapshot, providers: Providers, public_url: str, now: datetime | None
) -> Step:
    if not step.capture:
        return step
    attempt = session.get_one(PaymentAttempt, step.attempt_id)
    outcome = _ask(attempt, providers, public_url, lambda method, view: method.ask("capture", view))
    return _write(step.attempt_id, outcome, shop, providers, "shopper", now or utcnow())


def known_step(attempt: PaymentAttempt) -> Step:
    """What is already known of an attempt, as a step without further action."""
    bill, order = _bill_and_order(attempt)
    return Step(
        attempt_id=attempt.id,
        state=attempt.state,
        order_number=order.number if order else "",
        secret=order.secret if order else bill.secret,
        locale=order.locale if order else "en",
        message=attempt.reason if attempt.state == AttemptState.DECLINED else "",
    )


def take_webhook(source: str, facts: tuple[contract.Fact, ...], raw: contract.RawWebhook) -> int:
    """Store genuine webhooks and promise to look at them; the caller verified them by ``read_webhook``. Inside the
    caller's unit. A repeated event id is stored once. Returns how many were new."""
    new = 0
    for fact in facts:
        row = insert_for(WebhookEvent).values(
            source=source,
            event_id=fact.event_id[:160],
            reference=fact.reference[:120],
            kind=fact.kind[:80],
            body=raw.body[:200_000],
            headers={k: v for k, v in raw.headers.items() if k in ("content-type", "user-agent")},
            received_at=utcnow(),
        )
        found = session.execute(
            row.on_conflict_do_nothing(index_elements=["source", "event_id"]).returning(WebhookEvent.id)
        ).scalar()
        if found is not None:
            new += 1
            later(
                "payments.webhook",
                subject=f"webhook:{found}",
                dedupe_key=f"payments.webhook:{found}",
                webhook_id=found,
            )
    return new


def process_webhook(
    webhook_id: int, shop: ShopSnapshot, providers: Providers, public_url: str, *, now: datetime | None = None
) -> Step | None:
    """The job behind a stored webhook: it is a trigger, the truth is fetched. ``None`` when it points at nothing here."""
    event = session.get_one(WebhookEvent, webhook_id)
    attempt = find_attempt_by_reference(event.source, event.reference)
    step = reconcile(attempt.id, shop, providers, public_url, now=now) if attempt is not None else None

    def done() -> None:
        session.get_one(WebhookEvent, webhook_id).applied_at = now or utcnow()

    run_unit(done)
    return step


def attempts_to_check(now: datetime, older_than_minutes: int = 5) -> list[int]:
    """Live attempts at a gateway, older than some minutes: for the sweeper."""
    rows = session.scalars(
        select(PaymentAttempt.id).where(
            PaymentAttempt.state.in_(
                (AttemptState.NEW, AttemptState.REDIRECTED, AttemptState.APPROVED, AttemptState.PENDING)
            ),
            PaymentAttempt.created_at < now - timedelta(minutes=older_than_minutes),
        )
    )
    return list(rows)
