"""What is known of services and countries, read once from ``data/``: zones, limits, days, cover. A file that does not say
what it must is an error at import, so the plugin does not run on half of it."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from storefront.plugin import ParcelLimits
from storefront_shipping_japanpost.services import SERVICES, Scheme

DATA = Path(__file__).parent / "data"

# Rows of limits.csv about what other carriers do.
NOT_OURS = frozenset({"dhl", "domestic_flat_courier"})
ACCEPTED, RESTRICTED, SUSPENDED, NO_SERVICE = "accepted", "restricted", "suspended", "no_service"
EMS_STATUS = frozenset({"", ACCEPTED, RESTRICTED, SUSPENDED, NO_SERVICE, "accepted_zone_unconfirmed"})
SEEN = frozenset({"acceptable", "not_acceptable", "no_service"})
STANDARDS: Mapping[str, tuple[int, int]] = {"A": (1050, 2000), "B": (1500, 3000)}
UNKNOWN_PARCEL_WEIGHT = 20_000


class BadData(ValueError):
    """A file of the plugin does not say what it must."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Cover bought by steps (yen): the first ``first`` costs ``first_fee``, each further ``step`` begun ``step_fee``."""

    first: int
    first_fee: int
    step: int
    step_fee: int

    def fee(self, value: int) -> int:
        return self.first_fee + max(0, -(-(value - self.first) // self.step)) * self.step_fee

    def reached(self, value: int) -> int:
        """The cover that is bought for goods of ``value``: whole steps."""
        return self.first + max(0, -(-(value - self.first) // self.step)) * self.step


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """``weight``: grams, ``None`` when no source says. ``days``: the carrier's guidance. ``included``: cover without
    charge (yen); ``most_cover``: 0 when no source says."""

    weight: int | None
    length: int | None
    sides: int | None
    girth: int | None
    tracked: bool
    signature: bool
    days: tuple[int, int] | None
    included: int
    most_cover: int
    cover: Cover | None


@dataclass(frozen=True, slots=True)
class Country:
    """``zones``: by scheme, where there is one. ``ems``: the status of 2026-09. ``seen``: what each service did in
    2024-03, by its column."""

    code: str
    zones: Mapping[Scheme, str]
    ems: str
    seen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lithium:
    """Whether batteries built into a device may go there."""

    air: bool
    surface: bool


def _rows(name: str, *columns: str) -> Iterator[Mapping[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise BadData(f"{name} has no column {missing[0]}")
        for row in reader:
            if None in row or None in row.values():
                raise BadData(f"{name}, line {reader.line_num}: not as many columns as the first line")
            yield row


def _number(text: str) -> int | None:
    return int(text) if text else None


def _millimetres(text: str) -> int | None:
    return round(float(text) * 10) if text else None


def _service_facts(row: Mapping[str, str]) -> ServiceFacts:
    least, most = _number(row["days_min"]), _number(row["days_max"])
    first = _number(row["cover_first_band_jpy"])
    included = row["included_cover_jpy"]
    return ServiceFacts(
        weight=_number(row["max_weight_g"]),
        length=_millimetres(row["max_length_cm"]),
        sides=_millimetres(row["max_sum_of_sides_cm"]),
        girth=_millimetres(row["max_length_plus_girth_cm"]),
        tracked=row["tracking"] == "yes",
        signature=row["signature"] == "yes",
        days=(least, most) if least is not None and most is not None else None,
        included=int(included) if included.isdigit() else 0,
        most_cover=_number(row["max_cover_jpy"]) or 0,
        cover=None
        if first is None
        else Cover(
            first, int(row["cover_first_band_fee_jpy"]), int(row["cover_step_jpy"]), int(row["cover_step_fee_jpy"])
        ),
    )


def _read_services() -> dict[str, ServiceFacts]:
    rows = {row["service"]: row for row in _rows("limits.csv", "service", "max_weight_g", "days_max")}
    if set(rows) - NOT_OURS != set(SERVICES):
        raise BadData(f"limits.csv and the services differ: {sorted(set(rows) - NOT_OURS ^ set(SERVICES))}")
    return {key: _service_facts(rows[key]) for key in SERVICES}


def _read_countries() -> dict[str, Country]:
    seen = {row["country"]: row for row in _rows("availability_2024-03.csv", "country", "letter_air", "parcel_air")}
    countries = {}
    for row in _rows("zones.csv", "country", "ems_zone", "parcel_zone", "letter_post_zone", "ems_status_2026_09"):
        code = row["country"]
        zones = {Scheme.EMS: row["ems_zone"], Scheme.PARCEL: row["parcel_zone"], Scheme.LETTER: row["letter_post_zone"]}
        if code in countries or any(zone not in ("", "1", "2", "3", "4", "5") for zone in zones.values()):
            raise BadData(f"zones.csv: {code} stands twice, or in a zone that does not exist")
        if row["ems_status_2026_09"] not in EMS_STATUS:
            raise BadData(f"zones.csv: {code} has an unknown status {row['ems_status_2026_09']!r}")
        history = {k: v for k, v in seen.get(code, {}).items() if k != "country"}
        if set(history.values()) - SEEN:
            raise BadData(f"availability_2024-03.csv: {code} has an unknown word")
        known = {scheme: zone for scheme, zone in zones.items() if zone}
        countries[code] = Country(code, known, row["ems_status_2026_09"], history)
    return countries


def _read_limits() -> tuple[dict[str, ParcelLimits], dict[str, ParcelLimits]]:
    found: dict[str, dict[str, ParcelLimits]] = {"ems": {}, "parcel": {}}
    for row in _rows("limits_by_country.csv", "service", "country", "max_weight_g"):
        found[row["service"]][row["country"]] = ParcelLimits(
            weight=int(row["max_weight_g"]),
            length=_millimetres(row["max_length_cm"]),
            girth=_millimetres(row["max_length_plus_girth_cm"]),
        )
    return found["ems"], found["parcel"]


def _read_days() -> dict[str, Mapping[str, int]]:
    names = ("ems", "air_packet", "small_packet_air", "parcel_air")
    return {
        row["country"]: {name: int(row[f"{name}_days"]) for name in names}
        for row in _rows("transit_days.csv", "country", *(f"{name}_days" for name in names))
    }


def _read_lithium() -> dict[str, Lithium]:
    return {
        row["country"]: Lithium(row["air"] == "yes", row["surface"] == "yes")
        for row in _rows("lithium.csv", "country", "air", "surface")
    }


FACTS = _read_services()
COUNTRIES = _read_countries()
EMS_LIMITS, PARCEL_LIMITS = _read_limits()
STANDARD_DAYS = _read_days()
LITHIUM = _read_lithium()
UNINSURED = tuple(
    sorted(
        (int(row["max_weight_g"]), int(row["cover_jpy"])) for row in _rows("parcel_cover_uninsured.csv", "cover_jpy")
    )
)

# Of the USA only in addresses; for the post places of their own. EMS leaves them out.
US_TERRITORIES = frozenset({"GU", "PR", "VI", "MP", "AS", "UM"})
DUTY_PREPAID = US_TERRITORIES | {"US"}
FR_DEPARTMENTS = frozenset({"GP", "MQ", "GF", "RE"})


def place_of(country: str, region: str) -> str:
    """The place the post knows: territories that addresses write as a region of their country are places of their own."""
    region = region.upper().removeprefix(f"{country}-")
    if (country == "US" and region in US_TERRITORIES) or (country == "FR" and region in FR_DEPARTMENTS):
        return region
    return country


def uninsured_cover(grams: int) -> int:
    """What an uninsured parcel is covered for: by its weight, whatever the goods cost (yen)."""
    return next((cover for top, cover in UNINSURED if grams <= top), UNINSURED[-1][1])
