"""The owner's price table abroad, read from plain data and refused where it cannot be meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storefront.plugin import N_, BadSetting

COUNTRY_CODE = re.compile(r"[A-Z]{2}\Z")
KNOWN_PARTS = frozenset({"name", "countries", "days", "steps"})


@dataclass(frozen=True, slots=True)
class Zone:
    """``days``: least and most on the way. ``steps``: (grams up to which, price in base minor units), rising."""

    name: str
    countries: tuple[str, ...]
    days: tuple[int, int]
    steps: tuple[tuple[int, int], ...]

    def price(self, grams: int) -> int | None:
        """The price of the first step that holds ``grams``; ``None`` above the last."""
        return next((price for limit, price in self.steps if grams <= limit), None)


def read_zones(raw: Any) -> tuple[Zone, ...]:
    """Zones from ``[{"name": …, "countries": […], "days": [3, 7], "steps": [[500, 1450], …]}]``. Raises ``BadSetting``
    with the zone's name and what is wrong."""
    if not isinstance(raw, list | tuple):
        raise BadSetting(N_("Zones must be a list of tables with name, countries, days and steps."))
    zones = tuple(_zone(entry, number) for number, entry in enumerate(raw, 1))
    homes: dict[str, str] = {}
    for zone in zones:
        for country in zone.countries:
            if country in homes:
                raise BadSetting(
                    N_("%(country)s is in the zone %(first)s and in %(second)s. Leave it in one of them."),
                    country=country,
                    first=homes[country],
                    second=zone.name,
                )
            homes[country] = zone.name
    return zones


def read_days(raw: Any) -> tuple[int, int]:
    """Two whole numbers, the least and the most days on the way. Raises ``BadSetting``."""
    if isinstance(raw, list | tuple) and len(raw) == 2 and all(_whole(day) for day in raw) and 0 <= raw[0] <= raw[1]:
        return (raw[0], raw[1])
    raise BadSetting(N_("Days must be two whole numbers, the least and the most, such as [3, 7]."))


def _zone(entry: Any, number: int) -> Zone:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise BadSetting(N_("Zone %(number)s has no name."), number=number)
    name = entry["name"].strip()
    unknown = sorted(set(entry) - KNOWN_PARTS)
    if unknown:
        raise BadSetting(N_("The zone %(zone)s has an unknown part: %(part)s."), zone=name, part=unknown[0])
    countries = entry.get("countries")
    if not isinstance(countries, list | tuple) or not countries:
        raise BadSetting(N_("The zone %(zone)s has no countries."), zone=name)
    for country in countries:
        if not isinstance(country, str) or not COUNTRY_CODE.match(country):
            raise BadSetting(
                N_("In the zone %(zone)s, %(country)s is no country code. Use two capital letters, such as TW."),
                zone=name,
                country=str(country)[:40],
            )
        if country == "JP":
            raise BadSetting(N_("JP is in the zone %(zone)s, but Japan has its own price. Take it out."), zone=name)
    if len(set(countries)) != len(countries):
        raise BadSetting(N_("The zone %(zone)s names a country twice."), zone=name)
    return Zone(name, tuple(countries), read_days(entry.get("days")), _steps(entry.get("steps"), name))


def _steps(raw: Any, zone: str) -> tuple[tuple[int, int], ...]:
    if not isinstance(raw, list | tuple) or not raw:
        raise BadSetting(N_("The zone %(zone)s has no price steps."), zone=zone)
    steps: list[tuple[int, int]] = []
    for step in raw:
        if not isinstance(step, list | tuple) or len(step) != 2 or not all(_whole(part) for part in step):
            raise BadSetting(
                N_("In the zone %(zone)s a step is not two whole numbers: grams and price, such as [500, 1450]."),
                zone=zone,
            )
        grams, price = step
        if grams <= 0 or price <= 0:
            raise BadSetting(N_("In the zone %(zone)s every weight and every price must be above 0."), zone=zone)
        if steps and (grams <= steps[-1][0] or price < steps[-1][1]):
            raise BadSetting(
                N_(
                    "In the zone %(zone)s the step at %(grams)s g is out of order: weights must rise, prices may not fall."
                ),
                zone=zone,
                grams=grams,
            )
        steps.append((grams, price))
    return tuple(steps)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
