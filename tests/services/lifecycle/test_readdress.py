"""Another address for an order that has not left (ORD-4)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core.billing.models import Bill
from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.invariants.checks import run_all
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.pay import return_from_gateway
from storefront.core.lifecycle.readdress import change_address
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.ship import hand_over, plan
from storefront.core.orders.models import Order, OrderEvent
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt
from storefront.core.values.address import Address
from storefront.core.values.money import Money
from storefront.testing.factories import close_destination, make_product
from storefront.testing.world import NOW, PUBLIC_URL, TAIPEI, TOKYO, Shopper, World


@pytest.fixture(autouse=True)
def goods(db: object, world: World) -> Iterator[None]:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=5)
    yield
    session.rollback()
    assert run_all(NOW) == []


def act(verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
    session.rollback()
    return run_unit(lambda: verb(*args, actor="cli:tanaka", now=NOW, **more))


def moves(world: World, number: str, address: Address) -> Order:
    act(change_address, number, address, world.shop, world.providers)
    session.rollback()
    return session.scalars(select(Order).where(Order.number == number)).one()


@pytest.mark.req("ORD-4")
def test_another_house_in_the_same_region_is_written_down_and_mailed(world: World) -> None:
    number = Shopper(world).buys("TEA-1").number
    act(receive, number, Money(2700, "JPY"), world.shop, world.providers)
    order = moves(world, number, replace(TAIPEI, line1="信義路 2 號", email="new@example.com"))
    assert (order.email, order.address["line1"], order.revision) == ("new@example.com", "信義路 2 號", 1)
    event = session.scalars(select(OrderEvent).where(OrderEvent.name == "address_changed")).one()
    assert event.data["before"] == {"line1": "和平東路一段 1 號", "email": "lin@example.com"}
    assert "mail.address_changed" in session.scalars(select(OutboxRow.name)).all()
    with pytest.raises(NotPossible, match="already"):
        moves(world, number, replace(TAIPEI, line1="信義路 2 號", email="new@example.com"))


@pytest.mark.req("ORD-4")
def test_another_country_prices_an_unpaid_order_anew(world: World) -> None:
    number = Shopper(world).buys("TEA-1").number
    order = moves(world, number, TOKYO)
    assert (order.country, order.revision, order.shipping_quote["price"]["amount"]) == ("JP", 2, 500)
    bills = session.execute(select(Bill.state, Bill.amount).order_by(Bill.id)).all()
    assert [tuple(bill) for bill in bills] == [("void", 2700), ("open", 1700)]
    assert session.scalars(select(PaymentAttempt.amount)).all() == [1700]


@pytest.mark.req("ORD-4")
def test_after_payment_the_country_stays(world: World) -> None:
    number = Shopper(world).buys("TEA-1").number
    act(receive, number, Money(500, "JPY"), world.shop, world.providers)
    for paid in (0, 2200):
        if paid:
            act(receive, number, Money(paid, "JPY"), world.shop, world.providers)
        with pytest.raises(NotPossible, match="postage was for TW"):
            moves(world, number, TOKYO)


def test_where_nothing_goes_or_nothing_can_be_paid_is_refused(world: World) -> None:
    number = Shopper(world).buys("TEA-1", address=TOKYO, method="cash").number
    with pytest.raises(NotPossible, match="carrier of order .* does not go"):
        moves(world, number, replace(TOKYO, country="US", region="CA"))
    with pytest.raises(NotPossible, match="cannot be paid"):
        moves(world, number, TAIPEI)
    with unit_of_work():
        close_destination("TW")
    world.reload()
    with pytest.raises(NotPossible, match="do not ship to this country"):
        moves(world, number, TAIPEI)


def test_what_is_packed_may_still_move_and_what_left_may_not(world: World) -> None:
    number = Shopper(world).buys("TEA-1").number
    act(receive, number, Money(2700, "JPY"), world.shop, world.providers)
    shipment = act(lambda **kw: plan(number, **kw).id)
    moves(world, number, replace(TAIPEI, line1="2"))
    act(hand_over, shipment, world.providers)
    with pytest.raises(NotPossible, match="shipped"):
        moves(world, number, replace(TAIPEI, line1="3"))


def test_while_a_payment_is_checked_the_address_stays(world: World) -> None:
    placed = Shopper(world).buys("TEA-1", method="fake_gateway")
    session.rollback()
    attempt = session.get_one(PaymentAttempt, placed.attempt_id)
    token = attempt.token
    world.gateway.approve(attempt.reference)
    world.gateway.mode = "pending"
    session.rollback()
    return_from_gateway(token, {}, world.shop, world.providers, PUBLIC_URL, now=NOW)
    with pytest.raises(NotPossible, match="being checked"):
        moves(world, placed.number, replace(TAIPEI, line1="2"))
