"""The combined line: the contract of carriers, the edges of its steps, and lines that are refused."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storefront_shipping_consolidated import plugin
from storefront_shipping_consolidated.carrier import NO_RETURNS, Consolidated
from storefront_shipping_consolidated.lines import Line, read_lines
from storefront_shipping_consolidated.settings import DECLARATION, ConsolidatedSettings

from storefront.plugin import (
    BadSetting,
    CustomsLabel,
    Destination,
    Money,
    NotServed,
    Parcel,
    ShippingQuote,
    ShippingRequest,
)
from storefront.testing.contracts import (
    ManagePageContract,
    ShippingCarrierContract,
    WholePluginContract,
)
from storefront.testing.plugins import settings_bound, settings_from

NAME = "shipping_consolidated"
TAIWAN = {"country": "TW", "days": [7, 21], "step": 500, "first": 900, "further": 400, "most": 20_000, "tracked": True}
FRANCE = {"country": "FR", "days": [20, 60], "step": 1000, "first": 2000, "further": 0, "most": 5000}
LINES: ConsolidatedSettings = settings_from(DECLARATION, {"lines": [TAIWAN, FRANCE]})


class TestContract(ShippingCarrierContract):
    plugin = NAME
    settings = LINES
    served = "TW"

    def make(self) -> Consolidated:
        return Consolidated()


class TestPlugin(WholePluginContract):
    module = plugin
    stored = {"lines": [TAIWAN]}


class TestPages(ManagePageContract):
    module = plugin
    stored = {"lines": [TAIWAN]}


def ask(country: str, *weights: int | None, restrictions: frozenset[str] = frozenset()) -> Any:
    parcels = tuple(Parcel(weight, Money(1000, "JPY"), restrictions=restrictions) for weight in weights)
    with settings_bound({NAME: LINES}):
        return Consolidated().quote(ShippingRequest(Destination(country), parcels, date(2026, 11, 25), "JPY"))


def price(country: str, *weights: int | None) -> int:
    (quote,) = ask(country, *weights)
    assert isinstance(quote, ShippingQuote)
    return quote.price.amount


@pytest.mark.req("SHP-4")
@pytest.mark.parametrize(
    ("grams", "expected"), [(1, 900), (500, 900), (501, 1300), (1000, 1300), (1001, 1700), (20_000, 900 + 39 * 400)]
)
def test_price_at_each_edge_of_the_steps(grams: int, expected: int) -> None:
    assert price("TW", grams) == expected


@pytest.mark.req("SHP-4")
def test_it_says_that_nothing_goes_back_through_it_and_how_it_crosses_the_border() -> None:
    (quote,) = ask("TW", 700, 300)
    assert (quote.note, quote.tracked, quote.days) == (NO_RETURNS, True, (7, 21))
    assert quote.price.amount == 1300 + 900
    assert ask("FR", 100)[0].tracked is False
    with settings_bound({NAME: LINES}):
        assert Consolidated().limits(Destination("TW"), date(2026, 11, 25))["line"].weight == 20_000
        assert Consolidated().limits(Destination("US"), date(2026, 11, 25)) == {}
    assert Consolidated().customs_label("line") is CustomsLabel.NONE


@pytest.mark.parametrize(
    ("country", "weight", "code"),
    [
        ("TW", 20_001, "too_heavy"),
        ("FR", 5001, "too_heavy"),
        ("TW", None, "weight_missing"),
        ("US", 100, "no_line"),
        ("JP", 100, "no_line"),
        ("", 100, "no_line"),
    ],
)
def test_what_cannot_be_priced_is_refused_with_the_reason(country: str, weight: int | None, code: str) -> None:
    answer = ask(country, weight)
    assert isinstance(answer, NotServed)
    assert answer.code == code
    assert (answer.reason % answer.params).endswith(".")


def test_one_parcel_that_cannot_go_refuses_all() -> None:
    assert ask("TW", 100, 20_001).code == "too_heavy"
    assert ask("TW", 100, restrictions=frozenset({"no_international"})).code == "restricted"


lines = st.builds(
    Line,
    country=st.just("TW"),
    days=st.just((7, 21)),
    step=st.integers(1, 30_000),
    first=st.integers(1, 100_000),
    further=st.integers(0, 100_000),
    most=st.integers(1, 1_000_000),
)


@given(lines, st.integers(1, 1_000_000), st.integers(1, 1_000_000))
def test_a_line_is_never_free_never_cheaper_for_more_and_ends_at_its_most(line: Line, one: int, other: int) -> None:
    light, heavy = sorted((one, other))
    cheap, dear = line.price(light), line.price(heavy)
    assert (dear is None) == (heavy > line.most)
    if cheap is not None:
        assert cheap >= line.first > 0
    if dear is not None:
        assert cheap is not None and cheap <= dear
        assert dear == line.first + line.further * (line.steps(heavy) - 1)
        assert (line.steps(heavy) - 1) * line.step < heavy <= line.steps(heavy) * line.step


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"country": "tw"}, "no country"),
        ({"country": None}, "no country"),
        ({"country": "JP"}, "abroad"),
        ({"step": 0}, "step must be"),
        ({"first": 0}, "first must be"),
        ({"further": -1}, "further must be"),
        ({"most": "20000"}, "most must be"),
        ({"most": True}, "most must be"),
        ({"first": 100_000_001}, "too much"),
        ({"days": [21, 7]}, "days must be"),
        ({"days": 7}, "days must be"),
        ({"pricee": 1}, "pricee"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        read_lines([{**TAIWAN, **change}])


@pytest.mark.parametrize("raw", ["TW", {"country": "TW"}, [1], None])
def test_what_is_no_list_of_lines_is_refused(raw: Any) -> None:
    with pytest.raises(BadSetting):
        read_lines(raw)


def test_two_lines_to_one_country_are_refused() -> None:
    with pytest.raises(BadSetting, match="two lines to TW"):
        read_lines([TAIWAN, TAIWAN])
