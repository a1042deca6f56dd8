"""The contract classes catch what they promise to catch: each bad plugin here fails the test made for it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from storefront.core.contracts.payments import (
    AttemptView,
    Captured,
    Fact,
    Instructions,
    Outcome,
    RawWebhook,
    RefundView,
)
from storefront.core.contracts.pricing import Adjustment
from storefront.core.contracts.shipping import NotServed, ShippingQuote, ShippingRequest
from storefront.core.values.money import Money
from storefront.testing.contracts import (
    AdjusterContract,
    PaymentMethodContract,
    ShippingCarrierContract,
    WholePluginContract,
    attempt,
)
from storefront.testing.faults import Broken, Fault, FaultyCarrier
from storefront.testing.gateway import FakeGateway
from storefront.testing.plugins import FakeAdjuster, FakeCarrier, FakeMethod, fake_plugin


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


class Gateway(PaymentMethodContract):
    """The fake gateway under the contract, as the test of a plugin with a gateway would have it."""

    plugin = "bad"
    kind: type[FakeGateway] = FakeGateway

    def make(self) -> FakeGateway:
        return self.kind(key="bad")

    def approved(self, method: Any) -> AttemptView | None:
        begun = method.begin(attempt())
        method.approve(begun.reference)
        return attempt(reference=begun.reference)

    def moved(self, method: Any) -> object:
        return [(payment.captures, list(payment.refunds)) for payment in method.payments.values()]

    def genuine_webhook(self, method: Any) -> RawWebhook | None:
        return RawWebhook(b"event-1:bad-1", {"x-signature": "genuine"})


class Forgetful(FakeGateway):
    """Pays back each time it is asked, and counts every webhook as a payment."""

    def refund(self, refund: RefundView) -> Any:
        self.payments[refund.attempt.reference].refund_keys.clear()
        return super().refund(refund)

    def capture(self, attempt: AttemptView) -> Outcome:
        self.payments[attempt.reference].captures += 1
        return super().capture(attempt)

    def read_webhook(self, raw: RawWebhook) -> tuple[Fact, ...]:
        self.calls.append("webhook")
        return (Fact(f"event-{len(self.calls)}", raw.body.decode()),)


class ForgetfulGateway(Gateway):
    kind = Forgetful


@pytest.mark.parametrize(
    "test",
    [
        "test_capturing_twice_with_one_key_moves_money_once",
        "test_refunding_twice_with_one_key_pays_back_once",
        "test_a_replayed_webhook_says_the_same_again_and_moves_nothing",
    ],
)
def test_money_that_moves_twice_fails_and_money_that_moves_once_passes(test: str) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        getattr(ForgetfulGateway(), test)()
    if "webhook" in test:  # the fake's signature is a word, not of the body: only the first half holds for it
        method = Gateway().make()
        raw = Gateway().genuine_webhook(method)
        assert raw is not None and method.read_webhook(raw) == method.read_webhook(raw)
    else:
        getattr(Gateway(), test)()


@pytest.mark.parametrize("fault", [Fault.RAISES, Fault.NONSENSE, Fault.WRONG_CURRENCY, Fault.FREE, Fault.EMPTY])
def test_faulty_carriers_fail_the_contract(fault: Fault) -> None:
    bound = type(
        "Bound", (ShippingCarrierContract,), {"plugin": "bad", "make": lambda self: FaultyCarrier("bad", fault)}
    )()
    with pytest.raises((AssertionError, TypeError, Broken)):
        bound.test_quotes_are_pure_and_well_formed()


def test_adjuster_that_counts_lines_fails() -> None:
    class Positional(FakeAdjuster):
        def adjust(self, quote: Any, context: Any) -> list[Adjustment]:
            first = quote.basket.lines[0].quantity if quote.basket.lines else 0
            return [Adjustment(key=self.key, amount=first, label="Fake")]

    assert fails(AdjusterContract, Positional("bad"), "test_the_order_of_lines_changes_nothing")
    assert not fails(AdjusterContract, FakeAdjuster("bad"), "test_the_order_of_lines_changes_nothing")


class TestWhole(WholePluginContract):
    """A plugin that was made on the spot has no folder: the parts that need none."""

    module = fake_plugin("whole", storefront_shipping_carriers=[FakeCarrier("whole")])

    test_it_runs_under_its_name = None  # type: ignore[assignment]
    test_every_text_is_translated = None  # type: ignore[assignment]
    test_its_titles_are_said_in_four_languages = None  # type: ignore[assignment]
    test_it_imports_nothing_of_the_shop_but_its_door = None  # type: ignore[assignment]


@pytest.mark.parametrize("code", ["from storefront.core.db import session", "import storefront.shop"])
def test_plugin_that_reaches_behind_the_door_or_speaks_one_language_fails(tmp_path: Path, code: str) -> None:
    package = tmp_path / "storefront_sneaky"
    package.mkdir()
    (package / "plugin.py").write_text(f'{code}\n_ = str\nTITLE = _("Only English")\n')
    module = fake_plugin("sneaky")
    module.__file__ = str(package / "plugin.py")
    bound = type("Bound", (WholePluginContract,), {"module": module})()
    bound.test_it_runs_under_its_name()
    with pytest.raises(AssertionError):
        bound.test_it_imports_nothing_of_the_shop_but_its_door()
    with pytest.raises(AssertionError):
        bound.test_every_text_is_translated()
