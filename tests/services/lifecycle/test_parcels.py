"""Parcels beside their way out, the end of an order, notes, and two people at one order."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from storefront.core.billing.models import Forfeit
from storefront.core.db import session, unit_of_work
from storefront.core.invariants.checks import run_all
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.complete import complete, end_returned
from storefront.core.lifecycle.edit import cancel_lines
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.parcels import (
    fix_tracking,
    mark_delivered,
    mark_lost,
    mark_returned,
    repack,
    unplan,
)
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.resend import resend_mail
from storefront.core.lifecycle.seen import ChangedMeanwhile, last_event, require_seen
from storefront.core.lifecycle.ship import hand_over, pack, plan, unshipped
from storefront.core.orders.errors import IllegalTransition, OrderError, UnknownOrder
from storefront.core.orders.models import Order, OrderEvent, OrderLine
from storefront.core.orders.notes import add_note, clear_flag, flags_of, raise_flag
from storefront.core.orders.states import FlagKind
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import RefundTask
from storefront.core.shipping.models import Shipment
from storefront.core.stock.models import StockItem
from storefront.core.values.money import Money
from storefront.testing.factories import make_product
from storefront.testing.world import NOW, TOKYO, Shopper, World, act


@pytest.fixture(autouse=True)
def goods(db: object, world: World) -> Iterator[None]:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=5)
        make_product(code="CUP", price=3000, on_hand=5)
    yield
    session.rollback()
    assert run_all(NOW) == []


def paid(world: World, tea: int = 3) -> str:
    """Some teas and a cup to Taipei, paid."""
    shopper = Shopper(world)
    shopper.adds("TEA-1", tea)
    number = shopper.buys("CUP-1").number
    act(receive, number, Money(tea * 1200 + 4500, "JPY"), world.shop, world.providers)
    return number


def parcel(number: str, quantities: dict[int, int] | None = None) -> int:
    shipment = act(lambda **kw: plan(number, quantities, **kw).id)
    act(pack, shipment, 500)
    return int(shipment)


def sent(world: World, number: str, quantities: dict[int, int] | None = None) -> int:
    shipment = parcel(number, quantities)
    act(hand_over, shipment, world.providers)
    return shipment


def states() -> tuple[str, list[str], list[str]]:
    session.rollback()
    return (
        session.scalars(select(Order.state)).one(),
        list(session.scalars(select(OrderLine.item_state).order_by(OrderLine.position))),
        list(session.scalars(select(Shipment.state).order_by(Shipment.id))),
    )


def on_hand(code: str = "TEA-1") -> int:
    line = session.scalars(select(OrderLine).where(OrderLine.sku_code == code)).first()
    assert line is not None
    return session.scalars(select(StockItem.on_hand).where(StockItem.sku_id == line.sku_id)).one()


def test_a_planned_parcel_is_taken_apart_and_packed_otherwise(world: World) -> None:
    number = paid(world)
    first = parcel(number)
    assert states() == ("processing", ["packed", "packed"], ["packed"])
    act(repack, first, {1: 2})
    assert states() == ("processing", ["in_hand", "in_hand"], ["planned"])
    with pytest.raises(NotPossible, match="no 4 pieces"):
        act(repack, first, {1: 4})
    with pytest.raises(NotPossible, match="at least one piece"):
        act(repack, first, {})
    second = parcel(number)
    assert states()[1] == ["packed", "packed"]
    act(unplan, second)
    assert states() == ("processing", ["in_hand", "in_hand"], ["planned"])
    act(unplan, first)
    sent_id = sent(world, number)
    for verb, more in ((unplan, ()), (repack, ({1: 1},))):
        with pytest.raises(NotPossible, match="left already"):
            act(verb, sent_id, *more)
    with pytest.raises(NotPossible, match="no such parcel"):
        act(unplan, 99)


def test_a_parcel_is_delivered_and_the_order_completed(world: World) -> None:
    number = paid(world)
    with pytest.raises(IllegalTransition):
        act(complete, number)
    shipment = sent(world, number)
    act(mark_delivered, shipment)
    with pytest.raises(NotPossible):
        act(mark_delivered, shipment)
    act(complete, number)
    assert states()[0] == "completed"


def test_what_is_not_paid_is_not_completed(world: World) -> None:
    number = Shopper(world).buys("TEA-1", address=TOKYO, method="cash").number
    sent(world, number)
    with pytest.raises(NotPossible, match="not paid yet"):
        act(complete, number)


@pytest.mark.req("MSG-4", "PAY-5")
def test_a_returned_order_owes_what_was_paid_less_the_postage(world: World) -> None:
    number = paid(world)
    shipment = sent(world, number)
    with pytest.raises(NotPossible, match="not back"):
        act(end_returned, number, world.providers)
    with pytest.raises(NotPossible, match="no 4 pieces"):
        act(mark_returned, shipment, {1: 4})
    act(mark_returned, shipment, {1: 2})
    assert on_hand() == 4
    with pytest.raises(NotPossible, match="No more than what was paid"):
        act(end_returned, number, world.providers, keep=8101)
    act(end_returned, number, world.providers, keep=1500, reason="was not fetched")
    assert states()[0] == "cancelled"
    assert session.scalars(select(RefundTask.amount)).all() == [6600]
    assert [(f.amount, f.reason) for f in session.scalars(select(Forfeit))] == [(1500, "was not fetched")]
    assert "mail.order_cancelled" in session.scalars(select(OutboxRow.name)).all()


def test_of_a_lost_parcel_the_lines_are_cancelled_and_the_rest_is_sent(world: World) -> None:
    number = paid(world)
    lost = sent(world, number, {1: 2})
    assert states() == ("processing", ["packed", "in_hand"], ["handed_over"])
    act(mark_lost, lost, reason="the carrier says so")
    assert unshipped(session.scalars(select(Order.id)).one()) == {1: 1, 2: 1}
    act(cancel_lines, number, {1: 2}, world.shop, world.providers)
    with pytest.raises(NotPossible, match="cancelled as lost"):
        act(mark_delivered, lost)
    sent(world, number)
    assert states() == ("shipped", ["shipped", "shipped"], ["lost", "handed_over"])
    assert session.scalars(select(RefundTask.amount)).all() == [2400]
    assert on_hand() == 2


def test_an_order_whose_only_parcel_is_lost_can_be_cancelled(world: World) -> None:
    number = paid(world)
    lost = sent(world, number, {1: 3})
    act(mark_lost, lost)
    act(mark_delivered, lost)  # found again
    act(mark_returned, lost)
    act(cancel_order, number, world.providers)
    assert states() == ("cancelled", ["cancelled", "cancelled"], ["returned"])
    assert on_hand("CUP-1") == 5


@pytest.mark.req("SHP-8")
def test_a_tracking_number_is_mended_and_told_if_wanted(world: World) -> None:
    number = paid(world)
    shipment = parcel(number)
    with pytest.raises(NotPossible):
        act(fix_tracking, shipment, "AB1", world.providers)
    act(hand_over, shipment, world.providers, tracking="AB1")
    with pytest.raises(NotPossible, match="already"):
        act(fix_tracking, shipment, " AB1 ", world.providers)
    act(fix_tracking, shipment, "AB2", world.providers, mail=False)
    act(fix_tracking, shipment, "AB3", world.providers)
    assert session.get_one(Shipment, shipment).tracking == "AB3"
    mails = session.scalars(select(OutboxRow.args).where(OutboxRow.name == "mail.tracking_changed")).all()
    assert [mail["shipment_id"] for mail in mails] == [shipment]


@pytest.mark.req("ORD-9")
def test_notes_and_flags(world: World) -> None:
    number = Shopper(world).buys("TEA-1").number
    with pytest.raises(OrderError, match="write something"):
        act(add_note, number, " \0 ")
    with pytest.raises(OrderError, match="4000"):
        act(add_note, number, "x" * 4001)
    with pytest.raises(UnknownOrder):
        act(add_note, "nothing", "x")
    act(add_note, number, " asks for a green box ")
    act(raise_flag, number, "garbled name")
    act(raise_flag, number, "garbled name and street")
    order_id = session.scalars(select(Order.id)).one()
    assert [(flag.kind, flag.words) for flag in flags_of([order_id])] == [("look", "garbled name and street")]
    assert act(clear_flag, number, FlagKind.LOOK) is True
    assert act(clear_flag, number, FlagKind.LOOK) is False
    events = session.execute(select(OrderEvent.name, OrderEvent.reason).order_by(OrderEvent.id)).all()
    assert [tuple(e) for e in events[-4:]] == [
        ("note", "asks for a green box"), ("flagged", "garbled name"), ("flagged", "garbled name and street"),
        ("flag_cleared", ""),
    ]  # fmt: skip
    assert flags_of([]) == []


def test_an_act_that_has_not_seen_the_newest_is_refused_with_what_changed(world: World) -> None:
    number = Shopper(world).buys("TEA-1").number
    seen = last_event(session.scalars(select(Order.id)).one())
    act(add_note, number, "hello")
    act(lambda **kw: require_seen(number, seen))  # a note changes nothing
    act(receive, number, Money(1000, "JPY"), world.shop, world.providers)
    with pytest.raises(ChangedMeanwhile) as refused:
        act(lambda **kw: require_seen(number, seen))
    assert [event.name for event in refused.value.events] == ["payment"]


@pytest.mark.req("MSG-5")
def test_a_mail_is_sent_again_where_it_is_still_true(world: World) -> None:
    number = paid(world)
    shipment = sent(world, number)
    other = Shopper(world).buys("TEA-1").number
    act(resend_mail, number, "order_accepted")
    act(resend_mail, number, "order_shipped", shipment_id=shipment)
    for wrong, kind, more in (
        (number, "order_cancelled", {}),
        (number, "order_shipped", {}),
        (other, "order_shipped", {"shipment_id": shipment}),
        (number, "nonsense", {}),
    ):
        with pytest.raises(NotPossible, match="does not fit"):
            act(resend_mail, wrong, kind, **more)
    names = session.scalars(select(OutboxRow.name).where(OutboxRow.dedupe_key.like("%again%"))).all()
    assert sorted(names) == ["mail.order_accepted", "mail.order_shipped"]
