"""The contract of a carrier (SHP-1)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from storefront.core.values.money import Money
from storefront.core.values.types import Destination, Dimensions


class Speed(StrEnum):
    """The class of a service: an order whose parcel outgrows its service is moved within the class first (SHP-3)."""

    EXPRESS = "express"
    AIR = "air"
    ECONOMY = "economy"


class CustomsLabel(StrEnum):
    """Which label of the post a parcel that leaves the country carries (SHP-7). ``BY_VALUE``: CN22 under 300 SDR of
    contents, CN23 from there; ``CN23``: in any case, as parcels and EMS do; ``NONE``: the commercial invoice alone, as
    with couriers."""

    BY_VALUE = "by_value"
    CN23 = "cn23"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ParcelLimits:
    """The most one parcel of a service may be, packed: grams and outer millimetres; ``None``: the service sets no such
    limit. ``length``: the longest side; ``sides``: the three sides together; ``girth``: the longest side plus twice
    the sum of the other two."""

    weight: int | None = None
    length: int | None = None
    sides: int | None = None
    girth: int | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """``weight``: packed grams, ``None`` when a product's weight is unknown. ``value``: of the goods, base currency."""

    weight: int | None
    value: Money
    size: Dimensions | None = None
    restrictions: frozenset[str] = frozenset()
    piece_count: int = 1


@dataclass(frozen=True, slots=True)
class ShippingRequest:
    """``currency``: the base currency, in which every carrier quotes. ``ship_on``: the shop's own date."""

    destination: Destination
    parcels: tuple[Parcel, ...]
    ship_on: date
    currency: str


@dataclass(frozen=True, slots=True)
class ShippingQuote:
    """One priced service. ``key`` is unique within the carrier; ``title`` an English msgid. ``days``: least and most
    days on the way. ``cover``: highest compensation, base currency. ``speed``: its class, "" when it has none.
    ``variant_of``: the key of the service this one is with an extra (more cover), shown beneath it. ``note``: an
    English msgid for the shopper. ``tariff``: the version of the table that was read. ``breakdown``: how the price came
    about, kept with the order."""

    key: str
    title: str
    price: Money
    days: tuple[int, int] | None = None
    tracked: bool = False
    signature: bool = False
    cover: Money | None = None
    speed: Speed | str = ""
    variant_of: str = ""
    title_params: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    tariff: str = ""
    breakdown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotServed:
    """Why a carrier offers nothing, or with ``service`` why one of its services does not: a sentence for the shopper
    (English msgid). An unknown country is this, never a price of zero.

    ``service``, ``title``, ``title_params``: as of a ``ShippingQuote``. ``restriction``: the class of goods
    (``Restriction``) the reason is about; the shop names the products of that class beside it."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    service: str = ""
    title: str = ""
    title_params: Mapping[str, Any] = field(default_factory=dict)
    restriction: str = ""


class ShippingCarrier(ABC):
    """``key`` is unique in the shop and starts with the plugin's name; ``title`` is an English msgid."""

    key: str
    title: str

    @abstractmethod
    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote | NotServed, ...] | NotServed:
        """What can be had, and by ``NotServed`` rows with a ``service`` what cannot and why. Pure and offline: called on
        cart and checkout pages, outside any transaction. Prices in ``request.currency``, never zero by accident, never
        falling with growing weight."""

    def limits(self, destination: Destination, ship_on: date) -> Mapping[str, ParcelLimits]:
        """The limits of a parcel by the key of each service that goes there. The shop packs by them: goods that outgrow
        a service in one parcel may go in several, and ``quote`` is then asked about those. A service that is not
        named takes what the shop packs. Pure and offline, as ``quote``."""
        return {}

    def customs_label(self, service: str) -> CustomsLabel:
        """The label of parcels abroad by the service of this key, also of one that is no longer offered. Pure and
        offline: called when papers are printed and data are handed to the carrier."""
        return CustomsLabel.BY_VALUE

    def tracking_url(self, number: str, lang: str) -> str:
        """A public page that follows ``number``, or "" when there is none."""
        return ""

    def check_tracking_number(self, number: str) -> str:
        """The normal form of a tracking number. Raise ``ValueError`` with an English msgid that says what is wrong."""
        return number.strip().upper()
