"""What every payment method, carrier and adjuster must hold to. Plugins inherit these classes in their tests::

    class TestContract(PaymentMethodContract):
        plugin = "payments_cod"
        settings = CodSettings()

        def make(self):
            return CashOnDelivery()

``settings`` is what the plugin reads meanwhile. A contract test that cannot hold for a plugin is a bug in one of them.
"""

import dataclasses
import itertools
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from storefront.core.contracts.payments import (
    Accepted,
    Approved,
    AttemptView,
    Capabilities,
    Captured,
    Declined,
    Instructions,
    MethodContext,
    NotOffered,
    Offered,
    PaymentMethod,
    Pending,
    RawWebhook,
    Redirect,
    Unavailable,
    Voided,
    WebhookRefused,
)
from storefront.core.contracts.pricing import (
    Adjuster,
    Adjustment,
    Basket,
    BasketLine,
    CurrencyRate,
    Lane,
    PriceContext,
    Quote,
)
from storefront.core.contracts.shipping import NotServed, Parcel, ShippingQuote, ShippingRequest
from storefront.core.values.language import LANGUAGES
from storefront.core.values.money import Money
from storefront.core.values.types import Destination
from storefront.plugin_host.names import check_key
from storefront.testing.plugins import settings_bound

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NOWHERE = "XX"  # a user-assigned code: no country has it
OUTCOMES = (Redirect, Instructions, Accepted, Approved, Captured, Pending, Declined, Unavailable, Voided)
YEN = CurrencyRate("JPY", "JPY")
DOLLARS = CurrencyRate("USD", "JPY", "0.0067", 1)


class PluginContract:
    """What all contracts share: the settings are bound and the network is closed."""

    plugin: str = ""
    settings: Any = None

    def make(self) -> Any:
        """A fresh object under test."""
        raise NotImplementedError("return a fresh object under test")

    @pytest.fixture(autouse=True)
    def surroundings(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("contract tests are offline; give the plugin a fake gateway")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        with settings_bound({self.plugin: self.settings}):
            yield

    def test_key_begins_with_the_plugins_name(self) -> None:
        check_key(self.plugin, self.make().key, "object")


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


class ShippingCarrierContract(PluginContract):
    """Pure, priced in the asked currency, never cheaper for more weight, never free by accident."""

    served: str = "JP"
    """A country the carrier delivers to under ``settings``."""

    weights: tuple[int | None, ...] = (None, 1, 100, 499, 500, 501, 1000, 1001, 5000, 20_000, 30_000, 1_000_000)

    def request(self, country: str, *weights: int | None) -> ShippingRequest:
        parcels = tuple(Parcel(weight, Money(1000, "JPY")) for weight in weights)
        return ShippingRequest(Destination(country), parcels, date(2026, 11, 24), "JPY")

    def quotes(self, country: str, *weights: int | None) -> dict[str, ShippingQuote]:
        answer = self.make().quote(self.request(country, *weights))
        return {} if isinstance(answer, NotServed) else {quote.key: quote for quote in answer}

    def test_it_has_a_title(self) -> None:
        assert self.make().title

    def test_it_serves_somewhere(self) -> None:
        assert self.quotes(self.served, 500)

    def test_quotes_are_pure_and_well_formed(self) -> None:
        for country, weight in itertools.product((self.served, "JP", "TW", "US", NOWHERE), self.weights):
            asked = self.request(country, weight)
            answer = self.make().quote(asked)
            assert answer == self.make().quote(asked)
            if isinstance(answer, NotServed):
                assert (answer.reason % answer.params).endswith(".")
                continue
            assert answer, "an empty answer says nothing: return NotServed with a reason"
            assert len({quote.key for quote in answer}) == len(answer)
            for quote in answer:
                assert ":" not in quote.key
                assert quote.title
                assert quote.price.currency == asked.currency
                assert quote.price.amount > 0
                assert quote.days is None or 0 <= quote.days[0] <= quote.days[1]

    def test_an_unknown_country_is_not_served(self) -> None:
        answer = self.make().quote(self.request(NOWHERE, 500))
        assert isinstance(answer, NotServed)

    def test_more_weight_never_costs_less(self) -> None:
        known = sorted(weight for weight in self.weights if weight is not None)
        for country in (self.served, "JP", "TW", "US"):
            last: dict[str, int] = {}
            for weight in known:
                for key, quote in self.quotes(country, weight).items():
                    assert quote.price.amount >= last.get(key, 0), (country, key, weight)
                    last[key] = quote.price.amount

    def test_one_more_parcel_never_costs_less(self) -> None:
        one, two = self.quotes(self.served, 400), self.quotes(self.served, 400, 400)
        assert all(two[key].price.amount >= one[key].price.amount for key in one.keys() & two.keys())

    def test_nothing_to_send_has_no_price(self) -> None:
        assert isinstance(self.make().quote(self.request(self.served)), NotServed)

    def test_a_tracking_number_without_sense_never_crashes(self) -> None:
        for number in ("", "  ", "ab-12", "１２３", "x" * 500):
            try:
                assert isinstance(self.make().check_tracking_number(number), str)
            except ValueError as error:
                assert str(error)
            assert isinstance(self.make().tracking_url(number, "en"), str)


class AdjusterContract(PluginContract):
    """Pure; answers whole minor units; says where it belongs; giving back what was never taken does nothing."""

    def contexts(self) -> Iterator[PriceContext]:
        """Every situation the adjuster is asked in; add those where it acts."""
        for rate, country, method in itertools.product((YEN, DOLLARS), (None, "JP", "TW"), ("", self.plugin)):
            yield PriceContext(rate=rate, now=NOW, destination=Destination(country) if country else None, method=method)

    def quotes(self, context: PriceContext) -> Iterator[Quote]:
        """Quotes to be adjusted: nothing in the basket, one line, two lines with postage."""
        lines = (BasketLine("1", 2, 1200, title="Tea"), BasketLine("2", 1, 800, title="Cup", list_price=900))
        for taken, shipping in ((0, None), (1, None), (2, 500)):
            basket = Basket(lines[:taken])
            items = sum(
                line.quantity * int(line.unit_price) for line in basket.lines if isinstance(line.unit_price, int)
            )
            yield Quote(currency=context.currency, basket=basket, items=items, shipping=shipping)

    def test_it_says_where_it_belongs(self) -> None:
        adjuster: Adjuster = self.make()
        assert isinstance(adjuster.lane, Lane)
        assert adjuster.lane is not Lane.SHIPPING
        assert isinstance(adjuster.priority, int)

    def test_adjusting_is_pure_and_well_formed(self) -> None:
        for context in self.contexts():
            for quote in self.quotes(context):
                before = dataclasses.replace(quote)
                answer = tuple(self.make().adjust(quote, context))
                assert answer == tuple(self.make().adjust(quote, context))
                assert quote == before
                keys = [(adjustment.key, adjustment.target) for adjustment in answer]
                assert len(set(keys)) == len(keys)
                for adjustment in answer:
                    assert isinstance(adjustment, Adjustment)
                    assert type(adjustment.amount) is int
                    assert adjustment.label % adjustment.label_params
                    check_key(self.plugin, adjustment.key, "adjustment")

    def test_it_acts_in_one_of_the_situations(self) -> None:
        assert any(self.make().adjust(quote, context) for context in self.contexts() for quote in self.quotes(context))
