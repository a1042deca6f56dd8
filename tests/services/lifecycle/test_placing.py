"""From the confirm page to an order."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storefront.core.billing.models import Bill
from storefront.core.cart.queries import load_cart
from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.lifecycle.errors import CheckoutIncomplete, TokenExpired, TotalChanged
from storefront.core.lifecycle.expire import lapse_drafts
from storefront.core.lifecycle.place import Placed
from storefront.core.orders.models import Order, OrderEvent, OrderLine, PurchaseTally
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt
from storefront.core.stock.models import Reservation, StockItem
from storefront.testing.factories import make_product
from storefront.testing.world import NOW, TAIPEI, TOKYO, Shopper, World


def order_of(placed: Placed) -> Order:
    session.rollback()
    return session.get_one(Order, placed.order_id)


@pytest.fixture
def sku() -> str:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=5)
    return "TEA-1"


@pytest.mark.req("CHK-2", "CHK-7", "ORD-6")
def test_a_transfer_places_the_order_and_lets_it_wait_seven_days(world: World, sku: str) -> None:
    placed = Shopper(world).buys(sku, 2)
    order = order_of(placed)
    assert (order.state, order.number) == ("pending", "261124-0001")
    bill = session.scalars(select(Bill)).one()
    assert bill.amount == 2 * 1200 + 1500
    assert bill.due_at is not None and bill.due_at.isoformat() == "2026-12-01T14:59:59+00:00"
    mail = session.scalars(select(OutboxRow).where(OutboxRow.name == "mail.order_accepted")).one()
    assert mail.args == {"order_id": order.id} and mail.locale == "en"


@pytest.mark.req("CHK-5")
def test_cash_on_delivery_is_prepared_before_the_money_comes(world: World, sku: str) -> None:
    placed = Shopper(world).buys(sku, address=TOKYO, method="cash")
    assert order_of(placed).state == "processing"


def test_a_method_that_is_not_offered_there_cannot_be_used(world: World, sku: str) -> None:
    shopper = Shopper(world)
    shopper.adds(sku)
    token = shopper.fills_in(TAIPEI, method="cash")
    with pytest.raises(CheckoutIncomplete) as refused:
        shopper.places(token)
    assert refused.value.step == "delivery"
    assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_the_same_token_again_is_the_same_order(world: World, sku: str) -> None:
    shopper = Shopper(world)
    shopper.adds(sku)
    token = shopper.fills_in()
    first = shopper.places(token)
    shopper.pays(first)
    again = shopper.places(token, 2700)
    assert (again.number, again.again, again.attempt_id) == (first.number, True, None)
    assert session.scalar(select(func.count()).select_from(Order)) == 1


def test_a_token_nobody_gave_out_is_refused(world: World, sku: str) -> None:
    shopper = Shopper(world)
    shopper.adds(sku)
    shopper.fills_in()
    for token in ("", "nonsense", "x" * 500):
        with pytest.raises(TokenExpired):
            shopper.places(token, 2700)


def test_another_shoppers_token_is_refused(world: World, sku: str) -> None:
    one, other = Shopper(world), Shopper(world)
    for shopper in (one, other):
        shopper.adds(sku)
        token = shopper.fills_in()
    with pytest.raises(TokenExpired):
        one.places(token, 2700)


@pytest.mark.req("CRT-3")
def test_total_changed_since_shown_returns_to_confirm(world: World, sku: str) -> None:
    shopper = Shopper(world)
    shopper.adds(sku)
    token = shopper.fills_in()
    with pytest.raises(TotalChanged) as changed:
        shopper.places(token, 2000)
    assert (changed.value.shown, changed.value.quote.quote.due) == (2000, 2700)
    assert session.scalar(select(func.count()).select_from(Order)) == 0
    assert session.scalar(select(func.count()).select_from(Reservation)) == 0


def test_the_cart_is_reduced_when_the_order_is_placed_not_before(world: World, sku: str) -> None:
    shopper = Shopper(world)
    shopper.adds(sku, 2)
    token = shopper.fills_in(method="fake_gateway")
    placed = shopper.places(token)
    shopper.pays(placed)
    assert load_cart(shopper.session_id, "en", world.rate, world.shop.policies).count == 2
    assert order_of(placed).state == "draft"
    token = shopper.fills_in(method="transfer")
    shopper.pays(shopper.places(token))
    session.rollback()
    assert load_cart(shopper.session_id, "en", world.rate, world.shop.policies).count == 0


def test_nobody_is_blocked_by_their_own_earlier_hold(world: World, sku: str) -> None:
    shopper = Shopper(world)
    shopper.adds(sku, 5)
    first = shopper.places(shopper.fills_in(method="fake_gateway"))
    shopper.pays(first)
    second = shopper.places(shopper.fills_in(method="transfer"))
    shopper.pays(second)
    assert order_of(first).cancel_reason == "lapsed"
    assert order_of(second).state == "pending"
    item = session.scalars(select(StockItem)).one()
    assert (item.on_hand, item.reserved) == (5, 5)


def test_a_hold_keeps_the_goods_from_others_until_it_ends(world: World, sku: str) -> None:
    first = Shopper(world)
    first.adds(sku, 5)
    draft = first.places(first.fills_in(method="fake_gateway"))
    first.pays(draft)
    session.rollback()
    assert lapse_drafts(world.shop, world.providers, NOW + timedelta(minutes=29)) == 0
    assert lapse_drafts(world.shop, world.providers, NOW + timedelta(minutes=31)) == 1
    assert order_of(draft).cancel_reason == "lapsed"
    assert session.scalars(select(PaymentAttempt)).one().state == "voided"
    other = Shopper(world)
    assert order_of(other.buys(sku, 5)).state == "pending"


@pytest.mark.req("CAT-6")
def test_a_purchase_limit_holds_over_earlier_orders_of_the_same_mail(world: World, db: object) -> None:
    with unit_of_work():
        make_product(code="FIG", on_hand=50, purchase_limit=3, skus=2)
    Shopper(world).buys("FIG-1", 2)
    late = Shopper(world)
    late.adds("FIG-2", 2)
    with pytest.raises(CheckoutIncomplete) as refused:
        late.places(late.fills_in())
    assert refused.value.problem.params["limit"] == 3
    session.rollback()
    assert session.scalars(select(PurchaseTally.quantity)).all() == [2, 2]
    Shopper(world).buys("FIG-2", 1)
    session.rollback()
    assert session.scalars(select(PurchaseTally.quantity)).all() == [3, 3]


def test_an_empty_cart_orders_nothing(world: World, db: object) -> None:
    shopper = Shopper(world)
    with pytest.raises(CheckoutIncomplete) as refused:
        shopper.places(shopper.fills_in(), 0)
    assert refused.value.step == "cart"


def test_every_step_of_an_order_is_in_its_history(world: World, sku: str) -> None:
    placed = Shopper(world).buys(sku)
    names = session.scalars(
        select(OrderEvent.name).where(OrderEvent.order_id == placed.order_id).order_by(OrderEvent.id)
    ).all()
    assert names == ["draft", "promote"]


def test_the_order_keeps_what_customs_want_to_know(world: World, sku: str) -> None:
    placed = Shopper(world).buys(sku)
    line = session.scalars(select(OrderLine).where(OrderLine.order_id == placed.order_id)).one()
    assert (line.hs_code, line.origin, line.weight, line.customs_value) == ("0902.10", "JP", 200, 1200)


def test_a_unit_inside_a_unit_is_refused(db: object) -> None:
    from storefront.core.db import UnitAlreadyOpen

    with pytest.raises(UnitAlreadyOpen):
        run_unit(lambda: run_unit(lambda: None))
