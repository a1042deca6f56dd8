"""What a price is made of, and the contract of everything that changes one."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from storefront.core.contracts.shipping import ShippingQuote
from storefront.core.values.types import CustomerView, Destination, Dimensions, LineKind, Problem, Unknown


class Lane(IntEnum):
    """The order of effects. Inside a lane: priority, plugin name, key. An adjuster sees every lane before its own."""

    LINE = 200
    ORDER = 300
    SHIPPING = 400
    SHIPPING_DISCOUNT = 500
    FEE = 600
    TAX = 700
    TENDER = 800


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line to be priced, made from a cart, from an order (edit) or from a packed parcel (bill).

    ``unit_price`` and ``list_price``: minor units of the context's currency, final price with tax. ``weight``: grams a
    piece, ``None`` when nobody knows it.
    """

    key: str
    quantity: int
    unit_price: int | Unknown
    kind: LineKind = LineKind.GOODS
    sku_id: int | None = None
    product_id: int | None = None
    title: str = ""
    list_price: int | None = None
    tax_class: str = "standard"
    weight: int | None = None
    size: Dimensions | None = None
    brand_id: int | None = None
    category_ids: tuple[int, ...] = ()
    restrictions: frozenset[str] = frozenset()

    @property
    def discounted(self) -> bool:
        """Sold below its list price (CAT-3)."""
        return self.list_price is not None and isinstance(self.unit_price, int) and self.unit_price < self.list_price


@dataclass(frozen=True, slots=True)
class Basket:
    lines: tuple[BasketLine, ...]


@dataclass(frozen=True, slots=True)
class CurrencyRate:
    """``rate``: units of ``currency`` for one unit of the base currency, as exact decimal text. ``step``: minor units
    to which converted amounts are rounded up."""

    currency: str
    base: str
    rate: str = "1"
    step: int = 1


@dataclass(frozen=True, slots=True)
class PriceContext:
    """Everything a price may depend on beside the basket. ``shipping``: the chosen service; ``Unknown`` before
    weighing; ``None`` when nothing is shipped or no destination is chosen. ``inputs``: what the shopper typed into
    adjusters' forms, by plugin name."""

    rate: CurrencyRate
    now: datetime
    lang: str = "en"
    destination: Destination | None = None
    customer: CustomerView | None = None
    carrier: str = ""
    shipping: ShippingQuote | Unknown | None = None
    method: str = ""
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    policies: Mapping[str, Any] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        return self.rate.currency


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One change to a price, returned by an adjuster.

    ``amount``: signed minor units of the context's currency. ``target``: a line's key in lane LINE, else "" (the whole
    of what the lane is about). ``label``: English msgid, with ``label_params``. ``kind``: what exclusion policy looks at
    ("coupon", "loyalty", "fee", "shipping", "policy"). ``exclusive_group``: of several with one group in a lane the
    best for the customer stays.
    """

    key: str
    amount: int
    label: str
    label_params: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""
    kind: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    exclusive_group: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """An adjustment as core took it over: clamped, stamped, and shared out to lines (LINE and ORDER lanes)."""

    source: str
    lane: Lane
    key: str
    amount: int
    label: str
    label_params: Mapping[str, Any]
    kind: str
    data: Mapping[str, Any]
    shares: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of how a price came about; ``storefront pricing explain`` prints them."""

    lane: str
    source: str
    before: int
    after: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A price. All amounts are minor units of ``currency``.

    ``so_far``: the sum of everything known. ``total``: before TENDER; ``due``: what a payment would ask for; both
    ``None`` while a part is unknown: then nothing can be paid and no points applied. ``before_fees``: total before FEE,
    TAX and TENDER, on which payment methods are judged. ``warnings``: clamps, refused exclusions: shown, never silent.
    ``invalid``: an adjuster failed; the cart can be seen, the checkout is closed.
    """

    currency: str
    basket: Basket
    applied: tuple[Applied, ...] = ()
    items: int = 0
    shipping: int | Unknown | None = None
    unknowns: tuple[Unknown, ...] = ()
    warnings: tuple[Problem, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    invalid: bool = False

    def lane_sum(self, *lanes: Lane) -> int:
        return sum(a.amount for a in self.applied if a.lane in lanes)

    @property
    def discounts(self) -> int:
        """What LINE and ORDER adjusters took off: never above zero, unless an adjuster adds."""
        return self.lane_sum(Lane.LINE, Lane.ORDER)

    @property
    def shipping_due(self) -> int:
        """Postage after discounts on postage; 0 while unknown."""
        return (self.shipping if isinstance(self.shipping, int) else 0) + self.lane_sum(Lane.SHIPPING_DISCOUNT)

    @property
    def before_fees(self) -> int:
        return self.items + self.discounts + self.shipping_due

    @property
    def so_far(self) -> int:
        return self.before_fees + self.lane_sum(Lane.FEE, Lane.TAX)

    @property
    def total(self) -> int | None:
        return None if self.unknowns or self.invalid else self.so_far

    @property
    def due(self) -> int | None:
        return None if self.total is None else self.total + self.lane_sum(Lane.TENDER)

    def line_net(self, key: str) -> int:
        """A line's amount after its shares of LINE and ORDER adjustments; 0 while its price is unknown."""
        amount = 0
        for line in self.basket.lines:
            if line.key == key and isinstance(line.unit_price, int):
                amount = line.unit_price * line.quantity
        return amount + sum(s for a in self.applied for k, s in a.shares if k == key)


class Adjuster(ABC):
    """Changes a price in one lane. ``key`` is unique in the shop and starts with the plugin's name.

    ``adjust`` is pure: no I/O, no clock, no randomness; it is called on every cart view. Amounts configured in the base
    currency go through ``storefront.plugin.in_currency``.
    """

    key: str
    lane: Lane
    priority: int = 100

    @abstractmethod
    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        """Called with everything before this adjuster. Return the changes, or nothing."""

    def reserve(self, order_id: int, adjustment: Applied) -> None:
        """Called inside the transaction that places an order, in lane order. Take the scarce thing behind the
        adjustment in own tables; raise ``ReservationRefused`` to stop the order. Idempotent by (order, key)."""

    def commit(self, order_id: int, key: str) -> None:
        """Called inside the transaction that settles the order. Idempotent by (order, key)."""

    def release(self, order_id: int, key: str, portion: int | None = None) -> None:
        """Called inside the transaction that cancels or refunds: give back all (``None``) or ``portion`` minor units.
        Idempotent by (order, key). Runs for every installed plugin, enabled or not."""


class ReservationRefused(Exception):
    """An adjuster could not take what its adjustment promised (a coupon used up, points gone)."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
