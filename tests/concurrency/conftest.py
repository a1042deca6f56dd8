"""Many at once: threads, each with a session of its own, on a real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any

import pytest

from storefront.core.db import new_secret, session
from storefront.core.orders.models import Order, OrderLine
from storefront.testing.databases import Database

# A thread that dies before the starting line must not hang the others.
START_SECONDS = 30

Storm = Callable[[int, Callable[[int], Any]], list[Any]]


@pytest.fixture
def storm(db: Database) -> Storm:
    """``storm(n, work)`` runs ``work(0) … work(n-1)`` in n threads that start together; returns what each gave: its
    value or the exception it raised."""

    def run(threads: int, work: Callable[[int], Any]) -> list[Any]:
        line = Barrier(threads)

        def one(number: int) -> Any:
            with db.thread_session():
                line.wait(START_SECONDS)
                try:
                    return work(number)
                except Exception as error:
                    return error

        session.rollback()
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(one, range(threads)))

    return run


@pytest.fixture
def make_line() -> Callable[..., int]:
    """``make_line(sku_id, quantity=1, mode="stock") -> order_line.id`` of a new draft."""
    numbers = count(1)

    def make(sku_id: int, quantity: int = 1, mode: str = "stock") -> int:
        n = next(numbers)
        order = Order(
            number=f"T-{n}", secret=new_secret(), email="a@example.com", country="JP", locale="en",
            currency="JPY", base_currency="JPY",
        )  # fmt: skip
        session.add(order)
        session.flush()
        line = OrderLine(order_id=order.id, position=1, sku_id=sku_id, title="x", quantity=quantity, mode=mode)
        session.add(line)
        session.flush()
        return line.id

    return make
