"""Competing offers: of one exclusive group the best for the customer stays."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

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
from storefront.core.pricing.price import price

CONTEXT = PriceContext(rate=CurrencyRate("JPY", "JPY"), now=datetime(2026, 11, 20, tzinfo=UTC))
BASKET = Basket((BasketLine("a", 1, 600), BasketLine("b", 1, 400)))


class Offering(Adjuster):
    lane = Lane.ORDER

    def __init__(self, key: str, answer: Callable[[Quote], Sequence[Adjustment]], lane: Lane) -> None:
        self.key, self._answer, self.lane = key, answer, lane

    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        return self._answer(quote)


def offer(
    source: str,
    amount: int | Callable[[Quote], int],
    group: str = "sale",
    lane: Lane = Lane.ORDER,
    target: str = "",
) -> Registered[Adjuster]:
    def answer(quote: Quote) -> list[Adjustment]:
        value = amount if isinstance(amount, int) else amount(quote)
        return [Adjustment(f"{source}.it", value, "Label", target=target, exclusive_group=group)]

    return Registered(source, Offering(f"{source}.it", answer, lane))


def left(quote: Quote) -> int:
    return quote.items + quote.discounts


def winners(*adjusters: Registered[Adjuster]) -> list[tuple[str, int]]:
    return [(a.source, a.amount) for a in price(BASKET, CONTEXT, adjusters).applied]


@pytest.mark.parametrize(("first", "second"), [(-100, -300), (-300, -100)])
def test_the_lower_amount_stays_wherever_it_stands(first: int, second: int) -> None:
    (winner,) = winners(offer("a", first), offer("b", second))
    assert winner[1] == -300


def test_a_tie_goes_to_the_first_source() -> None:
    assert winners(offer("b", -100), offer("a", -100)) == [("a", -100)]


def test_many_offers_of_one_adjuster_compete_too() -> None:
    def answer(quote: Quote) -> list[Adjustment]:
        return [Adjustment(f"c{n}", -n, "Label", exclusive_group="one") for n in (3, 9, 27, 81, 1)]

    quote = price(BASKET, CONTEXT, [Registered("many", Offering("many.it", answer, Lane.ORDER))])
    assert [a.key for a in quote.applied] == ["c81"]


def test_offers_are_compared_as_if_the_other_did_not_exist() -> None:
    # Half of what is left is 500 alone, and only 300 after the first offer took 400.
    assert winners(offer("a", -400), offer("b", lambda q: -(left(q) // 2))) == [("b", -500)]


def test_an_offer_that_is_cut_counts_as_what_it_really_gives() -> None:
    # Both take everything; the larger wish is not the better offer, and nobody is warned of a cut that never was.
    quote = price(BASKET, CONTEXT, [offer("a", -1000), offer("b", -5000)])
    assert [(a.source, a.amount) for a in quote.applied] == [("a", -1000)]
    assert quote.warnings == ()


def test_whoever_comes_after_the_loser_never_saw_it() -> None:
    tenth = offer("c", lambda q: -(left(q) // 10), group="")
    later = Registered("d", offer("d", -500).value)
    assert winners(offer("a", -100), tenth, later) == [("c", -100), ("d", -500)]


def test_groups_are_counted_per_line_and_apart_from_one_another() -> None:
    per_line = [
        offer("a", -100, lane=Lane.LINE, target="a"),
        offer("b", -50, lane=Lane.LINE, target="a"),
        offer("c", -30, lane=Lane.LINE, target="b"),
        offer("d", -20, "other", lane=Lane.LINE, target="b"),
    ]
    assert winners(*per_line) == [("a", -100), ("c", -30), ("d", -20)]


def test_a_group_does_not_reach_into_another_lane() -> None:
    assert winners(offer("a", -100, lane=Lane.LINE, target="a"), offer("b", -50)) == [("a", -100), ("b", -50)]


def test_the_loser_is_in_the_trace() -> None:
    quote = price(BASKET, CONTEXT, [offer("a", -100), offer("b", -300)])
    assert any(s.source == "a" and "another offer of 'sale' is better" in s.note for s in quote.trace)


def test_a_worse_offer_that_comes_later_is_in_the_trace_too() -> None:
    quote = price(BASKET, CONTEXT, [offer("a", -300), offer("b", -100)])
    assert any(s.source == "b" and "is better" in s.note for s in quote.trace)


def test_offers_that_never_repeat_themselves_end_with_a_closed_checkout() -> None:
    count = iter(range(10**6))

    def restless(quote: Quote) -> list[Adjustment]:
        return [Adjustment(f"k{next(count)}", -1, "Label", exclusive_group="one") for _ in range(2)]

    quote = price(BASKET, CONTEXT, [Registered("restless", Offering("restless.it", restless, Lane.ORDER))])
    assert quote.invalid and quote.applied == ()
