"""The one table of order states and of item states (DESIGN B5). Nothing else may set them."""

from dataclasses import dataclass
from enum import StrEnum


class OrderState(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    LAPSED = "lapsed"  # a draft nobody finished: hidden from everybody
    MERGED = "merged"
    SHOPPER = "shopper"
    OWNER = "owner"
    UNPAID = "unpaid"
    UNAVAILABLE = "unavailable"
    LIMIT = "limit"
    RESTRICTED = "restricted"  # it may not go where the order goes
    RETURNED = "returned"
    ABANDONED = "abandoned"


class FlagKind(StrEnum):
    LOOK = "look"  # somebody of the staff asks for a second pair of eyes
    PAYMENT = "payment"  # money came that does not match the order
    CUSTOMS = "customs"  # it leaves the country and its customs data are not complete; goes by itself


@dataclass(frozen=True, slots=True)
class Transition:
    """``reasons``: which cancel reasons it may carry; empty for transitions that do not cancel."""

    name: str
    sources: frozenset[OrderState]
    target: OrderState
    reasons: frozenset[CancelReason] = frozenset()


def _transition(name: str, sources: list[OrderState], target: OrderState, *reasons: CancelReason) -> Transition:
    return Transition(name, frozenset(sources), target, frozenset(reasons))


S, R = OrderState, CancelReason

TRANSITIONS = {
    t.name: t
    for t in (
        _transition("promote", [S.DRAFT], S.PENDING),
        _transition("lapse", [S.DRAFT], S.CANCELLED, R.LAPSED),
        _transition("prepare", [S.PENDING], S.PROCESSING),
        _transition("ship", [S.PROCESSING], S.SHIPPED),
        _transition("complete", [S.SHIPPED], S.COMPLETED),
        _transition("return", [S.SHIPPED], S.CANCELLED, R.RETURNED),
        _transition(
            "cancel",
            [S.PENDING, S.PROCESSING],
            S.CANCELLED,
            R.MERGED,
            R.SHOPPER,
            R.OWNER,
            R.UNPAID,
            R.UNAVAILABLE,
            R.LIMIT,
            R.RESTRICTED,
            R.ABANDONED,
        ),
    )
}


class ItemState(StrEnum):
    ORDERED = "ordered"
    AWAITING_RELEASE = "awaiting_release"
    AWAITING_SUPPLIER = "awaiting_supplier"
    AWAITING_ARRIVAL = "awaiting_arrival"
    IN_HAND = "in_hand"
    PACKED = "packed"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


I = ItemState  # noqa: E741  (the table below is read as a table)
_WAITING = frozenset({I.ORDERED, I.AWAITING_RELEASE, I.AWAITING_SUPPLIER, I.AWAITING_ARRIVAL})

ITEM_MOVES: dict[ItemState, frozenset[ItemState]] = {
    I.ORDERED: _WAITING - {I.ORDERED} | {I.IN_HAND, I.CANCELLED},
    I.AWAITING_RELEASE: frozenset({I.IN_HAND, I.CANCELLED}),
    I.AWAITING_SUPPLIER: frozenset({I.IN_HAND, I.CANCELLED}),
    I.AWAITING_ARRIVAL: frozenset({I.IN_HAND, I.CANCELLED}),
    I.IN_HAND: frozenset({I.PACKED, I.SHIPPED, I.CANCELLED}),
    I.PACKED: frozenset({I.IN_HAND, I.SHIPPED, I.CANCELLED}),
    I.SHIPPED: frozenset({I.CANCELLED}),
    I.CANCELLED: frozenset(),
}
