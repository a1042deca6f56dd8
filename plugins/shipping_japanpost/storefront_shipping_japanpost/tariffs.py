"""Price tables with the day from which they hold: what comes with the plugin, and what the owner added. A quote reads the
one that is valid on the day the parcel leaves."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from storefront.plugin import N_, BadSetting
from storefront_shipping_japanpost.facts import DATA, BadData
from storefront_shipping_japanpost.services import SERVICES, Service
from storefront_shipping_japanpost.tables import PRICE, WEIGHT, Tariff, gap_problems, known_zone, read_table

RATES = DATA / "rates"
# Figures that one weak source has: used when the owner says so.
UNCONFIRMED_ZONE = "5"
ORIGIN = "aichi"

NO_LIST = N_("Tariffs must be a list of tables with service, from and rows.")
NO_SUCH = N_("%(service)s is no service of Japan Post.")
NO_DATE = N_("A table of %(service)s does not say from which day it holds, such as 2026-12-01.")
NO_ROWS = N_("The table of %(service)s from %(day)s cannot be used: every zone needs rising steps and prices above 0.")
TWICE = N_("There are two tables of %(service)s from %(day)s.")


class TariffBook:
    """All tables, by service, oldest first. ``own``: those of the owner. Never changed: another version of the settings is
    another book."""

    __slots__ = ("_by_service", "own")

    def __init__(self, own: Iterable[Tariff] = ()) -> None:
        self.own = tuple(own)
        by_service: dict[str, list[Tariff]] = {}
        for tariff in (*bundled(), *self.own):
            by_service.setdefault(tariff.service, []).append(tariff)
        self._by_service = {
            key: tuple(sorted(found, key=lambda tariff: (tariff.valid_from, not tariff.bundled)))
            for key, found in by_service.items()
        }

    def of(self, service: str) -> tuple[Tariff, ...]:
        """The tables of a service, oldest first."""
        return self._by_service.get(service, ())

    def valid(self, service: str, day: date, *, origin: str = ORIGIN) -> Tariff | None:
        """The table valid on ``day``. The bundled one of ``yu_pack`` is for parcels from one prefecture: it is there for
        a shop in that ``origin`` alone."""
        found = None
        for tariff in self._by_service.get(service, ()):
            if tariff.valid_from > day:
                break
            if not tariff.bundled or service != "yu_pack" or origin == ORIGIN:
                found = tariff
        return found

    def find(self, tariff_id: str) -> Tariff | None:
        service, _, day = tariff_id.partition("-")
        return next((tariff for tariff in self.of(service) if tariff.valid_from.isoformat() == day), None)

    def until(self, tariff: Tariff) -> date | None:
        """The day from which a newer table holds; ``None`` while there is none."""
        return next((each.valid_from for each in self.of(tariff.service) if each.valid_from > tariff.valid_from), None)

    def __iter__(self) -> Iterator[Tariff]:
        return (tariff for key in SERVICES for tariff in self.of(key))


@cache
def bundled() -> tuple[Tariff, ...]:
    """The tables that come with the plugin. Raises ``BadData`` or ``BadTable`` for one that cannot be meant."""
    with (RATES.parent / "tariffs.csv").open(encoding="utf-8", newline="") as file:
        index = list(csv.DictReader(file))
    return tuple(
        Tariff(
            row["service"],
            date.fromisoformat(row["valid_from"]),
            read_table(_rows_of(row["file"], SERVICES[row["service"]]), SERVICES[row["service"]]),
            bundled=True,
        )
        for row in index
    )


@cache
def unconfirmed_surface() -> tuple[tuple[int, int], ...]:
    """Zone 5 of the parcel by sea, from one uncertain source."""
    text = (RATES / "parcel_surface_zone5_uncertain.csv").read_text("utf-8")
    return read_table(text, SERVICES["parcel_surface"])[UNCONFIRMED_ZONE]


def _rows_of(name: str, service: Service) -> str:
    """The rows of one service out of a file that may hold several, with the columns ``read_table`` asks for."""
    with (RATES / name).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, strict=True) if _service_of(row) == service.key]
    if not rows:
        raise BadData(f"{name} has no row of {service.key}")
    column = "size_class_cm" if "size_class_cm" in rows[0] else WEIGHT
    if service.key == "yu_packet":  # its rows are services by thickness there, without any weight
        lines = [
            f"{row['zone']},{row['service'].removeprefix('yu_packet_').removesuffix('cm')},{row[PRICE]}" for row in rows
        ]
        return "\n".join([f"zone,thickness_cm,{PRICE}", *lines])
    return "\n".join([f"zone,{column},{PRICE}", *(f"{row['zone']},{row[column]},{row[PRICE]}" for row in rows)])


def _service_of(row: Mapping[str, str]) -> str:
    return "yu_packet" if row["service"].startswith("yu_packet_") else row["service"]


# --- the owner's, as stored ---------------------------------------------------------------------------------------------


def read_book(raw: Any) -> TariffBook:
    """The book with the owner's tables from ``[{"service", "from", "name", "rows": {zone: [[top, price], …]}}]``. Raises
    ``BadSetting``."""
    if not isinstance(raw, list | tuple) or not all(isinstance(entry, Mapping) for entry in raw):
        raise BadSetting(NO_LIST)
    own = [_tariff(entry) for entry in raw]
    ids = [tariff.id for tariff in (*bundled(), *own)]
    for tariff in own:
        if ids.count(tariff.id) > 1:
            raise BadSetting(TWICE, service=tariff.service, day=tariff.valid_from.isoformat())
    return TariffBook(own)


def stored(tariff: Tariff) -> dict[str, Any]:
    """A table of the owner as it is stored."""
    return {
        "service": tariff.service,
        "from": tariff.valid_from.isoformat(),
        "name": tariff.name,
        "rows": {zone: [list(step) for step in steps] for zone, steps in tariff.steps.items()},
    }


def _tariff(entry: Mapping[str, Any]) -> Tariff:
    key = entry.get("service")
    if not isinstance(key, str) or key not in SERVICES:
        raise BadSetting(NO_SUCH, service=str(key)[:40])
    try:
        day = date.fromisoformat(str(entry.get("from")))
    except ValueError:
        raise BadSetting(NO_DATE, service=key) from None
    rows = entry.get("rows")
    steps = {str(zone): _steps(found) for zone, found in rows.items()} if isinstance(rows, Mapping) else {}
    right = steps and all(steps.values()) and all(known_zone(zone, SERVICES[key]) for zone in steps)
    if not right or gap_problems(steps):
        raise BadSetting(NO_ROWS, service=key, day=day.isoformat())
    return Tariff(key, day, steps, str(entry.get("name") or "")[:80])


def _steps(raw: Any) -> tuple[tuple[int, int], ...]:
    """Rising steps, or nothing when they are not."""
    steps: list[tuple[int, int]] = []
    for step in raw if isinstance(raw, list | tuple) else ():
        if (
            not isinstance(step, list | tuple)
            or len(step) != 2
            or any(type(part) is not int or part < 1 for part in step)
        ):
            return ()
        top, price = step
        if steps and (top <= steps[-1][0] or price < steps[-1][1]):
            return ()
        steps.append((top, price))
    return tuple(steps)
