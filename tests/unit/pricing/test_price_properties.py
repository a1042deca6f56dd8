"""Prices by the thousand: independent of order, and always adding up, against a model that shares no code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from storefront.core.pricing.price import price
from storefront.core.values.money import Money
from storefront.core.values.types import Unknown

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LANES = [Lane.LINE, Lane.ORDER, Lane.SHIPPING_DISCOUNT, Lane.FEE, Lane.TAX, Lane.TENDER]


@dataclass(frozen=True)
class Spec:
    """What a random adjuster does: ``fixed`` plus ``percent`` of everything so far; or it breaks."""

    lane: Lane
    priority: int
    source: str
    fixed: int
    percent: int = 0
    target: int = 0
    group: str = ""
    kind: str = ""
    breaks: bool = False


class Random(Adjuster):
    def __init__(self, spec: Spec, number: int) -> None:
        self.lane, self.priority, self.key = spec.lane, spec.priority, f"{spec.source}.{number}"
        self._spec = spec

    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        spec = self._spec
        if spec.breaks:
            raise RuntimeError("broken")
        target = f"l{spec.target % len(quote.basket.lines)}" if spec.lane is Lane.LINE else ""
        running = quote.so_far + quote.lane_sum(Lane.TENDER)
        amount = spec.fixed + running * spec.percent // 100
        return [Adjustment(self.key, amount, "Label", target=target, kind=spec.kind, exclusive_group=spec.group)]


def registered(specs: Sequence[Spec]) -> list[Registered[Adjuster]]:
    return [Registered(spec.source, Random(spec, number)) for number, spec in enumerate(specs)]


plain_specs = st.builds(
    Spec,
    lane=st.sampled_from(LANES),
    priority=st.integers(0, 3),
    source=st.sampled_from("abcd"),
    fixed=st.integers(-2000, 500),
    target=st.integers(0, 9),
)
wild_specs = st.builds(
    Spec,
    lane=st.sampled_from(LANES),
    priority=st.integers(0, 3),
    source=st.sampled_from("abcd"),
    fixed=st.integers(-2000, 500),
    percent=st.integers(-60, 10),
    target=st.integers(0, 9),
    group=st.sampled_from(["", "", "one", "two"]),
    kind=st.sampled_from(["", "", "coupon", "loyalty"]),
    breaks=st.integers(0, 9).map(lambda n: n == 0),
)
amounts = st.integers(0, 3000)
rates = st.one_of(
    st.just(CurrencyRate("JPY", "JPY")),
    st.builds(
        lambda digits, step: CurrencyRate("USD", "JPY", f"0.{digits:06d}", step),
        st.integers(1, 99_999),
        st.sampled_from([1, 5, 50, 100]),
    ),
)
maybe_unknown = st.one_of(amounts, amounts, amounts, st.just(Unknown("later")))


def a_basket(prices: Sequence[tuple[int | Unknown, int]]) -> Basket:
    return Basket(tuple(BasketLine(f"l{n}", quantity, unit) for n, (unit, quantity) in enumerate(prices)))


def a_context(rate: CurrencyRate, postage: int | Unknown | None) -> PriceContext:
    shipping = ShippingQuote("s", "S", Money(postage, "JPY")) if isinstance(postage, int) else postage
    return PriceContext(rate=rate, now=NOW, shipping=shipping)


def converted(amount: int, rate: CurrencyRate) -> int:
    """The model's own conversion: integers only, six digits of rate, cents."""
    if rate.currency == "JPY":
        return amount
    millionths_of_cents = amount * int(rate.rate[2:]) * 100
    unit = rate.step * 1_000_000
    return (millionths_of_cents + unit - 1) // unit * rate.step


@dataclass
class Model:
    """The lanes as plain sums: what is left of each line, of the goods, of the postage, of everything."""

    nets: list[int]
    postage: int
    extra: int = 0
    tendered: int = 0

    def take(self, spec: Spec) -> int:
        goods = sum(self.nets)
        everything = goods + self.postage + self.extra
        if spec.lane is Lane.LINE:
            at = spec.target % len(self.nets)
            amount = max(spec.fixed, -self.nets[at])
            self.nets[at] += amount
        elif spec.lane is Lane.ORDER:
            amount = max(spec.fixed, -goods)
            # How it is shared does not matter for any later sum but those of lines; a lump on the total is enough.
            self._lump(amount)
        elif spec.lane is Lane.SHIPPING_DISCOUNT:
            amount = max(min(spec.fixed, 0), -self.postage)
            self.postage += amount
        elif spec.lane is Lane.TENDER:
            amount = max(min(spec.fixed, 0), -(everything + self.tendered))
            self.tendered += amount
        else:
            amount = max(spec.fixed, -everything)
            self.extra += amount
        return amount

    def _lump(self, amount: int) -> None:
        for at, net in enumerate(self.nets):
            part = amount if amount > 0 else max(amount, -net)
            self.nets[at] += part
            amount -= part

    @property
    def total(self) -> int:
        return sum(self.nets) + self.postage + self.extra


def model_of(basket: Basket, specs: Sequence[Spec], postage: int) -> tuple[Model, list[tuple[str, int]]]:
    """The model's price and the amounts it applied, fees dropped where nothing is left to pay without them."""
    order = sorted(
        range(len(specs)),
        key=lambda n: (specs[n].lane, specs[n].priority, specs[n].source, f"{specs[n].source}.{n}"),
    )

    def run(with_fees: bool) -> tuple[Model, list[tuple[str, int]]]:
        model = Model([line.unit_price * line.quantity for line in basket.lines], 0)  # type: ignore[operator]
        took = []
        shipped = False
        for n in order:
            if specs[n].lane > Lane.SHIPPING and not shipped:
                model.postage, shipped = postage, True
            if specs[n].lane is Lane.FEE and not with_fees:
                continue
            amount = model.take(specs[n])
            if amount or not specs[n].fixed:
                took.append((f"{specs[n].source}.{n}", amount))
        if not shipped:
            model.postage = postage
        return model, took

    without = run(with_fees=False)
    return without if without[0].total + without[0].tendered == 0 else run(with_fees=True)


@pytest.mark.req("SHOP-7")
@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(amounts, st.integers(0, 9)), min_size=1, max_size=6),
    st.lists(plain_specs, max_size=8),
    rates,
    amounts,
)
def test_every_sum_is_that_of_an_independent_model(
    prices: list[tuple[int | Unknown, int]], specs: list[Spec], rate: CurrencyRate, postage: int
) -> None:
    basket = a_basket(prices)
    quote = price(basket, a_context(rate, postage), registered(specs))
    model, took = model_of(basket, specs, converted(postage, rate))
    assert [(applied.key, applied.amount) for applied in quote.applied] == took
    assert quote.shipping == converted(postage, rate)
    assert quote.shipping_due == model.postage
    assert quote.items + quote.discounts == sum(model.nets)
    assert quote.total == model.total
    assert quote.due == model.total + model.tendered


def check_parts(quote: Quote) -> None:
    nets = {line.key: quote.line_net(line.key) for line in quote.basket.lines}
    assert all(net >= 0 for net in nets.values())
    assert sum(nets.values()) == quote.items + quote.discounts
    for applied in quote.applied:
        assert type(applied.amount) is int
        if applied.lane in (Lane.LINE, Lane.ORDER):
            assert sum(share for _, share in applied.shares) == applied.amount
        else:
            assert applied.shares == ()
    assert quote.shipping_due >= 0 and quote.before_fees >= 0 and quote.so_far >= 0
    assert quote.lane_sum(Lane.TENDER) <= 0
    assert quote.so_far + quote.lane_sum(Lane.TENDER) >= 0
    if quote.unknowns or quote.invalid:
        assert quote.total is None and quote.due is None and quote.lane_sum(Lane.TENDER) == 0
    kinds = {applied.kind for applied in quote.applied if applied.amount}
    assert not {"coupon", "loyalty"} <= kinds
    for first, second in zip(quote.trace, quote.trace[1:], strict=False):
        assert first.after == second.before
    assert quote.trace[-1].after == quote.so_far + quote.lane_sum(Lane.TENDER)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(maybe_unknown, st.integers(0, 9)), min_size=1, max_size=6),
    st.lists(wild_specs, max_size=7),
    rates,
    st.one_of(amounts, st.none(), st.just(Unknown("weighing"))),
    st.data(),
)
def test_parts_add_up_and_the_order_of_registration_changes_nothing(
    prices: list[tuple[int | Unknown, int]],
    specs: list[Spec],
    rate: CurrencyRate,
    postage: int | Unknown | None,
    data: Any,
) -> None:
    adjusters = registered(specs)
    quote = price(a_basket(prices), a_context(rate, postage), adjusters)
    check_parts(quote)
    shuffled = data.draw(st.permutations(adjusters))
    assert price(a_basket(prices), a_context(rate, postage), shuffled) == quote
