"""The shop's business calendar and its deadlines (SHOP-1, ORD-6). Pure: policies in, dates out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storefront.core.settings.holidays import japanese_holidays

# A shop closed for longer than this has no next business day; then the day itself is answered.
LONGEST_BREAK = 366


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One cell of the month. ``in_month`` is false for the days that fill the first and last week."""

    date: date
    off: bool
    in_month: bool


def shop_date(now: datetime, policies: Mapping[str, Any]) -> date:
    """The date in the shop's time zone at ``now``."""
    return now.astimezone(ZoneInfo(policies["shop.time_zone"])).date()


def is_off(day: date, policies: Mapping[str, Any]) -> bool:
    """Whether the shop is closed on ``day``: weekly, by public holiday, or by the owner's own list."""
    if day.weekday() in policies["calendar.weekly_off"] or day.isoformat() in policies["calendar.closed_days"]:
        return True
    return policies["calendar.holidays"] == "JP" and day in japanese_holidays(day.year)


def add_business_days(day: date, count: int, policies: Mapping[str, Any]) -> date:
    """The ``count``-th business day after ``day``; with 0 the first one on or after it."""
    found = day if count else day - timedelta(days=1)
    for _ in range(max(count, 1)):
        found = _next_business_day(found, policies)
    return found


def _next_business_day(day: date, policies: Mapping[str, Any]) -> date:
    for ahead in range(1, LONGEST_BREAK + 1):
        if not is_off(day + timedelta(days=ahead), policies):
            return day + timedelta(days=ahead)
    return day + timedelta(days=1)


def ships_on(now: datetime, policies: Mapping[str, Any]) -> date:
    """The shop's own date on which an order placed ``now`` is handed over: ``shipping.lead_days`` business days on."""
    return add_business_days(shop_date(now, policies), policies["shipping.lead_days"], policies)


def month_days(year: int, month: int, policies: Mapping[str, Any]) -> tuple[tuple[CalendarDay, ...], ...]:
    """The weeks of a month, Sunday first, each of seven days, for the calendar in the footer."""
    first = date(year, month, 1)
    start = first - timedelta(days=(first.weekday() + 1) % 7)
    weeks = []
    while start <= first or start.month == month:
        days = [start + timedelta(days=i) for i in range(7)]
        weeks.append(tuple(CalendarDay(d, is_off(d, policies), d.month == month) for d in days))
        start += timedelta(days=7)
    return tuple(weeks)


def end_of_day(days: int, now: datetime, zone: str) -> datetime:
    """The instant (UTC) of 23:59:59 shop time, ``days`` days after the shop's date at ``now``."""
    shop_zone = ZoneInfo(zone)
    day = now.astimezone(shop_zone).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), shop_zone).astimezone(UTC)
