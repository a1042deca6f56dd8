"""The clock in the shop's own time zone, and what it does after days without anybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from storefront.core.contracts.providers import Providers
from storefront.core.db import session, unit_of_work
from storefront.core.orders.models import Order, OrderEvent
from storefront.core.outbox.models import OutboxRow
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.stock.models import StockItem
from storefront.jobs.clock import AT_NIGHT, TIMED, insert_due, insert_due_in, slot_of
from storefront.jobs.relay import run_due
from storefront.jobs.runtime import Runtime
from storefront.testing.factories import make_product
from storefront.testing.world import NOW, Shopper, World, make_world


@pytest.mark.parametrize(
    ("zone", "now", "slot"),
    [
        ("Asia/Tokyo", datetime(2026, 11, 22, 17, 59, 59), datetime(2026, 11, 21, 18)),
        ("Asia/Tokyo", datetime(2026, 11, 22, 18), datetime(2026, 11, 22, 18)),
        # The night the clocks go forward in New York, and the one they go back: three o'clock comes once in each.
        ("America/New_York", datetime(2026, 3, 8, 7, 0), datetime(2026, 3, 8, 7)),
        ("America/New_York", datetime(2026, 3, 8, 6, 59), datetime(2026, 3, 7, 8)),
        ("America/New_York", datetime(2026, 11, 1, 7, 59), datetime(2026, 10, 31, 7)),
        ("America/New_York", datetime(2026, 11, 1, 8), datetime(2026, 11, 1, 8)),
        ("Pacific/Kiritimati", datetime(2026, 12, 31, 13), datetime(2026, 12, 31, 13)),
    ],
)
def test_a_night_begins_at_three_where_the_shop_is(zone: str, now: datetime, slot: datetime) -> None:
    assert slot_of(AT_NIGHT, now.replace(tzinfo=UTC), zone) == slot.replace(tzinfo=UTC)


def test_every_night_of_a_year_comes_once_wherever_the_shop_is(db) -> None:
    for zone in ("Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"):
        slots = [
            slot_of(AT_NIGHT, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=h), zone) for h in range(365 * 24)
        ]
        assert slots == sorted(slots) and 365 <= len(set(slots)) <= 366


def test_the_night_follows_when_the_shop_moves_and_never_comes_twice(db) -> None:
    timed = {"test.night": AT_NIGHT}
    assert insert_due(NOW, timed, "Asia/Tokyo") == 1
    assert insert_due(NOW, timed, "Europe/Paris") in (0, 1)
    assert insert_due(NOW, timed, "Asia/Tokyo") == 0
    session.rollback()


@pytest.fixture
def world(db) -> World:
    return make_world()


@pytest.fixture
def shop(runtime: Runtime, world: World) -> Runtime:
    @contextmanager
    def bind(shop: ShopSnapshot) -> Iterator[Providers]:
        yield world.providers

    return replace(runtime, bind=bind)


def facts() -> dict[str, object]:
    """What the shop looks like, without the times at which it came about."""
    session.rollback()
    facts: dict[str, object] = {
        "orders": sorted(tuple(row) for row in session.execute(select(Order.state, Order.cancel_reason))),
        "stock": sorted(tuple(row) for row in session.execute(select(StockItem.on_hand, StockItem.reserved))),
        "ends": session.scalar(select(func.count()).where(OrderEvent.to_state == "cancelled")),
        "mails": sorted(session.scalars(select(OutboxRow.name).where(OutboxRow.name.startswith("mail.")))),
        "left": session.scalar(select(func.count()).where(OutboxRow.state != "done")),
    }
    session.rollback()
    return facts


def three_orders(world: World) -> None:
    """Unpaid, unpaid since two days later, and a draft whose shopper went away."""
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=10)
    code = "TEA-1"
    world.now = NOW
    Shopper(world).buys(code, 2)
    left = Shopper(world)
    left.adds(code)
    left.places(left.fills_in(method="fake_gateway"))
    world.now = NOW + timedelta(days=2)
    Shopper(world).buys(code, 3)


@pytest.mark.req("ORD-6")
@pytest.mark.parametrize(
    "every", [timedelta(hours=7), timedelta(days=1), timedelta(days=12)], ids=["often", "daily", "once"]
)
def test_after_days_of_pause_the_result_is_the_same_as_without(shop: Runtime, world: World, every: timedelta) -> None:
    """RELIABILITY J135: daily, more often, or once after twelve days, twice each time and with two clocks."""
    with time_machine.travel(NOW, tick=False):
        three_orders(world)
    when, end = NOW + timedelta(days=2), NOW + timedelta(days=14)
    while when < end:
        when = min(when + every, end)
        with time_machine.travel(when, tick=False):
            for _ in range(2):
                insert_due_in(shop)
                run_due(shop)
    assert facts() == {
        "orders": [("cancelled", "lapsed"), ("cancelled", "unpaid"), ("cancelled", "unpaid")],
        "stock": [(10, 0)],
        "ends": 3,
        "mails": ["mail.order_accepted"] * 2 + ["mail.order_cancelled"] * 2,
        "left": 0,
    }
    timed_rows = session.scalar(select(func.count()).where(OutboxRow.subject == "clock:orders.cancel_unpaid"))
    session.rollback()
    if every == timedelta(days=12):
        assert timed_rows == 1, "missed slots collapse into one"
    assert set(TIMED) >= {"orders.cancel_unpaid", "orders.expire_drafts"}
