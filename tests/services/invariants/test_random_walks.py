"""Shoppers, owner, gateway and clock act at random; whatever happened, the books agree afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core.billing.models import Bill
from storefront.core.cart.errors import CartError
from storefront.core.contracts.payments import Captured, Declined, Outcome
from storefront.core.db import run_unit, session
from storefront.core.invariants.checks import run_all
from storefront.core.lifecycle.arrive import arrive
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.complete import complete, end_returned
from storefront.core.lifecycle.edit import cancel_lines
from storefront.core.lifecycle.errors import CheckoutIncomplete, TokenExpired, TotalChanged
from storefront.core.lifecycle.expire import cancel_unpaid, lapse_drafts
from storefront.core.lifecycle.outcome import apply_outcome
from storefront.core.lifecycle.parcels import mark_delivered, mark_lost, mark_returned, repack, unplan
from storefront.core.lifecycle.pay import reconcile, return_from_gateway, start_payment
from storefront.core.lifecycle.readdress import change_address
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.refund import confirm_refund, refund_room, request_refund, send_refund
from storefront.core.lifecycle.refund_tasks import confirm_task, take_up
from storefront.core.lifecycle.repay import pay_again
from storefront.core.lifecycle.ship import hand_over, pack, plan
from storefront.core.orders.errors import OrderError
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.notes import add_note
from storefront.core.payments.models import PaymentAttempt, Refund, RefundTask
from storefront.core.shipping.models import Shipment
from storefront.core.stock import service as stock
from storefront.core.stock.errors import StockError
from storefront.core.stock.models import StockItem
from storefront.core.values.money import Money
from storefront.testing.databases import Database
from storefront.testing.world import PUBLIC_URL, TAIPEI, TOKYO, Shopper, World

STEPS = 240
AUDIT_EVERY = 40
SKUS = ("TEA-1", "CUP-1", "FIG-1", "POT-1", "CARD-1")
MAILS = ("lin@example.com", "sato@example.com", "other@example.com")
# What a door would tell the shopper or the owner; anything else that is raised is a fault.
SAID = (OrderError, CartError, StockError, CheckoutIncomplete, TotalChanged, TokenExpired)


@dataclass
class Walk:
    """One seed, one story. ``story``: the acts so far, to be read when the books do not agree."""

    world: World
    random: Random
    shoppers: list[Shopper] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    entered: int = 0

    def step(self) -> None:
        act: Callable[[], object] = self.random.choice(self.acts())
        self.story.append(act.__name__)
        session.rollback()
        try:
            said = act()
            self.story[-1] += f": {said}" if said else ""
        except SAID as error:
            self.story[-1] += f": refused, {type(error).__name__} {error}"
        finally:
            session.rollback()

    def acts(self) -> list[Callable[[], object]]:
        shopper = [
            self.buys,
            self.buys,
            self.buys,
            self.orders_again,
            self.comes_back,
            self.comes_back,
            self.pays_again,
        ]
        gateway = [self.asked_again, self.says_captured, self.says_declined, self.clears]
        owner = [
            self.enters_money, self.enters_money, self.cancels, self.cancels_lines, self.cancels_lines, self.plans,
            self.packs, self.hands_over, self.hands_over, self.goods_arrive, self.counts, self.refunds,
            self.sends_refund, self.confirms_refund, self.closes_task, self.closes_task, self.takes_task_up,
            self.takes_apart, self.packs_otherwise, self.hears_of_a_parcel, self.hears_of_a_parcel, self.ends,
            self.mends_address, self.writes,
        ]  # fmt: skip
        return [*shopper, *gateway, *owner, self.time_passes, self.time_passes]

    # --- who is chosen ---

    def _one(self, kind: Any, *conditions: Any) -> Any:
        rows = session.scalars(select(kind).where(*conditions).order_by(kind.id)).all()
        if not rows:
            raise OrderError("there is none")
        # mostly the newest: old stories have ended
        return self.random.choice(rows[-4:] if self.random.random() < 0.8 else rows)

    def _order(self, *conditions: Any) -> Any:
        return self._one(Order, *conditions)

    # --- shoppers ---

    def buys(self) -> object:
        if not self.shoppers or self.random.random() < 0.5:
            self.shoppers.append(Shopper(self.world))
        shopper = self.random.choice(self.shoppers[-3:])
        for sku in self.random.sample(SKUS, self.random.randint(1, 3)):
            shopper.adds(sku, self.random.randint(1, 3))
        return self._confirms(shopper)

    def orders_again(self) -> object:
        """The confirm page once more: a double click, or another method after a look at the gateway."""
        return self._confirms(self.random.choice(self.shoppers)) if self.shoppers else None

    def _confirms(self, shopper: Shopper) -> object:
        address, method = self.random.choice(
            [
                (TAIPEI, "transfer"),
                (TOKYO, "cash"),
                (TAIPEI, "fake_gateway"),
                (TOKYO, "fake_gateway"),
                (TOKYO, "transfer"),
            ]
        )
        address = replace(address, email=self.random.choice(MAILS))
        inputs = {
            "percent": {"off": self.random.choice(["0", "0", "15", "100"])},
            "wallet": {"amount": self.random.choice(["0", "0", "700", "5000", "99999"])},
        }
        token = shopper.fills_in(address, method=method, **inputs)
        placed = shopper.places(token)
        if placed.attempt_id is not None and self.random.random() < 0.9:
            shopper.pays(placed)
        return f"{placed.number} by {method}{' again' if placed.again else ''}"

    def comes_back(self) -> object:
        attempt = self._one(PaymentAttempt, PaymentAttempt.method == "fake_gateway")
        world, reference = self.world, attempt.reference
        payment = world.gateway.payments.get(reference)
        if payment is not None and payment.state == "created" and self.random.random() < 0.8:
            world.gateway.approve(reference)
        world.gateway.mode = self.random.choice(
            ["ok", "ok", "ok", "declines", "pending", "times_out", "times_out_after", "wrong_amount", "wrong_currency"]
        )
        step = return_from_gateway(attempt.token, {}, world.shop, world.providers, PUBLIC_URL, now=world.now)
        return f"{step.order_number} {world.gateway.mode} -> {step.state}"

    def pays_again(self) -> object:
        order = self._order(Order.state.in_(("pending", "processing")))
        bill = self._one(Bill, Bill.order_id == order.id)
        method, secret, world = self.random.choice(["transfer", "fake_gateway", "cash"]), bill.secret, self.world
        session.rollback()
        attempt = run_unit(
            lambda: pay_again(secret, method, world.shop, world.providers, actor="shopper", now=world.now)
        )
        start_payment(attempt, world.shop, world.providers, PUBLIC_URL, now=world.now)
        return f"{attempt} by {method}"

    # --- the gateway ---

    def asked_again(self) -> object:
        attempt = self._one(PaymentAttempt, PaymentAttempt.method == "fake_gateway")
        step = reconcile(attempt.id, self.world.shop, self.world.providers, PUBLIC_URL, now=self.world.now)
        return f"{step.order_number} -> {step.state}"

    def clears(self) -> object:
        attempt = self._one(PaymentAttempt, PaymentAttempt.state == "pending")
        end = self.world.gateway.clear if self.random.random() < 0.5 else self.world.gateway.fail
        end(attempt.reference)
        step = reconcile(attempt.id, self.world.shop, self.world.providers, PUBLIC_URL, now=self.world.now)
        return f"{step.order_number} -> {step.state}"

    def says_captured(self) -> object:
        """Whatever we think of it: a genuine word that money came."""
        attempt = self._one(PaymentAttempt)
        return self._says(attempt, Captured(f"cap-{attempt.id}", Money(attempt.amount, attempt.currency)))

    def says_declined(self) -> object:
        return self._says(self._one(PaymentAttempt), Declined("No.", final=self.random.random() < 0.5))

    def _says(self, attempt: PaymentAttempt, outcome: Outcome) -> object:
        attempt_id, world = attempt.id, self.world
        session.rollback()
        step = run_unit(
            lambda: apply_outcome(attempt_id, outcome, world.shop, world.providers, actor="system", now=world.now)
        )
        return f"{step.order_number} -> {step.state}"

    # --- the owner ---

    def enters_money(self) -> object:
        bill = self._one(Bill)
        order = session.get_one(Order, bill.order_id)
        amount = max(bill.amount + self.random.choice([0, 0, 0, -500, 250]), 1)
        self.entered += 1
        number, bill_number, reference = order.number, bill.number, f"TRX-{self.entered - self.random.randint(0, 1)}"
        session.rollback()
        world = self.world
        received = run_unit(
            lambda: receive(
                number, Money(amount, "JPY"), world.shop, world.providers, actor="cli:tanaka", now=world.now,
                reference=reference, bill_number=bill_number,
            )
        )  # fmt: skip
        return f"{bill_number} {amount} {reference} {received}"

    def cancels(self) -> object:
        number = self._order(Order.state != "draft").number
        session.rollback()
        run_unit(lambda: cancel_order(number, self.world.providers, actor="cli:tanaka", now=self.world.now))
        return number

    def cancels_lines(self) -> object:
        order = self._order(Order.state.in_(("pending", "processing")))
        lines = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).all()
        live = {ln.position: ln.quantity - ln.cancelled_quantity for ln in lines if ln.quantity > ln.cancelled_quantity}
        chosen = self.random.sample(sorted(live), self.random.randint(1, len(live)))
        wanted = {position: self.random.randint(1, live[position]) for position in chosen}
        number, world = order.number, self.world
        session.rollback()
        run_unit(lambda: cancel_lines(number, wanted, world.shop, world.providers, actor="cli:tanaka", now=world.now))
        return f"{number} {wanted}"

    def plans(self) -> object:
        order = self._order(Order.state == "processing")
        number, world = order.number, self.world
        line = self._one(OrderLine, OrderLine.order_id == order.id)
        some = {line.position: 1} if self.random.random() < 0.5 else None
        session.rollback()
        run_unit(lambda: plan(number, some, actor="cli:tanaka", now=world.now))
        return f"{number} {some}"

    def packs(self) -> object:
        shipment = self._one(Shipment, Shipment.state == "planned").id
        session.rollback()
        run_unit(lambda: pack(shipment, 500, actor="cli:tanaka", now=self.world.now))
        return f"parcel {shipment}"

    def hands_over(self) -> object:
        shipment = self._one(Shipment).id
        session.rollback()
        run_unit(lambda: hand_over(shipment, self.world.providers, actor="cli:tanaka", now=self.world.now))
        return f"parcel {shipment}"

    def goods_arrive(self) -> object:
        sku, pieces = self.random.choice(SKUS), self.random.randint(1, 5)
        found = run_unit(lambda: arrive(sku, pieces, actor="cli:tanaka", now=self.world.now))
        return f"{sku} {pieces} -> {found}"

    def counts(self) -> object:
        """A piece is broken."""
        sku = session.scalars(select(StockItem.sku_id).where(StockItem.on_hand > 0).limit(1)).first()
        session.rollback()
        return run_unit(lambda: stock.adjust(sku, -1, "cli:tanaka", "broken")) if sku else None

    def refunds(self) -> object:
        bill = self._one(Bill, Bill.state == "settled")
        rooms = [room for room in refund_room(bill) if room.amount]
        parts = None
        if rooms and self.random.random() < 0.6:
            room = self.random.choice(rooms)
            parts = {room.bill_line_id: self.random.randint(1, room.amount)}
        number, world = bill.number, self.world
        session.rollback()
        made = run_unit(lambda: request_refund(number, parts, world.providers, actor="cli:tanaka", now=world.now))
        return f"{number} {parts} -> {made}"

    def sends_refund(self) -> object:
        refund = self._one(Refund, Refund.state == "requested").id
        session.rollback()
        return f"{refund} -> {send_refund(refund, self.world.providers, PUBLIC_URL, now=self.world.now)}"

    def confirms_refund(self) -> object:
        refund = self._one(Refund, Refund.state == "requested").id
        session.rollback()
        return run_unit(lambda: confirm_refund(refund, "by hand", actor="cli:tanaka", now=self.world.now))

    def closes_task(self) -> object:
        task = self._one(RefundTask, RefundTask.state == "open")
        task_id, amount = task.id, self.random.choice([None, None, self.random.randint(1, task.amount)])
        session.rollback()
        run_unit(
            lambda: confirm_task(task_id, f"BACK-{task_id}", actor="cli:tanaka", now=self.world.now, amount=amount)
        )
        return f"task {task_id} {amount}"

    def takes_task_up(self) -> object:
        task_id = self._one(RefundTask, RefundTask.state == "open").id
        session.rollback()
        made = run_unit(lambda: take_up(task_id, actor="cli:tanaka", now=self.world.now))
        return f"task {task_id} -> {made}"

    def takes_apart(self) -> object:
        shipment = self._one(Shipment).id
        session.rollback()
        run_unit(lambda: unplan(shipment, actor="cli:tanaka", now=self.world.now))
        return f"parcel {shipment}"

    def packs_otherwise(self) -> object:
        shipment = self._one(Shipment).id
        session.rollback()
        wanted = {1: self.random.randint(1, 3)}
        run_unit(lambda: repack(shipment, wanted, actor="cli:tanaka", now=self.world.now))
        return f"parcel {shipment} {wanted}"

    def hears_of_a_parcel(self) -> object:
        shipment = self._one(Shipment, Shipment.handed_over_at.is_not(None)).id
        session.rollback()
        verb = self.random.choice([mark_delivered, mark_lost, mark_lost, mark_returned, mark_returned])
        back = {1: 1} if verb is mark_returned and self.random.random() < 0.5 else None
        arguments = (shipment, back) if back else (shipment,)
        run_unit(lambda: verb(*arguments, actor="cli:tanaka", now=self.world.now))
        return f"parcel {shipment} {verb.__name__} {back}"

    def ends(self) -> object:
        number, world = self._order(Order.state == "shipped").number, self.world
        session.rollback()
        if self.random.random() < 0.3:
            run_unit(lambda: complete(number, actor="cli:tanaka", now=world.now))
            return f"{number} completed"
        keep = self.random.choice([0, 300])
        run_unit(lambda: end_returned(number, world.providers, actor="cli:tanaka", now=world.now, keep=keep))
        return f"{number} returned, {keep} kept"

    def mends_address(self) -> object:
        number, world = self._order(Order.state.in_(("pending", "processing"))).number, self.world
        address = replace(self.random.choice([TAIPEI, TOKYO]), line1=f"No. {self.random.randint(1, 99)}")
        session.rollback()
        run_unit(
            lambda: change_address(number, address, world.shop, world.providers, actor="cli:tanaka", now=world.now)
        )
        return f"{number} to {address.country}"

    def writes(self) -> object:
        number = self._order(Order.state != "draft").number
        session.rollback()
        run_unit(lambda: add_note(number, "hm", actor="cli:tanaka", now=self.world.now))
        return number

    # --- time ---

    def time_passes(self) -> object:
        minutes = self.random.choice([1, 10, 20, 40, 60 * 24, 60 * 24 * 3, 60 * 24 * 8])
        self.world.now += timedelta(minutes=minutes)
        if self.random.random() < 0.6:
            self.tick()
        return f"{minutes} minutes"

    def tick(self) -> None:
        world = self.world
        session.rollback()
        lapse_drafts(world.shop, world.providers, world.now)
        cancel_unpaid(world.shop, world.providers, world.now)
        session.rollback()

    def audit(self) -> None:
        self.tick()
        findings = run_all(self.world.now)
        session.rollback()
        assert findings == [], "\n".join([*self.story[-60:], "", *map(str, findings)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_books_agree_after_whatever_happened(db: Database, world: World, seed: int) -> None:
    walk = Walk(world, Random(seed))
    for number in range(1, STEPS + 1):
        walk.step()
        if number % AUDIT_EVERY == 0:
            walk.audit()
