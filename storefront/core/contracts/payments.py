"""The contract of a payment method (PAY-1). Methods return values and write no rows of the shop."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storefront.core.values.money import Money
from storefront.core.values.types import CustomerView, Destination


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the method can do; what is absent has no button. ``currencies`` empty: all."""

    refund: bool = False
    partial_refund: bool = False
    void: bool = False
    currencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MethodContext:
    """What decides whether a method is offered (CHK-5). ``amount``: the total before FEE and TENDER."""

    amount: Money
    lang: str
    now: datetime
    destination: Destination | None = None
    carrier: str = ""
    customer: CustomerView | None = None
    restrictions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Offered:
    """The method can be chosen. ``hint``: one sentence under its name (English msgid)."""

    hint: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotOffered:
    """The method is shown, grey, with ``reason`` (English msgid)."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One try to pay one bill. ``key`` is the idempotency key of this attempt: it was committed before the call and
    is the same in every repetition. ``return_url``/``cancel_url`` are absolute and carry no secret but the attempt."""

    id: str
    key: str
    amount: Money
    bill_number: str
    order_number: str
    email: str
    lang: str
    return_url: str
    cancel_url: str
    reference: str = ""
    state: str = "new"
    due_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundView:
    """``capture_reference``: the gateway's id of the money that goes back."""

    id: int
    key: str
    amount: Money
    attempt: AttemptView
    capture_reference: str


# --- outcomes -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Redirect:
    """The shopper must agree elsewhere. ``reference``: the gateway's id, kept before the shopper leaves."""

    url: str
    reference: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instructions:
    """Money first, goods wait (bank transfer). What to do is told by ``PaymentMethod.instructions``."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Goods may go, money later (cash on delivery, pay-later)."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """The payer agreed; nothing moved yet. Core takes the hold on the goods again and then calls ``capture``."""

    reference: str
    payee: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """Money arrived. Core compares amount, currency and payee before it believes it."""

    reference: str
    amount: Money
    payee: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """The provider will know later (days). Stops every deadline."""

    reason: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """No money. ``final``: this attempt is over; else the shopper may try the same attempt again. ``message`` is an
    English msgid for the shopper."""

    message: str
    final: bool = True
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The provider could not be asked (time-out, 5xx). Nothing is known; a job asks again with the same key."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Voided:
    """The attempt ended without money, at our wish."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class Refunded:
    reference: str
    amount: Money


Outcome = Redirect | Instructions | Accepted | Approved | Captured | Pending | Declined | Unavailable | Voided


@dataclass(frozen=True, slots=True)
class RawWebhook:
    """Bytes as they came; header names in lower case."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a genuine webhook points at: a trigger, never the truth. ``reference``: the gateway's id of the attempt."""

    event_id: str
    reference: str
    kind: str = ""


class WebhookRefused(Exception):
    """The webhook cannot be shown to be genuine: answered 400, nothing changes."""


class PaymentMethod(ABC):
    """``key`` is unique in the shop and starts with the plugin's name; ``title`` is an English msgid.

    Every method but ``availability`` and ``instructions`` may use the network, is called outside any transaction and
    answers within 8 seconds; the same key never moves money twice.
    """

    key: str
    title: str
    capabilities: Capabilities = Capabilities()

    @abstractmethod
    def availability(self, context: MethodContext) -> Offered | NotOffered:
        """Pure, no network, never moves money."""

    @abstractmethod
    def begin(self, attempt: AttemptView) -> Outcome:
        """Start the attempt. Called once it is committed; repeated with the same key after a crash."""

    def resume(self, attempt: AttemptView, callback: Mapping[str, str]) -> Outcome:
        """The shopper's browser came back. ``callback`` proves nothing: ask the provider."""
        return self.reconcile(attempt)

    def capture(self, attempt: AttemptView) -> Outcome:
        """Take the money of an approved attempt. Called after the hold on the goods was taken again."""
        return Unavailable("capture")

    def reconcile(self, attempt: AttemptView) -> Outcome:
        """Ask the provider for the truth about this attempt."""
        return Unavailable("reconcile")

    def void(self, attempt: AttemptView) -> Outcome:
        """End the attempt without money, if the provider still allows it."""
        return Voided()

    def refund(self, refund: RefundView) -> Refunded | Pending | Declined | Unavailable:
        """Give money back; ``refund.key`` never pays twice."""
        return Unavailable("refund")

    def read_webhook(self, raw: RawWebhook) -> tuple[Fact, ...]:
        """Prove that ``raw`` is genuine and say what it points at; raise ``WebhookRefused`` otherwise. No side effect."""
        raise WebhookRefused("this method takes no webhooks")

    def instructions(self, attempt: AttemptView, lang: str) -> tuple[str, ...]:
        """What the payer must do, as plain lines in ``lang``, for order page and mail. Pure."""
        return ()
