"""Small frozen values that core and plugins share. No Flask, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence for the person who must act. ``message`` is an English msgid with named placeholders; the door that
    shows it translates it (``gettext(message) % params``) in the domain of ``source`` (a plugin name, or core)."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field_name: str = ""
    code: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A part of a price that nobody knows yet (shipping before weighing, an item before its estimate)."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Outer size in millimetres."""

    length: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, order=True)
class YearMonth:
    """A release month. Not a date: nobody promised a day."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "YearMonth":
        """``"2027-01"``; raises ``ValueError`` otherwise."""
        parsed = date.fromisoformat(f"{text}-01")
        return cls(parsed.year, parsed.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a parcel goes, as far as price and permission depend on it. ``region``: ISO 3166-2 suffix or ""."""

    country: str
    region: str = ""
    is_hotel: bool = False


@dataclass(frozen=True, slots=True)
class CustomerView:
    """What an adjuster or method may know of a member. ``None`` in a context means a guest."""

    id: int
    first_order: bool = False


class SaleMode(StrEnum):
    """What the owner set on a SKU (CAT-4). Shown status is derived from it and from stock: ``SaleStatus``."""

    STOCK = "stock"
    BACK_ORDER = "back_order"
    PRE_ORDER = "pre_order"
    PROVISIONAL = "provisional"
    TENTATIVE = "tentative"
    PREORDERS_CLOSED = "preorders_closed"
    CLOSED = "closed"
    UNAVAILABLE = "unavailable"


class SaleStatus(StrEnum):
    """What the shopper sees (CAT-4)."""

    IN_STOCK = "in_stock"
    LOW_STOCK = "low_stock"
    SOLD_OUT = "sold_out"
    BACK_ORDER = "back_order"
    PRE_ORDER = "pre_order"
    PROVISIONAL = "provisional"
    TENTATIVE = "tentative"
    PREORDERS_CLOSED = "preorders_closed"
    CLOSED = "closed"
    UNAVAILABLE = "unavailable"

    @property
    def orderable(self) -> bool:
        return self in ORDERABLE


ORDERABLE = frozenset(
    {
        SaleStatus.IN_STOCK,
        SaleStatus.LOW_STOCK,
        SaleStatus.BACK_ORDER,
        SaleStatus.PRE_ORDER,
        SaleStatus.PROVISIONAL,
        SaleStatus.TENTATIVE,
    }
)


class Restriction(StrEnum):
    """Restriction classes of goods (CAT-1): a closed list."""

    LITHIUM_IN_DEVICE = "lithium_in_device"
    LITHIUM_LOOSE = "lithium_loose"
    FLAMMABLE = "flammable"
    AEROSOL = "aerosol"
    ALCOHOL = "alcohol"
    BLADE = "blade"
    PLANT_SEED = "plant_seed"
    FOOD = "food"
    MEDICINE = "medicine"
    MAGNET = "magnet"
    ADULT = "adult"
    NO_INTERNATIONAL = "no_international"


class LineKind(StrEnum):
    GOODS = "goods"
    REQUEST = "request"
    FORWARDED = "forwarded"
    SERVICE = "service"
