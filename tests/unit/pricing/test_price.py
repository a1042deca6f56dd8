"""``price()``: lanes, clamps, unknown parts, exclusion, faults."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

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
from storefront.core.contracts.shipping import ShippingQuote
from storefront.core.pricing.free_shipping import FreeShipping, missing_for_free_shipping
from storefront.core.pricing.price import price
from storefront.core.values.money import MAX_AMOUNT, Money
from storefront.core.values.types import Destination, Unknown

YEN = CurrencyRate("JPY", "JPY")
DOLLAR = CurrencyRate("USD", "JPY", "0.0067", 5)
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
Answer = Callable[[Quote, PriceContext], Any]


class Fake(Adjuster):
    def __init__(self, lane: Lane, answer: Answer, key: str, priority: int = 100) -> None:
        self.lane, self._answer, self.key, self.priority = lane, answer, key, priority

    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        return self._answer(quote, context)


def registered(
    lane: Lane, answer: Answer | int, source: str = "plugin", priority: int = 100, **parts: Any
) -> Registered[Adjuster]:
    key = f"{source}.it"
    if isinstance(answer, int):
        amount = answer
        return Registered(source, Fake(lane, lambda q, c: [Adjustment(key, amount, "Label", **parts)], key, priority))
    return Registered(source, Fake(lane, answer, key, priority))


def line(key: str, unit_price: int | Unknown, quantity: int = 1, **more: Any) -> BasketLine:
    return BasketLine(key, quantity, unit_price, **more)


def basket(*prices: int | Unknown) -> Basket:
    return Basket(tuple(line(f"l{n}", p) for n, p in enumerate(prices, 1)))


def context(rate: CurrencyRate = YEN, postage: int | Unknown | None = None, **more: Any) -> PriceContext:
    shipping = ShippingQuote("ems", "EMS", Money(postage, rate.base)) if isinstance(postage, int) else postage
    return PriceContext(rate=rate, now=NOW, shipping=shipping, **more)


def codes(quote: Quote) -> list[str]:
    return [problem.code for problem in quote.warnings]


# --- sums


def test_a_basket_without_adjusters_costs_its_items_and_its_postage() -> None:
    quote = price(Basket((line("a", 300, 2), line("b", 50, 3))), context(postage=700), ())
    assert (quote.items, quote.shipping, quote.before_fees, quote.total, quote.due) == (
        750,
        700,
        1450,
        1450,
        1450,
    )
    assert quote.line_net("a") == 600
    assert not quote.invalid and not quote.warnings and not quote.unknowns


def test_an_empty_basket_costs_nothing_and_is_no_error() -> None:
    quote = price(Basket(()), context(), [registered(Lane.ORDER, -100), registered(Lane.TENDER, -100, "points")])
    assert (quote.total, quote.due, quote.applied) == (0, 0, ())


def test_postage_passes_through_the_same_conversion_as_unit_prices() -> None:
    # 1000 JPY x 0.0067 = 6.70 USD; 1001 JPY = 6.7067 USD, rounded up to 5 cents.
    assert price(basket(100), context(DOLLAR, 1000), ()).shipping == 670
    assert price(basket(100), context(DOLLAR, 1001), ()).shipping == 675


def test_without_a_destination_there_is_no_postage_and_nothing_is_unknown() -> None:
    quote = price(basket(100), context(postage=None), ())
    assert quote.shipping is None and quote.unknowns == () and quote.total == 100


def test_an_order_discount_is_shared_out_to_lines_by_largest_remainder() -> None:
    quote = price(basket(100, 100, 100), context(), [registered(Lane.ORDER, -100)])
    assert quote.applied[0].shares == (("l1", -34), ("l2", -33), ("l3", -33))
    assert [quote.line_net(k) for k in ("l1", "l2", "l3")] == [66, 67, 67]


def test_an_order_discount_is_shared_on_what_line_discounts_left() -> None:
    half = registered(Lane.LINE, -500, "sale", target="l1")
    quote = price(basket(1000, 500), context(), [half, registered(Lane.ORDER, -100)])
    assert quote.applied[1].shares == (("l1", -50), ("l2", -50))


# --- order of effects


def test_an_adjuster_sees_every_lane_before_its_own_and_none_after() -> None:
    seen: dict[str, tuple[int, int | Unknown | None, int]] = {}

    def look(name: str) -> Answer:
        def answer(quote: Quote, _: PriceContext) -> list[Adjustment]:
            seen[name] = (quote.discounts, quote.shipping, quote.so_far)
            return [Adjustment(name, -10, "Label", target="l1" if name == "line" else "")]

        return answer

    lanes = {"tender": Lane.TENDER, "line": Lane.LINE, "post": Lane.SHIPPING_DISCOUNT, "order": Lane.ORDER}
    price(basket(1000), context(postage=500), [registered(at, look(name), name) for name, at in lanes.items()])
    assert seen == {
        "line": (0, None, 1000),
        "order": (-10, None, 990),
        "post": (-20, 500, 1480),
        "tender": (-20, 500, 1470),
    }


def test_inside_a_lane_priority_comes_first_then_the_source() -> None:
    asked: list[str] = []

    def note(name: str) -> Answer:
        return lambda q, c: asked.append(name) or ()

    late = registered(Lane.ORDER, note("late"), "aaa", priority=200)
    early = registered(Lane.ORDER, note("early"), "zzz", priority=1)
    middle = registered(Lane.ORDER, note("middle"), "bbb", priority=200)
    price(basket(100), context(), [middle, late, early])
    assert asked == ["early", "late", "middle"]


def test_an_earlier_adjuster_of_the_lane_is_seen_by_the_next() -> None:
    ten = registered(Lane.ORDER, lambda q, c: [Adjustment("x", -((q.items + q.discounts) // 10), "10 %")], "ten")
    quote = price(basket(1000), context(), [registered(Lane.ORDER, -500, "first"), ten])
    assert quote.discounts == -550


# --- clamps


@pytest.mark.parametrize(
    ("lane", "asked", "given"),
    [
        (Lane.LINE, -1001, -1000),
        (Lane.ORDER, -1501, -1500),
        (Lane.SHIPPING_DISCOUNT, -701, -700),
        (Lane.FEE, -2201, -2200),
        (Lane.TENDER, -2201, -2200),
    ],
)
def test_what_goes_too_far_is_cut_and_says_so(lane: Lane, asked: int, given: int) -> None:
    target = "l1" if lane is Lane.LINE else ""
    quote = price(basket(1000, 500), context(postage=700), [registered(lane, asked, target=target)])
    assert [applied.amount for applied in quote.applied] == [given]
    assert codes(quote) == ["adjustment_cut"]
    assert quote.warnings[0].params == {
        "source": "plugin",
        "key": "plugin.it",
        "asked": asked,
        "given": given,
    }
    assert not quote.invalid and quote.due == 2200 + given


def test_what_finds_nothing_left_is_dropped_and_says_so() -> None:
    adjusters = [registered(Lane.ORDER, -1000, "all"), registered(Lane.ORDER, -1, "more", priority=200)]
    quote = price(basket(1000), context(postage=10), adjusters)
    assert [applied.source for applied in quote.applied] == ["all"]
    assert codes(quote) == ["adjustment_dropped"]


@pytest.mark.parametrize("lane", [Lane.TENDER, Lane.SHIPPING_DISCOUNT])
def test_a_tender_or_postage_discount_never_adds_to_the_price(lane: Lane) -> None:
    quote = price(basket(1000), context(postage=500), [registered(lane, 100)])
    assert (quote.applied, quote.due, codes(quote)) == ((), 1500, ["adjustment_dropped"])


def test_a_postage_discount_waits_until_there_is_postage() -> None:
    for postage in (None, Unknown("later")):
        quote = price(basket(1000), context(postage=postage), [registered(Lane.SHIPPING_DISCOUNT, -100)])
        assert (quote.applied, quote.before_fees) == ((), 1000)


def test_an_adjuster_may_add_to_items_and_fees() -> None:
    quote = price(basket(1000), context(), [registered(Lane.ORDER, 50, "wrap"), registered(Lane.FEE, 200, "cod")])
    assert (quote.total, quote.line_net("l1"), codes(quote)) == (1250, 1050, [])


def test_two_tenders_together_never_pay_more_than_is_due() -> None:
    adjusters = [registered(Lane.TENDER, -700, "deposit"), registered(Lane.TENDER, -700, "points")]
    quote = price(basket(1000), context(), adjusters)
    assert [applied.amount for applied in quote.applied] == [-700, -300]
    assert quote.due == 0 and codes(quote) == ["adjustment_cut"]


# --- unknown parts


def test_a_line_without_a_price_gives_a_so_far_and_no_total() -> None:
    quote = price(basket(Unknown("to be estimated"), 500), context(postage=100), ())
    assert (quote.items, quote.so_far, quote.total, quote.due) == (500, 600, None, None)
    assert quote.unknowns == (Unknown("to be estimated"),)


def test_postage_before_weighing_gives_a_so_far_and_no_total() -> None:
    quote = price(basket(500), context(postage=Unknown("after packing")), ())
    assert (quote.so_far, quote.total, quote.shipping) == (500, None, Unknown("after packing"))


@pytest.mark.req("PTS-3")
def test_while_a_part_is_unknown_no_points_are_used_and_whoever_asked_is_told() -> None:
    points = registered(Lane.TENDER, -100, "points")
    unknown = context(postage=Unknown("after packing"), inputs={"points": {"use": "100"}})
    quote = price(basket(500), unknown, [points])
    assert quote.applied == () and codes(quote) == ["tender_too_early"]
    for typed in ({}, {"points": {"use": ""}}, {"points": {"use": "0"}}, {"coupons": {"code": "X"}}):
        assert codes(price(basket(500), context(postage=Unknown("x"), inputs=typed), [points])) == []


def test_a_discount_never_lands_on_a_line_whose_price_nobody_knows() -> None:
    amounts = (-100, 100)
    for amount in amounts:
        quote = price(basket(Unknown("x"), 500), context(), [registered(Lane.LINE, amount, target="l1")])
        assert (quote.applied, quote.line_net("l1"), codes(quote)) == ((), 0, ["adjustment_dropped"])
    shared = price(basket(Unknown("x"), 500), context(), [registered(Lane.ORDER, -100)])
    assert shared.applied[0].shares == (("l2", -100),)


# --- exclusion


def coupon(lane: Lane = Lane.ORDER, amount: int = -100) -> Registered[Adjuster]:
    return registered(lane, amount, "coupons", kind="coupon")


def points(lane: Lane = Lane.TENDER, amount: int = -100) -> Registered[Adjuster]:
    return registered(lane, amount, "points", kind="loyalty", priority=200)


@pytest.mark.req("PTS-6")
@pytest.mark.parametrize("lane", [Lane.TENDER, Lane.ORDER])
def test_points_beside_a_coupon_are_refused_with_an_offer_to_swap(lane: Lane) -> None:
    quote = price(basket(1000), context(), [coupon(), points(lane)])
    assert [applied.source for applied in quote.applied] == ["coupons"]
    assert codes(quote) == ["coupon_with_points"]
    assert quote.warnings[0].params == {"kept": "coupons", "refused": "points"}
    assert not quote.invalid and quote.due == 900


@pytest.mark.req("PTS-6")
def test_a_coupon_after_points_is_the_one_refused() -> None:
    quote = price(basket(1000), context(postage=500), [points(Lane.ORDER), coupon(Lane.SHIPPING_DISCOUNT)])
    assert [applied.source for applied in quote.applied] == ["points"]
    assert quote.warnings[0].params == {"kept": "points", "refused": "coupons"}


@pytest.mark.req("PTS-6")
def test_the_owner_may_allow_both() -> None:
    quote = price(basket(1000), context(policies={"coupon_with_points": True}), [coupon(), points()])
    assert quote.due == 800 and codes(quote) == []


def test_points_worth_nothing_are_not_refused() -> None:
    assert codes(price(basket(1000), context(), [coupon(), points(amount=0)])) == []


def test_a_coupon_worth_nothing_excludes_nothing() -> None:
    quote = price(basket(1000), context(), [coupon(amount=0), points()])
    assert quote.due == 900 and codes(quote) == []


# --- tenders that cover everything


def cod_fee() -> Registered[Adjuster]:
    return registered(Lane.FEE, 200, "cod", kind="fee")


@pytest.mark.parametrize(("tender", "due", "fee"), [(-999, 201, 200), (-1000, 0, 0), (-1200, 0, 0)])
def test_where_tenders_cover_the_total_before_fees_there_is_no_fee(tender: int, due: int, fee: int) -> None:
    quote = price(basket(1000), context(method="cod"), [cod_fee(), points(amount=tender)])
    assert (quote.due, quote.lane_sum(Lane.FEE)) == (due, fee)
    assert quote.lane_sum(Lane.TENDER) == max(tender, -1000)


def test_a_free_order_has_no_fee() -> None:
    quote = price(basket(1000), context(method="cod"), [cod_fee(), coupon(amount=-1000)])
    assert (quote.total, quote.due) == (0, 0)


def test_a_fee_stays_while_a_part_is_unknown() -> None:
    quote = price(basket(0), context(postage=Unknown("x")), [cod_fee()])
    assert (quote.so_far, quote.due) == (200, None)


# --- free shipping


@pytest.mark.req("CHK-6")
@pytest.mark.parametrize(
    ("country", "items", "free"),
    [
        ("JP", 4999, False),
        ("JP", 5000, True),
        ("US", 19999, False),
        ("US", 20000, True),
        ("FR", 10**8, False),
    ],
)
def test_free_shipping_starts_at_the_threshold_of_the_destination(country: str, items: int, free: bool) -> None:
    policies = {"shipping.free": {"JP": 5000, "*": 20000, "FR": None}}
    asked = context(postage=800, destination=Destination(country), policies=policies)
    quote = price(basket(items), asked, [Registered("core", FreeShipping())])
    assert quote.shipping_due == (0 if free else 800)
    assert codes(quote) == []


@pytest.mark.req("CHK-6")
def test_the_threshold_looks_at_items_after_discounts_and_in_the_shopper_s_currency() -> None:
    policies = {"shipping.free": {"US": 10000}}  # 67.00 USD
    asked = context(DOLLAR, 1000, destination=Destination("US"), policies=policies)
    core: Registered[Adjuster] = Registered("core", FreeShipping())
    assert price(basket(6700), asked, [core]).shipping_due == 0
    just_below = price(basket(6700), asked, [core, registered(Lane.ORDER, -1)])
    assert just_below.shipping_due == 670
    assert missing_for_free_shipping(just_below, asked) == 1


@pytest.mark.req("CHK-6")
def test_free_shipping_asks_for_what_an_earlier_discount_left_and_warns_of_nothing() -> None:
    policies = {"shipping.free": {"JP": 0}}
    asked = context(postage=800, destination=Destination("JP"), policies=policies)
    early = registered(Lane.SHIPPING_DISCOUNT, -300, "campaign", priority=1)
    quote = price(basket(100), asked, [early, Registered("core", FreeShipping())])
    assert [a.amount for a in quote.applied] == [-300, -500] and codes(quote) == []


@pytest.mark.parametrize("policies", [{}, {"shipping.free": {}}, {"shipping.free": None}])
def test_without_a_policy_or_a_destination_nothing_travels_free(policies: Mapping[str, Any]) -> None:
    core: Registered[Adjuster] = Registered("core", FreeShipping())
    at_home = context(postage=800, destination=Destination("JP"), policies=policies)
    assert price(basket(10**6), at_home, [core]).shipping_due == 800
    nowhere = context(postage=800, policies={"shipping.free": {"*": 0}})
    assert price(basket(10**6), nowhere, [core]).shipping_due == 800


# --- faults


def boom(quote: Quote, context: PriceContext) -> Any:
    raise RuntimeError("gone")


BAD_ANSWERS: dict[str, Any] = {
    "raises": boom,
    "float": lambda q, c: [Adjustment("k", -1.0, "L")],  # type: ignore[arg-type]
    "nan": lambda q, c: [Adjustment("k", float("nan"), "L")],  # type: ignore[arg-type]
    "bool": lambda q, c: [Adjustment("k", True, "L")],
    "huge": lambda q, c: [Adjustment("k", -(2**53), "L")],
    "text amount": lambda q, c: [Adjustment("k", "-5", "L")],  # type: ignore[arg-type]
    "no adjustment": lambda q, c: [-100],
    "a text": lambda q, c: "free",
    "unknown target": lambda q, c: [Adjustment("k", -5, "L", target="nobody")],
    "no key": lambda q, c: [Adjustment("", -5, "L")],
    "twice": lambda q, c: [Adjustment("k", -5, "L"), Adjustment("k", -6, "L")],
    "bad data": lambda q, c: [Adjustment("k", -5, "L", data=7)],  # type: ignore[arg-type]
    "adds up too high": lambda q, c: [Adjustment("a", MAX_AMOUNT, "L"), Adjustment("b", MAX_AMOUNT, "L")],
}


@pytest.mark.req("SHOP-6")
def test_one_failed_tender_takes_the_others_back() -> None:
    adjusters = [registered(Lane.TENDER, -100, "deposit"), registered(Lane.TENDER, boom, "points", priority=200)]
    quote = price(basket(1000), context(), adjusters)
    assert quote.invalid and quote.total is None
    assert quote.lane_sum(Lane.TENDER) == 0
    assert quote.trace[-1].after == 1000


@pytest.mark.parametrize("lane", [Lane.LINE, Lane.ORDER, Lane.SHIPPING_DISCOUNT, Lane.FEE, Lane.TAX, Lane.TENDER])
@pytest.mark.parametrize("bad", [name for name in BAD_ANSWERS if name not in ("adds up too high",)])
def test_a_broken_adjuster_closes_the_checkout_and_leaves_the_cart_to_be_seen(
    lane: Lane, bad: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        quote = price(basket(1000), context(postage=500), [registered(lane, BAD_ANSWERS[bad], "broken_plugin")])
    assert quote.invalid and quote.total is None and quote.due is None
    assert (quote.items, quote.so_far, quote.applied) == (1000, 1500, ())
    assert codes(quote) == ["adjuster_failed"]
    assert "broken_plugin" in caplog.text


def test_an_answer_that_adds_up_beyond_what_can_be_counted_is_taken_back_whole() -> None:
    quote = price(basket(1000), context(), [registered(Lane.ORDER, BAD_ANSWERS["adds up too high"])])
    assert quote.invalid and quote.applied == () and quote.so_far == 1000


def test_the_other_adjusters_still_work_beside_a_broken_one() -> None:
    quote = price(basket(1000), context(), [registered(Lane.ORDER, boom, "a"), registered(Lane.ORDER, -100, "b")])
    assert quote.invalid and quote.so_far == 900


def test_an_adjuster_that_answers_none_changes_nothing() -> None:
    quote = price(basket(1000), context(), [registered(Lane.ORDER, lambda q, c: None)])
    assert not quote.invalid and quote.due == 1000


@pytest.mark.parametrize("lane", [Lane.SHIPPING, "order", None])
def test_an_adjuster_in_no_lane_open_to_it_closes_the_checkout(lane: Any) -> None:
    quote = price(basket(1000), context(), [registered(lane, -100)])
    assert quote.invalid and quote.so_far == 1000 and codes(quote) == ["adjuster_failed"]


def test_one_adjuster_registered_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"plugin\.it"):
        price(basket(1000), context(), [registered(Lane.ORDER, -1), registered(Lane.ORDER, -2)])


def test_an_adjuster_cannot_change_what_it_answered_afterwards() -> None:
    kept: dict[str, int] = {"uses": 1}
    quote = price(basket(1000), context(), [registered(Lane.ORDER, -1, data=kept)])
    kept["uses"] = 2
    assert quote.applied[0].data == {"uses": 1}


@pytest.mark.parametrize("money", [Money(-1, "JPY"), Money(500, "USD"), Money(2**53, "JPY")])
def test_nonsense_postage_is_never_charged(money: Money) -> None:
    asked = PriceContext(rate=YEN, now=NOW, shipping=ShippingQuote("ems", "EMS", money))
    quote = price(basket(1000), asked, ())
    assert quote.invalid and quote.so_far == 1000 and codes(quote) == ["shipping_failed"]


# --- extremes


def test_the_largest_amount_that_can_be_counted_is_priced_exactly() -> None:
    quote = price(
        Basket((line("a", 9_007_199_254, 10**6), line("b", 740_991))), context(), [registered(Lane.ORDER, -1)]
    )
    assert quote.items == MAX_AMOUNT
    assert quote.total == MAX_AMOUNT - 1 and not quote.invalid


def test_a_million_pieces_of_a_thousand_million_are_priced_exactly() -> None:
    assert price(Basket((line("a", 10**9, 10**6),)), context(postage=1), ()).total == 10**15 + 1


@pytest.mark.parametrize(
    ("lines", "postage"),
    [
        ((line("a", 10**10, 10**6),), None),
        ((line("a", MAX_AMOUNT), line("b", 1)), None),
        ((line("a", MAX_AMOUNT),), 1),
    ],
)
def test_more_than_can_be_counted_is_a_sentence_and_no_error(
    lines: tuple[BasketLine, ...], postage: int | None
) -> None:
    quote = price(Basket(lines), context(postage=postage), [registered(Lane.FEE, 1)])
    assert quote.invalid and quote.total is None and quote.applied == ()
    assert codes(quote) == ["amount_too_large"]


@pytest.mark.parametrize("lines", [(line("a", 1), line("a", 2)), (line("a", 1, -1),), (line("a", -1),)])
def test_a_basket_built_wrongly_is_refused(lines: tuple[BasketLine, ...]) -> None:
    with pytest.raises(ValueError, match="'a'"):
        price(Basket(lines), context(), ())


def test_a_line_of_which_nothing_is_left_bears_no_discount() -> None:
    quote = price(Basket((line("a", 100, 0), line("b", 100, 1))), context(), [registered(Lane.ORDER, -50)])
    assert quote.applied[0].shares == (("b", -50),)
