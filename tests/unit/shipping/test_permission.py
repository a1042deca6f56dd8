"""What may not be sent where."""

import pytest

from storefront.core.contracts.pricing import Basket, BasketLine
from storefront.core.settings.snapshot import ClosedRule
from storefront.core.shipping.permission import Closed, closed_for, line_problems
from storefront.core.values.types import Destination, LineKind, Problem

WORDS = {"en": "No post to France at present.", "ja": "フランス宛ては停止中です。"}


def line(key: str, *restrictions: str, **more: object) -> BasketLine:
    return BasketLine(key, 1, 100, title=f"Product {key}", restrictions=frozenset(restrictions), **more)  # type: ignore[arg-type]


def keys(*found: Closed) -> list[tuple[str, str]]:
    return [(one.line_key, one.problem.code) for one in found]


SAKE = Basket((line("tea"), line("sake", "alcohol", "food"), line("beer", "alcohol")))


def test_an_open_destination_closes_nothing() -> None:
    assert closed_for(Destination("FR"), SAKE, [ClosedRule("US"), ClosedRule("DE", "", "alcohol")]) == ()


@pytest.mark.req("CHK-4")
def test_a_closed_country_closes_everything_once_with_the_owner_s_words() -> None:
    rules = [ClosedRule("FR", "", "alcohol"), ClosedRule("FR", "", "", WORDS)]
    (found,) = closed_for(Destination("FR"), SAKE, rules)
    assert keys(found) == [("", "country_closed")]
    assert found.words("ja") == (WORDS["ja"], "ja")


@pytest.mark.req("CHK-4")
@pytest.mark.parametrize("written", ["CA", "US-CA", "ca"])
def test_a_closed_region_closes_that_region_alone(written: str) -> None:
    rules = [ClosedRule("US", written)]
    assert keys(*closed_for(Destination("US", "CA"), SAKE, rules)) == [("", "region_closed")]
    assert closed_for(Destination("US", "NY"), SAKE, rules) == ()
    assert closed_for(Destination("US"), SAKE, rules) == ()
    assert closed_for(Destination("MX", "CA"), SAKE, rules) == ()


@pytest.mark.req("CHK-4")
def test_a_closed_class_names_each_line_it_closes() -> None:
    found = closed_for(Destination("US", "UT"), SAKE, [ClosedRule("US", "UT", "alcohol", WORDS)])
    assert keys(*found) == [("sake", "goods_closed"), ("beer", "goods_closed")]
    assert found[0].problem.params == {"product": "Product sake"}
    assert found[0].problem.message % found[0].problem.params
    assert found[0].owner_message == WORDS


def test_two_rules_about_one_line_are_both_told() -> None:
    rules = [ClosedRule("FR", "", "alcohol"), ClosedRule("FR", "", "food", WORDS)]
    found = closed_for(Destination("FR"), SAKE, rules)
    assert [one.line_key for one in found] == ["sake", "sake", "beer"]
    grouped = line_problems(found)
    assert {key: len(of) for key, of in grouped.items()} == {"sake": 2, "beer": 1}


@pytest.mark.req("CHK-4")
def test_goods_that_may_not_leave_the_country_stay_in_it() -> None:
    goods = Basket((line("tea"), line("knife", "no_international")))
    assert closed_for(Destination("JP"), goods, []) == ()
    assert keys(*closed_for(Destination("FR"), goods, [])) == [("knife", "not_abroad")]
    french_shop = {"shop.country": "FR"}
    assert closed_for(Destination("FR"), goods, [], french_shop) == ()
    assert keys(*closed_for(Destination("JP"), goods, [], french_shop)) == [("knife", "not_abroad")]


def test_the_owner_s_own_rule_about_such_goods_speaks_in_place_of_ours() -> None:
    goods = Basket((line("knife", "no_international"),))
    (found,) = closed_for(Destination("FR"), goods, [ClosedRule("FR", "", "no_international", WORDS)])
    assert found.owner_message == WORDS


def test_countries_are_compared_without_regard_to_case() -> None:
    assert keys(*closed_for(Destination("fr"), SAKE, [ClosedRule("FR")])) == [("", "country_closed")]


def test_services_may_go_anywhere_that_is_open() -> None:
    goods = Basket((line("tasting", "alcohol", kind=LineKind.SERVICE),))
    assert closed_for(Destination("FR"), goods, [ClosedRule("FR", "", "alcohol")]) == ()


@pytest.mark.parametrize(
    ("words", "lang", "shown"),
    [
        ({"en": "E", "zh-hant": "T"}, "zh-hans", ("T", "zh-hant")),
        ({"en": "E", "ja": "J"}, "zh-hant", ("J", "ja")),
        ({"en": "  ", "ja": "J"}, "en", ("J", "ja")),
        ({"zh-hans": "S"}, "en", ("S", "zh-hans")),
        ({"ja": "J"}, "xx", ("J", "ja")),
        ({}, "en", None),
        ({"en": ""}, "en", None),
    ],
)
def test_the_owner_s_words_fall_back_by_language(
    words: dict[str, str], lang: str, shown: tuple[str, str] | None
) -> None:
    assert Closed("", Problem("x"), words).words(lang) == shown
