"""A parcel that outgrew its service (SHP-3)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.billing.models import Bill
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import ShippingRequest
from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.invariants.checks import run_all
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.move import MoveWanted, NothingFits, pack_checked
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.ship import hand_over, plan
from storefront.core.lifecycle.view import order_view
from storefront.core.orders.models import Order, OrderEvent
from storefront.core.orders.queries import find_order
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt
from storefront.core.settings.service import set_policy
from storefront.core.shipping.models import Shipment
from storefront.core.values.money import Money
from storefront.core.values.types import Dimensions
from storefront.testing.factories import make_product
from storefront.testing.post import HEAVY, LONG, FakePost
from storefront.testing.world import NOW, TOKYO, Shopper, World


@pytest.fixture(autouse=True)
def goods(db: object, world: World) -> Iterator[None]:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=50, weight=400)
    world.providers = replace(world.providers, carrier_map={"post": Registered("post", FakePost())})
    yield
    session.rollback()
    assert run_all(NOW) == []


def policy(world: World, key: str, value: Any) -> None:
    with unit_of_work():
        set_policy(key, value, "test")
    world.reload()


def ordered(world: World, address: Any = None, method: str = "transfer") -> tuple[str, int]:
    """An order by the packet whose parcel stands on the table."""
    shopper = Shopper(world)
    more = {"address": address} if address else {}
    number = shopper.buys("TEA-1", quantity=2, delivery="post:packet", method=method, **more).number
    if method == "transfer":
        run_unit(lambda: receive(number, Money(3900, "JPY"), world.shop, world.providers, actor="cli:t", now=NOW))
    return number, run_unit(lambda: plan(number, actor="cli:t", now=NOW).id)


def packs(world: World, parcel: int, weight: int, agreed: str = "", size: Dimensions | None = None) -> Order:
    def work() -> None:
        pack_checked(
            parcel, weight, world.shop, world.providers, actor="cli:t", now=NOW, agreed=agreed, size=size
        )  # fmt: skip

    session.rollback()
    run_unit(work)
    session.rollback()
    return session.scalars(select(Order).join(Shipment, Shipment.order_id == Order.id)).one()


@pytest.mark.req("SHP-3")
def test_after_payment_the_order_moves_when_the_packer_agrees_and_the_shop_bears_the_difference(world: World) -> None:
    number, parcel = ordered(world)
    with pytest.raises(MoveWanted) as asked:
        packs(world, parcel, 2100)
    move = asked.value.move
    assert (move.before, move.delivery.id, move.difference, move.paid) == ("post:packet", "post:air", 1950, True)
    session.rollback()
    assert session.scalars(select(Shipment.state)).all() == ["planned"], "nothing is kept before somebody agrees"
    with pytest.raises(MoveWanted):
        packs(world, parcel, 2100, agreed="post:ship")
    order = packs(world, parcel, 2100, agreed="post:air")
    assert (order.service, order.revision) == ("air", 1)
    assert session.execute(select(Shipment.service, Shipment.state, Shipment.weight)).all() == [("air", "packed", 2100)]
    assert session.execute(select(Bill.state, Bill.amount)).all() == [("settled", 3900)]
    event = session.scalars(select(OrderEvent).where(OrderEvent.name == "delivery_changed")).one()
    assert (event.reason, event.data) == (HEAVY, {"before": "post:packet", "after": "post:air"})
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "order.delivery")).one()
    assert entry.data["difference"] == 1950
    assert f"mail.delivery_changed:{order.id}:{event.id}" in session.scalars(select(OutboxRow.dedupe_key)).all()
    view = order_view(order, world.providers)
    assert view.moved is not None and (view.moved.before, view.moved.after) == ("Packet", "Air")
    assert (view.moved.reason, view.moved.postage, view.delivery_title) == (HEAVY, None, "Air")
    # Weighed again it stays where it is, and the next parcel is told at once.
    packs(world, parcel, 2200)
    run_unit(lambda: hand_over(parcel, world.providers, actor="cli:t", now=NOW))
    assert find_order(number) is not None


@pytest.mark.req("SHP-3")
def test_before_the_bill_is_settled_the_postage_is_priced_anew(world: World) -> None:
    number, parcel = ordered(world, TOKYO, "cash")
    order = packs(world, parcel, 1900)
    assert order.service == "packet"
    size = Dimensions(610, 100, 100)
    with pytest.raises(MoveWanted) as asked:
        packs(world, parcel, 1900, size=size)
    assert (asked.value.move.reason.message, asked.value.move.paid) == (LONG, False)
    order = packs(world, parcel, 1900, agreed="post:air", size=size)
    bills = session.execute(select(Bill.state, Bill.amount).order_by(Bill.id)).all()
    assert [tuple(bill) for bill in bills] == [("void", 3900), ("open", 5850)]
    assert session.scalars(select(PaymentAttempt.amount)).all() == [5850], "nobody has to agree again"
    view = order_view(order, world.providers)
    assert view.moved is not None and view.moved.postage == 3450 and view.total == 5850
    assert view.number == number


@pytest.mark.req("SHP-3")
def test_the_owner_s_list_comes_first_and_what_fits_nowhere_stays_with_the_owner(world: World) -> None:
    policy(world, "shipping.move_to", ["post:packet", "dhl:express", "post:ems", "post:air"])
    _number, parcel = ordered(world)
    with pytest.raises(MoveWanted) as asked:
        packs(world, parcel, 2100)
    assert asked.value.move.delivery.id == "post:ems"
    with pytest.raises(NothingFits, match="No delivery service"):
        packs(world, parcel, 30_001)
    policy(world, "shipping.move_to", [])
    with pytest.raises(MoveWanted) as asked:
        packs(world, parcel, 30_001)
    assert asked.value.move.delivery.id == "post:ship", "no service of its class, none that is faster: a slower one"
    with pytest.raises(NotPossible):
        packs(world, parcel, 60_001, agreed="post:ship")


def test_a_carrier_that_fails_keeps_nobody_from_packing(world: World) -> None:
    _number, parcel = ordered(world)

    class Broken(FakePost):
        def quote(self, request: ShippingRequest) -> Any:
            raise RuntimeError("table is gone")

        def limits(self, destination: Any, ship_on: Any) -> Any:
            raise RuntimeError("table is gone")

    world.providers = replace(world.providers, carrier_map={"post": Registered("post", Broken())})
    assert packs(world, parcel, 9000).service == "packet"
