"""One shopper, many clicks. The lost additions are shown first with a read and a write, then their absence."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update

from storefront.core.cart import service as cart
from storefront.core.cart.errors import QuantityTooLarge
from storefront.core.cart.models import Cart, CartLine
from storefront.core.cart.queries import cart_count
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import run_unit, session, unit_of_work
from storefront.testing.databases import Database
from storefront.testing.factories import make_product, make_session

Storm = Callable[[int, Callable[[int], Any]], list[Any]]
YEN = CurrencyRate("JPY", "JPY")
CLICKS = 40
WAIT = 30


@pytest.fixture
def shopper(db: Database) -> int:
    with unit_of_work():
        make_product(code="TEA", on_hand=None, skus=4)
        return make_session().id


def test_reading_and_then_writing_loses_additions(db: Database, storm: Storm, shopper: int) -> None:
    with unit_of_work():
        line = cart.add(shopper, "TEA-1", 1, YEN, 99).line_id
    all_have_read = Barrier(CLICKS)

    def naive_add(_: int) -> None:
        quantity = session.scalar(select(CartLine.quantity).where(CartLine.id == line)) or 0
        session.rollback()
        all_have_read.wait(WAIT)
        with unit_of_work():
            session.execute(update(CartLine).where(CartLine.id == line).values(quantity=quantity + 1))

    assert storm(CLICKS, naive_add) == [None] * CLICKS
    assert cart_count(shopper) < 1 + CLICKS


@pytest.mark.req("CRT-1")
def test_forty_additions_at_once_are_all_recorded(db: Database, storm: Storm, shopper: int) -> None:
    """In a session without a cart: the first of them also makes it, once."""
    results = storm(CLICKS, lambda i: run_unit(lambda: cart.add(shopper, f"TEA-{i % 4 + 1}", 1, YEN, 99)))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert cart_count(shopper) == CLICKS
    assert session.scalar(select(func.count(Cart.id))) == 1
    assert {r.quantity for r in results} == set(range(1, CLICKS // 4 + 1))


def test_additions_at_once_stop_at_what_a_cart_may_hold(db: Database, storm: Storm, shopper: int) -> None:
    results = storm(CLICKS, lambda _: run_unit(lambda: cart.add(shopper, "TEA-1", 3, YEN, 10)))
    refused = [r for r in results if isinstance(r, QuantityTooLarge)]
    assert len(refused) == CLICKS - 3
    assert cart_count(shopper) == 9


def test_an_order_and_an_addition_at_once_lose_nothing(db: Database, storm: Storm, shopper: int) -> None:
    with unit_of_work():
        added = cart.add(shopper, "TEA-1", 2, YEN, 99)

    def act(i: int) -> None:
        if i == 0:
            run_unit(lambda: cart.clear_lines(added.cart_id, {added.sku_id: 2}))
        else:
            run_unit(lambda: cart.add(shopper, "TEA-1", 1, YEN, 99))

    assert [r for r in storm(10, act) if isinstance(r, Exception)] == []
    assert cart_count(shopper) == 9
