"""The statements behind lists. Each is built once and kept; what differs from list to list are its parameters.

A page is read in the order of an index of ``shelf_entry``. With filters there are two ways to do that, and which one is
right depends on how many products are left: many (``dense``) are met soon when walking along the order, few are
collected by the filter's index and sorted. Neither reads the whole catalogue, so a list of a hundred thousand costs what
a list of a thousand does. Numbers are counted up to ``CAP``."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    true,
    union,
)

from storefront.core.catalog.models import (
    Brand,
    CardPrice,
    CardText,
    Category,
    ProductCard,
    ProductCategory,
    ShelfEntry,
)
from storefront.core.catalog.offers import RANK, WORST_ORDERABLE
from storefront.core.catalog.views import Count
from storefront.core.values.types import SaleStatus

# Counted exactly up to here; then "1,000+".
CAP = 1000
# So far a list can be paged through; what lies behind is found by narrowing it.
DEPTH = 10_000

# What the filter form counts.
COUNTED = (SaleStatus.IN_STOCK, SaleStatus.PRE_ORDER, SaleStatus.BACK_ORDER)

CARD: Any = ProductCard.__table__
TEXT: Any = CardText.__table__
SHELF: Any = ShelfEntry.__table__
OWN: Any = CardPrice.__table__
_PLACE: Any = ProductCategory.__table__


# One product with an own price in ``currency``; none: ``None``.
OWNED = select(OWN.c.product_id).where(OWN.c.currency == bindparam("currency", type_=String)).limit(1)


class Narrowed(NamedTuple):
    """Which parameters a statement has: ``category`` and ``brand`` (slugs), ``state``, ``low`` and ``high`` (prices in
    the base currency), ``few`` (pieces left at most). ``rare``: the state is one that few goods have."""

    category: bool = False
    brand: bool = False
    state: bool = False
    low: bool = False
    high: bool = False
    few: bool = False
    rare: bool = False

    @property
    def filtered(self) -> bool:
        """Anything beside the category, which has a shelf of its own."""
        return any(self[1:])


class Sort(NamedTuple):
    column: str
    down: bool = True


# Equal ones follow by product, in the same direction, so that one index serves both.
SORTED = {
    "popularity": Sort("popularity"),
    "newest": Sort("created_at"),
    "price_up": Sort("price", False),
    "price_down": Sort("price"),
    "release": Sort("release"),  # the latest first; what has no release month ("") comes last
}

CARD_COLUMNS = (
    CARD.c.product_id,
    CARD.c.slug,
    TEXT.c.name,
    TEXT.c.name_lang,
    TEXT.c.brand,
    TEXT.c.brand_lang,
    CARD.c.picture,
    TEXT.c.alt,
    CARD.c.tint,
    CARD.c.price,
    CARD.c.list_price,
    CARD.c.lowest,
    CARD.c.highest,
    CARD.c.own_prices,
    CARD.c.status,
    CARD.c.available,
    CARD.c.release,
)


def conditions(shelf: Any, narrowed: Narrowed, *, indexed: frozenset[str] | None = None) -> list[ColumnElement[bool]]:
    """On a row of ``shelf``. ``indexed``: the filters an index may be chosen for, ``None`` = all; the others are
    written so that none can be (the order decides the index)."""

    def column(name: str) -> Any:
        found = shelf.c[name]
        return found if indexed is None or name in indexed else found + 0

    wanted = [shelf.c.category_id == _category_id(narrowed.category)]
    if narrowed.brand:
        wanted.append(column("brand_id") == _id_of(Brand.__table__, "brand"))
    if narrowed.state:
        wanted.append(column("state") == bindparam("state"))
    if narrowed.low:
        wanted.append(column("price") >= bindparam("low", type_=BigInteger))
    if narrowed.high:
        wanted.append(column("price") <= bindparam("high", type_=BigInteger))
    if narrowed.few:
        left = select(CARD.c.product_id).where(CARD.c.available <= bindparam("few"))
        wanted.append(shelf.c.product_id.in_(left))
    return wanted


def _category_id(named: bool) -> Any:
    return _id_of(Category.__table__, "category") if named else literal(0)


def _id_of(table: FromClause, parameter: str) -> ScalarSelect[int]:
    return select(table.c.id).where(table.c.slug == bindparam(parameter, type_=String)).scalar_subquery()


def capped(*wanted: ColumnElement[bool], correlated: FromClause | None = None) -> ScalarSelect[int]:
    """How many shelf entries there are, up to one more than ``CAP``."""
    inner = select(literal(1).label("one")).select_from(SHELF).where(*wanted).limit(CAP + 1)
    if correlated is not None:
        inner = inner.correlate(correlated)
    return select(func.count()).select_from(inner.subquery()).scalar_subquery()


def count_of(number: int) -> Count:
    """Of a number that was counted up to ``CAP + 1``."""
    return Count(CAP, True) if number > CAP else Count(number)


def _counts(narrowed: Narrowed) -> tuple[ColumnElement[int], ...]:
    """``total``, and what there is of each status that can be chosen instead of the one that is."""
    return (
        capped(*conditions(SHELF, narrowed, indexed=led_by(narrowed))).label("total"),
        *(_count_of(narrowed, status).label(status.value) for status in COUNTED),
    )


def _count_of(narrowed: Narrowed, status: SaleStatus) -> ScalarSelect[int]:
    free = narrowed._replace(state=False, few=False, rare=False)
    asked = free._replace(state=True, rare=status is not SaleStatus.IN_STOCK)
    led = led_by(asked)
    state = SHELF.c.state if "state" in led else SHELF.c.state + 0
    return capped(*conditions(SHELF, free, indexed=led), state == RANK[status])


def led_by(narrowed: Narrowed) -> frozenset[str]:
    """The filter whose index leaves least when there are several."""
    if narrowed.brand:
        return frozenset({"brand_id"})
    if narrowed.state and (narrowed.rare or not (narrowed.low or narrowed.high)):
        return frozenset({"state"})
    return frozenset({"price"})


@lru_cache(maxsize=256)
def counts_statement(narrowed: Narrowed) -> Select[Any]:
    """Also whether any goods have ``owned`` prices in ``currency``: then the converted prices do not stand in the order
    of those they come from."""
    numbers: tuple[ColumnElement[Any], ...] = (*_counts(narrowed), OWNED.scalar_subquery().label("owned"))
    return select(*numbers)


@lru_cache(maxsize=256)
def reach_statement(narrowed: Narrowed) -> Select[Any]:
    """How many there are as far as a list can be paged through."""
    rows = (
        select(literal(1).label("one"))
        .select_from(SHELF)
        .where(*conditions(SHELF, narrowed, indexed=led_by(narrowed)))
        .limit(DEPTH)
    )
    return select(func.count()).select_from(rows.subquery())


@lru_cache(maxsize=512)
def page_statement(narrowed: Narrowed, sort: str, dense: bool, counted: bool) -> Select[Any]:
    """Cards of one page, in order. ``counted``: with the counts in every row, and with one row without a card
    when there is none. Parameters beside those of ``narrowed``: ``lang``, ``limit``, ``offset``."""
    column, down = SORTED[sort]
    rows = select(SHELF.c.product_id, SHELF.c[column].label("key"))
    if dense:
        rows = rows.where(*conditions(SHELF, narrowed, indexed=_served(narrowed, column)))
    else:
        few = rows.where(*conditions(SHELF, narrowed, indexed=led_by(narrowed))).limit(CAP + 1).subquery("few")
        rows = select(few.c.product_id, few.c.key)
    rows = _in_order(rows, *rows.selected_columns, down=down)
    page = rows.limit(bindparam("limit")).offset(bindparam("offset")).subquery("page")
    return cards_statement(page, down, _counts(narrowed) if counted else ())


def built_statement(
    narrowed: Narrowed, sort: str, *also: ColumnElement[bool], price: ColumnElement[int] | None = None
) -> Select[Any]:
    """As ``page_statement`` with ``counted``, for what cannot be kept: ``also``, further conditions on ``SHELF``;
    ``price``: in place of the base price, of ``SHELF`` joined with ``CardPrice`` in the currency ``currency``."""
    column, down = SORTED[sort]
    key = SHELF.c[column] if price is None or column != "price" else price
    wanted = [*conditions(SHELF, narrowed if price is None else narrowed._replace(low=False, high=False)), *also]
    rows = select(SHELF.c.product_id, key.label("key"))
    if price is not None:
        own = (OWN.c.product_id == SHELF.c.product_id) & (OWN.c.currency == bindparam("currency", type_=String))
        rows = rows.outerjoin(OWN, own)
        wanted += [price >= bindparam("low", type_=BigInteger)] if narrowed.low else []
        wanted += [price <= bindparam("high", type_=BigInteger)] if narrowed.high else []
    rows = rows.where(*wanted)
    total = select(func.count()).select_from(rows.limit(CAP + 1).subquery("counted")).scalar_subquery()
    rows = _in_order(rows, SHELF.c.product_id, key, down=down)
    page = rows.limit(bindparam("limit")).offset(bindparam("offset")).subquery("page")
    return cards_statement(page, down, (total.label("total"),))


def _served(narrowed: Narrowed, column: str) -> frozenset[str]:
    """Filters whose index has the order as well: the one and only filter by maker or status, when sorted by popularity;
    the limits of the price, when sorted by it."""
    if column == "price":
        return frozenset({"price"})
    if column == "popularity" and narrowed.state + narrowed.brand == 1 and not (narrowed.low or narrowed.high):
        return frozenset({"state", "brand_id"})
    return frozenset()


def cards_statement(page: Subquery, down: bool, counts: tuple[ColumnElement[int], ...] = ()) -> Select[Any]:
    """The cards of ``page`` (``product_id``, ``key``), in its order."""
    if counts:
        numbers = select(*counts).subquery("numbers")
        statement = (
            select(*numbers.c, *CARD_COLUMNS)
            .select_from(numbers)
            .outerjoin(page, true())
            .outerjoin(CARD, CARD.c.product_id == page.c.product_id)
            .outerjoin(TEXT, _text_of_card())
        )
    else:
        statement = _cards(page)
    return _in_order(statement, page.c.product_id, page.c.key, down=down)


def _cards(page: FromClause) -> Select[Any]:
    statement = select(*CARD_COLUMNS).select_from(page).join(CARD, CARD.c.product_id == page.c.product_id)
    return statement.join(TEXT, _text_of_card())


def _text_of_card() -> ColumnElement[bool]:
    return and_(TEXT.c.product_id == CARD.c.product_id, TEXT.c.locale == bindparam("lang", type_=String))


def _in_order(statement: Select[Any], product_id: Any, key: Any, *, down: bool) -> Select[Any]:
    return statement.order_by(key.desc(), product_id.desc()) if down else statement.order_by(key, product_id)


CARDS_BY_ID = (
    select(*CARD_COLUMNS)
    .select_from(CARD)
    .join(TEXT, _text_of_card())
    .where(CARD.c.product_id.in_(bindparam("ids", expanding=True)))
)

# --- what the pages beside the lists show ---------------------------------------------------------------------------

ARRIVALS = page_statement(Narrowed(), "newest", True, False)
FAVOURITES = page_statement(Narrowed(), "popularity", True, False)

_AWAITED = (
    # Written out: an index over one shelf is not chosen for a parameter.
    select(SHELF.c.product_id, SHELF.c.release)
    .where(SHELF.c.category_id == literal_column("0"), SHELF.c.state == RANK[SaleStatus.PRE_ORDER])
    .order_by(SHELF.c.release, SHELF.c.product_id)
    .limit(bindparam("limit"))
    .subquery("awaited")
)
AWAITED = _cards(_AWAITED).order_by(_AWAITED.c.release, _AWAITED.c.product_id)


def _neighbours() -> Select[Any]:
    """The most popular others of the first category of ``product``: those that can be ordered, then any."""
    first = (
        select(_PLACE.c.category_id)
        .where(_PLACE.c.product_id == bindparam("product"))
        .order_by(_PLACE.c.position, _PLACE.c.category_id)
        .limit(1)
        .scalar_subquery()
    )
    others = (
        select(SHELF.c.product_id, SHELF.c.popularity, SHELF.c.state)
        .where(SHELF.c.category_id == first, SHELF.c.product_id != bindparam("product"))
        .order_by(SHELF.c.popularity.desc(), SHELF.c.product_id.desc())
        .limit(bindparam("limit"))
    )
    orderable = others.where(SHELF.c.state + 0 <= WORST_ORDERABLE).subquery("orderable")
    both = union(select(*orderable.c), select(*others.subquery("any").c)).subquery("others")
    closed = case((both.c.state <= WORST_ORDERABLE, 0), else_=1)
    order = (closed, both.c.popularity.desc(), both.c.product_id.desc())
    return _cards(both).order_by(*order).limit(bindparam("limit"))


NEIGHBOURS = _neighbours()
