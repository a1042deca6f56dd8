from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.i18n.formats import (
    country_name,
    currency_exponent,
    format_date,
    format_datetime,
    format_money,
    format_month,
    format_number,
    format_weight,
    money_parts,
)
from storefront.core.values.language import LANGUAGES
from storefront.core.values.money import format_major

pytestmark = pytest.mark.req("SHOP-4")


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "expected"),
    [
        (1296, "JPY", "en", "¥1,296"),
        (1296, "JPY", "ja", "1,296円"),
        (1296, "JPY", "zh-hans", "¥1,296"),
        (1296, "JPY", "zh-hant", "¥1,296"),
        (1980, "TWD", "zh-hant", "NT$1,980"),
        (1980, "TWD", "ja", "NT$1,980"),
        (9950, "CNY", "zh-hans", "CN¥99.50"),
        (9950, "CNY", "ja", "CN¥99.50"),
        (123456789, "HKD", "zh-hant", "HK$1,234,567.89"),
        (1205, "USD", "en", "US$12.05"),
        (5, "USD", "en", "US$0.05"),
        (1250, "CHF", "en", "CHF\u00a012.50"),
        (1250, "KRW", "ja", "KRW\u00a01,250"),
        (0, "JPY", "ja", "0円"),
        (-500, "JPY", "ja", "−500円"),
        (-500, "JPY", "en", "−¥500"),
        (-5, "USD", "zh-hans", "−US$0.05"),
        (-125, "EUR", "en", "−EUR\u00a01.25"),
    ],
)
def test_a_sum_has_an_unambiguous_sign_and_its_currencys_digits(amount, currency, lang, expected):
    assert format_money(amount, currency, lang) == expected


def test_the_parts_of_a_sum_let_a_page_set_the_unit_small():
    assert money_parts(1296, "JPY", "ja") == ("", "1,296", "円")
    assert money_parts(-1296, "JPY", "ja") == ("−", "1,296", "円")
    assert money_parts(1296, "JPY", "en") == ("¥", "1,296", "")
    assert money_parts(-1980, "TWD", "zh-hant") == ("−NT$", "1,980", "")


@given(
    st.integers(-(10**18), 10**18),
    st.sampled_from(["JPY", "USD", "TWD", "CNY", "CHF"]),
    st.sampled_from(LANGUAGES),
)
def test_no_digit_of_a_sum_is_lost_or_added(amount, currency, lang):
    digits = money_parts(amount, currency, lang)[1].replace(",", "")
    assert digits == format_major(abs(amount), currency)


@pytest.mark.parametrize("amount", [12.5, float("nan"), Decimal(12), "12", None])
def test_only_whole_minor_units_are_sums(amount):
    with pytest.raises(TypeError):
        format_money(amount, "JPY", "en")


def test_the_digits_of_a_currency_come_from_the_one_table():
    assert [currency_exponent(code) for code in ("JPY", "TWD", "USD", "HKD")] == [0, 0, 2, 2]


@pytest.mark.parametrize(
    ("grams", "lang", "expected"),
    [
        (350, "en", "350\u00a0g"), (350, "ja", "350g"), (999, "en", "999\u00a0g"), (1000, "en", "1\u00a0kg"),
        (1250, "ja", "1.25kg"), (1005, "zh-hant", "1.005kg"), (10000, "zh-hans", "10kg"),
        (1234567, "en", "1,234.567\u00a0kg"), (0, "en", "0\u00a0g"), (100000, "en", "100\u00a0kg"),
    ],
)  # fmt: skip
def test_a_weight_is_in_grams_or_kilograms(grams, lang, expected):
    assert format_weight(grams, lang) == expected


def test_numbers_are_grouped():
    assert format_number(1234567, "ja") == "1,234,567"
    assert format_number(-1000, "en") == "−1,000"


@pytest.mark.parametrize(
    ("lang", "expected", "with_weekday"),
    [
        ("en", "29 November 2026", "29 November 2026\u00a0(Sun)"),
        ("ja", "2026年11月29日", "2026年11月29日(日)"),
        ("zh-hans", "2026年11月29日", "2026年11月29日(日)"),
        ("zh-hant", "2026年11月29日", "2026年11月29日(日)"),
    ],
)
def test_a_date_is_written_long(lang, expected, with_weekday):
    assert format_date(date(2026, 11, 29), lang) == expected
    assert format_date(date(2026, 11, 29), lang, weekday=True) == with_weekday


def test_a_release_month_is_no_date():
    assert format_month(2027, 1, "en") == "January 2027"
    assert format_month(2027, 1, "ja") == "2027年1月"
    with pytest.raises(ValueError, match="13"):
        format_month(2027, 13, "ja")


DEADLINE = datetime(2026, 11, 29, 14, 59, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "29 November, 23:59 (Japan time)"),
        ("ja", "11月29日 23:59（日本時間）"),
        ("zh-hans", "11月29日 23:59（日本时间）"),
        ("zh-hant", "11月29日 23:59（日本時間）"),
    ],
)
def test_a_deadline_names_the_shops_zone(lang, expected):
    assert format_datetime(DEADLINE, "Asia/Tokyo", lang, today=TODAY) == expected


def test_the_year_is_added_when_it_is_another():
    later = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)  # already 2027 in Japan
    assert format_datetime(later, "Asia/Tokyo", "en", today=TODAY) == "1 January 2027, 00:00 (Japan time)"
    assert format_datetime(later, "Asia/Tokyo", "ja", today=TODAY) == "2027年1月1日 00:00（日本時間）"
    assert format_datetime(later, "UTC", "en", today=TODAY) == "31 December, 15:00 (UTC)"


def test_without_today_the_year_of_the_clock_counts():
    with time_machine.travel(datetime(2027, 5, 1, tzinfo=UTC)):
        assert format_datetime(DEADLINE, "Asia/Tokyo", "en").startswith("29 November 2026,")


def test_a_moment_in_another_zone_is_the_same_moment():
    there = DEADLINE.astimezone(timezone(timedelta(hours=-5)))
    assert format_datetime(there, "Asia/Tokyo", "en", today=TODAY) == "29 November, 23:59 (Japan time)"


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        format_datetime(datetime(2026, 11, 29, 14, 59), "Asia/Tokyo", "en")


@pytest.mark.parametrize("zone", ["Asia/Taipei", "Asia/Hong_Kong", "America/New_York", "Europe/London", "UTC"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_other_zones_have_names_too(zone, lang):
    text = format_datetime(DEADLINE, zone, lang, today=TODAY)
    assert text.endswith((")", "）")) and "()" not in text and "Unknown" not in text


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("TW", ("Taiwan", "台湾", "台湾", "台灣")),
        ("HK", ("Hong Kong", "香港", "香港", "香港")),
        ("MO", ("Macao", "マカオ", "澳门", "澳門")),
        ("JP", ("Japan", "日本", "日本", "日本")),
        ("US", ("United States", "アメリカ合衆国", "美国", "美國")),
        ("XX", ("XX", "XX", "XX", "XX")),
    ],
)
def test_countries_have_the_short_names_shoppers_use(code, names):
    assert tuple(country_name(code, lang) for lang in LANGUAGES) == names
