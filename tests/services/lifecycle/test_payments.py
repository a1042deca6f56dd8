"""The whole way of a redirecting payment: agreed, declined, late, pending for days, differing."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storefront.core.billing.models import Bill
from storefront.core.contracts.payments import Captured, RawWebhook, WebhookRefused
from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.lifecycle.expire import cancel_unpaid, lapse_drafts
from storefront.core.lifecycle.outcome import Step, apply_outcome
from storefront.core.lifecycle.pay import (
    UnknownAttempt,
    process_webhook,
    reconcile,
    return_from_gateway,
    start_payment,
    take_webhook,
)
from storefront.core.lifecycle.place import Placed
from storefront.core.orders.models import Order
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt, PaymentEvent, RefundTask, WebhookEvent
from storefront.core.stock.models import StockItem
from storefront.core.values.money import Money
from storefront.testing.factories import make_product
from storefront.testing.world import NOW, PUBLIC_URL, Shopper, World, make_world


@pytest.fixture(autouse=True)
def goods(db: object) -> None:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=5)


def redirected(world: World, quantity: int = 1) -> tuple[Placed, PaymentAttempt]:
    shopper = Shopper(world)
    placed = shopper.buys("TEA-1", quantity, method="fake_gateway")
    session.rollback()
    return placed, session.scalars(select(PaymentAttempt).order_by(PaymentAttempt.id.desc())).first()


def comes_back(world: World, token: str, minutes: int = 5) -> Step:
    session.rollback()
    now = NOW + timedelta(minutes=minutes)
    step = return_from_gateway(token, {}, world.shop, world.providers, PUBLIC_URL, now=now)
    session.rollback()
    return step


def state(placed: Placed) -> tuple[str, str]:
    session.rollback()
    order = session.get_one(Order, placed.order_id)
    return order.state, order.cancel_reason


@pytest.mark.req("PAY-1", "CHK-7")
def test_agreeing_captures_once_and_places_the_order(world: World) -> None:
    placed, attempt = redirected(world)
    token = attempt.token
    assert state(placed) == ("draft", "")
    world.gateway.approve(attempt.reference)
    assert comes_back(world, token).state == "captured"
    assert state(placed) == ("processing", "")
    assert comes_back(world, token).state == "captured"
    payment = world.gateway.payments["fake_gateway-1"]
    assert (payment.captures, payment.amount) == (1, Money(2700, "JPY"))
    assert session.scalars(select(Bill)).one().state == "settled"
    assert session.scalars(select(OutboxRow.name).where(OutboxRow.queue == "mail")).all() == ["mail.order_accepted"]


def test_the_gateway_is_asked_with_a_key_that_was_committed_before(world: World) -> None:
    placed, attempt = redirected(world)
    again = start_payment(attempt.id, world.shop, world.providers, PUBLIC_URL, now=NOW)
    assert again.state == "redirected"
    assert list(world.gateway.payments) == ["fake_gateway-1"]


def test_a_declined_capture_charges_nothing_and_leaves_a_draft(world: World) -> None:
    world.gateway.mode = "declines"
    placed, attempt = redirected(world)
    world.gateway.approve(attempt.reference)
    step = comes_back(world, attempt.token)
    assert (step.state, step.message) == ("declined", "The payment was declined. Nothing was charged.")
    assert state(placed) == ("draft", "")
    assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_coming_back_without_agreeing_leaves_everything_as_it_was(world: World) -> None:
    placed, attempt = redirected(world)
    assert comes_back(world, attempt.token).state == "redirected"
    assert state(placed) == ("draft", "")


def test_the_success_address_opened_by_hand_pays_nothing(world: World) -> None:
    with pytest.raises(UnknownAttempt):
        comes_back(world, "guessed")
    with pytest.raises(UnknownAttempt):
        comes_back(world, "")


def test_agreeing_after_the_hold_ended_captures_only_when_the_goods_are_still_there(world: World) -> None:
    placed, attempt = redirected(world, 5)
    world.gateway.approve(attempt.reference)
    session.rollback()
    lapse_drafts(world.shop, world.providers, NOW + timedelta(minutes=31))
    step = comes_back(world, attempt.token, 40)
    assert step.state == "voided"
    assert state(placed) == ("cancelled", "lapsed")
    assert "capture" not in world.gateway.calls


def test_an_expired_hold_is_taken_again_before_the_capture(world: World) -> None:
    placed, attempt = redirected(world, 5)
    world.gateway.approve(attempt.reference)
    assert comes_back(world, attempt.token, 45).state == "captured"
    assert state(placed) == ("processing", "")


def test_without_the_goods_nothing_is_captured(world: World) -> None:
    placed, attempt = redirected(world, 5)
    world.gateway.approve(attempt.reference)
    with unit_of_work():  # somebody took the goods out of the hold: only possible once it had ended
        from storefront.core.stock import service as stock
        from storefront.core.stock.models import Reservation

        lines = list(session.scalars(select(Reservation.order_line_id)))
        stock.release(lines)
        sku_id = session.scalars(select(StockItem.sku_id)).one()
        stock.adjust(sku_id, -3, "test", "broken")
    step = comes_back(world, attempt.token, 45)
    assert step.state == "voided" and "sold" in step.message
    assert "capture" not in world.gateway.calls


@pytest.mark.req("PAY-7")
def test_a_pending_payment_stops_every_deadline_and_clears_days_later(world: World) -> None:
    world.gateway.mode = "pending"
    placed, attempt = redirected(world)
    world.gateway.approve(attempt.reference)
    assert comes_back(world, attempt.token).state == "pending"
    assert state(placed) == ("pending", "")
    assert cancel_unpaid(world.shop, world.providers, NOW + timedelta(days=9)) == 0
    world.gateway.clear(attempt.reference)
    session.rollback()
    reconcile(attempt.id, world.shop, world.providers, PUBLIC_URL, now=NOW + timedelta(days=9))
    assert state(placed) == ("processing", "")


@pytest.mark.req("PAY-7")
@pytest.mark.parametrize(("days", "expected"), [(3, ("pending", "")), (9, ("cancelled", "unpaid"))])
def test_a_pending_payment_that_fails(world: World, days: int, expected: tuple[str, str]) -> None:
    world.gateway.mode = "pending"
    placed, attempt = redirected(world)
    world.gateway.approve(attempt.reference)
    comes_back(world, attempt.token)
    world.gateway.fail(attempt.reference)
    reconcile(attempt.id, world.shop, world.providers, PUBLIC_URL, now=NOW + timedelta(days=days))
    assert state(placed) == expected
    item = session.scalars(select(StockItem)).one()
    assert item.reserved == (1 if days == 3 else 0)


@pytest.mark.parametrize("mode", ["wrong_amount", "wrong_currency"])
def test_a_genuine_word_about_another_sum_does_not_pay(world: World, mode: str) -> None:
    world.gateway.mode = mode
    placed, attempt = redirected(world)
    world.gateway.approve(attempt.reference)
    comes_back(world, attempt.token)
    assert state(placed) == ("draft", "")
    assert session.scalars(select(Bill)).one().state == "open"
    task = session.scalars(select(RefundTask)).one()
    assert task.reason == "mismatch"


def test_a_late_webhook_finds_the_payment_when_the_shopper_never_came_back(world: World) -> None:
    placed, attempt = redirected(world)
    world.gateway.approve(attempt.reference)
    raw = RawWebhook(f"ev-1:{attempt.reference}".encode(), {"x-signature": "genuine"})
    facts = world.gateway.read_webhook(raw)
    assert run_unit(lambda: take_webhook("fake_gateway", facts, raw)) == 1
    assert run_unit(lambda: take_webhook("fake_gateway", facts, raw)) == 0
    webhook = session.scalars(select(WebhookEvent.id)).one()
    session.rollback()
    for _ in range(3):
        process_webhook(webhook, world.shop, world.providers, PUBLIC_URL, now=NOW + timedelta(minutes=3))
        session.rollback()
    assert state(placed) == ("processing", "")
    assert world.gateway.payments[attempt.reference].captures == 1


def test_a_forged_webhook_is_refused(world: World) -> None:
    with pytest.raises(WebhookRefused):
        world.gateway.read_webhook(RawWebhook(b"ev-1:fake_gateway-1", {}))


def test_a_hanging_capture_that_did_the_work_is_found_by_asking_again(world: World) -> None:
    world.gateway.mode = "times_out_after"
    placed, attempt = redirected(world)
    world.gateway.approve(attempt.reference)
    assert comes_back(world, attempt.token).state == "approved"
    assert session.scalars(select(OutboxRow.name)).all() == ["payments.reconcile"]
    session.rollback()
    reconcile(attempt.id, world.shop, world.providers, PUBLIC_URL, now=NOW + timedelta(minutes=6))
    assert state(placed) == ("processing", "")
    assert world.gateway.payments[attempt.reference].captures == 1


def test_money_for_an_order_that_ended_is_recorded_and_owed_back(world: World) -> None:
    placed, attempt = redirected(world)
    session.rollback()
    lapse_drafts(world.shop, world.providers, NOW + timedelta(hours=1))
    captured = Captured("cap-1", Money(2700, "JPY"))
    for _ in range(2):
        run_unit(lambda: apply_outcome(attempt.id, captured, world.shop, world.providers, actor="system", now=NOW))
    assert state(placed) == ("cancelled", "lapsed")
    assert session.scalars(select(RefundTask.amount)).all() == [2700]
    assert session.scalars(select(PaymentEvent.kind).where(PaymentEvent.amount > 0)).all() == ["late"]


def test_a_provider_is_never_called_inside_a_transaction(world: World) -> None:
    placed, attempt = redirected(world)
    with pytest.raises(RuntimeError, match="inside a transaction"), unit_of_work():
        start_payment(attempt.id, world.shop, world.providers, PUBLIC_URL)


def test_a_method_whose_plugin_is_gone_waits_instead_of_failing(world: World) -> None:
    placed, attempt = redirected(world)
    bare = make_world()
    bare.providers.methods.pop("fake_gateway")  # type: ignore[attr-defined]
    session.rollback()
    step = reconcile(attempt.id, bare.shop, bare.providers, PUBLIC_URL, now=NOW)
    assert step.state == "redirected"
    assert state(placed) == ("draft", "")
