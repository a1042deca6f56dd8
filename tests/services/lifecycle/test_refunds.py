"""Money back, goods in, tenders on bills, bills without an order."""

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from storefront.core.billing.models import Bill, BillLine, BillTender
from storefront.core.contracts.payments import Capabilities
from storefront.core.contracts.pricing import Adjuster, Adjustment, Applied, Lane, PriceContext, Quote
from storefront.core.contracts.providers import Registered
from storefront.core.customers.models import Customer
from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.lifecycle.arrive import arrive
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.pay import return_from_gateway, start_payment
from storefront.core.lifecycle.refund import confirm_refund, refund_room, request_refund, send_refund
from storefront.core.lifecycle.topup import issue_topup
from storefront.core.orders.models import Order, OrderLine
from storefront.core.payments import service as payments
from storefront.core.payments.models import PaymentAttempt, Refund, RefundLine, RefundTask
from storefront.core.stock.models import StockItem
from storefront.core.values.money import Money
from storefront.testing.databases import Database
from storefront.testing.factories import make_product
from storefront.testing.world import NOW, PUBLIC_URL, Shopper, World, make_world


class Wallet(Adjuster):
    """A tender: pays up to what the shopper typed, and remembers what happened to it."""

    key = "wallet"
    lane = Lane.TENDER

    def __init__(self) -> None:
        self.log: list[tuple[str, int | None]] = []

    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        wish = int(context.inputs.get("wallet", {}).get("amount", "0"))
        return [Adjustment("wallet", -min(wish, quote.so_far), "Wallet")] if wish else []

    def reserve(self, order_id: int, adjustment: Applied) -> None:
        self.log.append(("reserve", adjustment.amount))

    def commit(self, order_id: int, key: str) -> None:
        self.log.append(("commit", None))

    def release(self, order_id: int, key: str, portion: int | None = None) -> None:
        self.log.append(("release", portion))


@pytest.fixture
def wallet() -> Wallet:
    return Wallet()


@pytest.fixture
def world(db: Database, wallet: Wallet) -> World:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=5)
        make_product(code="FIG", price=4000, on_hand=0, slots=3, sku_values={"mode": "pre_order", "release": "2027-01"})
        make_product(code="POT", price=2000, on_hand=0, sku_values={"mode": "back_order"})
    return make_world(adjusters=(Registered("wallet", wallet),))


def paid(world: World, quantity: int = 2, **inputs: object) -> str:
    shopper = Shopper(world)
    shopper.adds("TEA-1", quantity)
    placed = shopper.places(shopper.fills_in(method="fake_gateway", **inputs))
    shopper.pays(placed)
    session.rollback()
    attempt = session.scalars(select(PaymentAttempt).order_by(PaymentAttempt.id.desc())).first()
    assert attempt is not None
    world.gateway.approve(attempt.reference)
    return_from_gateway(attempt.token, {}, world.shop, world.providers, PUBLIC_URL, now=NOW)
    session.rollback()
    return f"{placed.number}-1"


def refund(world: World, bill: str, parts: dict[int, int] | None = None) -> list[int]:
    session.rollback()
    return run_unit(lambda: request_refund(bill, parts, world.providers, actor="cli", now=NOW, reason="broken"))


@pytest.mark.req("PAY-5")
def test_a_full_refund_goes_back_by_the_gateway_once(world: World) -> None:
    bill = paid(world)
    (refund_id,) = refund(world, bill)
    session.rollback()
    assert send_refund(refund_id, world.providers, PUBLIC_URL, now=NOW) == "done"
    assert send_refund(refund_id, world.providers, PUBLIC_URL, now=NOW) == "done"
    assert world.gateway.payments["fake_gateway-1"].refunds == [Money(3900, "JPY")]
    with pytest.raises(NotPossible, match="left to give back"):
        refund(world, bill)


@pytest.mark.req("PAY-5")
def test_of_shipping_only_and_then_of_one_tea(world: World) -> None:
    bill = paid(world)
    rooms = refund_room(session.scalars(select(Bill)).one())
    tea, postage = rooms
    assert (tea.amount, postage.amount) == (2400, 1500)
    refund(world, bill, {postage.bill_line_id: 1500})
    refund(world, bill, {tea.bill_line_id: 1200})
    with pytest.raises(NotPossible):
        refund(world, bill, {postage.bill_line_id: 1})
    with pytest.raises(NotPossible):
        refund(world, bill, {tea.bill_line_id: 1201})
    assert session.scalar(select(func.sum(RefundLine.amount))) == 2700


@pytest.mark.parametrize("amount", [0, -1, 10**12])
def test_no_refund_of_nothing_or_of_more_than_was_paid(world: World, amount: int) -> None:
    bill = paid(world)
    line = session.scalars(select(BillLine.id).order_by(BillLine.id)).first()
    with pytest.raises(NotPossible):
        refund(world, bill, {line or 0: amount})
    assert session.scalar(select(func.count()).select_from(Refund)) == 0


def test_an_unpaid_bill_has_nothing_to_refund(world: World) -> None:
    number = Shopper(world).buys("TEA-1").number
    with pytest.raises(NotPossible, match="not paid"):
        refund(world, f"{number}-1")


def test_a_method_that_cannot_refund_waits_for_the_owners_word(world: World) -> None:
    bill = paid(world)
    world.gateway.capabilities = Capabilities()
    (refund_id,) = refund(world, bill)
    session.rollback()
    assert send_refund(refund_id, world.providers, PUBLIC_URL) == "requested"
    run_unit(lambda: confirm_refund(refund_id, "by hand", actor="cli", now=NOW))
    with pytest.raises(NotPossible):
        run_unit(lambda: confirm_refund(refund_id, "by hand", actor="cli", now=NOW))


@pytest.mark.req("PAY-5")
def test_money_goes_back_before_tenders(world: World, wallet: Wallet) -> None:
    bill = paid(world, wallet={"amount": "900"})
    assert world.gateway.payments["fake_gateway-1"].amount == Money(3000, "JPY")
    assert wallet.log == [("reserve", -900), ("commit", None)]
    refund(world, bill)
    session.rollback()
    assert session.scalars(select(Refund.amount).order_by(Refund.id)).all() == [3000, 900]
    assert wallet.log[-1] == ("release", 900)
    assert session.scalars(select(BillTender.state)).all() == ["returned"]


def test_a_cancelled_paid_order_is_refunded_by_its_task(world: World) -> None:
    bill = paid(world)
    number = bill.removesuffix("-1")
    run_unit(lambda: cancel_order(number, world.providers, actor="cli", now=NOW))
    refund(world, bill)
    session.rollback()
    assert session.scalars(select(RefundTask.state)).all() == ["done"]


def test_tenders_that_cover_everything_need_no_method(world: World, wallet: Wallet) -> None:
    shopper = Shopper(world)
    shopper.adds("TEA-1")
    placed = shopper.places(shopper.fills_in(method="", wallet={"amount": "99999"}))
    session.rollback()
    assert placed.attempt_id is None
    assert session.get_one(Order, placed.order_id).state == "processing"
    assert wallet.log == [("reserve", -2700), ("commit", None)]


def test_a_cancelled_order_gives_its_tender_back_at_once(world: World, wallet: Wallet) -> None:
    shopper = Shopper(world)
    shopper.adds("TEA-1")
    placed = shopper.places(shopper.fills_in(wallet={"amount": "700"}))
    shopper.pays(placed)
    run_unit(lambda: cancel_order(placed.number, world.providers, actor="cli", now=NOW))
    assert wallet.log == [("reserve", -700), ("release", None)]
    assert session.scalars(select(BillTender.state)).all() == ["returned"]


@pytest.mark.req("CAT-4", "ORD-1")
def test_what_arrives_serves_the_oldest_waiting_order_first(world: World) -> None:
    first, second = Shopper(world).buys("POT-1", 2).number, Shopper(world).buys("POT-1", 1).number
    assert session.scalars(select(OrderLine.item_state)).all() == ["awaiting_supplier"] * 2
    session.rollback()
    assert run_unit(lambda: arrive("POT-1", 2, actor="cli", now=NOW)) == [first]
    assert run_unit(lambda: arrive("POT-1", 5, actor="cli", now=NOW)) == [second]
    item = session.scalars(select(StockItem).join(OrderLine, OrderLine.sku_id == StockItem.sku_id)).first()
    assert item is not None and (item.on_hand, item.reserved) == (7, 3)


@pytest.mark.req("CAT-4")
def test_pre_orders_close_when_their_slots_are_taken(world: World) -> None:
    Shopper(world).buys("FIG-1", 3)
    assert session.scalars(select(OrderLine.item_state)).all() == ["awaiting_release"]
    with pytest.raises(Exception, match="."):
        Shopper(world).adds("FIG-1")


@pytest.mark.parametrize(("sku", "quantity"), [("NOTHING", 1), ("TEA-1", 0), ("TEA-1", -3)])
def test_nothing_arrives_of_an_unknown_item_or_in_no_quantity(world: World, sku: str, quantity: int) -> None:
    session.rollback()
    with pytest.raises(NotPossible):
        run_unit(lambda: arrive(sku, quantity, actor="cli", now=NOW))


@pytest.mark.req("DEP-1")
def test_a_bill_without_an_order_is_paid_like_any_other(world: World) -> None:
    def issue() -> int:
        customer = Customer(email="a@example.com", email_folded="a@example.com")
        session.add(customer)
        session.flush()
        bill = issue_topup(customer.id, Money(5000, "JPY"), text="Deposit", actor="shopper", now=NOW)
        return payments.open_attempt(bill, 5000, "fake_gateway", "fake_gateway").id

    attempt_id = run_unit(issue)
    start_payment(attempt_id, world.shop, world.providers, PUBLIC_URL, now=NOW)
    attempt = session.get_one(PaymentAttempt, attempt_id)
    world.gateway.approve(attempt.reference)
    token = attempt.token
    session.rollback()
    assert return_from_gateway(token, {}, world.shop, world.providers, PUBLIC_URL, now=NOW).state == "captured"
    session.rollback()
    assert session.scalars(select(Bill.state)).all() == ["settled"]
