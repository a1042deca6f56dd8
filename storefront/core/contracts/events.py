"""What plugins are told of: a closed list of events, each a frozen type of ids and values, never rows.

An event is written down in the transaction of what it tells, once for each handler (``EventHandler``), and carried out after it.
New events and new fields with defaults may come at any time; what changes otherwise gets a higher ``version``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from types import UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

from storefront.core.values.money import Money


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """A line of an order. ``position``: its number in the order; ``sku``: "" when it is none of the catalogue's;
    ``quantity``: pieces that are not cancelled; ``unit_price``: tax included, ``None`` while unknown."""

    position: int
    sku: str
    quantity: int
    unit_price: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an order. ``id``: of the event, the same for every handler and at every attempt: the key by
    which to do something once. ``at``: when, in UTC. ``number``: as the shopper knows the order. ``lang``: of the order;
    ``country``: where it goes."""

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1

    id: str
    at: datetime
    order_id: int
    number: str
    lang: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    """The order exists from now on. ``method``, ``carrier``, ``service``: keys, "" for none. ``total``: with postage and fees,
    ``None`` while a part is unknown."""

    name: ClassVar[str] = "order.placed"

    method: str
    carrier: str
    service: str
    total: Money | None
    items: tuple[OrderedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Event):
    """A bill of the order is paid whole. ``amount``: of the bill."""

    name: ClassVar[str] = "order.paid"

    bill_id: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReady(Event):
    """The goods may be prepared: paid, or the money may come after them."""

    name: ClassVar[str] = "order.ready"

    items: tuple[OrderedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(Event):
    """Pieces of the order were cancelled, and others are left. ``items``: all lines as they are now."""

    name: ClassVar[str] = "order.changed"

    items: tuple[OrderedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(Event):
    """Everything has left."""

    name: ClassVar[str] = "order.shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCompleted(Event):
    """Nothing is to be done any more."""

    name: ClassVar[str] = "order.completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Event):
    """The order ended without the goods. ``reason``: shopper, owner, unpaid, unavailable, limit, returned, merged, abandoned."""

    name: ClassVar[str] = "order.cancelled"

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSent(Event):
    """A carrier has a parcel. ``carrier``, ``service``: keys; ``tracking``: "" for none."""

    name: ClassVar[str] = "parcel.sent"

    shipment_id: int
    carrier: str
    service: str
    tracking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelDelivered(Event):
    """A parcel arrived."""

    name: ClassVar[str] = "parcel.delivered"

    shipment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLost(Event):
    """A parcel will not arrive."""

    name: ClassVar[str] = "parcel.lost"

    shipment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelReturned(Event):
    """A parcel came back."""

    name: ClassVar[str] = "parcel.returned"

    shipment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSent(Event):
    """Money was sent back. ``amount``: how much of it."""

    name: ClassVar[str] = "refund.sent"

    amount: Money


EVENTS: Mapping[str, type[Event]] = {
    kind.name: kind
    for kind in (
        OrderPlaced,
        OrderPaid,
        OrderReady,
        OrderChanged,
        OrderShipped,
        OrderCompleted,
        OrderCancelled,
        ParcelSent,
        ParcelDelivered,
        ParcelLost,
        ParcelReturned,
        RefundSent,
    )
}


class UnknownEvent(ValueError):
    """Another release wrote it, which knew more kinds of events."""


def event_data(event: Event) -> dict[str, Any]:
    """The event as JSON has it: ``event``, ``version`` and its fields; instants in ISO 8601 (UTC), money as ``{"amount": minor
    units, "currency": …}``. Pure."""
    return {
        "event": event.name,
        "version": event.version,
        **{f.name: _plain(getattr(event, f.name)) for f in fields(event)},
    }


def event_from(data: Mapping[str, Any]) -> Event:
    """What ``event_data`` wrote, also in an earlier release: fields it did not know have their defaults, fields that are gone are
    left out. Raises ``UnknownEvent``."""
    kind = EVENTS.get(str(data.get("event", "")))
    if kind is None:
        raise UnknownEvent(f"There is no event called {data.get('event')!r} in this release.")
    return kind(**{name: _typed(hint, data[name]) for name, hint in _hints(kind).items() if name in data})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _typed(hint: Any, value: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return None if value is None else _typed(get_args(hint)[0], value)
    if get_origin(hint) is tuple:
        return tuple(_typed(get_args(hint)[0], each) for each in value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if is_dataclass(hint):
        kind: Any = hint
        return kind(**{name: _typed(inner, value[name]) for name, inner in _hints(kind).items() if name in value})
    return value
