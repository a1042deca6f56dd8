"""The contract classes catch what they promise to catch: each bad plugin here fails the test made for it."""

from dataclasses import replace
from typing import Any

import pytest

from storefront.core.contracts.payments import AttemptView, Captured, Fact, Instructions, Outcome, RawWebhook
from storefront.core.contracts.pricing import Adjustment
from storefront.core.contracts.shipping import NotServed, ShippingQuote, ShippingRequest
from storefront.core.values.money import Money
from storefront.testing.contracts import AdjusterContract, PaymentMethodContract, ShippingCarrierContract
from storefront.testing.plugins import FakeAdjuster, FakeCarrier, FakeMethod


class Gullible(FakeMethod):
    def resume(self, attempt: AttemptView, callback: Any) -> Outcome:
        return Captured(callback["reference"], attempt.amount)

    def read_webhook(self, raw: RawWebhook) -> tuple[Fact, ...]:
        return (Fact("1", "x"),)

    def begin(self, attempt: AttemptView) -> Outcome:
        self.begun.append(attempt)
        return Instructions(str(len(self.begun)))


class Backwards(FakeCarrier):
    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote, ...] | NotServed:
        weight = sum(parcel.weight or 0 for parcel in request.parcels)
        return (ShippingQuote("standard", "Standard", Money(max(0, 1000 - weight), request.currency)),)


class Careless(FakeAdjuster):
    calls = 0

    def adjust(self, quote: Any, context: Any) -> list[Adjustment]:
        Careless.calls += 1
        return [replace(super().adjust(quote, context)[0], amount=Careless.calls)]


def fails(contract: type[Any], made: Any, test: str) -> bool:
    bound = type("Bound", (contract,), {"plugin": "bad", "make": lambda self: made})()
    try:
        getattr(bound, test)()
    except (AssertionError, pytest.fail.Exception):
        return True
    return False


@pytest.mark.parametrize(
    ("contract", "made", "good", "test"),
    [
        (PaymentMethodContract, Gullible("bad"), FakeMethod("bad"), "test_what_a_browser_brings_back_is_no_proof"),
        (PaymentMethodContract, Gullible("bad"), FakeMethod("bad"), "test_a_webhook_without_proof_is_refused"),
        (
            PaymentMethodContract,
            Gullible("bad"),
            FakeMethod("bad"),
            "test_beginning_twice_with_one_key_gives_one_outcome",
        ),
        (ShippingCarrierContract, Backwards("bad"), FakeCarrier("bad"), "test_more_weight_never_costs_less"),
        (ShippingCarrierContract, Backwards("bad"), FakeCarrier("bad", 1), "test_quotes_are_pure_and_well_formed"),
        (AdjusterContract, Careless("bad"), FakeAdjuster("bad"), "test_adjusting_is_pure_and_well_formed"),
    ],
)
def test_contract_fails_the_bad_and_passes_the_good(contract: type[Any], made: Any, good: Any, test: str) -> None:
    assert fails(contract, made, test)
    assert not fails(contract, good, test)


def test_contract_refuses_a_free_quote_and_a_served_nowhere() -> None:
    assert fails(ShippingCarrierContract, FakeCarrier("bad", 0), "test_quotes_are_pure_and_well_formed")
    assert fails(ShippingCarrierContract, FakeCarrier("bad"), "test_an_unknown_country_is_not_served")
