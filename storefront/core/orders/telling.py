"""Which entries of an order's history plugins are told of, and what they are given."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.core.contracts import events
from storefront.core.db import new_id, session
from storefront.core.orders.models import Order, OrderLine, OrderRevision
from storefront.core.outbox.telling import tell
from storefront.core.values.money import Money

# What stands in the history, and what is made of it besides what every event has.
Made = Callable[[Order, Mapping[str, Any]], Mapping[str, Any]]


def _placed(order: Order, data: Mapping[str, Any]) -> Mapping[str, Any]:
    revision = session.get(OrderRevision, (order.id, order.revision))
    total = revision.total if revision is not None else None
    return {
        "method": order.method,
        "carrier": order.carrier,
        "service": order.service,
        "total": None if total is None else Money(total, order.currency),
        "items": _items(order),
    }


def _with_items(order: Order, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"items": _items(order)}


def _nothing(order: Order, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def _cancelled(order: Order, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"reason": order.cancel_reason}


def _sent(order: Order, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "shipment_id": data["shipment"],
        "carrier": data.get("carrier", order.carrier),
        "service": data.get("service", order.service),
        "tracking": data.get("tracking", ""),
    }


def _of_parcel(order: Order, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"shipment_id": data["shipment"]}


def _refund(order: Order, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"amount": Money(data["amount"], data["currency"])}


TOLD: Mapping[str, tuple[type[events.Event], Made]] = {
    "promote": (events.OrderPlaced, _placed),
    "prepare": (events.OrderReady, _with_items),
    "lines_cancelled": (events.OrderChanged, _with_items),
    "ship": (events.OrderShipped, _nothing),
    "complete": (events.OrderCompleted, _nothing),
    "cancel": (events.OrderCancelled, _cancelled),
    "return": (events.OrderCancelled, _cancelled),
    "shipment_handed_over": (events.ParcelSent, _sent),
    "shipment_delivered": (events.ParcelDelivered, _of_parcel),
    "shipment_lost": (events.ParcelLost, _of_parcel),
    "shipment_returned": (events.ParcelReturned, _of_parcel),
    "refund_done": (events.RefundSent, _refund),
}


def tell_history(order: Order, name: str, at: datetime, data: Mapping[str, Any]) -> None:
    """Tell whoever listens of an entry ``name`` of the history, inside the caller's unit."""
    found = TOLD.get(name)
    if found is not None:
        kind, made = found
        tell(kind, lambda: _event(kind, order, at, made(order, data)))


def tell_paid(order: Order, bill_id: int, amount: int, currency: str, at: datetime) -> None:
    """Tell whoever listens that a bill of the order is paid whole, inside the caller's unit."""
    tell(
        events.OrderPaid,
        lambda: _event(events.OrderPaid, order, at, {"bill_id": bill_id, "amount": Money(amount, currency)}),
    )


def _event(kind: type[Any], order: Order, at: datetime, given: Mapping[str, Any]) -> Any:
    return kind(
        id=new_id(), at=at, order_id=order.id, number=order.number, lang=order.locale, country=order.country, **given
    )


def _items(order: Order) -> tuple[events.OrderedItem, ...]:
    lines = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position))
    return tuple(
        events.OrderedItem(
            line.position,
            line.sku_code,
            line.quantity - line.cancelled_quantity,
            None if line.unit_price is None else Money(line.unit_price, order.currency),
        )
        for line in lines
    )
