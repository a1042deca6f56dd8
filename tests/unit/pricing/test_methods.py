"""Which payment methods are offered."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from storefront.core.contracts.payments import (
    AttemptView,
    Capabilities,
    MethodContext,
    NotOffered,
    Offered,
    Outcome,
    PaymentMethod,
    Unavailable,
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
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import ShippingQuote
from storefront.core.pricing.methods import MethodChoice, find_method, method_choices
from storefront.core.pricing.price import price
from storefront.core.values.money import Money
from storefront.core.values.types import CustomerView, Destination, Unknown

YEN = CurrencyRate("JPY", "JPY")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
CONTEXT = PriceContext(
    rate=YEN,
    now=NOW,
    lang="ja",
    destination=Destination("JP", is_hotel=True),
    customer=CustomerView(7),
    carrier="courier",
    shipping=ShippingQuote("std", "Standard", Money(500, "JPY")),
)
BASKET = Basket((BasketLine("a", 1, 1000, restrictions=frozenset({"alcohol"})), BasketLine("b", 1, 0)))


class Method(PaymentMethod):
    title = "Some method"

    def __init__(self, key: str, answer: Callable[[MethodContext], Any], currencies: frozenset[str]) -> None:
        self.key, self._answer = key, answer
        self.capabilities = Capabilities(currencies=currencies)

    def availability(self, context: MethodContext) -> Offered | NotOffered:
        return self._answer(context)

    def begin(self, attempt: AttemptView) -> Outcome:
        return Unavailable()


class Fixed(Adjuster):
    def __init__(self, lane: Lane, amount: int) -> None:
        self.lane, self.key, self._amount = lane, f"fixed.{lane.name}", amount

    def adjust(self, quote: Quote, context: PriceContext) -> list[Adjustment]:
        return [Adjustment(self.key, self._amount, "Label")]


def method(key: str, answer: Callable[[MethodContext], Any], *currencies: str) -> Registered[PaymentMethod]:
    return Registered(f"plugin_{key}", Method(key, answer, frozenset(currencies)))


def yes(context: MethodContext) -> Offered:
    return Offered("Pay within %(days)s days.", {"days": 7})


def choices(*methods: Registered[PaymentMethod], quote: Quote | None = None) -> tuple[MethodChoice, ...]:
    priced = quote if quote is not None else price(BASKET, CONTEXT, ())
    return method_choices(priced, CONTEXT, {m.value.key: m for m in methods})


def quoted(*amounts: tuple[Lane, int]) -> Quote:
    return price(BASKET, CONTEXT, [Registered("x", Fixed(lane, amount)) for lane, amount in amounts])


@pytest.mark.req("CHK-5")
def test_a_method_is_told_what_it_decides_on() -> None:
    told: list[MethodContext] = []
    choices(method("cod", lambda c: told.append(c) or Offered()))
    assert told == [
        MethodContext(
            amount=Money(1500, "JPY"),
            lang="ja",
            now=NOW,
            destination=Destination("JP", is_hotel=True),
            carrier="courier",
            customer=CustomerView(7),
            restrictions=frozenset({"alcohol"}),
        )
    ]


@pytest.mark.req("CHK-5")
def test_methods_are_judged_on_the_total_before_fees_and_tenders() -> None:
    told: list[int] = []
    quote = quoted((Lane.ORDER, -100), (Lane.FEE, 200), (Lane.TENDER, -300))
    choices(method("cod", lambda c: told.append(c.amount.amount) or Offered()), quote=quote)
    assert told == [1400]


@pytest.mark.req("CHK-5")
def test_an_offered_method_comes_with_its_hint_and_a_missing_one_with_its_reason() -> None:
    no = method("cod", lambda c: NotOffered("Not to %(what)s.", {"what": "a hotel"}))
    assert choices(no, method("bank", yes)) == (
        MethodChoice("bank", "plugin_bank", "Some method", True, "Pay within %(days)s days.", "", {"days": 7}),
        MethodChoice("cod", "plugin_cod", "Some method", False, "", "Not to %(what)s.", {"what": "a hotel"}),
    )


def test_methods_come_by_key_whatever_order_they_were_found_in() -> None:
    assert [c.key for c in choices(method("z", yes), method("a", yes), method("m", yes))] == ["a", "m", "z"]


@pytest.mark.req("CHK-5")
def test_a_method_that_does_not_take_the_currency_is_not_even_asked() -> None:
    def never(context: MethodContext) -> Offered:
        raise AssertionError("asked")

    (choice,) = choices(method("paypal", never, "USD", "EUR"))
    assert (choice.offered, choice.params, choice.core_reason) == (False, {"currency": "JPY"}, True)
    assert "%(currency)s" in choice.reason
    (taken,) = choices(method("paypal", yes, "USD", "JPY"))
    assert taken.offered


def boom(context: MethodContext) -> Offered:
    raise RuntimeError("gateway table is gone")


@pytest.mark.req("SHOP-6")
@pytest.mark.parametrize("answer", [boom, lambda c: None, lambda c: True])
def test_a_broken_method_is_not_offered_and_the_others_are(
    answer: Callable[[MethodContext], Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        broken, fine = choices(method("a", answer), method("b", yes))
    assert not broken.offered and "temporarily unavailable" in broken.reason and broken.core_reason
    assert fine.offered
    assert "plugin_a" in caplog.text


def test_where_nothing_is_left_to_pay_there_is_no_method() -> None:
    covered = quoted((Lane.FEE, 200), (Lane.TENDER, -1500))
    assert covered.due == 0 and choices(method("bank", yes), quote=covered) == ()
    free = quoted((Lane.ORDER, -1000), (Lane.SHIPPING_DISCOUNT, -500))
    assert choices(method("bank", yes), quote=free) == ()
    nearly = quoted((Lane.TENDER, -1499))
    assert len(choices(method("bank", yes), quote=nearly)) == 1


def test_methods_are_shown_for_a_price_that_is_not_known_yet() -> None:
    unknown = price(Basket((BasketLine("a", 1, Unknown("estimate")),)), CONTEXT, ())
    assert len(choices(method("bank", yes), quote=unknown)) == 1


def test_only_an_offered_method_is_found() -> None:
    rows = choices(method("bank", yes), method("cod", lambda c: NotOffered("No.")))
    found = find_method(rows, "bank")
    assert found is not None and found.key == "bank"
    assert find_method(rows, "cod") is None and find_method(rows, "") is None
