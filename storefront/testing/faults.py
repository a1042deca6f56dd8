"""Plugins that do one thing wrong, each in the way of its ``Fault``: to see that a shop, or a page, stands it."""

import time
from collections.abc import Sequence
from enum import StrEnum
from types import ModuleType
from typing import Any

from storefront.core.contracts.payments import AttemptView, Captured, MethodContext, NotOffered, Offered, Outcome
from storefront.core.contracts.pricing import Adjustment, PriceContext, Quote
from storefront.core.contracts.shipping import NotServed, ShippingQuote, ShippingRequest
from storefront.core.contracts.slots import SLOTS, Fragment, Placement
from storefront.core.values.money import Money
from storefront.testing.plugins import FakeAdjuster, FakeCarrier, FakeMethod, fake_plugin


class Fault(StrEnum):
    """``RAISES``: an exception; ``EXITS``: tries to end the process; ``SLOW``: answers after ``SLOW_SECONDS``; ``NONSENSE``: a
    value of another type; ``WRONG_CURRENCY``: money of another country; ``FREE``: zero where a price belongs; ``EMPTY``: no
    answer at all."""

    RAISES = "raises"
    EXITS = "exits"
    SLOW = "slow"
    NONSENSE = "nonsense"
    WRONG_CURRENCY = "wrong_currency"
    FREE = "free"
    EMPTY = "empty"


SLOW_SECONDS = 1.2
FOREIGN = "ISK"


class Broken(RuntimeError):
    """What a faulty plugin raises."""


def misbehave(fault: Fault) -> Any:
    """What happens in the middle of a call; the answer for those faults that have one."""
    match fault:
        case Fault.RAISES:
            raise Broken("this plugin fails on purpose")
        case Fault.EXITS:
            raise SystemExit("this plugin ends the process on purpose")
        case Fault.SLOW:
            time.sleep(SLOW_SECONDS)
        case Fault.NONSENSE:
            return object()
    return None


class FaultyCarrier(FakeCarrier):
    """Its quotes have the fault."""

    def __init__(self, key: str, fault: Fault) -> None:
        super().__init__(key)
        self.fault = fault

    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote, ...] | NotServed:
        answer: Any = misbehave(self.fault)
        if self.fault in (Fault.NONSENSE, Fault.EMPTY):
            return answer if self.fault is Fault.NONSENSE else ()
        currency = FOREIGN if self.fault is Fault.WRONG_CURRENCY else request.currency
        price = 0 if self.fault is Fault.FREE else self.price
        return (ShippingQuote(key="standard", title="Standard", price=Money(price, currency)),)


class FaultyMethod(FakeMethod):
    """Availability and every step of a payment have the fault; ``WRONG_CURRENCY`` and ``FREE`` are what it says arrived."""

    def __init__(self, key: str, fault: Fault, *, offered: bool = True) -> None:
        super().__init__(key)
        self.fault, self.offered = fault, offered

    def availability(self, context: MethodContext) -> Offered | NotOffered:
        if self.offered:
            return Offered()
        answer: Any = misbehave(self.fault)
        return Offered() if self.fault is Fault.SLOW else answer

    def begin(self, attempt: AttemptView) -> Outcome:
        answer: Any = misbehave(self.fault)
        if self.fault is Fault.WRONG_CURRENCY:
            return Captured("ref", Money(attempt.amount.amount, FOREIGN))
        if self.fault is Fault.FREE:
            return Captured("ref", Money(0, attempt.amount.currency))
        return super().begin(attempt) if self.fault is Fault.SLOW else answer


class FaultyAdjuster(FakeAdjuster):
    """Its adjustments have the fault; ``FREE`` takes off more than there is."""

    def __init__(self, key: str, fault: Fault) -> None:
        super().__init__(key)
        self.fault = fault

    def adjust(self, quote: Quote, context: PriceContext) -> list[Adjustment]:
        answer: Any = misbehave(self.fault)
        if self.fault is Fault.FREE:
            return [Adjustment(key=self.key, amount=-(10**12), label="Fake")]
        if self.fault in (Fault.NONSENSE, Fault.EMPTY):
            return answer
        return super().adjust(quote, context)


def faulty_slots(name: str, fault: Fault) -> list[Placement]:
    """A placement with the fault in every place there is."""

    def fill(slot: Any) -> Any:
        answer = misbehave(fault)
        return Fragment(f"{name}/missing.html") if fault is Fault.EMPTY else answer

    return [Placement(slot, fill) for slot in SLOTS.values()]


def faulty_plugin(name: str, fault: Fault, *, only: Sequence[str] = ()) -> ModuleType:
    """A plugin that runs and whose every offer has the fault. ``only``: hooks it has, without ``storefront_``; default all."""
    hooks = {
        "storefront_payment_methods": [FaultyMethod(name, fault)],
        "storefront_shipping_carriers": [FaultyCarrier(name, fault)],
        "storefront_adjusters": [FaultyAdjuster(name, fault)],
        "storefront_slots": faulty_slots(name, fault),
    }
    chosen = {hook: given for hook, given in hooks.items() if not only or hook.removeprefix("storefront_") in only}
    return fake_plugin(name, **chosen)
