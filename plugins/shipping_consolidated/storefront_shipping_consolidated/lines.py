"""The owner's lines, read from plain data and refused where they cannot be meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storefront.plugin import N_, BadSetting

HOME = "JP"
COUNTRY_CODE = re.compile(r"[A-Z]{2}\Z")
KNOWN_PARTS = frozenset({"country", "days", "step", "first", "further", "most", "tracked"})
# A parcel that costs more than this by its own line is a typing error.
MOST_PRICE = 100_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """``days``: least and most on the way. ``step``, ``most``: grams. ``first``: price of the first step, ``further``: of
    each one begun after it, base minor units."""

    country: str
    days: tuple[int, int]
    step: int
    first: int
    further: int
    most: int
    tracked: bool = False

    def steps(self, grams: int) -> int:
        """The steps that a parcel begins, at least one."""
        return max(-(-grams // self.step), 1)

    def price(self, grams: int) -> int | None:
        """``None`` above the most."""
        return None if grams > self.most else self.first + self.further * (self.steps(grams) - 1)


def read_lines(raw: Any) -> tuple[Line, ...]:
    """Lines from ``[{"country": "TW", "days": [7, 21], "step": 500, "first": 900, "further": 400, "most": 20000}]``.
    Raises ``BadSetting`` with the line's country and what is wrong."""
    if not isinstance(raw, list | tuple):
        raise BadSetting(N_("Lines must be a list of tables with country, days, step, first, further and most."))
    lines = tuple(_line(entry, number) for number, entry in enumerate(raw, 1))
    seen: set[str] = set()
    for line in lines:
        if line.country in seen:
            raise BadSetting(N_("There are two lines to %(country)s. Leave one of them."), country=line.country)
        seen.add(line.country)
    return lines


def _line(entry: Any, number: int) -> Line:
    country = entry.get("country") if isinstance(entry, Mapping) else None
    if not isinstance(country, str) or not COUNTRY_CODE.match(country):
        raise BadSetting(
            N_("Line %(number)s has no country. Use two capital letters, such as TW."), number=number
        )  # fmt: skip
    if country == HOME:
        raise BadSetting(N_("A combined line goes abroad; JP cannot have one."))
    unknown = sorted(set(entry) - KNOWN_PARTS)
    if unknown:
        raise BadSetting(
            N_("The line to %(country)s has an unknown part: %(part)s."), country=country, part=str(unknown[0])[:40]
        )
    numbers = {name: entry.get(name) for name in ("step", "first", "further", "most")}
    lowest = {"step": 1, "first": 1, "further": 0, "most": 1}
    for name, value in numbers.items():
        if not _whole(value) or value < lowest[name]:
            raise BadSetting(
                N_("In the line to %(country)s, %(part)s must be a whole number of %(lowest)s or more."),
                country=country,
                part=name,
                lowest=lowest[name],
            )
    line = Line(country, _days(entry.get("days"), country), tracked=entry.get("tracked") is True, **numbers)
    if line.first + line.further * line.steps(line.most) > MOST_PRICE:
        raise BadSetting(N_("In the line to %(country)s a heavy parcel would cost too much."), country=country)
    return line


def _days(raw: Any, country: str) -> tuple[int, int]:
    if isinstance(raw, list | tuple) and len(raw) == 2 and all(_whole(day) for day in raw) and 0 <= raw[0] <= raw[1]:
        return (raw[0], raw[1])
    raise BadSetting(
        N_("In the line to %(country)s, days must be two whole numbers, the least and the most, such as [7, 21]."),
        country=country,
    )


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
