"""A price, told line by line."""

from datetime import UTC, datetime

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
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import ShippingQuote
from storefront.core.pricing.explain import explain
from storefront.core.pricing.price import price
from storefront.core.values.money import Money
from storefront.core.values.types import Unknown

DOLLAR = CurrencyRate("USD", "JPY", "0.0067", 5)


class TooMuch(Adjuster):
    key, lane = "coupons.code", Lane.ORDER

    def adjust(self, quote: Quote, context: PriceContext) -> list[Adjustment]:
        return [Adjustment("coupons.code", -5000, "Coupon")]


class Idle(Adjuster):
    key, lane = "fees.cod", Lane.FEE

    def adjust(self, quote: Quote, context: PriceContext) -> list[Adjustment]:
        return []


def explained(unit_price: int | Unknown) -> list[str]:
    context = PriceContext(
        rate=DOLLAR,
        now=datetime(2026, 11, 20, tzinfo=UTC),
        carrier="japanpost",
        shipping=ShippingQuote("ems", "EMS", Money(1000, "JPY"), tariff="2026-06"),
    )
    adjusters: list[Registered[Adjuster]] = [Registered("coupons", TooMuch()), Registered("fees", Idle())]
    return explain(price(Basket((BasketLine("a", 2, unit_price),)), context, adjusters))


def one(lines: list[str], *words: str) -> str:
    (found,) = [line for line in lines if all(word in line for word in words)]
    return found


def test_every_lane_and_adjuster_has_its_step_with_amounts_before_and_after() -> None:
    lines = explained(1250)
    assert [line.split()[0] for line in lines[:8]] == [
        "ITEMS", "LINE", "ORDER", "SHIPPING", "SHIPPING_DISCOUNT", "FEE", "TAX", "TENDER"
    ]  # fmt: skip
    order = one(lines, "ORDER", "coupons")
    assert "25.00 USD" in order and "0.00 USD" in order and "-2500 of -5000 asked" in order
    assert "japanpost:ems, tariff 2026-06, 1000 JPY x 0.0067" in one(lines, "SHIPPING ")
    assert "fees.cod: nothing" in one(lines, "FEE")


def test_sums_and_warnings_follow() -> None:
    lines = explained(1250)
    assert lines[8:11] == ["so far: 6.70 USD", "total: 6.70 USD", "due: 6.70 USD"]
    assert one(lines, "warning:").endswith("was reduced to it.")


def test_what_is_unknown_is_named() -> None:
    lines = explained(Unknown("estimate of %(title)s is open", {"title": "a doll"}))
    assert "unknown: estimate of a doll is open" in lines
    assert "total: not known" in lines and "due: not known" in lines


def test_a_sentence_that_does_not_fit_its_parameters_is_shown_as_it_is() -> None:
    assert "unknown: 100 % open, %(x)s" in explained(Unknown("100 % open, %(x)s"))
