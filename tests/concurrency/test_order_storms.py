"""Orders, payments and parcels that many hands touch at once. Afterwards the books agree."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update

from storefront.core.contracts.payments import Captured, RawWebhook
from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.invariants.checks import run_all
from storefront.core.lifecycle import drafting
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.errors import CheckoutIncomplete, NotPossible, TotalChanged
from storefront.core.lifecycle.expire import lapse_drafts
from storefront.core.lifecycle.outcome import apply_outcome
from storefront.core.lifecycle.pay import process_webhook, return_from_gateway, start_payment, take_webhook
from storefront.core.lifecycle.place import Placed, PlaceRequest, place
from storefront.core.lifecycle.receive import Received, receive
from storefront.core.lifecycle.ship import hand_over, plan
from storefront.core.orders.errors import IllegalTransition
from storefront.core.orders.models import Order, PurchaseTally
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt, PaymentEvent, RefundTask, WebhookEvent
from storefront.core.shipping.models import Shipment
from storefront.core.stock import service as stock
from storefront.core.stock.models import Source, StockItem
from storefront.core.values.money import Money
from storefront.testing.databases import Database
from storefront.testing.factories import make_product
from storefront.testing.world import NOW, PUBLIC_URL, TAIPEI, Shopper, World, make_world

Storm = Callable[[int, Callable[[int], Any]], list[Any]]
BUYERS = 20
CLICKS = 50
WAIT = 30


@pytest.fixture
def world(db: Database) -> World:
    return make_world()


@pytest.fixture
def agrees(world: World) -> Iterator[None]:
    """The audit finds nothing when the storm is over."""
    yield
    session.rollback()
    assert run_all(world.now) == []


def confirm(world: World, shopper: Shopper, token: str, total: int) -> Callable[[], Placed]:
    request = PlaceRequest(shopper.session_id, token, total, "en", world.rate)
    return lambda: run_unit(lambda: place(request, world.shop, world.providers, world.now))


def ready(
    world: World, sku: str, buyers: int, quantity: int = 1, method: str = "transfer"
) -> list[Callable[[], Placed]]:
    """So many shoppers with the confirm page open; all with the same mail."""
    confirms = []
    for _ in range(buyers):
        shopper = Shopper(world)
        shopper.adds(sku, quantity)
        token = shopper.fills_in(TAIPEI, method=method)
        total = shopper.quote().quote.due
        confirms.append(confirm(world, shopper, token, total or 0))
    return confirms


def faults(results: list[Any], *told: type[Exception]) -> list[Any]:
    """Exceptions that nobody is told a sentence about."""
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, told)]


# --- the last piece -------------------------------------------------------------------------------------------------


def test_without_the_guard_many_orders_are_made_of_the_last_piece(
    db: Database, world: World, storm: Storm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what the tests below rule out does happen when stock is read first and written then."""
    if db.kind != "postgresql":
        pytest.skip("a unit that writes holds SQLite's only lock from its beginning: there is no moment in between")
    with unit_of_work():
        make_product(code="TEA", on_hand=1)
    confirms = ready(world, "TEA-1", BUYERS)
    all_have_read, numbers = Barrier(BUYERS), count(1)

    def unguarded(sku_id: int, source: Source, quantity: int) -> Source:
        reserved = session.scalar(select(StockItem.reserved).where(StockItem.sku_id == sku_id)) or 0
        all_have_read.wait(WAIT)
        assert reserved + quantity <= 1
        session.execute(update(StockItem).where(StockItem.sku_id == sku_id).values(reserved=reserved + quantity))
        return source

    monkeypatch.setattr(stock, "take", unguarded)
    # the series of numbers is a lock too: it would let one order in at a time, by luck
    monkeypatch.setattr(drafting, "next_number", lambda series: next(numbers))
    results = storm(BUYERS, lambda i: confirms[i]())
    assert sum(isinstance(r, Placed) for r in results) > 1
    session.rollback()
    assert {"stock.reserved", "checkout.series"} <= {finding.check for finding in run_all(NOW)}


@pytest.mark.req("CHK-7")
@pytest.mark.usefixtures("agrees")
def test_the_last_piece_makes_exactly_one_order(world: World, storm: Storm) -> None:
    with unit_of_work():
        make_product(code="TEA", on_hand=1)
    confirms = ready(world, "TEA-1", BUYERS)
    results = storm(BUYERS, lambda i: confirms[i]())
    assert sum(isinstance(r, Placed) for r in results) == 1
    assert sum(isinstance(r, CheckoutIncomplete) for r in results) == BUYERS - 1
    session.rollback()
    assert session.scalar(select(func.count(Order.id))) == 1


@pytest.mark.req("CAT-6")
@pytest.mark.usefixtures("agrees")
def test_a_limit_of_two_holds_over_ten_orders_at_once(world: World, storm: Storm) -> None:
    with unit_of_work():
        make_product(code="FIG", on_hand=50, purchase_limit=2)
    confirms = ready(world, "FIG-1", 10)
    results = storm(10, lambda i: confirms[i]())
    assert sum(isinstance(r, Placed) for r in results) == 2
    assert faults(results, CheckoutIncomplete) == []
    session.rollback()
    assert session.scalars(select(PurchaseTally.quantity)).all() == [2, 2]


# --- one confirmation -----------------------------------------------------------------------------------------------


@pytest.mark.req("CHK-2")
@pytest.mark.usefixtures("agrees")
@pytest.mark.parametrize("method", ["transfer", "fake_gateway"])
def test_fifty_clicks_are_one_order_and_one_payment(world: World, storm: Storm, method: str) -> None:
    with unit_of_work():
        make_product(code="TEA", on_hand=50)
    (confirm_once,) = ready(world, "TEA-1", 1, method=method)

    def click(_: int) -> str:
        placed = confirm_once()
        if placed.attempt_id is not None:
            start_payment(placed.attempt_id, world.shop, world.providers, PUBLIC_URL, now=NOW)
        return placed.number

    numbers = storm(CLICKS, click)
    assert set(numbers) == {"261124-0001"}
    assert session.scalar(select(func.count(Order.id))) == 1
    assert session.scalar(select(func.count(PaymentAttempt.id))) == 1
    assert session.scalars(select(StockItem.reserved)).all() == [1]


@pytest.mark.req("CHK-2", "CRT-3")
@pytest.mark.usefixtures("agrees")
def test_two_tabs_of_one_cart_make_one_order(world: World, storm: Storm) -> None:
    """One tab is older: it shows what the cart cost before the second tea."""
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=50)
    for _ in range(5):
        shopper = Shopper(world)
        shopper.adds("TEA-1")
        token = shopper.fills_in()
        old = shopper.quote().quote.due or 0
        shopper.adds("TEA-1")
        new = shopper.quote().quote.due or 0
        tabs = [confirm(world, shopper, token, old), confirm(world, shopper, token, new)]
        stale, fresh = storm(2, lambda i, tabs=tabs: tabs[i]())  # type: ignore[misc]
        assert isinstance(fresh, Placed)
        assert isinstance(stale, TotalChanged) or (stale.number, stale.again) == (fresh.number, True)
    session.rollback()
    assert session.scalar(select(func.count(Order.id))) == 5


# --- money against cancelling ---------------------------------------------------------------------------------------


def kept(order_id: int) -> str:
    """How an order stands, and whether its money is owed back."""
    session.rollback()
    state = session.get_one(Order, order_id).state
    owed = session.scalar(select(func.sum(RefundTask.amount)).where(RefundTask.order_id == order_id))
    return f"{state}, owed {owed or 0}"


@pytest.mark.req("PAY-3", "ORD-5")
@pytest.mark.usefixtures("agrees")
def test_cancelling_while_the_money_comes_never_keeps_it(world: World, storm: Storm) -> None:
    """The provider says that money came, in the moment in which the owner cancels."""
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=50)
    seen = set()
    for n in range(15):
        placed = Shopper(world).buys("TEA-1")
        money = Captured(f"cap-{n}", Money(2700, "JPY"))
        acts: list[Callable[[], Any]] = [
            lambda placed=placed: cancel_order(placed.number, world.providers, actor="cli:tanaka", now=NOW),  # type: ignore[misc]
            lambda placed=placed, money=money: apply_outcome(  # type: ignore[misc]
                placed.attempt_id, money, world.shop, world.providers, actor="system", now=NOW
            ),
        ]
        results = storm(2, lambda i, acts=acts: run_unit(acts[i]))  # type: ignore[misc]
        assert faults(results, NotPossible, IllegalTransition) == []
        seen.add(kept(placed.order_id))
    assert seen <= {"processing, owed 0", "cancelled, owed 2700"}


@pytest.mark.req("PAY-3", "PAY-7")
@pytest.mark.usefixtures("agrees")
def test_cancelling_while_a_pending_payment_clears_never_keeps_it(world: World, storm: Storm) -> None:
    """By webhook, twice; while the payment is pending the order cannot be cancelled at all."""
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=50)
    world.gateway.mode = "pending"
    for n in range(15):
        placed = Shopper(world).buys("TEA-1", method="fake_gateway")
        token, reference = session.execute(
            select(PaymentAttempt.token, PaymentAttempt.reference).where(PaymentAttempt.id == placed.attempt_id)
        ).one()
        world.gateway.approve(reference)
        return_from_gateway(token, {}, world.shop, world.providers, PUBLIC_URL, now=NOW)
        world.gateway.clear(reference)
        raw = RawWebhook(f"ev-{n}:{reference}".encode(), {"x-signature": "genuine"})
        facts = world.gateway.read_webhook(raw)
        run_unit(lambda facts=facts, raw=raw: take_webhook("fake_gateway", facts, raw))  # type: ignore[misc]
        webhook = session.scalars(select(func.max(WebhookEvent.id))).one()

        def act(i: int, number: str = placed.number, webhook: int = webhook) -> Any:
            if i == 0:
                return run_unit(lambda: cancel_order(number, world.providers, actor="cli:tanaka", now=NOW))
            return process_webhook(webhook, world.shop, world.providers, PUBLIC_URL, now=NOW)

        assert faults(storm(3, act), NotPossible) == []
        assert kept(placed.order_id) in {"processing, owed 0", "cancelled, owed 2700"}


@pytest.mark.req("ORD-6", "CHK-7")
@pytest.mark.usefixtures("agrees")
def test_the_end_of_a_hold_against_the_payers_return(world: World, storm: Storm) -> None:
    """Either the draft lapses and nothing is charged, or it is paid and has its goods."""
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=50)
    world.now = NOW + timedelta(minutes=31)
    drafts = []
    for _ in range(8):
        placed = Shopper(replace(world, now=NOW)).buys("TEA-1", method="fake_gateway")
        token, reference = session.execute(
            select(PaymentAttempt.token, PaymentAttempt.reference).where(PaymentAttempt.id == placed.attempt_id)
        ).one()
        world.gateway.approve(reference)
        drafts.append((placed, token, reference))

    def act(i: int) -> Any:
        if i < 2:
            return lapse_drafts(world.shop, world.providers, world.now)
        _, token, _ = drafts[i - 2]
        return return_from_gateway(token, {}, world.shop, world.providers, PUBLIC_URL, now=world.now).state

    results = storm(2 + len(drafts), act)
    assert faults(results) == []
    for placed, _, reference in drafts:
        session.rollback()
        order = session.get_one(Order, placed.order_id)
        charged = world.gateway.payments[reference].captures
        assert (order.state, order.cancel_reason, charged) in {("cancelled", "lapsed", 0), ("processing", "", 1)}


# --- two at the desk ------------------------------------------------------------------------------------------------


@pytest.mark.req("PAY-6")
@pytest.mark.usefixtures("agrees")
def test_one_transfer_entered_by_ten_at_once_is_entered_once(world: World, storm: Storm) -> None:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=5)
    number = Shopper(world).buys("TEA-1").number
    results = storm(
        10,
        lambda _: run_unit(
            lambda: receive(
                number, Money(2700, "JPY"), world.shop, world.providers, actor="cli:tanaka", now=NOW, reference="TRX-1"
            )
        ),
    )
    assert sum(isinstance(r, Received) for r in results) == 1
    assert faults(results, NotPossible) == []
    assert session.scalars(select(PaymentEvent.amount).where(PaymentEvent.amount > 0)).all() == [2700]


@pytest.mark.req("SHP-8")
@pytest.mark.usefixtures("agrees")
def test_one_order_packed_and_sent_by_ten_at_once_leaves_once(world: World, storm: Storm) -> None:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=5)
    number = Shopper(world).buys("TEA-1").number
    money = Money(2700, "JPY")
    run_unit(lambda: receive(number, money, world.shop, world.providers, actor="cli:tanaka", now=NOW))
    planned = storm(10, lambda _: run_unit(lambda: plan(number, actor="cli:tanaka", now=NOW).id))
    assert sum(isinstance(r, int) for r in planned) == 1
    assert faults(planned, NotPossible) == []
    parcel = session.scalars(select(Shipment.id)).one()
    sent = storm(10, lambda _: run_unit(lambda: hand_over(parcel, world.providers, actor="cli:tanaka", now=NOW).id))
    assert sum(isinstance(r, int) for r in sent) == 1
    assert faults(sent, NotPossible) == []
    assert session.scalars(select(OutboxRow.name).where(OutboxRow.name == "mail.order_shipped")).all() == [
        "mail.order_shipped"
    ]
    assert session.scalars(select(StockItem.on_hand)).all() == [4]


@pytest.mark.req("ORD-5", "SHP-8")
@pytest.mark.usefixtures("agrees")
def test_sending_against_cancelling(world: World, storm: Storm) -> None:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=50)
    money = Money(2700, "JPY")
    for _ in range(8):
        number = Shopper(world).buys("TEA-1").number
        run_unit(
            lambda number=number: receive(number, money, world.shop, world.providers, actor="cli:tanaka", now=NOW)  # type: ignore[misc]
        )
        parcel = run_unit(lambda number=number: plan(number, actor="cli:tanaka", now=NOW).id)  # type: ignore[misc]
        acts: list[Callable[[], Any]] = [
            lambda parcel=parcel: hand_over(parcel, world.providers, actor="cli:tanaka", now=NOW).state,  # type: ignore[misc]
            lambda number=number: cancel_order(number, world.providers, actor="cli:tanaka", now=NOW).state,  # type: ignore[misc]
        ]
        results = storm(2, lambda i, acts=acts: run_unit(acts[i]))  # type: ignore[misc]
        assert faults(results, NotPossible, IllegalTransition) == []
        assert sum(isinstance(r, str) for r in results) == 1
