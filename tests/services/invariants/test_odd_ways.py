"""Ways an order can go that are rare, and wrong when nobody thinks of them. After each the books agree."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from storefront.core.billing.models import Bill
from storefront.core.catalog.models import Sku
from storefront.core.contracts.payments import Captured, Declined, Outcome, Voided
from storefront.core.db import run_unit, session
from storefront.core.invariants.checks import run_all
from storefront.core.lifecycle.arrive import arrive
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.edit import cancel_lines
from storefront.core.lifecycle.expire import cancel_unpaid, lapse_drafts
from storefront.core.lifecycle.outcome import apply_outcome
from storefront.core.lifecycle.pay import reconcile, return_from_gateway
from storefront.core.lifecycle.place import Placed
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.refund import confirm_refund, refund_room, request_refund, send_refund
from storefront.core.lifecycle.ship import hand_over, pack, plan
from storefront.core.orders.models import Order
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt, Refund, RefundTask
from storefront.core.shipping.models import Shipment
from storefront.core.stock import service as stock
from storefront.core.stock.models import Reservation
from storefront.core.values.money import Money
from storefront.testing.world import NOW, PUBLIC_URL, TOKYO, Shopper, World


def act(verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """An act of the owner, in a unit of its own."""
    session.rollback()
    return run_unit(lambda: verb(*args, actor="cli:tanaka", **{"now": NOW, **more}))


@pytest.fixture(autouse=True)
def books_agree_at_the_end(world: World) -> Iterator[None]:
    yield
    session.rollback()
    assert run_all(world.now) == []


def orders(world: World, method: str = "transfer", *, wallet: int = 0, off: int = 0, **pieces: int) -> Placed:
    """``orders(world, TEA=2, CARD=1)``; the payment is started."""
    shopper = Shopper(world)
    for code, quantity in pieces.items():
        shopper.adds(f"{code}-1", quantity)
    inputs = {"wallet": {"amount": str(wallet)}, "percent": {"off": str(off)}}
    placed = shopper.places(shopper.fills_in(method=method, **inputs))
    if placed.attempt_id is not None:
        shopper.pays(placed)
    session.rollback()
    return placed


def pays(world: World, number: str, amount: int, reference: str = "") -> None:
    act(receive, number, Money(amount, "JPY"), world.shop, world.providers, reference=reference)


def cancels_lines(world: World, number: str, quantities: dict[int, int]) -> None:
    act(cancel_lines, number, quantities, world.shop, world.providers)


def says(world: World, placed: Placed, outcome: Outcome, days: int = 0) -> None:
    """A genuine word of the provider about the newest attempt."""
    session.rollback()
    attempt = attempt_of(placed).id
    session.rollback()
    world.now = NOW + timedelta(days=days)
    run_unit(lambda: apply_outcome(attempt, outcome, world.shop, world.providers, actor="system", now=world.now))


def attempt_of(placed: Placed) -> PaymentAttempt:
    found = session.scalars(
        select(PaymentAttempt)
        .join(Bill, Bill.id == PaymentAttempt.bill_id)
        .where(Bill.order_id == placed.order_id)
        .order_by(PaymentAttempt.id.desc())
    ).first()
    assert found is not None
    return found


def comes_back(world: World, placed: Placed, mode: str = "ok") -> None:
    attempt = attempt_of(placed)
    token, world.gateway.mode = attempt.token, mode
    world.gateway.approve(attempt.reference)
    return_from_gateway(token, {}, world.shop, world.providers, PUBLIC_URL, now=world.now)
    session.rollback()


def order_of(placed: Placed) -> Order:
    session.rollback()
    return session.get_one(Order, placed.order_id)


def owed() -> list[int]:
    """Refunds and open tasks without one: what leaves the shop."""
    session.rollback()
    refunds = session.scalars(select(Refund.amount).where(Refund.attempt_id.is_not(None), Refund.state != "failed"))
    tasks = session.scalars(select(RefundTask.amount).where(RefundTask.state == "open", RefundTask.refund_id.is_(None)))
    return [*refunds, *tasks]


def test_many_different_orders_side_by_side(world: World) -> None:
    """Paid, part-paid, overpaid, cancelled, shipped in parts, pending, mismatching, late, lapsed, limited."""
    number = orders(world, TEA=2, CARD=1).number
    pays(world, number, 4201)
    for _ in range(2):
        act(hand_over, act(plan, number, {1: 1}).id, world.providers)
    act(hand_over, act(plan, number).id, world.providers)
    pays(world, orders(world, TEA=1).number, 1000)
    pays(world, orders(world, CUP=1, off=15).number, 3000)
    act(cancel_order, orders(world, CUP=2, wallet=700).number, world.providers)
    comes_back(world, orders(world, "fake_gateway", TEA=1), "pending")
    comes_back(world, orders(world, "fake_gateway", CARD=1), "wrong_amount")
    comes_back(world, orders(world, "fake_gateway", CARD=1), "wrong_currency")
    comes_back(world, orders(world, "fake_gateway", CARD=1), "declines")
    comes_back(world, orders(world, "fake_gateway", CARD=1, FIG=1), "ok")
    late = orders(world, "fake_gateway", TEA=1)
    cancels_lines(world, orders(world, TEA=1, POT=2).number, {2: 1})
    Shopper(world).buys("TEA-1", address=TOKYO, method="cash")
    session.rollback()
    act(arrive, "POT-1", 3)
    assert run_all(NOW) == []
    world.now = NOW + timedelta(minutes=40)
    lapse_drafts(world.shop, world.providers, world.now)
    comes_back(world, late)
    says(world, late, Captured("late", Money(attempt_of(late).amount, "JPY")))
    assert run_all(world.now) == []
    world.now = NOW + timedelta(days=8)
    lapse_drafts(world.shop, world.providers, world.now)
    cancel_unpaid(world.shop, world.providers, world.now)
    assert {state for (state,) in session.execute(select(Order.state))} == {
        "pending", "processing", "shipped", "cancelled",
    }  # fmt: skip


@pytest.mark.req("PAY-5", "ORD-5")
def test_a_line_and_then_the_whole_order_are_cancelled_after_payment(world: World) -> None:
    number = orders(world, TEA=2, CARD=1).number
    pays(world, number, 4201)
    cancels_lines(world, number, {1: 1})
    act(cancel_order, number, world.providers)
    assert owed() == [1200, 3001]


@pytest.mark.req("PAY-5")
def test_a_line_cancelled_before_and_after_payment_gives_back_what_was_paid_for_it(world: World) -> None:
    """3 teas with 15 % off; one is cancelled before payment, the others after it."""
    placed = orders(world, TEA=3, CARD=1, off=15)
    cancels_lines(world, placed.number, {1: 1})
    session.rollback()
    bill = session.scalars(select(Bill).where(Bill.state == "open")).one()
    teas = refund_room(bill)[0].amount
    pays(world, placed.number, bill.amount)
    for _ in range(2):
        cancels_lines(world, placed.number, {1: 1})
    assert teas < 2 * 1200
    assert sum(owed()) == teas


def test_what_was_refunded_as_a_kindness_is_not_given_back_again_with_the_line(world: World) -> None:
    placed = orders(world, TEA=2, CARD=1)
    pays(world, placed.number, 4201)
    session.rollback()
    bill = session.scalars(select(Bill)).one()
    tea = next(room for room in refund_room(bill) if room.amount == 2400)
    act(request_refund, bill.number, {tea.bill_line_id: 2000}, world.providers)
    cancels_lines(world, placed.number, {1: 2})
    assert owed() == [2000, 400]


def test_a_line_paid_by_money_and_by_a_tender_goes_back_to_both(world: World) -> None:
    placed = orders(world, TEA=2, CARD=1, wallet=3000)
    pays(world, placed.number, 1201)
    cancels_lines(world, placed.number, {1: 2})
    assert owed() == [1201]
    assert session.scalars(select(Refund.amount).where(Refund.tender_id.is_not(None))).all() == [1199]


def test_a_tender_that_covers_what_is_left_settles_the_order(world: World) -> None:
    placed = orders(world, TEA=3, CARD=1, wallet=3001)
    cancels_lines(world, placed.number, {1: 2})
    assert order_of(placed).state == "processing"


@pytest.mark.req("SHP-8", "ORD-5")
@pytest.mark.parametrize("packed", [False, True])
def test_a_cancelled_order_leaves_no_parcel_behind(world: World, packed: bool) -> None:
    number = orders(world, TEA=2).number
    pays(world, number, 3900)
    parcel = act(plan, number).id
    if packed:
        act(pack, parcel, 500)
    act(cancel_order, number, world.providers)
    assert session.scalar(select(func.count()).select_from(Shipment)) == 0


@pytest.mark.req("SHP-8", "ORD-11")
def test_a_cancelled_line_is_taken_out_of_its_parcel_which_is_packed_anew(world: World) -> None:
    number = orders(world, TEA=3, CARD=1).number
    pays(world, number, 5401)
    parcel = act(plan, number).id
    act(pack, parcel, 500)
    cancels_lines(world, number, {1: 1, 2: 1})
    session.rollback()
    shipment = session.get_one(Shipment, parcel)
    assert (shipment.state, shipment.weight) == ("planned", None)
    act(hand_over, parcel, world.providers)
    session.rollback()
    assert session.scalars(select(Order.state)).all() == ["shipped"]


@pytest.mark.req("PAY-3")
def test_money_entered_for_a_draft_that_then_lapses_is_owed_back(world: World) -> None:
    placed = orders(world, "fake_gateway", TEA=1)
    comes_back(world, placed, "declines")
    pays(world, placed.number, 1000)
    world.now = NOW + timedelta(minutes=31)
    lapse_drafts(world.shop, world.providers, world.now)
    assert order_of(placed).cancel_reason == "lapsed"
    assert owed() == [1000]


@pytest.mark.req("CHK-2", "CHK-7")
def test_the_same_confirmation_orders_anew_when_its_draft_has_lapsed(world: World) -> None:
    shopper = Shopper(world)
    shopper.adds("TEA-1")
    token = shopper.fills_in(method="fake_gateway")
    first = shopper.places(token)
    shopper.pays(first)
    world.now = NOW + timedelta(hours=1)
    session.rollback()
    lapse_drafts(world.shop, world.providers, world.now)
    again = shopper.places(token)
    assert (again.again, again.number != first.number) == (False, True)
    assert order_of(again).state == "draft"


def test_who_paid_for_what_was_sold_meanwhile_can_order_the_rest(world: World) -> None:
    """The money comes without our asking, after the goods went to somebody else."""
    shopper = Shopper(world)
    shopper.adds("TEA-1", 8)
    shopper.adds("CARD-1")
    token = shopper.fills_in(method="fake_gateway")
    placed = shopper.places(token)
    shopper.pays(placed)
    session.rollback()

    def break_one() -> None:
        stock.release(list(session.scalars(select(Reservation.order_line_id))))
        stock.adjust(session.scalars(select(Sku.id).where(Sku.code == "TEA-1")).one(), -1, "cli:tanaka", "broken")

    run_unit(break_one)
    says(world, placed, Captured("cap", Money(attempt_of(placed).amount, "JPY")))
    assert order_of(placed).cancel_reason == "unavailable"
    assert owed() == [8 * 1200 + 301 + 1500]
    assert session.scalars(select(OutboxRow.name).where(OutboxRow.queue == "mail")).all() == ["mail.order_cancelled"]
    assert shopper.fills_in(method="transfer") != token


@pytest.mark.req("PAY-7")
@pytest.mark.parametrize(
    "outcome", [Captured("cap", Money(1, "JPY")), Voided(), Declined("No.")], ids=["mismatch", "voided", "declined"]
)
@pytest.mark.parametrize(("days", "state"), [(3, "pending"), (9, "cancelled")])
def test_however_a_pending_payment_fails_its_bill_has_a_deadline_again(
    world: World, outcome: Outcome, days: int, state: str
) -> None:
    placed = orders(world, "fake_gateway", TEA=1)
    comes_back(world, placed, "pending")
    says(world, placed, outcome, days)
    assert order_of(placed).state == state


def test_a_part_that_was_paid_is_owed_back_when_the_rest_is_declined_too_late(world: World) -> None:
    placed = orders(world, TEA=1)
    pays(world, placed.number, 700)
    says(world, placed, Declined("No."), 9)
    assert order_of(placed).cancel_reason == "unpaid"
    assert owed() == [700]


def test_a_provider_that_takes_the_whole_after_a_part_was_entered_owes_the_part(world: World) -> None:
    placed = orders(world, TEA=1)
    pays(world, placed.number, 700)
    says(world, placed, Captured("cap", Money(2700, "JPY")))
    assert order_of(placed).state == "processing"
    assert owed() == [700]


def test_a_refund_that_fails_is_owed_still_and_once(world: World) -> None:
    placed = orders(world, "fake_gateway", TEA=2)
    comes_back(world, placed)
    cancels_lines(world, placed.number, {1: 1})
    session.rollback()
    (refund,) = session.scalars(select(Refund.id)).all()
    world.gateway.refund = lambda view: Declined("No.")  # type: ignore[method-assign]
    assert send_refund(refund, world.providers, PUBLIC_URL, now=NOW) == "failed"
    assert owed() == [1200]


def test_a_task_ends_with_its_refund(world: World) -> None:
    placed = orders(world, TEA=2)
    pays(world, placed.number, 3900)
    cancels_lines(world, placed.number, {1: 1})
    session.rollback()
    (refund,) = session.scalars(select(Refund.id)).all()
    session.rollback()
    act(confirm_refund, refund, "by hand")
    assert session.scalars(select(RefundTask.state)).all() == ["done"]


def test_a_refund_of_part_of_a_cancelled_order_leaves_the_rest_owed(world: World) -> None:
    placed = orders(world, TEA=2)
    pays(world, placed.number, 3900)
    act(cancel_order, placed.number, world.providers)
    session.rollback()
    bill = session.scalars(select(Bill)).one()
    room = refund_room(bill)[0]
    act(request_refund, bill.number, {room.bill_line_id: 400}, world.providers)
    assert owed() == [400, 3500]


def test_goods_that_arrive_while_the_order_is_a_draft_are_in_hand_when_it_is_placed(world: World) -> None:
    placed = orders(world, "fake_gateway", POT=1)
    act(arrive, "POT-1", 1)
    comes_back(world, placed)
    assert order_of(placed).state == "processing"
    act(hand_over, act(plan, placed.number).id, world.providers)


def test_a_late_answer_of_the_gateway_is_found_by_asking(world: World) -> None:
    placed = orders(world, "fake_gateway", TEA=1)
    comes_back(world, placed, "times_out_after")
    world.now = NOW + timedelta(hours=3)
    lapse_drafts(world.shop, world.providers, world.now)
    assert run_all(world.now) == []
    reconcile(attempt_of(placed).id, world.shop, world.providers, PUBLIC_URL, now=world.now)
    assert order_of(placed).state == "processing"
