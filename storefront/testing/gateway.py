"""A redirecting payment gateway that lives in the test: agrees, declines, hangs, lies, pays late."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from storefront.core.contracts.payments import (
    Approved,
    AttemptView,
    Capabilities,
    Captured,
    Declined,
    Fact,
    MethodContext,
    NotOffered,
    Offered,
    Outcome,
    PaymentMethod,
    Pending,
    RawWebhook,
    Redirect,
    Refunded,
    RefundView,
    Unavailable,
    WebhookRefused,
)
from storefront.core.values.money import Money


@dataclass
class GatewayPayment:
    """The gateway's own record. ``state``: created, approved, captured, pending, declined."""

    reference: str
    key: str
    amount: Money
    state: str = "created"
    captures: int = 0
    refunds: list[Money] = field(default_factory=list)
    refund_keys: set[str] = field(default_factory=set)


class FakeGateway(PaymentMethod):
    """``mode``: ``ok``; ``declines`` at capture; ``pending`` (an eCheck) at capture; ``times_out`` on begin or capture
    without doing the work; ``times_out_after`` doing it; ``wrong_amount`` / ``wrong_currency`` at capture. The shopper's
    part is played by ``approve(reference)``; the truth is ``payments``."""

    key = "fake_gateway"
    title = "Fake gateway"
    capabilities = Capabilities(refund=True, partial_refund=True)

    def __init__(self, mode: str = "ok", key: str = "fake_gateway") -> None:
        self.mode = mode
        self.key = key
        self.payments: dict[str, GatewayPayment] = {}
        self.calls: list[str] = []
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def approve(self, reference: str) -> None:
        self.payments[reference].state = "approved"

    def clear(self, reference: str) -> None:
        """A pending payment comes through."""
        payment = self.payments[reference]
        payment.state, payment.captures = "captured", 1

    def fail(self, reference: str) -> None:
        self.payments[reference].state = "declined"

    def availability(self, context: MethodContext) -> Offered | NotOffered:
        return Offered()

    def begin(self, attempt: AttemptView) -> Outcome:
        self.calls.append("begin")
        if self.mode == "times_out":
            return Unavailable("begin timed out")
        with self._lock:  # the same key at once is one payment, as at a real gateway
            same = next((p for p in self.payments.values() if p.key == attempt.key), None)
            if same is None:
                same = GatewayPayment(f"{self.key}-{next(self._numbers)}", attempt.key, attempt.amount)
                self.payments[same.reference] = same
        return Redirect(f"https://gateway.test/agree/{same.reference}", same.reference)

    def resume(self, attempt: AttemptView, callback: Mapping[str, str]) -> Outcome:
        self.calls.append("resume")
        return self._truth(attempt)

    def reconcile(self, attempt: AttemptView) -> Outcome:
        self.calls.append("reconcile")
        return self._truth(attempt)

    def _truth(self, attempt: AttemptView) -> Outcome:
        payment = self.payments.get(attempt.reference)
        if payment is None:
            return Unavailable("unknown at the gateway")
        match payment.state:
            case "approved":
                return Approved(payment.reference, amount=payment.amount)
            case "captured":
                return Captured(f"cap-{payment.reference}", self._said(payment.amount))
            case "pending":
                return Pending("echeck")
            case "declined":
                return Declined("The payment was declined. Nothing was charged.")
        return Declined("The payment was not finished. Nothing was charged.", final=False)

    def capture(self, attempt: AttemptView) -> Outcome:
        self.calls.append("capture")
        payment = self.payments[attempt.reference]
        if self.mode == "declines":
            payment.state = "declined"
            return Declined("The payment was declined. Nothing was charged.")
        if self.mode == "pending":
            payment.state = "pending"
            return Pending("echeck")
        if self.mode == "times_out":
            return Unavailable("capture timed out")
        if payment.state != "captured":
            payment.state = "captured"
            payment.captures += 1
        if self.mode == "times_out_after":
            return Unavailable("capture timed out")
        return Captured(f"cap-{payment.reference}", self._said(payment.amount))

    def _said(self, amount: Money) -> Money:
        if self.mode == "wrong_amount":
            return Money(1, amount.currency)
        if self.mode == "wrong_currency":
            return Money(amount.amount, "EUR")
        return amount

    def refund(self, refund: RefundView) -> Refunded | Pending | Declined | Unavailable:
        self.calls.append("refund")
        payment = self.payments[refund.attempt.reference]
        if refund.key not in payment.refund_keys:  # the same key pays once, as at a real gateway
            payment.refund_keys.add(refund.key)
            payment.refunds.append(refund.amount)
        return Refunded(f"ref-{refund.key}", refund.amount)

    def read_webhook(self, raw: RawWebhook) -> tuple[Fact, ...]:
        if raw.headers.get("x-signature") != "genuine":
            raise WebhookRefused("bad signature")
        event_id, _, reference = raw.body.decode("utf-8", "replace").partition(":")
        return (Fact(event_id, reference),)
