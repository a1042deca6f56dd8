"""What a product is offered at, judged from its variants: in Python for what is shown, in SQL for filters and order.

Both say the same (a test compares them); the SQL one exists because a page of 24 is cut out of thousands."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, and_, case, cast, func, or_, select, true

from storefront.core.catalog.models import Sku, SkuPrice
from storefront.core.contracts.currency import in_currency, unit_price
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.stock.models import StockItem
from storefront.core.stock.queries import SLOTTED, status_of
from storefront.core.values.money import exponent, rate_fraction
from storefront.core.values.types import ORDERABLE, SaleMode, SaleStatus

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
_FACTOR_LIMIT = 2**31

OFFER_COLUMNS: tuple[Any, ...] = (
    Sku.id.label("sku_id"),
    Sku.price,
    Sku.list_price,
    SkuPrice.price.label("own_price"),
    SkuPrice.list_price.label("own_list_price"),
    Sku.mode,
    Sku.release.label("sku_release"),
    StockItem.tracked,
    StockItem.on_hand,
    StockItem.reserved,
    StockItem.slots,
    StockItem.slots_taken,
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


def own_price_join(rate: CurrencyRate) -> ColumnElement[bool]:
    """A variant's own price in the shown currency; in the base currency the variant itself has the price."""
    wanted = rate.currency if rate.currency != rate.base else ""
    return and_(SkuPrice.sku_id == Sku.id, SkuPrice.currency == wanted)


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


# --- the same in SQL ------------------------------------------------------------------------------------------------


def rank_sql(low: int) -> ColumnElement[int]:
    """``RANK[status_of(…)]`` of a variant joined with its stock row (outer)."""
    free = func.coalesce(StockItem.on_hand, 0) - func.coalesce(StockItem.reserved, 0)
    untracked = and_(StockItem.tracked.is_not(None), ~StockItem.tracked)
    open_slots = or_(
        StockItem.slots.is_(None), untracked, StockItem.slots - func.coalesce(StockItem.slots_taken, 0) > 0
    )
    stock = Sku.mode == SaleMode.STOCK
    return case(
        (and_(stock, untracked), RANK[SaleStatus.IN_STOCK]),
        (and_(stock, free <= 0), RANK[SaleStatus.SOLD_OUT]),
        (and_(stock, free <= low), RANK[SaleStatus.LOW_STOCK]),
        (stock, RANK[SaleStatus.IN_STOCK]),
        (and_(Sku.mode.in_(sorted(SLOTTED)), ~open_slots), RANK[SaleStatus.PREORDERS_CLOSED]),
        *((Sku.mode == mode, RANK[SaleStatus(mode)]) for mode in SaleMode if mode is not SaleMode.STOCK),
        else_=RANK[SaleStatus.UNAVAILABLE],
    )


def price_sql(rate: CurrencyRate) -> ColumnElement[int]:
    """A variant's unit price in minor units of the shown currency, rounded up as ``in_currency`` does, in whole numbers
    only."""
    if rate.currency == rate.base:
        return cast(Sku.price, BigInteger)
    factor = rate_fraction(rate.rate) * Fraction(10) ** (exponent(rate.currency) - exponent(rate.base)) / rate.step
    # Exact for every rate of ordinary length; a longer one is off by less than a billionth.
    factor = factor.limit_denominator(max(1, min(_FACTOR_LIMIT, int(_FACTOR_LIMIT / max(factor, Fraction(1))))))
    scaled = cast(Sku.price, BigInteger) * factor.numerator + (factor.denominator - 1)
    converted = scaled // _whole(factor.denominator) * rate.step
    return func.coalesce(cast(SkuPrice.price, BigInteger), converted)


def _whole(value: int) -> ColumnElement[int]:
    return cast(value, BigInteger)


def offers_sql(rate: CurrencyRate, low: int, only: Select[int] | None = None) -> Subquery:
    """Per product with an active variant: ``rank`` (the best) and ``price`` (as ``Offer.price``). ``only``: of these
    product ids, where few of many are asked for."""
    variants = (
        select(Sku.product_id, rank_sql(low).label("rank"), price_sql(rate).label("price"))
        .select_from(Sku)
        .outerjoin(StockItem, StockItem.sku_id == Sku.id)
        .outerjoin(SkuPrice, own_price_join(rate))
        .where(Sku.active, true() if only is None else Sku.product_id.in_(only))
        .subquery("variant")
    )
    orderable_price = case((variants.c.rank <= WORST_ORDERABLE, variants.c.price))
    return (
        select(
            variants.c.product_id,
            func.min(variants.c.rank).label("rank"),
            func.coalesce(func.min(orderable_price), func.min(variants.c.price)).label("price"),
        )
        .group_by(variants.c.product_id)
        .subquery("offer")
    )
