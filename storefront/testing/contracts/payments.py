"""The contract of payment methods."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from storefront.core.contracts.payments import (
    Accepted,
    Approved,
    AttemptView,
    Capabilities,
    Captured,
    Declined,
    Fact,
    Instructions,
    MethodContext,
    NotOffered,
    Offered,
    PaymentMethod,
    Pending,
    RawWebhook,
    Redirect,
    Refunded,
    RefundView,
    Unavailable,
    Voided,
    WebhookRefused,
)
from storefront.core.values.language import LANGUAGES
from storefront.core.values.money import Money
from storefront.core.values.types import Destination
from storefront.testing.contracts.base import NOW, NOWHERE, PluginContract

OUTCOMES = (Redirect, Instructions, Accepted, Approved, Captured, Pending, Declined, Unavailable, Voided)


def attempt(**values: Any) -> AttemptView:
    """An attempt to pay 1,500 yen for order 26-0001."""
    given: dict[str, Any] = {
        "id": "attempt-1", "key": "key-1", "amount": Money(1500, "JPY"), "bill_number": "26-0001-1",
        "order_number": "26-0001", "email": "mei@example.com", "lang": "en",
        "return_url": "https://shop.example/pay/attempt-1/return", "cancel_url": "https://shop.example/pay/attempt-1/return",
        "due_at": datetime(2026, 11, 29, 14, 59, 59, tzinfo=UTC),
    }  # fmt: skip
    return AttemptView(**{**given, **values})


class PaymentMethodContract(PluginContract):
    """Pure availability with a reason where it is refused, one outcome per key, no belief in unproven webhooks."""

    def contexts(self) -> Iterator[MethodContext]:
        """Every situation the method is asked about; add the plugin's own."""
        destinations = (
            None,
            Destination("JP"),
            Destination("JP", is_hotel=True),
            Destination("TW"),
            Destination(NOWHERE),
        )
        for amount, lang, destination in itertools.product(
            (Money(1, "JPY"), Money(150_000, "JPY"), Money(1999, "USD")), LANGUAGES, destinations
        ):
            yield MethodContext(amount=amount, lang=lang, now=NOW, destination=destination)

    def test_it_has_a_title_and_says_what_it_can_do(self) -> None:
        method: PaymentMethod = self.make()
        assert method.title
        assert isinstance(method.capabilities, Capabilities)

    def test_availability_is_pure_and_refuses_with_a_sentence(self) -> None:
        for context in self.contexts():
            answer = self.make().availability(context)
            assert isinstance(answer, Offered | NotOffered)
            assert answer == self.make().availability(context)
            if isinstance(answer, NotOffered):
                assert (answer.reason % answer.params).endswith(".")

    def test_beginning_twice_with_one_key_gives_one_outcome(self) -> None:
        method: PaymentMethod = self.make()
        first = method.begin(attempt())
        assert isinstance(first, OUTCOMES)
        assert method.begin(attempt()) == first

    def test_asking_for_the_truth_gives_an_outcome(self) -> None:
        assert isinstance(self.make().reconcile(attempt(reference="unknown")), OUTCOMES)

    def test_what_a_browser_brings_back_is_no_proof(self) -> None:
        outcome = self.make().resume(attempt(), {"status": "paid", "amount": "1500", "reference": "forged"})
        assert not isinstance(outcome, Captured | Approved)

    def test_instructions_are_plain_lines_in_every_language(self) -> None:
        method: PaymentMethod = self.make()
        for lang, due_at in itertools.product(LANGUAGES, (attempt().due_at, None)):
            lines = method.instructions(attempt(lang=lang, due_at=due_at), lang)
            assert isinstance(lines, tuple)
            assert all(isinstance(line, str) and line and "\n" not in line for line in lines)
            assert method.instructions(attempt(lang=lang, due_at=due_at), lang) == lines

    def test_a_webhook_without_proof_is_refused(self) -> None:
        with pytest.raises(WebhookRefused):
            self.make().read_webhook(RawWebhook(b'{"event": "paid"}', {"content-type": "application/json"}))

    # --- money moves once

    def approved(self, method: PaymentMethod) -> AttemptView | None:
        """An attempt the payer agreed to at the plugin's fake gateway, ready for ``capture``; ``None`` when the method never
        answers ``Approved``."""
        return None

    def captured(self, method: PaymentMethod) -> AttemptView | None:
        """An attempt whose money came, ready for ``refund``; by default ``approved`` and captured."""
        ready = self.approved(method)
        if ready is not None:
            assert isinstance(method.capture(ready), Captured)
        return ready

    def moved(self, method: PaymentMethod) -> object:
        """What the fake gateway has moved so far, in any form that can be compared: asked before and after a repetition."""
        return None

    def genuine_webhook(self, method: PaymentMethod) -> RawWebhook | None:
        """A webhook as the gateway signs it; ``None`` when the method takes none."""
        return None

    def test_capturing_twice_with_one_key_moves_money_once(self) -> None:
        method: PaymentMethod = self.make()
        ready = self.approved(method)
        if ready is None:
            assert isinstance(method.capture(attempt()), OUTCOMES)
            return
        first = method.capture(ready)
        assert isinstance(first, Captured | Pending), first
        if isinstance(first, Captured):
            assert first.amount == ready.amount
        moved = self.moved(method)
        assert method.capture(ready) == first
        assert self.moved(method) == moved

    def test_refunding_twice_with_one_key_pays_back_once(self) -> None:
        method: PaymentMethod = self.make()
        if not method.capabilities.refund:
            assert not method.capabilities.partial_refund, "what gives parts back gives the whole back, too"
            return
        paid = self.captured(method)
        assert paid is not None, "the method says it can refund: write captured() for its fake gateway"
        wanted = RefundView(1, "refund-1", paid.amount, paid, f"cap-{paid.reference}")
        first = method.refund(wanted)
        assert isinstance(first, Refunded | Pending), first
        moved = self.moved(method)
        assert method.refund(wanted) == first
        assert self.moved(method) == moved

    def test_a_replayed_webhook_says_the_same_again_and_moves_nothing(self) -> None:
        method: PaymentMethod = self.make()
        raw = self.genuine_webhook(method)
        if raw is None:
            return
        moved = self.moved(method)
        facts = method.read_webhook(raw)
        assert facts and all(isinstance(fact, Fact) and fact.event_id for fact in facts)
        assert method.read_webhook(raw) == facts
        assert self.moved(method) == moved
        for spoilt in (RawWebhook(raw.body + b" ", raw.headers), RawWebhook(raw.body, {})):
            with pytest.raises(WebhookRefused):
                method.read_webhook(spoilt)

    def test_ending_an_attempt_that_never_began_takes_no_money(self) -> None:
        method: PaymentMethod = self.make()
        assert not isinstance(method.void(attempt(reference="unknown")), Captured | Approved)

    def test_unknown_answers_of_a_browser_never_crash(self) -> None:
        strange: tuple[Mapping[str, str], ...] = ({}, {"token": ""}, {"\u0000": "x" * 5000}, {"amount": "NaN"})
        for callback in strange:
            assert isinstance(self.make().resume(attempt(), callback), OUTCOMES)
