"""Business days and deadlines."""

from datetime import UTC, date, datetime

import pytest

from storefront.core.settings.calendar import add_business_days, end_of_day, is_off, month_days, ships_on
from storefront.core.settings.holidays import japanese_holidays
from storefront.core.settings.policies import DEFAULTS, merged


@pytest.mark.req("SHOP-1")
def test_japanese_holidays_are_those_the_cabinet_office_lists() -> None:
    assert sorted(d.strftime("%m%d") for d in japanese_holidays(2026)) == (
        [
            "0101",
            "0112",
            "0211",
            "0223",
            "0320",
            "0429",
            "0503",
            "0504",
            "0505",
            "0506",
            "0720",
            "0811",
            "0921",
            "0922",
            "0923",
            "1012",
            "1103",
            "1123",
        ]
    )
    assert sorted(d.strftime("%m%d") for d in japanese_holidays(2024)) == (
        [
            "0101",
            "0108",
            "0211",
            "0212",
            "0223",
            "0320",
            "0429",
            "0503",
            "0504",
            "0505",
            "0506",
            "0715",
            "0811",
            "0812",
            "0916",
            "0922",
            "0923",
            "1014",
            "1103",
            "1104",
            "1123",
        ]
    )


@pytest.mark.req("SHOP-1")
def test_business_days_pass_over_weekends_holidays_and_the_owners_days() -> None:
    policies = merged({"calendar.closed_days": ["2026-11-25"]})
    friday = date(2026, 11, 20)
    # Sat, Sun, Mon (Labour Thanksgiving) and the owner's Wednesday are off
    assert [add_business_days(friday, n, policies) for n in (0, 1, 2)] == [
        friday,
        date(2026, 11, 24),
        date(2026, 11, 26),
    ]
    assert add_business_days(date(2026, 11, 21), 0, policies) == date(2026, 11, 24)
    assert not is_off(date(2026, 11, 23), merged({"calendar.holidays": ""}))


def test_the_shipping_day_is_counted_from_the_shops_own_date() -> None:
    evening_in_utc = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # already the 25th in Japan
    assert ships_on(evening_in_utc, DEFAULTS) == date(2026, 11, 26)


def test_a_shop_that_is_always_closed_still_answers() -> None:
    policies = merged({"calendar.weekly_off": [0, 1, 2, 3, 4, 5, 6]})
    assert ships_on(datetime(2026, 11, 24, tzinfo=UTC), policies) == date(2026, 11, 25)


@pytest.mark.req("ORD-6")
def test_a_deadline_ends_at_the_last_second_of_the_shops_day() -> None:
    placed = datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC)  # 23:59:59 on the 22nd in Japan
    assert end_of_day(7, placed, "Asia/Tokyo") == datetime(2026, 11, 29, 14, 59, 59, tzinfo=UTC)
    later = datetime(2026, 11, 22, 15, 0, 0, tzinfo=UTC)  # a second later it is the 23rd
    assert end_of_day(7, later, "Asia/Tokyo") == datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC)
    over_a_clock_change = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert end_of_day(1, over_a_clock_change, "Europe/Berlin") == datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(("year", "month", "weeks"), [(2026, 2, 4), (2026, 11, 5), (2026, 8, 6), (2026, 12, 5)])
def test_a_month_is_whole_weeks_from_sunday(year: int, month: int, weeks: int) -> None:
    grid = month_days(year, month, DEFAULTS)
    assert len(grid) == weeks
    assert all(len(week) == 7 and week[0].date.weekday() == 6 for week in grid)
    inside = [day.date.day for week in grid for day in week if day.in_month]
    assert inside == list(range(1, max(inside) + 1)) and max(inside) >= 28
