"""Promises, arrivals and departures of goods. After every test of a verb the counters equal what the rows say."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from storefront.core.catalog.models import Sku
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.stock import service as stock
from storefront.core.stock.errors import BelowPromised, NotReserved, NotTracked, OutOfStock
from storefront.core.stock.models import Reservation, Source, StockItem, StockMovement
from storefront.core.stock.queries import stock_of
from storefront.testing.databases import Database
from storefront.testing.factories import make_product

LineMaker = Callable[..., int]


@pytest.fixture(autouse=True)
def counters_equal_the_rows(db: Database) -> Iterator[None]:
    yield
    session.rollback()
    for item in session.query(StockItem):
        held = session.query(Reservation.source, Reservation.quantity).filter_by(sku_id=item.sku_id).all()
        assert item.reserved == sum(q for s, q in held if s == Source.ON_HAND)
        assert item.slots_taken == sum(q for s, q in held if s == Source.INCOMING)
        moved = session.query(StockMovement.quantity).filter_by(sku_id=item.sku_id)
        assert item.on_hand == sum(q for (q,) in moved)


def sku_with(**values: object) -> int:
    product = make_product(**values)  # type: ignore[arg-type]
    return int(session.query(Sku.id).filter_by(product_id=product.id).scalar())


def counters(sku_id: int) -> tuple[int, int, int | None, int]:
    item = stock_of([sku_id])[sku_id]
    return item.on_hand, item.reserved, item.slots, item.slots_taken


def test_a_promise_is_one_per_line_and_follows_the_quantity(db: Database, make_line: LineMaker) -> None:
    end = utcnow() + timedelta(minutes=30)
    with unit_of_work():
        sku = sku_with(on_hand=5)
        line = make_line(sku)
        assert stock.reserve(sku, line, 2, "stock", end) is Source.ON_HAND
        assert counters(sku)[:2] == (5, 2)
        stock.reserve(sku, line, 2, "stock", end + timedelta(minutes=5))
        assert counters(sku)[:2] == (5, 2)
        stock.reserve(sku, line, 5, "stock", end)
        assert counters(sku)[:2] == (5, 5)
        stock.reserve(sku, line, 1, "stock", end)
        assert counters(sku)[:2] == (5, 1)
    row = session.query(Reservation).one()
    assert (row.quantity, row.expires_at) == (1, end)


def test_a_line_that_changed_its_sku_gives_the_first_back(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        first, second = sku_with(on_hand=1), sku_with(on_hand=1)
        line = make_line(first)
        stock.reserve(first, line, 1, "stock", None)
        stock.reserve(second, line, 1, "stock", None)
        assert counters(first)[1] == 0 and counters(second)[1] == 1


def test_more_than_there_is_is_refused_with_what_is_left(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=3)
        stock.reserve(sku, make_line(sku), 2, "stock", None)
    with pytest.raises(OutOfStock, match="Only 1 left") as refused, unit_of_work():
        stock.reserve(sku, make_line(sku), 2, "stock", None)
    assert (refused.value.sku_id, refused.value.available) == (sku, 1)
    with pytest.raises(OutOfStock, match="sold out"), unit_of_work():
        stock.reserve(sku, make_line(sku), 1, "stock", None)
        stock.reserve(sku, make_line(sku), 1, "stock", None)


def test_raising_a_promise_beyond_the_stock_leaves_it_as_it_was(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=3)
        line = make_line(sku)
        stock.reserve(sku, line, 2, "stock", None)
        with pytest.raises(OutOfStock):
            stock.reserve(sku, line, 4, "stock", None)
        assert counters(sku)[:2] == (3, 2)


@pytest.mark.req("CAT-4")
def test_preorders_take_slots_and_back_orders_nothing(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=0, slots=2)
        assert stock.reserve(sku, make_line(sku), 2, "pre_order", None) is Source.INCOMING
        assert counters(sku) == (0, 0, 2, 2)
        assert stock.reserve(sku, make_line(sku), 9, "back_order", None) is Source.SUPPLIER
        with pytest.raises(OutOfStock):
            stock.reserve(sku, make_line(sku), 1, "pre_order", None)


def test_an_uncounted_sku_is_promised_without_counting(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=None)
        line = make_line(sku)
        assert stock.reserve(sku, line, 99, "stock", None) is Source.SUPPLIER
        stock.hand_over(line, 99, None, "owner")
        assert counters(sku) == (0, 0, None, 0)
        with pytest.raises(NotTracked):
            stock.receive(sku, 1, "owner")


def test_a_sku_without_a_stock_row_is_sold_out(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=0)
        session.query(StockItem).delete()
        with pytest.raises(OutOfStock):
            stock.reserve(sku, make_line(sku), 1, "stock", None)


@pytest.mark.req("ORD-6")
def test_a_hold_lapses_is_found_and_given_back_once(db: Database, make_line: LineMaker) -> None:
    now = utcnow()
    with unit_of_work():
        sku = sku_with(on_hand=3)
        lapsing, living, placed = make_line(sku), make_line(sku), make_line(sku)
        stock.reserve(sku, lapsing, 1, "stock", now)
        stock.reserve(sku, living, 1, "stock", now + timedelta(seconds=1))
        stock.reserve(sku, placed, 1, "stock", now)
        stock.keep([placed])
    orders = stock.expired(now)
    assert len(orders) == 1
    with unit_of_work():
        stock.release([lapsing])
        stock.release([lapsing])
        assert counters(sku)[1] == 2
    assert stock.expired(now) == []


def test_before_money_is_taken_a_live_hold_is_prolonged_and_a_lapsed_one_taken_anew(
    db: Database, make_line: LineMaker
) -> None:
    now = utcnow()
    until = now + timedelta(minutes=30)
    with unit_of_work():
        sku = sku_with(on_hand=3)
        living, lapsed, placed = make_line(sku), make_line(sku), make_line(sku)
        stock.reserve(sku, living, 1, "stock", now)
        stock.reserve(sku, lapsed, 1, "stock", now)
        stock.reserve(sku, placed, 1, "stock", None)
        stock.release([lapsed])
        stock.retake([living, lapsed, placed], until)
        assert counters(sku)[1] == 3
    ends = dict(session.query(Reservation.order_line_id, Reservation.expires_at))
    assert ends == {living: until, lapsed: until, placed: None}


def test_a_lapsed_hold_whose_goods_went_to_others_cannot_be_taken_again(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=1)
        mine, other = make_line(sku), make_line(sku)
        stock.reserve(sku, mine, 1, "stock", utcnow())
        stock.release([mine])
        stock.reserve(sku, other, 1, "stock", None)
    with pytest.raises(OutOfStock), unit_of_work():
        stock.retake([mine], utcnow())


@pytest.mark.req("CAT-4")
def test_a_delivery_serves_the_oldest_first_and_nobody_is_passed_by(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=0, slots=10)
        first, second, third = make_line(sku), make_line(sku), make_line(sku)
        stock.reserve(sku, first, 2, "pre_order", None)
        stock.reserve(sku, second, 3, "pre_order", None)
        stock.reserve(sku, third, 1, "back_order", None)
        assert stock.receive(sku, 4, "owner", "delivery 1") == [first]  # 2 left: not enough for the second
        assert counters(sku) == (4, 2, 6, 3)
        assert stock.receive(sku, 1, "owner", "delivery 2") == [second]
        assert stock.receive(sku, 1, "owner") == [third]
        assert counters(sku) == (6, 6, 4, 0)


def test_a_count_is_a_difference_and_never_takes_what_is_promised(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=5)
        stock.reserve(sku, make_line(sku), 3, "stock", None)
        stock.adjust(sku, -2, "owner", "broken")
        assert counters(sku)[:2] == (3, 3)
        with pytest.raises(BelowPromised, match="3 pieces are promised"):
            stock.adjust(sku, -1, "owner", "broken")
        stock.adjust(sku, 4, "owner", "found")
        assert counters(sku)[:2] == (7, 3)


def test_slots_cannot_be_set_below_what_is_promised(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=0, slots=5)
        stock.reserve(sku, make_line(sku), 3, "pre_order", None)
        with pytest.raises(BelowPromised):
            stock.set_slots(sku, 2)
        stock.set_slots(sku, 3)
        stock.set_slots(sku, None)
        assert counters(sku)[2:] == (None, 3)


def test_goods_leave_in_parts_and_a_cancelled_rest_is_free_again(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=5)
        line = make_line(sku, 5)
        stock.reserve(sku, line, 5, "stock", None)
        stock.hand_over(line, 2, None, "owner")
        assert counters(sku)[:2] == (3, 3)
        stock.shrink(line, 1)
        assert counters(sku)[:2] == (3, 2)
        stock.hand_over(line, 2, None, "owner")
        assert counters(sku)[:2] == (1, 0)
        with pytest.raises(NotReserved):
            stock.hand_over(line, 1, None, "owner")
    moves = session.query(StockMovement.kind, StockMovement.quantity).order_by(StockMovement.id).all()
    assert moves == [("received", 5), ("shipped", -2), ("shipped", -2)]


def test_goods_that_were_never_booked_in_are_booked_in_and_out(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=0, slots=3)
        line = make_line(sku)
        stock.reserve(sku, line, 2, "pre_order", None)
        stock.hand_over(line, 2, None, "owner")
        assert counters(sku) == (0, 0, 3, 0)


def test_promises_made_while_counted_survive_the_end_of_counting(db: Database, make_line: LineMaker) -> None:
    with unit_of_work():
        sku = sku_with(on_hand=2)
        line = make_line(sku)
        stock.reserve(sku, line, 1, "stock", None)
        stock.set_tracking(sku, False)
        assert stock.reserve(sku, line, 9, "stock", None) is Source.SUPPLIER
        assert counters(sku)[:2] == (2, 0)
        stock.set_tracking(sku, True)
        stock.release([line])
