from datetime import UTC, date, datetime

import pytest

from storefront.core.i18n.translate import use_language
from storefront.shop.home.almanac import day_of, numeral, sun_longitude

# As the National Astronomical Observatory of Japan announced them for 2026.
BEGINNINGS = (
    (date(2026, 2, 4), "立春"), (date(2026, 3, 5), "啓蟄"), (date(2026, 4, 5), "清明"), (date(2026, 6, 21), "夏至"),
    (date(2026, 8, 7), "立秋"), (date(2026, 11, 22), "小雪"), (date(2026, 12, 22), "冬至"),
)  # fmt: skip


@pytest.mark.parametrize(("day", "term"), BEGINNINGS)
def test_a_solar_term_begins_on_its_day_and_not_before(day: date, term: str) -> None:
    with use_language("ja"):
        assert day_of(day, "Asia/Tokyo", "ja").endswith(term)
        assert not day_of(date.fromordinal(day.toordinal() - 1), "Asia/Tokyo", "ja").endswith(term)


def test_the_sun_stands_at_nothing_when_spring_begins() -> None:
    # The equinox of March 2026: on the 20th, 14:46 UTC.
    distance = (sun_longitude(datetime(2026, 3, 20, 14, 46, tzinfo=UTC)) + 180) % 360 - 180
    assert abs(distance) < 0.02


def test_numerals_are_those_of_a_calendar() -> None:
    assert [numeral(n) for n in (1, 9, 10, 11, 20, 25, 31)] == ["一", "九", "十", "十一", "二十", "二十五", "三十一"]
