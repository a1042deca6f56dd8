"""Cash on delivery: the contracts of payment methods and adjusters, and where it is possible."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from storefront_payments_cod import plugin
from storefront_payments_cod.method import NO_HOTEL, ONLY_JAPAN, CashOnDelivery, CodFee
from storefront_payments_cod.settings import CodSettings

from storefront.plugin import (
    Accepted,
    Basket,
    CurrencyRate,
    Destination,
    MethodContext,
    Money,
    NotOffered,
    Offered,
    PriceContext,
    Quote,
    Slot,
)
from storefront.testing.contracts import (
    AdjusterContract,
    PaymentMethodContract,
    ShopContract,
    SlotContract,
    WholePluginContract,
    attempt,
)
from storefront.testing.plugins import settings_bound

NAME = "payments_cod"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
JAPAN = Destination("JP")
YEN = CurrencyRate("JPY", "JPY")


class TestMethodContract(PaymentMethodContract):
    plugin = NAME
    settings = CodSettings()

    def make(self) -> CashOnDelivery:
        return CashOnDelivery()


class TestFeeContract(AdjusterContract):
    plugin = NAME
    settings = CodSettings()

    def make(self) -> CodFee:
        return CodFee()


class TestPlugin(WholePluginContract):
    module = plugin


class TestInAShop(ShopContract):
    module = plugin
    method = NAME


class TestPanels(SlotContract):
    module = plugin

    def examples(self, slot: type[Slot], lang: str) -> Iterator[Slot]:
        yield from super().examples(slot, lang)
        yield slot(lang, 1, "26-0001", "pending", "JP", "c", "s", NAME, Money(1900, "JPY"), Money(1900, "JPY"))


def available(destination: Destination | None) -> Offered | NotOffered:
    with settings_bound({NAME: CodSettings()}):
        return CashOnDelivery().availability(
            MethodContext(amount=Money(1500, "JPY"), lang="en", now=NOW, destination=destination)
        )


def fees(settings: CodSettings, context: PriceContext) -> list[int]:
    with settings_bound({NAME: settings}):
        adjustments = CodFee().adjust(Quote("JPY", Basket(())), context)
    return [adjustment.amount for adjustment in adjustments]


@pytest.mark.req("CHK-5")
def test_offered_in_japan_and_refused_elsewhere_with_the_reason() -> None:
    assert isinstance(available(JAPAN), Offered)
    assert available(Destination("TW")) == NotOffered(ONLY_JAPAN)
    assert available(None) == NotOffered(ONLY_JAPAN)


@pytest.mark.req("CHK-5")
def test_refused_to_a_hotel() -> None:
    assert available(Destination("JP", is_hotel=True)) == NotOffered(NO_HOTEL)


def test_only_yen_is_collected() -> None:
    assert CashOnDelivery().capabilities.currencies == {"JPY"}


def test_goods_may_go_before_the_money() -> None:
    assert isinstance(CashOnDelivery().begin(attempt()), Accepted)


def test_fee_is_added_once_when_the_method_is_chosen_in_japan() -> None:
    chosen = PriceContext(rate=YEN, now=NOW, destination=JAPAN, method=NAME)
    assert fees(CodSettings(), chosen) == [200]
    assert fees(CodSettings(fee=330), chosen) == [330]
    assert fees(CodSettings(fee=0), chosen) == []


@pytest.mark.parametrize(
    ("destination", "method"),
    [(JAPAN, ""), (JAPAN, "payments_bank_transfer"), (Destination("TW"), NAME), (None, NAME)],
)
def test_no_fee_for_another_method_or_where_nobody_collects(destination: Destination | None, method: str) -> None:
    assert fees(CodSettings(), PriceContext(rate=YEN, now=NOW, destination=destination, method=method)) == []


def test_fee_follows_the_owners_rate() -> None:
    dollars = CurrencyRate("USD", "JPY", "0.0067", 5)
    context = PriceContext(rate=dollars, now=NOW, destination=JAPAN, method=NAME)
    assert fees(CodSettings(), context) == [135]  # 200 yen are 1.34 dollars, up to the next 5 cents


@pytest.mark.req("CHK-5")
def test_more_than_the_carrier_collects_is_refused_with_the_limit() -> None:
    def asked(amount: int, most: int) -> Offered | NotOffered:
        with settings_bound({NAME: CodSettings(most=most)}):
            return CashOnDelivery().availability(MethodContext(Money(amount, "JPY"), "ja", NOW, JAPAN))

    assert isinstance(asked(300_000, 300_000), Offered) and isinstance(asked(9_000_000, 0), Offered)
    refused = asked(300_001, 300_000)
    assert isinstance(refused, NotOffered) and refused.params == {"most": 300_000}
