"""What a product is offered at, judged from its variants, and prices of the base currency beside those shown."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from sqlalchemy import BigInteger, ColumnElement, cast

from storefront.core.catalog.models import Sku, SkuPrice
from storefront.core.contracts.currency import in_currency, unit_price
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.stock.models import StockItem
from storefront.core.stock.queries import status_of
from storefront.core.values.money import exponent, rate_fraction
from storefront.core.values.types import ORDERABLE, SaleStatus

# From what a shopper can have soonest to what nobody can have: the status of a product is the best of its variants.
BEST_FIRST = (
    SaleStatus.IN_STOCK,
    SaleStatus.LOW_STOCK,
    SaleStatus.BACK_ORDER,
    SaleStatus.PRE_ORDER,
    SaleStatus.PROVISIONAL,
    SaleStatus.TENTATIVE,
    SaleStatus.SOLD_OUT,
    SaleStatus.PREORDERS_CLOSED,
    SaleStatus.CLOSED,
    SaleStatus.UNAVAILABLE,
)
RANK = {status: rank for rank, status in enumerate(BEST_FIRST)}
WORST_ORDERABLE = max(RANK[status] for status in ORDERABLE)
# A price has 31 bits; with factors below this no product of the two leaves 63.
MAX_PRICE = 2**31 - 1
_FACTOR_LIMIT = 2**31

_SKU, _STOCK, _PRICE = (row.__table__ for row in (Sku, StockItem, SkuPrice))

OFFER_COLUMNS: tuple[Any, ...] = (
    _SKU.c.id.label("sku_id"),
    _SKU.c.price,
    _SKU.c.list_price,
    _PRICE.c.price.label("own_price"),
    _PRICE.c.list_price.label("own_list_price"),
    _SKU.c.mode,
    _SKU.c.release.label("sku_release"),
    _STOCK.c.tracked,
    _STOCK.c.on_hand,
    _STOCK.c.reserved,
    _STOCK.c.slots,
    _STOCK.c.slots_taken,
)


@dataclass(frozen=True, slots=True)
class SkuOffer:
    """One variant's price and status now. Money: minor units of the shown currency."""

    price: int
    list_price: int | None
    status: SaleStatus
    available: int | None
    release: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A product's price and status: ``price`` of its cheapest orderable variant, else of the cheapest. ``None`` without
    a variant."""

    price: int | None
    list_price: int | None
    varies: bool
    status: SaleStatus
    available: int | None
    release: str


NO_OFFER = Offer(None, None, False, SaleStatus.UNAVAILABLE, 0, "")


def own_currency(rate: CurrencyRate) -> str:
    """The currency in which a variant's own price counts: the shown one; in the base currency the variant itself has
    the price."""
    return rate.currency if rate.currency != rate.base else ""


def sku_offer(row: Any, rate: CurrencyRate, low: int) -> SkuOffer:
    """Of a row with ``OFFER_COLUMNS``. With an own price only an own list price counts. A list price that is not above
    the price is none."""
    price = unit_price(row.price, row.own_price, rate)
    if row.own_price is not None:
        list_price = row.own_list_price
    else:
        list_price = None if row.list_price is None else in_currency(row.list_price, rate)
    status, available = status_of(
        row.mode,
        tracked=row.tracked,
        on_hand=row.on_hand,
        reserved=row.reserved,
        slots=row.slots,
        slots_taken=row.slots_taken,
        low=low,
    )
    shown = list_price if list_price is not None and list_price > price else None
    return SkuOffer(price, shown, status, available, row.sku_release)


class Priced(Protocol):
    """A ``SkuOffer`` or a view with the same facts."""

    @property
    def price(self) -> int: ...
    @property
    def list_price(self) -> int | None: ...
    @property
    def status(self) -> SaleStatus: ...
    @property
    def available(self) -> int | None: ...
    @property
    def release(self) -> str: ...


def product_offer(offers: Iterable[Priced]) -> Offer:
    """The offer of a product with these active variants, in their order."""
    all_offers = tuple(offers)
    if not all_offers:
        return NO_OFFER
    choice = [o for o in all_offers if o.status.orderable] or list(all_offers)
    cheapest = min(choice, key=lambda o: o.price)
    best = min(all_offers, key=_goodness)
    return Offer(
        price=cheapest.price,
        list_price=cheapest.list_price,
        varies=len({o.price for o in all_offers}) > 1,
        status=best.status,
        available=best.available,
        release=best.release,
    )


def _goodness(offer: Priced) -> tuple[int, str, float]:
    left = math.inf if offer.available is None else offer.available
    return RANK[offer.status], offer.release, -left


def converted_sql(base_price: ColumnElement[int], rate: CurrencyRate) -> ColumnElement[int]:
    """A price of the base currency in minor units of the shown one, rounded up as ``in_currency`` does, in whole numbers
    only."""
    factor = rate_fraction(rate.rate) * Fraction(10) ** (exponent(rate.currency) - exponent(rate.base)) / rate.step
    # Exact for every rate of ordinary length; a longer one is off by less than a billionth.
    factor = factor.limit_denominator(max(1, min(_FACTOR_LIMIT, int(_FACTOR_LIMIT / max(factor, Fraction(1))))))
    scaled = cast(base_price, BigInteger) * factor.numerator + (factor.denominator - 1)
    return scaled // cast(factor.denominator, BigInteger) * rate.step


def base_at_least(amount: int, rate: CurrencyRate) -> int:
    """The lowest price in the base currency that is shown as ``amount`` or more: prices rise together, so a limit in
    the shown currency is one in the base currency."""
    low, high = 0, MAX_PRICE + 1
    while low < high:
        middle = (low + high) // 2
        if in_currency(middle, rate) >= amount:
            high = middle
        else:
            low = middle + 1
    return low


def base_at_most(amount: int, rate: CurrencyRate) -> int:
    """The highest price in the base currency that is shown as ``amount`` or less."""
    return base_at_least(amount + 1, rate) - 1
