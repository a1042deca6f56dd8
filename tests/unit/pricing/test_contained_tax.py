"""The tax contained in final prices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.pricing.contained_tax import contained_tax


@pytest.mark.req("SHOP-7")
def test_tax_is_rounded_down_once_per_rate_and_document() -> None:
    # Each line alone contains 9 (99 * 10 // 110); the three together contain 27, and 26 would be rounding per line
    # of 98 yen items: the sum of the amounts decides.
    lines = [("standard", 98), ("standard", 98), ("standard", 98), ("reduced", 1080)]
    assert contained_tax(lines) == {10: (294, 26), 8: (1080, 80)}
    assert sum(98 * 10 // 110 for _ in range(3)) == 24


@pytest.mark.req("SHOP-7")
def test_rates_come_highest_first_and_only_those_that_occur() -> None:
    assert list(contained_tax([("reduced", 108), ("standard", 110)])) == [10, 8]
    assert contained_tax([("reduced", 108)]) == {8: (108, 8)}
    assert contained_tax([]) == {}


def test_two_classes_of_one_rate_are_rounded_together() -> None:
    rates = {"standard": 10, "postage": 10}
    assert contained_tax([("standard", 98), ("postage", 98)], rates) == {10: (196, 17)}


def test_a_credit_note_mirrors_its_invoice() -> None:
    assert contained_tax([("standard", -294)]) == {10: (-294, -26)}


def test_a_tax_class_without_a_rate_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'luxury'"):
        contained_tax([("luxury", 100)])


@given(st.lists(st.integers(0, 10**9), max_size=20))
def test_the_tax_is_the_most_whole_yen_within_the_amount(amounts: list[int]) -> None:
    for amount, tax in contained_tax([("reduced", a) for a in amounts]).values():
        assert amount == sum(amounts)
        assert tax * 108 <= amount * 8 < (tax + 1) * 108
