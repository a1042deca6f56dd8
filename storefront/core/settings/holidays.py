"""Public holidays of Japan by the law in force (Act on National Holidays), right from 2022 to 2099."""

from datetime import date, timedelta
from functools import lru_cache

_FIXED = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
_MONDAYS = ((1, 2), (7, 3), (9, 3), (10, 2))  # month, which Monday
SUNDAY = 6


@lru_cache(maxsize=16)
def japanese_holidays(year: int) -> frozenset[date]:
    """Every day off of ``year``: the named days, the weekday after a Sunday holiday, the day between two holidays."""
    named = {date(year, month, day) for month, day in _FIXED}
    named |= {_nth_monday(year, month, nth) for month, nth in _MONDAYS}
    named |= {date(year, 3, _equinox(year, 20.8431)), date(year, 9, _equinox(year, 23.2488))}
    return frozenset(named | _substitutes(named) | _between(named))


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (nth - 1))


def _equinox(year: int, offset: float) -> int:
    """Day of the month, by the customary approximation; the government announces it each February."""
    return int(offset + 0.242194 * (year - 1980)) - (year - 1980) // 4


def _substitutes(named: set[date]) -> set[date]:
    found = set()
    for day in named:
        if day.weekday() == SUNDAY:
            while day in named:
                day += timedelta(days=1)
            found.add(day)
    return found


def _between(named: set[date]) -> set[date]:
    day = timedelta(days=1)
    return {d + day for d in named if d + 2 * day in named and d + day not in named and (d + day).weekday() != SUNDAY}
