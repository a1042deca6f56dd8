"""The contract of a carrier (SHP-1)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from storefront.core.values.money import Money
from storefront.core.values.types import Destination, Dimensions


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
    days on the way. ``cover``: highest compensation, base currency. ``breakdown``: how the price came about."""

    key: str
    title: str
    price: Money
    days: tuple[int, int] | None = None
    tracked: bool = False
    signature: bool = False
    cover: Money | None = None
    title_params: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    tariff: str = ""
    breakdown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotServed:
    """Why a carrier offers nothing: a sentence for the shopper (English msgid). An unknown country is this, never a
    price of zero."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""


class ShippingCarrier(ABC):
    """``key`` is unique in the shop and starts with the plugin's name; ``title`` is an English msgid."""

    key: str
    title: str

    @abstractmethod
    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote, ...] | NotServed:
        """Pure and offline: called on cart and checkout pages, outside any transaction. Prices in
        ``request.currency``, never zero by accident, never falling with growing weight."""

    def tracking_url(self, number: str, lang: str) -> str:
        """A public page that follows ``number``, or "" when there is none."""
        return ""

    def check_tracking_number(self, number: str) -> str:
        """The normal form of a tracking number. Raise ``ValueError`` with an English msgid that says what is wrong."""
        return number.strip().upper()
