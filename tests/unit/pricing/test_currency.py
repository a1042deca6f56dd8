"""Amounts in the shopper's currency."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.pricing.currency import in_base, in_currency, unit_price

YEN = CurrencyRate("JPY", "JPY")
DOLLAR = CurrencyRate("USD", "JPY", "0.0067", 5)


def test_the_sku_s_own_price_in_a_currency_stands_as_it_is() -> None:
    assert unit_price(1500, 1234, DOLLAR) == 1234
    assert unit_price(1500, 0, DOLLAR) == 0


def test_a_base_price_is_converted_and_rounded_up_to_the_step() -> None:
    # 1500 JPY x 0.0067 = 10.05 USD exactly; 1501 JPY = 10.0567 USD, up to the next 5 cents.
    assert unit_price(1500, None, DOLLAR) == 1005
    assert unit_price(1501, None, DOLLAR) == 1010


def test_the_base_currency_is_never_rounded_whatever_the_step() -> None:
    assert in_currency(1501, CurrencyRate("JPY", "JPY", "1", 100)) == 1501


def test_a_rate_is_exact_and_not_a_float() -> None:
    # 0.1 has no exact float: through one, 30 x 0.1 rounds up to 4.
    assert in_currency(30, CurrencyRate("TWD", "JPY", "0.1", 1)) == 3


@given(st.integers(0, 10**9), st.integers(1, 10**7), st.integers(0, 6), st.sampled_from([1, 5, 10, 50, 100]))
def test_a_converted_amount_is_the_least_step_not_below_the_exact_one(
    amount: int, digits: int, places: int, step: int
) -> None:
    rate = CurrencyRate("USD", "JPY", f"{digits}e-{places}".replace("e-0", ""), step)
    exact = Fraction(amount * digits * 100, 10**places)
    converted = in_currency(amount, rate)
    assert converted % step == 0
    assert exact <= converted < exact + step


def test_the_value_on_a_parcel_goes_back_to_the_base_currency_rounded_up() -> None:
    assert in_base(1005, DOLLAR) == 1500
    assert in_base(1006, DOLLAR) == 1502
    assert in_base(777, YEN) == 777


@pytest.mark.parametrize("amount", [-1, -30, -1501])
def test_a_negative_amount_is_the_mirror_of_the_positive_one(amount: int) -> None:
    assert in_currency(amount, DOLLAR) == -in_currency(-amount, DOLLAR)
    assert in_base(amount, DOLLAR) == -in_base(-amount, DOLLAR)
