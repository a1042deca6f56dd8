"""The search in order: places by popularity, tiers, words, and whole documents anew."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, func, select

from storefront.core.catalog.indexing import SHOWN, index_products
from storefront.core.catalog.models import Product
from storefront.core.catalog.popularity import SOLD_WITHIN, scores
from storefront.core.db import run_unit, session, utcnow
from storefront.core.orders.finding import index_orders
from storefront.core.orders.models import Order
from storefront.core.orders.queries import pieces_sold
from storefront.core.search import questions
from storefront.core.search.models import SearchHidden, SearchOrder, SearchProduct, SearchWord
from storefront.core.search.service import (
    INDEXES,
    PRODUCTS,
    merge_segments,
    move_tiers,
    rebuild_full_text,
    reorder,
    spelled_words,
    tier_bounds,
    write_words,
)
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work

BATCH = 500

Progress = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """Nobody watches."""


@job("search.reorder", "slow", outside=True)
def reorder_all(work: Work) -> None:
    """Every night: places by what sold, is there and is new; then what follows from them."""
    reorder_products()
    settle()


def reorder_products() -> int:
    """Give every product its place among the hits, in short units; how many moved. The index is searched meanwhile: a
    product is found at its old place or at its new one."""
    now = utcnow()
    sold = pieces_sold(now - SOLD_WITHIN)
    session.rollback()
    return sum(run_unit(partial(_reorder, ids, sold, now)) for ids in _batches(SearchProduct.id))


def settle() -> None:
    """After many changes: tiers, words, pieces of the index; forget old questions."""
    for index in INDEXES:
        bounds = tier_bounds(index)
        session.rollback()
        while run_unit(partial(move_tiers, index, bounds, BATCH * 4)):
            pass
        run_unit(partial(merge_segments, index))
    count_words()
    run_unit(lambda: questions.forget_questions(utcnow().date()))


def count_words() -> None:
    """The words offered as spellings, counted anew; those of products that are gone vanish."""
    uses: Counter[str] = Counter()
    for ids in _batches(SearchProduct.id):
        for heads in session.scalars(select(SearchProduct.heads).where(SearchProduct.id.in_(ids))):
            uses.update(spelled_words(heads))
        session.rollback()
    words = sorted(uses)
    for start in range(0, len(words), BATCH):
        run_unit(partial(write_words, {word: uses[word] for word in words[start : start + BATCH]}))
    kept = set(session.scalars(select(SearchWord.word)))
    session.rollback()
    gone = sorted(kept - uses.keys())
    for start in range(0, len(gone), BATCH):
        old = delete(SearchWord).where(SearchWord.word.in_(gone[start : start + BATCH]))
        run_unit(partial(session.execute, old))


def rebuild(progress: Progress = silent) -> None:
    """Every document anew, in short units while the shop runs: after the way texts become tokens changed, or when the
    audit says that the index is out of step. May be stopped and started again at any time."""
    index_all_products(progress)
    index_all_orders(progress)
    _drop_strangers()
    reorder_products()
    settle()


def index_all_products(progress: Progress = silent) -> None:
    """The document of every product, shown or not, in short units."""
    _index_all("products", select(Product.id), Product.id, progress)


def index_all_orders(progress: Progress = silent) -> None:
    """The document of every order that was placed, in short units."""
    _index_all("orders", select(Order.id).where(Order.placed_at.is_not(None)), Order.id, progress)


def _index_all(what: str, statement: Any, key: Any, progress: Progress) -> None:
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    session.rollback()
    done = 0
    for ids in _batches(key, statement):
        run_unit(partial(_write, what, ids))
        done += len(ids)
        progress(what, done, total)


def mend() -> None:
    """SQLite: the full text tables anew from the documents, in one unit that keeps all writers waiting."""
    for index in INDEXES:
        run_unit(partial(rebuild_full_text, index))


def _reorder(ids: list[int], sold: dict[int, int], now: datetime) -> int:
    return reorder(PRODUCTS, scores(ids, sold, now))


def _write(what: str, ids: list[int]) -> None:
    if what == "products":
        index_products(ids)
    else:
        index_orders(list(session.scalars(select(Order).where(Order.id.in_(ids)))))


def _drop_strangers() -> None:
    """Documents of what is not to be found any more."""
    shown = select(Product.id).where(*SHOWN)
    placed = select(Order.id).where(Order.placed_at.is_not(None))
    run_unit(lambda: session.execute(delete(SearchProduct).where(SearchProduct.id.not_in(shown))))
    run_unit(lambda: session.execute(delete(SearchHidden).where(SearchHidden.id.in_(shown))))
    run_unit(lambda: session.execute(delete(SearchOrder).where(SearchOrder.id.not_in(placed))))


def _batches(key: Any, statement: Any = None) -> Iterator[list[int]]:
    """Ids in ascending order, in batches; each is read when it is asked for."""
    after = 0
    while True:
        base = select(key) if statement is None else statement
        ids = list(session.scalars(base.where(key > after).order_by(key).limit(BATCH)))
        session.rollback()
        if not ids:
            return
        after = ids[-1]
        yield ids
