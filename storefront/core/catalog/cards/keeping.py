"""Keeping cards in step: at the end of every unit the cards of what it wrote are compared and, where they differ,
written. So a list never lags behind, and writing the same again writes nothing.

Rows that a session flushes are noticed by themselves; who changes them by plain statements says so (``db.changed``).
What concerns more products than a unit should hold up (a maker's name, a moved category, a rate) becomes a job."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, event, func, inspect, select, update
from sqlalchemy.orm import Session

from storefront.core.catalog.cards.facts import CardFacts, Values, facts_of, offers_of, shelf_columns
from storefront.core.catalog.models import (
    Brand,
    BrandText,
    CardPrice,
    CardText,
    Category,
    Product,
    ProductCard,
    ProductCategory,
    ProductPicture,
    ProductText,
    ShelfEntry,
    Sku,
    SkuPrice,
)
from storefront.core.db import Changes, changed, keep_in_step, lock_for_update, run_unit, session
from storefront.core.outbox.service import later
from storefront.core.settings.models import Currency
from storefront.core.stock.models import StockItem
from storefront.core.upsert import insert_for

JOB = "catalog.refresh_cards"
BATCH = 250
# More cards than this are not written by the unit that changed a maker or a category, but by a job.
AT_ONCE = 50

_CARD: Any = ProductCard.__table__
_TEXT: Any = CardText.__table__
_SHELF: Any = ShelfEntry.__table__
_PRICE: Any = CardPrice.__table__


# --- what changed ---------------------------------------------------------------------------------------------------

# Row -> kind of the change, and the column that says whose card it concerns.
_NOTICED: dict[type, tuple[str, str]] = {
    Product: ("product", "id"),
    ProductText: ("product", "product_id"),
    ProductCategory: ("product", "product_id"),
    ProductPicture: ("product", "product_id"),
    Sku: ("product", "product_id"),
    SkuPrice: ("stock", "sku_id"),
    StockItem: ("stock", "sku_id"),
    Brand: ("brand", "id"),
    BrandText: ("brand", "brand_id"),
    Category: ("category", "id"),
    Currency: ("currency", "id"),
}


@event.listens_for(Session, "after_flush")
def _notice(flushed: Session, _context: Any) -> None:
    for rows in (flushed.new, flushed.dirty, flushed.deleted):
        for row in rows:
            found = _NOTICED.get(type(row))
            if found is not None:
                kind, column = found
                changed(kind, 0 if kind == "currency" else getattr(row, column))


def _keep(changes: Changes) -> None:
    products = set(changes.get("product", ()))
    for kind in ("brand", "category", "currency"):
        if kind in changes:
            products |= _few_or_later(kind, changes[kind], products)
    refresh_cards(products)
    if "stock" in changes:
        owners = select(Sku.product_id).where(Sku.id.in_(sorted(changes["stock"]))).distinct()
        _refresh_offers(sorted(set(session.scalars(owners)) - products))


keep_in_step(_keep)


def concerned(kind: str, ids: Iterable[int], limit: int, after: int = 0) -> list[int]:
    """The next products whose cards hang on these brands or categories, or (``currency``) on any rate; by id."""
    wanted = sorted(ids)
    if kind == "brand":
        statement = select(Product.id).where(Product.brand_id.in_(wanted))
    elif kind == "category":
        statement = select(ProductCategory.product_id).where(ProductCategory.category_id.in_(_below(wanted))).distinct()
    elif kind == "currency":
        statement = select(Sku.product_id).join(SkuPrice, SkuPrice.sku_id == Sku.id).distinct()
    else:
        statement = select(Product.id)
    (column,) = statement.selected_columns
    return list(session.scalars(statement.where(column > after).order_by(column).limit(limit)))


def _below(category_ids: Sequence[int]) -> list[int]:
    children: dict[int | None, list[int]] = {}
    for id_, parent_id in session.execute(select(Category.id, Category.parent_id)):
        children.setdefault(parent_id, []).append(id_)
    found: set[int] = set()
    left = list(category_ids)
    while left:
        at = left.pop()
        if at not in found:
            found.add(at)
            left += children.get(at, ())
    return sorted(found)


def _few_or_later(kind: str, ids: set[int], known: set[int]) -> set[int]:
    """The products concerned beside those ``known``, when they are few; else none, and the job is promised."""
    others = set(concerned(kind, ids, AT_ONCE + 1 + len(known))) - known
    if len(others) <= AT_ONCE:
        return others
    later(JOB, queue="slow", subject=f"cards:{kind}", kind=kind, ids=sorted(ids))
    return set()


def count_products() -> int:
    return session.scalar(select(func.count()).select_from(Product)) or 0


def refresh_concerned(kind: str, ids: Iterable[int], progress: Callable[[int], None] = lambda done: None) -> int:
    """Every card that hangs on these (``all``: every card there is), in units of their own, outside any unit. Returns
    how many differed. May be stopped and started again at any time."""
    wanted, differed, after, done = sorted(ids), 0, 0, 0

    def work() -> tuple[list[int], int]:
        products = concerned(kind, wanted, BATCH, after)
        return products, refresh_cards(products)

    while True:
        products, written = run_unit(work)
        if not products:
            return differed
        after, done, differed = products[-1], done + len(products), differed + written
        progress(done)


# --- writing --------------------------------------------------------------------------------------------------------


def refresh_cards(product_ids: Iterable[int]) -> int:
    """Make the cards of these products what they should be, inside the caller's unit; how many differed. A product that
    is not listed has none."""
    return sum(_refresh(batch) for batch in _batches(sorted(set(product_ids))))


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _refresh(product_ids: Sequence[int]) -> int:
    before = _locked(product_ids)
    facts = facts_of(product_ids)
    gone = sorted(set(before) - set(facts))
    if gone:
        for table in (_TEXT, _SHELF, _PRICE, _CARD):
            session.execute(delete(table).where(table.c.product_id.in_(gone)))
    differing = {id_ for id_, each in facts.items() if before.get(id_) != each.card}
    _write(_CARD, [facts[id_].card for id_ in sorted(differing)])
    kept = sorted(set(facts) & set(before))
    differing |= _write_texts(facts, kept) | _write_shelves(facts, kept) | _write_prices(facts, kept)
    return len(differing | set(gone))


def _refresh_offers(product_ids: Sequence[int]) -> None:
    """Only what hangs on stock and prices: two statements where nothing of it is shown differently."""
    for batch in _batches(product_ids):
        before = _locked(batch)
        if not before:
            continue
        cards, own = [], {}
        for product_id, (offer, prices) in offers_of(sorted(before)).items():
            card = before[product_id] | offer
            if card != before[product_id]:
                cards.append(card)
            if prices or before[product_id]["own_prices"]:
                own[product_id] = CardFacts(card, {}, prices)
        _write(_CARD, cards)
        shelves = [card for card in cards if shelf_columns(card) != shelf_columns(before[card["product_id"]])]
        if shelves:
            session.connection().execute(
                update(_SHELF).where(_SHELF.c.product_id == bindparam("card_id")),
                [{"card_id": card["product_id"], **shelf_columns(card)} for card in shelves],
            )
        if own:
            _write_prices(own, sorted(own))


def _locked(product_ids: Sequence[int]) -> dict[int, Values]:
    """The cards as they are. Locked by ascending id before anything is read, so that of two units which change one
    product the second sees what the first wrote."""
    if not product_ids:
        return {}
    statement = select(*_CARD.c).where(_CARD.c.product_id.in_(product_ids)).order_by(_CARD.c.product_id)
    return {row.product_id: dict(row._mapping) for row in session.execute(lock_for_update(statement))}


def _write_texts(facts: dict[int, CardFacts], kept: Sequence[int]) -> set[int]:
    before = _present(_TEXT, kept, "locale")
    rows = [
        {"product_id": product_id, "locale": lang, **text}
        for product_id, each in sorted(facts.items())
        for lang, text in each.texts.items()
        if before.get((product_id, lang)) != text
    ]
    _write(_TEXT, rows)
    return {row["product_id"] for row in rows}


def _write_shelves(facts: dict[int, CardFacts], kept: Sequence[int]) -> set[int]:
    before = _present(_SHELF, kept, "category_id")
    wanted = {(id_, shelf): each.shelf for id_, each in sorted(facts.items()) for shelf in sorted(each.categories)}
    gone = [{"card_id": id_, "shelf_id": shelf} for id_, shelf in before if (id_, shelf) not in wanted]
    if gone:
        here = (_SHELF.c.product_id == bindparam("card_id")) & (_SHELF.c.category_id == bindparam("shelf_id"))
        session.connection().execute(delete(_SHELF).where(here), gone)
    rows = [
        {"product_id": id_, "category_id": shelf, **values}
        for (id_, shelf), values in wanted.items()
        if before.get((id_, shelf)) != values
    ]
    _write(_SHELF, rows)
    return {row["product_id"] for row in rows} | {row["card_id"] for row in gone}


def _write_prices(facts: dict[int, CardFacts], kept: Sequence[int]) -> set[int]:
    """Few products have own prices: theirs are written anew."""
    before = _present(_PRICE, kept, "currency")
    wanted = {(id_, currency): {"price": price} for id_, each in facts.items() for currency, price in each.own.items()}
    if before == wanted:
        return set()
    touched = {id_ for id_, _ in before.keys() ^ wanted.keys()}
    touched |= {id_ for id_, currency in wanted if before.get((id_, currency)) != wanted[id_, currency]}
    session.execute(delete(_PRICE).where(_PRICE.c.product_id.in_(sorted(touched))))
    _write(
        _PRICE,
        [
            {"product_id": id_, "currency": currency, **values}
            for (id_, currency), values in wanted.items()
            if id_ in touched
        ],
    )
    return touched


def _present(table: Any, product_ids: Sequence[int], key: str) -> dict[tuple[int, Any], Values]:
    if not product_ids:
        return {}
    found = {}
    for row in session.execute(select(*table.c).where(table.c.product_id.in_(product_ids))):
        values = dict(row._mapping)
        found[values.pop("product_id"), values.pop(key)] = values
    return found


def _write(table: Any, rows: list[Values]) -> None:
    if not rows:
        return
    statement = insert_for(table)
    keys = [column.name for column in inspect(table).primary_key]
    rest = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.connection().execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), rows)
