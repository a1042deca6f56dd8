"""Lists of products: read from cards, so that a page costs the same whatever the catalogue holds."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func

import storefront.core.catalog.cards.keeping  # noqa: F401 - whoever reads cards has them kept in step
from storefront.core.catalog.asking import Wish, is_slug, understand
from storefront.core.catalog.cards.facts import cheapest_own
from storefront.core.catalog.finding import found_by_words, found_page, in_order_of_search
from storefront.core.catalog.offers import RANK, base_at_least, base_at_most, converted_sql
from storefront.core.catalog.shelves import (
    ARRIVALS,
    AWAITED,
    CAP,
    CARD_COLUMNS,
    CARDS_BY_ID,
    COUNTED,
    DEPTH,
    FAVOURITES,
    NEIGHBOURS,
    OWN,
    OWNED,
    SHELF,
    Narrowed,
    built_statement,
    count_of,
    counts_statement,
    page_statement,
    reach_statement,
)
from storefront.core.catalog.views import Card, Count, HomeShelves, ListQuery, ProductList
from storefront.core.contracts.currency import in_currency
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session
from storefront.core.values.money import format_major
from storefront.core.values.types import SaleStatus

SHELF_LENGTH = 8

_STATUS = {status.value: status for status in SaleStatus}


class Asked(NamedTuple):
    """A list as its statements take it: which parameters there are, and their values."""

    narrowed: Narrowed
    values: dict[str, Any]


class Read(NamedTuple):
    """One page's rows and what was counted. ``total`` up to ``CAP + 1``."""

    rows: list[Row[Any]]
    total: int
    statuses: Mapping[str, Count]


def list_products(query: ListQuery, policies: Mapping[str, Any]) -> ProductList:
    """The page of published products that ``query`` asks for. One statement; two with filters, one more for words, and
    one more when a page beyond the last was asked for. Never raises for what a shopper typed."""
    wish = understand(query)
    low = int(policies["stock.low"])
    if in_order_of_search(query, wish):
        return _search(query, wish, low)
    page = min(wish.page, max(1, DEPTH // wish.per_page))
    asked = asked_of(query, wish, low)
    if asked is None:
        return _answer(query, wish, low, Read([], 0, {}), 1)
    read = _read(query, wish, asked, page)
    if not read.rows and page > 1:
        page = _last_page(read, wish, asked)
        read = _read(query, wish, asked, page) if read.total else read
    return _answer(query, wish, low, read, page)


def _search(query: ListQuery, wish: Wish, low: int) -> ProductList:
    found, page = found_page(query, wish)
    rows: Iterable[Any] = session.execute(CARDS_BY_ID, {"ids": found.ids, "lang": query.lang}) if found.ids else ()
    cards = {card.product_id: card for card in cards_of(rows, query.rate, low)}
    return ProductList(
        cards=tuple(cards[id_] for id_ in found.ids if id_ in cards),
        total=found.total,
        more=found.more,
        page=page,
        pages=max(1, -(-found.total // wish.per_page)),
        per_page=wish.per_page,
        sort=wish.sort,
        problems=wish.problems,
        exact=found.exact,
    )


def asked_of(query: ListQuery, wish: Wish, low: int) -> Asked | None:
    """``None``: an address that is no slug, under which nothing can be found."""
    values: dict[str, Any] = {}
    for name, slug in (("category", query.category_slug), ("brand", query.brand_slug)):
        if slug:
            if not is_slug(slug):
                return None
            values[name] = slug
    few = wish.status is SaleStatus.LOW_STOCK
    if wish.status is not None:
        values["state"] = RANK[SaleStatus.IN_STOCK if few else wish.status]
        values["rare"] = values["state"] != RANK[SaleStatus.IN_STOCK]
    if few:
        values["few"] = low
    if wish.low is not None:
        values["low"] = base_at_least(wish.low, query.rate)
    if wish.high is not None:
        values["high"] = base_at_most(wish.high, query.rate)
    rare = bool(values.pop("rare", False))
    return Asked(Narrowed(*(name in values for name in Narrowed._fields))._replace(rare=rare), values)


def _read(query: ListQuery, wish: Wish, asked: Asked, page: int) -> Read:
    """With so many rows that a further page is known of where the count is not exact."""
    offset = (page - 1) * wish.per_page
    limit = wish.per_page + (offset + wish.per_page >= CAP)
    narrowed = asked.narrowed
    values = {**asked.values, "lang": query.lang, "limit": limit, "offset": offset}
    by_price = narrowed.low or narrowed.high or "price" in wish.sort
    currency = query.rate.currency if by_price and query.rate.currency != query.rate.base else ""
    words = found_by_words(query)
    if words is None and narrowed.filtered:
        counts = session.execute(counts_statement(narrowed), {**asked.values, "currency": currency}).one()
        if not counts.owned:
            statement = page_statement(narrowed, wish.sort, counts.total > CAP, False)
            rows = list(session.execute(statement, values)) if counts.total > offset else []
            return Read(rows, counts.total, _statuses(counts))
        owned = True
    else:
        owned = bool(currency and session.scalar(OWNED, {"currency": currency}))
    if words is None and not owned:
        return _counted(page_statement(narrowed, wish.sort, True, True), values)
    price = func.coalesce(OWN.c.price, converted_sql(SHELF.c.price, query.rate)) if owned else None
    statement = built_statement(narrowed, wish.sort, *(() if words is None else (words,)), price=price)
    limits = {"low": wish.low, "high": wish.high} if owned else {}
    return _counted(statement, {**values, **limits, "currency": currency})


def _counted(statement: Select[Any], values: Mapping[str, Any]) -> Read:
    rows = list(session.execute(statement, values))
    return Read([row for row in rows if row.product_id is not None], rows[0].total, _statuses(rows[0]))


def _statuses(row: Row[Any]) -> dict[str, Count]:
    values = row._mapping
    return {status.value: count_of(values[status.value]) for status in COUNTED if status.value in values}


def _last_page(read: Read, wish: Wish, asked: Asked) -> int:
    """The page to show instead of one that is empty."""
    total = read.total
    if total > CAP:
        total = session.scalar(reach_statement(asked.narrowed), asked.values) or 0
    return max(1, -(-min(total, DEPTH) // wish.per_page))


def _answer(query: ListQuery, wish: Wish, low: int, read: Read, page: int) -> ProductList:
    shown = read.rows[: wish.per_page]
    seen = (page - 1) * wish.per_page + len(shown)
    more = read.total > CAP and (seen < CAP or len(read.rows) > wish.per_page)
    total = read.total if read.total <= CAP else max(CAP, seen)
    if not more:
        pages = max(1, -(-total // wish.per_page))
    else:
        pages = min(max(page + 1, CAP // wish.per_page), DEPTH // wish.per_page)
    currency = query.rate.currency
    return ProductList(
        cards=cards_of(shown, query.rate, low),
        total=total,
        more=more,
        page=page,
        pages=pages,
        statuses=read.statuses,
        per_page=wish.per_page,
        sort=wish.sort,
        status=wish.status or "",
        min="" if wish.low is None else format_major(wish.low, currency),
        max="" if wish.high is None else format_major(wish.high, currency),
        problems=wish.problems,
    )


def home_shelves(
    lang: str, rate: CurrencyRate, policies: Mapping[str, Any], *, limit: int = SHELF_LENGTH
) -> HomeShelves:
    """The shelves of the home page: two statements."""
    low, values = int(policies["stock.low"]), {"lang": lang, "limit": limit}
    return HomeShelves(
        arrivals=cards_of(session.execute(ARRIVALS, {**values, "offset": 0}), rate, low),
        preorders=cards_of(session.execute(AWAITED, values), rate, low),
    )


def popular_cards(lang: str, rate: CurrencyRate, policies: Mapping[str, Any], *, limit: int) -> tuple[Card, ...]:
    """The first of the plain list. One statement, which counts nothing."""
    rows = session.execute(FAVOURITES, {"lang": lang, "limit": limit, "offset": 0})
    return cards_of(rows, rate, int(policies["stock.low"]))


def related_cards(
    product_id: int, lang: str, rate: CurrencyRate, policies: Mapping[str, Any], *, limit: int = 4
) -> tuple[Card, ...]:
    """The most popular others of the product's first category, those that can be ordered first. One statement."""
    rows = session.execute(NEIGHBOURS, {"product": product_id, "lang": lang, "limit": limit})
    return cards_of(rows, rate, int(policies["stock.low"]))


def cards_of(rows: Iterable[Row[Any]], rate: CurrencyRate, low: int) -> tuple[Card, ...]:
    """Of rows with ``shelves.CARD_COLUMNS``, the last of their columns."""
    return tuple([_card(row[-len(CARD_COLUMNS) :], rate, low) for row in rows])


def _card(values: Any, rate: CurrencyRate, low: int) -> Card:
    product_id, slug, name, name_lang, brand, brand_lang, picture, alt, tint, *offer = values
    price, list_price, lowest, highest, own_prices, status, available, release = offer
    foreign = rate.currency != rate.base
    if foreign and own_prices and rate.currency in own_prices:
        price, list_price, varies = cheapest_own(own_prices[rate.currency], rate)
    elif foreign:
        price = in_currency(price, rate)
        list_price = None if list_price is None else in_currency(list_price, rate)
        varies = lowest != highest and in_currency(lowest, rate) != in_currency(highest, rate)
    else:
        varies = lowest != highest
    judged = _STATUS[status]
    if judged is SaleStatus.IN_STOCK and available is not None and available <= low:
        judged = SaleStatus.LOW_STOCK
    struck = list_price if list_price is not None and list_price > price else None
    return Card(
        product_id,
        slug,
        name,
        name_lang,
        brand,
        brand_lang,
        price,
        struck,
        varies,
        picture,
        alt,
        tint,
        judged,
        available,
        release,
    )
