"""Money that must go back, whatever the reason, and what was chosen to go back."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.billing.models import Bill
from storefront.core.contracts.payments import Captured, Declined
from storefront.core.db import session, unit_of_work
from storefront.core.invariants.checks import run_all
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.outcome import apply_outcome
from storefront.core.lifecycle.pay import return_from_gateway
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.refund import confirm_refund, refund_room, request_refund, send_refund
from storefront.core.lifecycle.refund_choice import bill_to_refund, chosen_parts
from storefront.core.lifecycle.refund_tasks import confirm_task, owed_back, take_up
from storefront.core.orders.models import Order, OrderEvent, OrderFlag
from storefront.core.payments import service as payments
from storefront.core.payments.models import PaymentAttempt, Refund, RefundTask
from storefront.core.values.money import Money
from storefront.testing.factories import make_product
from storefront.testing.world import NOW, PUBLIC_URL, Shopper, World, act


@pytest.fixture(autouse=True)
def goods(db: object, world: World) -> Iterator[None]:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=9, customs_description="Green tea")
        make_product(code="CUP", price=3000, on_hand=5)
    yield
    session.rollback()
    assert run_all(NOW) == []


def arrives(world: World, number: str, amount: int, reference: str) -> None:
    act(receive, number, Money(amount, "JPY"), world.shop, world.providers, reference=reference)


def tasks() -> list[tuple[str, str, int, str]]:
    session.rollback()
    rows = session.scalars(select(RefundTask).order_by(RefundTask.id)).all()
    return [(t.reason, t.state, t.amount, t.currency) for t in rows]


def task_id() -> int:
    session.rollback()
    return session.scalars(select(RefundTask.id).where(RefundTask.state == "open")).one()


@pytest.mark.req("PAY-6")
def test_what_was_too_much_goes_back_by_hand_and_leaves_the_bill_paid(world: World) -> None:
    number = Shopper(world).buys("TEA-1").number
    arrives(world, number, 3000, "TRX-1")
    assert tasks() == [("overpaid", "open", 300, "JPY")]
    with pytest.raises(NotPossible, match="reference"):
        act(confirm_task, task_id(), "  ")
    with pytest.raises(NotPossible, match="No more than what is owed"):
        act(confirm_task, task_id(), "BACK-1", amount=301)
    act(confirm_task, task_id(), "BACK-1", reason="too much")
    assert tasks() == [("overpaid", "done", 300, "JPY")]
    bill = session.scalars(select(Bill)).one()
    assert (payments.captured_sum(bill.id), payments.refunded_sum(bill.id)) == (2700, 0)
    assert sum(room.amount for room in refund_room(bill)) == 2700
    with pytest.raises(NotPossible, match="went back already"):
        act(confirm_task, session.scalars(select(RefundTask.id)).one(), "BACK-2")
    # and all of the bill can still go back
    (refund,) = act(request_refund, bill.number, None, world.providers)
    act(confirm_refund, refund, "BACK-3")
    assert session.scalars(select(Refund.amount).order_by(Refund.id)).all() == [300, 2700]
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("refund.%"))).all()
    assert acts == ["refund.task", "refund.confirm", "refund.confirm"]
    events = session.scalars(select(OrderEvent.name).where(OrderEvent.name.like("refund%"))).all()
    assert events == ["refund_requested", "refund_done"] * 2


@pytest.mark.req("PAY-6")
def test_a_task_goes_back_in_parts(world: World) -> None:
    number = Shopper(world).buys("TEA-1").number
    act(cancel_order, number, world.providers)
    arrives(world, number, 2700, "TRX-1")
    assert tasks() == [("late", "open", 2700, "JPY")]
    act(confirm_task, task_id(), "BACK-1", amount=700)
    assert sorted(tasks()) == [("late", "done", 700, "JPY"), ("late", "open", 2000, "JPY")]
    act(confirm_task, task_id(), "BACK-2")
    assert sorted(tasks()) == [("late", "done", 700, "JPY"), ("late", "done", 2000, "JPY")]


@pytest.mark.req("PAY-5")
def test_a_cancelled_order_paid_in_part_is_paid_back(world: World) -> None:
    """Its bill was never settled, so no refund of the bill could be asked for."""
    number = Shopper(world).buys("TEA-1").number
    arrives(world, number, 1000, "TRX-1")
    arrives(world, number, 500, "TRX-2")
    act(cancel_order, number, world.providers)
    assert tasks() == [("cancelled", "open", 1500, "JPY")]
    order = session.scalars(select(Order)).one()
    (owed,) = owed_back(order.id, world.providers)
    assert (owed.amount, owed.method, owed.can_send, owed.refund_id) == (1500, "transfer", False, None)
    act(confirm_task, owed.id, "BACK-1")
    assert tasks() == [("cancelled", "done", 1500, "JPY")]


def at_the_gateway(world: World) -> PaymentAttempt:
    placed = Shopper(world).buys("TEA-1", method="fake_gateway")
    session.rollback()
    attempt = session.get_one(PaymentAttempt, placed.attempt_id)
    session.expunge(attempt)
    session.rollback()
    return attempt


def says(world: World, attempt: PaymentAttempt, money: Money) -> None:
    outcome = Captured(f"cap-{attempt.reference}", money)
    act(lambda **kw: apply_outcome(attempt.id, outcome, world.shop, world.providers, **kw))


@pytest.mark.req("PAY-5", "PAY-6")
def test_money_that_does_not_match_is_sent_back_by_its_gateway(world: World) -> None:
    attempt = at_the_gateway(world)
    says(world, attempt, Money(77, "EUR"))
    assert tasks() == [("mismatch", "open", 77, "EUR")]
    (refund,) = act(take_up, task_id())
    session.rollback()
    assert send_refund(refund, world.providers, PUBLIC_URL, now=NOW) == "done"
    assert world.gateway.payments[attempt.reference].refunds == [Money(77, "EUR")]
    assert tasks() == [("mismatch", "done", 77, "EUR")]


@pytest.mark.req("PAY-6")
def test_a_placed_order_whose_payment_does_not_match_is_flagged(world: World) -> None:
    Shopper(world).buys("TEA-1")
    attempt = session.scalars(select(PaymentAttempt)).one()
    session.expunge(attempt)
    says(world, attempt, Money(1, "JPY"))
    assert session.scalars(select(OrderFlag.kind)).all() == ["payment"]


@pytest.mark.req("PAY-5")
def test_a_gateway_that_refuses_leaves_the_task_to_be_done_by_hand(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = at_the_gateway(world)
    world.gateway.approve(attempt.reference)
    return_from_gateway(attempt.token, {}, world.shop, world.providers, PUBLIC_URL, now=NOW)
    session.rollback()
    number = session.scalars(select(Order.number)).one()
    act(cancel_order, number, world.providers)
    monkeypatch.setattr(world.gateway, "refund", lambda refund: Declined("Too old."))
    (refund,) = act(take_up, task_id())
    assert act(take_up, task_id()) == [refund]  # asked again it is the same refund
    session.rollback()
    assert send_refund(refund, world.providers, PUBLIC_URL, now=NOW) == "failed"
    assert tasks() == [("cancelled", "open", 2700, "JPY")]
    act(confirm_task, task_id(), "BACK-1")
    assert tasks() == [("cancelled", "done", 2700, "JPY")]
    assert session.scalars(select(Refund.state).order_by(Refund.id)).all() == ["failed", "done"]


@pytest.mark.req("PAY-5")
def test_lines_pieces_postage_and_amounts_are_chosen(world: World) -> None:
    shopper = Shopper(world)
    shopper.adds("TEA-1", 3)
    number = shopper.buys("CUP-1").number
    arrives(world, number, 3600 + 3000 + 1500, "TRX-1")
    session.rollback()
    order = session.scalars(select(Order)).one()
    bill = bill_to_refund(order.id, number)

    def chosen(**wish: Any) -> list[int]:
        parts = chosen_parts(bill, **{"lines": {}, **wish})
        return sorted(parts.values()) if parts is not None else []

    assert chosen() == []  # nothing chosen: everything
    assert chosen(lines={1: 2}) == [2400]
    assert chosen(lines={1: None, 2: 1}, shipping=True) == [1500, 3000, 3600]
    assert chosen(shipping=True, amount=1000) == [1000]
    assert sum(chosen(amount=81)) == 81
    for wrong in ({"lines": {1: 4}}, {"lines": {9: 1}}, {"lines": {1: 0}}, {"amount": 0}, {"amount": 8101}):
        with pytest.raises(NotPossible):
            chosen(**wrong)
    with pytest.raises(NotPossible, match="no such bill"):
        bill_to_refund(order.id, number, "nothing")
    parts = chosen_parts(bill, lines={1: 1}, shipping=True)
    act(request_refund, bill.number, parts, world.providers)
    assert chosen(lines={1: 3}) == [2400]
    with pytest.raises(NotPossible, match="postage"):
        chosen(shipping=True)
