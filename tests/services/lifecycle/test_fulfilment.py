"""Money by hand, parcels, cancellations, deadlines."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storefront.core.billing.models import Bill
from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.edit import cancel_lines
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.expire import cancel_unpaid
from storefront.core.lifecycle.receive import Received, receive
from storefront.core.lifecycle.ship import hand_over, pack, plan
from storefront.core.lifecycle.view import OrderView, order_view
from storefront.core.orders.errors import IllegalTransition, UnknownOrder
from storefront.core.orders.models import Order, OrderLine, PurchaseTally
from storefront.core.orders.queries import find_order, find_order_by_link
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt, RefundTask
from storefront.core.stock.models import StockItem, StockMovement
from storefront.core.values.money import Money
from storefront.testing.factories import make_product
from storefront.testing.world import NOW, TOKYO, Shopper, World


@pytest.fixture(autouse=True)
def goods(db: object) -> None:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=5)
        make_product(code="CUP", price=3000, on_hand=5, purchase_limit=4)


def order(world: World) -> str:
    """Two teas and a cup to Taipei by transfer: 2 x 1200 + 3000 + 1500 postage."""
    shopper = Shopper(world)
    shopper.adds("TEA-1", 2)
    return shopper.buys("CUP-1").number


def money(world: World, number: str, amount: int, reference: str = "") -> Received:
    session.rollback()
    return run_unit(
        lambda: receive(
            number, Money(amount, "JPY"), world.shop, world.providers, actor="cli", now=NOW, reference=reference
        )
    )


def ship(world: World, number: str, quantities: dict[int, int] | None = None, tracking: str = "") -> None:
    def work() -> None:
        parcel = plan(number, quantities, actor="cli", now=NOW)
        pack(parcel.id, 700, actor="cli", now=NOW)
        hand_over(parcel.id, world.providers, actor="cli", now=NOW, tracking=tracking)

    run_unit(work)


def view(world: World, number: str) -> OrderView:
    session.rollback()
    found = find_order(number)
    assert found is not None
    return order_view(found, world.providers)


@pytest.mark.req("PAY-6")
def test_less_than_asked_leaves_the_bill_open_with_the_rest(world: World) -> None:
    number = order(world)
    assert money(world, number, 6000) == Received(f"{number}-1", 900, 0, False)
    seen = view(world, number)
    assert (seen.status, seen.open_bill and seen.open_bill.rest) == ("awaiting_payment", 900)
    assert money(world, number, 900).settled
    assert view(world, number).status == "processing"


@pytest.mark.req("PAY-6")
def test_more_than_asked_settles_and_owes_the_difference(world: World) -> None:
    number = order(world)
    assert money(world, number, 7000) == Received(f"{number}-1", 0, 100, True)
    task = session.scalars(select(RefundTask)).one()
    assert (task.amount, task.reason) == (100, "overpaid")


def test_the_same_transfer_is_not_entered_twice(world: World) -> None:
    number = order(world)
    money(world, number, 1000, "TRX-1")
    with pytest.raises(NotPossible, match="entered before"):
        money(world, number, 1000, "TRX-1")


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_is_no_payment(world: World, amount: int) -> None:
    with pytest.raises(NotPossible):
        money(world, order(world), amount)


def test_money_in_another_currency_is_sent_back(world: World) -> None:
    number = order(world)
    with pytest.raises(NotPossible, match="another currency"):
        run_unit(lambda: receive(number, Money(50, "USD"), world.shop, world.providers, actor="cli", now=NOW))


@pytest.mark.req("SHP-8", "ORD-1")
def test_goods_leave_the_shelf_at_hand_over_and_one_mail_is_owed_per_parcel(world: World) -> None:
    number = order(world)
    money(world, number, 6900)
    ship(world, number, {1: 1}, "EE123456785JP")
    assert view(world, number).status == "partly_shipped"
    tea = session.scalars(
        select(StockItem).join(OrderLine, OrderLine.sku_id == StockItem.sku_id).where(OrderLine.position == 1)
    ).one()
    assert (tea.on_hand, tea.reserved) == (4, 1)
    ship(world, number)
    assert view(world, number).state == "shipped"
    assert session.scalar(select(func.sum(StockMovement.quantity)).where(StockMovement.kind == "shipped")) == -3
    mails = session.scalars(select(OutboxRow.name).where(OutboxRow.name == "mail.order_shipped")).all()
    assert len(mails) == 2


def test_more_pieces_than_ordered_cannot_be_packed(world: World) -> None:
    number = order(world)
    money(world, number, 6900)
    for wrong in ({1: 3}, {9: 1}, {1: 0}, {1: -1}):
        with pytest.raises(NotPossible):
            ship(world, number, wrong)
    ship(world, number, {1: 2})
    with pytest.raises(NotPossible):
        ship(world, number, {1: 1})


def test_an_unpaid_order_does_not_leave(world: World) -> None:
    with pytest.raises(NotPossible, match="not paid"):
        ship(world, order(world))


def test_a_parcel_is_handed_over_once(world: World) -> None:
    number = order(world)
    money(world, number, 6900)
    ship(world, number)
    parcel = view(world, number).shipments[0].id
    session.rollback()
    with pytest.raises(NotPossible):
        run_unit(lambda: hand_over(parcel, world.providers, actor="cli", now=NOW))


@pytest.mark.req("ORD-5")
def test_cancelling_gives_everything_back_and_ends_the_bill(world: World) -> None:
    number = order(world)
    session.rollback()
    run_unit(lambda: cancel_order(number, world.providers, actor="cli", now=NOW, reason="wish"))
    seen = view(world, number)
    assert (seen.state, seen.cancel_reason, seen.bills[0].state) == ("cancelled", "owner", "void")
    assert session.scalars(select(StockItem.reserved)).all() == [0, 0]
    assert session.scalars(select(PurchaseTally.quantity)).all() == [0, 0]
    assert session.scalars(select(PaymentAttempt.state)).all() == ["voided"]
    assert session.scalar(select(func.count()).select_from(RefundTask)) == 0


@pytest.mark.req("ORD-5", "PAY-5")
def test_cancelling_a_paid_order_owes_the_money(world: World) -> None:
    number = order(world)
    money(world, number, 6900)
    run_unit(lambda: cancel_order(number, world.providers, actor="cli", now=NOW))
    assert session.scalars(select(RefundTask.amount)).all() == [6900]
    with pytest.raises(IllegalTransition):
        run_unit(lambda: cancel_order(number, world.providers, actor="cli", now=NOW))


def test_what_has_left_can_not_be_cancelled_whole(world: World) -> None:
    number = order(world)
    money(world, number, 6900)
    ship(world, number, {1: 1})
    with pytest.raises(NotPossible, match="left the shop"):
        run_unit(lambda: cancel_order(number, world.providers, actor="cli", now=NOW))


def test_an_unknown_order_is_said_to_be_unknown(world: World) -> None:
    with pytest.raises(UnknownOrder, match="no order"):
        run_unit(lambda: cancel_order("nothing", world.providers, actor="cli", now=NOW))


@pytest.mark.req("ORD-11", "ORD-5")
def test_a_line_cancelled_before_payment_makes_a_new_revision_and_bill(world: World) -> None:
    number = order(world)
    session.rollback()
    run_unit(lambda: cancel_lines(number, {1: 1}, world.shop, world.providers, actor="cli", now=NOW))
    seen = view(world, number)
    assert (seen.revision, seen.total, seen.items) == (2, 1200 + 3000 + 1500, 4200)
    old, new = seen.bills
    assert (old.state, new.state, new.amount, new.due_at) == ("void", "open", 5700, new.due_at)
    assert new.due_at is not None and new.instructions == (f"Pay 5700 for {number}",)
    assert money(world, number, 5700).settled


@pytest.mark.req("ORD-11")
def test_a_line_cancelled_after_payment_owes_its_share_and_nothing_is_computed_anew(world: World) -> None:
    number = order(world)
    money(world, number, 6900)
    run_unit(lambda: cancel_lines(number, {2: 1}, world.shop, world.providers, actor="cli", now=NOW))
    seen = view(world, number)
    assert (seen.revision, seen.state) == (1, "processing")
    assert session.scalars(select(RefundTask.amount)).all() == [3000]
    assert session.scalars(select(PurchaseTally.quantity)).all() == [0, 0]


def test_an_order_without_live_lines_is_cancelled(world: World) -> None:
    number = order(world)
    session.rollback()
    run_unit(lambda: cancel_lines(number, {1: 2, 2: 1}, world.shop, world.providers, actor="cli", now=NOW))
    assert view(world, number).state == "cancelled"


@pytest.mark.req("ORD-6")
def test_unpaid_at_the_end_of_day_seven_is_cancelled_one_second_later(world: World) -> None:
    number = order(world)
    session.rollback()
    due = session.scalars(select(Bill.due_at)).one()
    assert due is not None
    session.rollback()
    assert cancel_unpaid(world.shop, world.providers, due) == 0
    assert cancel_unpaid(world.shop, world.providers, due + timedelta(seconds=1)) == 1
    assert cancel_unpaid(world.shop, world.providers, due + timedelta(days=3)) == 0
    assert view(world, number).cancel_reason == "unpaid"


def test_cash_on_delivery_is_entered_after_the_parcel_left(world: World) -> None:
    number = Shopper(world).buys("TEA-1", address=TOKYO, method="cash").number
    session.rollback()
    ship(world, number)
    assert money(world, number, 1700).settled
    assert view(world, number).state == "shipped"


@pytest.mark.req("ORD-3")
def test_the_private_link_opens_one_order_only(world: World) -> None:
    first, second = order(world), Shopper(world).buys("TEA-1").number
    session.rollback()
    secret = session.scalars(select(Order.secret).where(Order.number == first)).one()
    assert find_order_by_link(first, secret) is not None
    for number, guess in (
        (second, secret),
        (first, ""),
        (first, "x"),
        (first, secret + "x"),
        ("", secret),
        (first, "é"),
    ):
        assert find_order_by_link(number, guess) is None
