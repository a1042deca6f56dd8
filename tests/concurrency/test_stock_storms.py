"""Goods that many want at once. The race is shown first without the guard, then its absence with it."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from storefront.core.catalog.models import Sku
from storefront.core.db import RETRYABLE, run_unit, session, unit_of_work, utcnow
from storefront.core.settings.service import next_number
from storefront.core.stock import service as stock
from storefront.core.stock.errors import OutOfStock
from storefront.core.stock.models import Reservation, StockItem, StockMovement
from storefront.testing.databases import Database
from storefront.testing.factories import make_product

Storm = Callable[[int, Callable[[int], Any]], list[Any]]
LineMaker = Callable[..., int]
BUYERS = 20
WAIT = 30


def make_sku(on_hand: int) -> int:
    product = make_product(on_hand=on_hand)
    return int(session.scalar(select(Sku.id).where(Sku.product_id == product.id)) or 0)


def counters(sku_id: int) -> tuple[int, int]:
    session.rollback()
    row = session.execute(select(StockItem.on_hand, StockItem.reserved).where(StockItem.sku_id == sku_id)).one()
    held = session.scalar(
        select(func.coalesce(func.sum(Reservation.quantity), 0)).where(
            Reservation.sku_id == sku_id, Reservation.source == "on_hand"
        )
    )
    moved = session.scalar(select(func.sum(StockMovement.quantity)).where(StockMovement.sku_id == sku_id))
    assert (row.on_hand, row.reserved) == (moved, held)
    return row.on_hand, row.reserved


def test_without_the_guard_the_last_piece_is_sold_to_many(db: Database, storm: Storm) -> None:
    with unit_of_work():
        sku = make_sku(1)
    all_have_read = Barrier(BUYERS)

    def free() -> int:
        row = session.execute(select(StockItem.on_hand, StockItem.reserved)).one()
        return row.on_hand - row.reserved

    def buy(_: int) -> bool:
        left = free()
        session.rollback()
        all_have_read.wait(WAIT)
        if left < 1:
            return False
        with unit_of_work():
            session.execute(update(StockItem).where(StockItem.sku_id == sku).values(reserved=1))
        return True

    assert storm(BUYERS, buy).count(True) > 1


@pytest.mark.req("CHK-7")
def test_the_last_piece_goes_to_exactly_one(db: Database, storm: Storm, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = make_sku(1)
        lines = [make_line(sku) for _ in range(BUYERS)]
    until = utcnow() + timedelta(minutes=30)
    results = storm(BUYERS, lambda i: run_unit(lambda: stock.reserve(sku, lines[i], 1, "stock", until)))
    assert results.count("on_hand") == 1
    assert sum(isinstance(result, OutOfStock) for result in results) == BUYERS - 1
    assert counters(sku) == (1, 1)


def test_a_double_click_promises_once(db: Database, storm: Storm, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = make_sku(5)
        line = make_line(sku)
        stock.reserve(sku, line, 1, "stock", None)
    storm(BUYERS, lambda _: run_unit(lambda: stock.reserve(sku, line, 3, "stock", None)))
    assert counters(sku) == (5, 3)


@pytest.mark.req("ORD-6")
def test_a_lapsed_hold_is_given_back_once_and_taken_by_exactly_one(
    db: Database, storm: Storm, make_line: LineMaker
) -> None:
    now = utcnow()
    with unit_of_work():
        sku = make_sku(1)
        lapsed = make_line(sku)
        lines = [make_line(sku) for _ in range(BUYERS)]
        stock.reserve(sku, lapsed, 1, "stock", now)

    def buy(i: int) -> str:
        def work() -> str:
            stock.release([lapsed])
            return stock.reserve(sku, lines[i], 1, "stock", now + timedelta(minutes=30))

        return run_unit(work)

    results = storm(BUYERS, buy)
    assert results.count("on_hand") == 1
    assert counters(sku) == (1, 1)


def test_the_sweeper_and_a_payment_never_both_have_the_goods(db: Database, storm: Storm, make_line: LineMaker) -> None:
    now = utcnow()
    with unit_of_work():
        sku = make_sku(1)
        paying = make_line(sku)
        others = [make_line(sku) for _ in range(9)]
        stock.reserve(sku, paying, 1, "stock", now)

    def act(i: int) -> str:
        if i == 0:
            return run_unit(lambda: stock.retake([paying], now + timedelta(minutes=30)) or "paid")
        if i == 1:
            return run_unit(lambda: stock.release([paying]) or "swept")
        return run_unit(lambda: stock.reserve(sku, others[i - 1], 1, "stock", None))

    results = storm(10, act)
    assert all(isinstance(r, OutOfStock) or r in ("paid", "swept", "on_hand") for r in results), results
    assert counters(sku)[1] <= 1


def test_unsorted_locks_meet_in_a_deadlock(db: Database, storm: Storm, make_line: LineMaker) -> None:
    if db.kind != "postgresql":
        pytest.skip("SQLite has one write lock: two units never hold half each")
    with unit_of_work():
        a, b = make_sku(9), make_sku(9)
        lines = [(make_line(a), make_line(b)) for _ in range(2)]
    both_hold_one = Barrier(2)

    def buy(i: int) -> None:
        of_a, of_b = lines[i]
        with unit_of_work():
            first, second = ((a, of_a), (b, of_b)) if i == 0 else ((b, of_b), (a, of_a))
            stock.reserve(*first, 1, "stock", None)
            both_hold_one.wait(WAIT)
            stock.reserve(*second, 1, "stock", None)

    failed = [r for r in storm(2, buy) if isinstance(r, OperationalError)]
    assert [getattr(error.orig, "sqlstate", "") in RETRYABLE for error in failed] == [True]


def test_baskets_in_either_order_never_deadlock_when_taken_by_sku(
    db: Database, storm: Storm, make_line: LineMaker
) -> None:
    with unit_of_work():
        a, b = make_sku(BUYERS), make_sku(BUYERS)
        lines = [(make_line(a), make_line(b)) for _ in range(BUYERS)]

    def buy(i: int) -> None:
        of_a, of_b = lines[i]
        basket = [(a, of_a), (b, of_b)] if i % 2 else [(b, of_b), (a, of_a)]
        with unit_of_work():  # not run_unit: a deadlock would show
            for sku, line in sorted(basket):
                stock.reserve(sku, line, 1, "stock", None)
        with unit_of_work():
            stock.release([of_b, of_a] if i % 2 else [of_a, of_b])

    assert storm(BUYERS, buy) == [None] * BUYERS
    assert counters(a) == counters(b) == (BUYERS, 0)


def test_deliveries_counts_and_sales_at_once_forget_nothing(db: Database, storm: Storm, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = make_sku(5)
        waiting = [make_line(sku) for _ in range(5)]
        buying = [make_line(sku) for _ in range(5)]
        for line in waiting:
            stock.reserve(sku, line, 1, "back_order", None)

    def act(i: int) -> Any:
        number = i // 4
        acts: list[Callable[[], Any]] = [
            lambda: stock.receive(sku, 1, "owner"),
            lambda: stock.reserve(sku, buying[number], 1, "stock", None),
            lambda: stock.adjust(sku, 1, "owner", "found"),
            lambda: stock.release([waiting[number]]),
        ]
        return run_unit(acts[i % 4])

    results = storm(20, act)
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, OutOfStock)] == []
    assert counters(sku)[0] == 15


def test_numbers_are_given_once_each(db: Database, storm: Storm) -> None:
    numbers = storm(BUYERS, lambda _: run_unit(lambda: next_number("20261122")))
    assert sorted(numbers) == list(range(1, BUYERS + 1))
