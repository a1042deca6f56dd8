"""What becomes of a parcel beside its way out: taken apart, packed anew, delivered, lost, returned, its number mended."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from storefront.core.audit.service import record
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.arrive import serve
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.promote import promise_mail
from storefront.core.lifecycle.ship import (
    add_line,
    checked_tracking,
    lines_in,
    lock_parcel,
    unshipped,
)
from storefront.core.orders.finding import index_order
from storefront.core.orders.models import Order
from storefront.core.orders.service import lines_of, move_item, note_event
from storefront.core.orders.states import ItemState
from storefront.core.shipping.models import Shipment, ShipmentLine
from storefront.core.stock import service as stock

LEFT = N_("This parcel of order %(number)s has left already. Nothing was changed.")
NOT_SENT = N_("This parcel of order %(number)s is not on its way. Nothing was changed.")
LABELLED = N_("A label was made for this parcel of order %(number)s; it cannot be packed anew. Nothing was changed.")


def unplan(shipment_id: int, *, actor: str, now: datetime, reason: str = "") -> None:
    """A parcel that has not left is taken apart: its pieces wait to be packed again. Inside the caller's unit. Raises
    ``NotPossible``."""
    order, shipment = lock_parcel(shipment_id)
    _require_open(order, shipment)
    session.execute(delete(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id))
    session.delete(shipment)
    session.flush()
    _unpack(order)
    note_event(order, "shipment_unplanned", actor, reason=reason, now=now, shipment=shipment_id)
    record(actor, "shipment.unplan", ("order", order.number), reason, shipment=shipment_id)


def repack(shipment_id: int, quantities: Mapping[int, int], *, actor: str, now: datetime) -> Shipment:
    """Other contents, ``{position: pieces}``, for a parcel that has not left; it must be packed and weighed anew. Inside
    the caller's unit. Raises ``NotPossible``."""
    order, shipment = lock_parcel(shipment_id)
    _require_open(order, shipment)
    if not quantities:
        raise NotPossible(N_("A parcel needs at least one piece; take it apart instead. Nothing was changed."))
    session.execute(delete(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id))
    session.flush()
    session.expire(shipment)
    lines = {line.position: line for line in lines_of(order.id)}
    rest = unshipped(order.id)
    for position, pieces in sorted(quantities.items()):
        add_line(shipment, order, lines.get(position), position, pieces, rest)
    shipment.state, shipment.weight = "planned", None
    session.flush()
    _unpack(order)
    note_event(order, "shipment_repacked", actor, now=now, shipment=shipment.id)
    record(actor, "shipment.repack", ("order", order.number), shipment=shipment.id)
    return shipment


def _require_open(order: Order, shipment: Shipment) -> None:
    if shipment.state == "labelled":
        raise NotPossible(LABELLED, number=order.number)
    if shipment.state not in ("planned", "packed"):
        raise NotPossible(LEFT, number=order.number)


def _unpack(order: Order) -> None:
    """Lines of which nothing is in a packed parcel any more are in hand."""
    packed = set(
        session.scalars(
            select(ShipmentLine.order_line_id)
            .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
            .where(Shipment.order_id == order.id, Shipment.state.in_(("packed", "labelled")))
        )
    )
    for line in lines_of(order.id):
        if line.item_state == ItemState.PACKED and line.id not in packed:
            move_item(line, ItemState.IN_HAND)


def mark_delivered(shipment_id: int, *, actor: str, now: datetime) -> Shipment:
    """The carrier, or the shopper, says it arrived; also of a parcel that was thought lost. Inside the caller's unit.
    Raises ``NotPossible``."""
    order, shipment = lock_parcel(shipment_id)
    if shipment.state not in ("handed_over", "lost"):
        raise NotPossible(NOT_SENT, number=order.number)
    if shipment.state == "lost" and order.state == "cancelled":
        raise NotPossible(N_("Order %(number)s is cancelled. Nothing was changed."), number=order.number)
    if shipment.state == "lost" and _given_up(order, shipment):
        raise NotPossible(
            N_("Pieces of this parcel of order %(number)s were cancelled as lost. Nothing was changed."),
            number=order.number,
        )
    shipment.state, shipment.delivered_at = "delivered", now
    note_event(order, "shipment_delivered", actor, now=now, shipment=shipment.id)
    record(actor, "shipment.delivered", ("order", order.number), shipment=shipment.id)
    return shipment


def _given_up(order: Order, shipment: Shipment) -> bool:
    """Whether pieces of a lost parcel were cancelled: then it may not count as sent again."""
    sent: dict[int, int] = {}
    rows = session.execute(
        select(ShipmentLine.order_line_id, ShipmentLine.quantity)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(
            Shipment.order_id == order.id,
            (Shipment.id == shipment.id) | Shipment.state.not_in(("lost", "returned")),
        )
    )
    for line_id, pieces in rows:
        sent[line_id] = sent.get(line_id, 0) + pieces
    waiting = unshipped(order.id)
    return any(
        sent.get(line.id, 0) + waiting.get(line.id, 0) > line.quantity - line.cancelled_quantity
        for line in lines_of(order.id)
    )


def mark_lost(shipment_id: int, *, actor: str, now: datetime, reason: str = "") -> Shipment:
    """The parcel will not arrive. Its goods are gone; the order can then be cancelled or its lines refunded. Inside the
    caller's unit. Raises ``NotPossible``."""
    order, shipment = lock_parcel(shipment_id)
    if shipment.state != "handed_over":
        raise NotPossible(NOT_SENT, number=order.number)
    shipment.state = "lost"
    note_event(order, "shipment_lost", actor, reason=reason, now=now, shipment=shipment.id)
    record(actor, "shipment.lost", ("order", order.number), reason, shipment=shipment.id)
    return shipment


def mark_returned(
    shipment_id: int,
    to_shelf: Mapping[int, int] | None = None,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
) -> Shipment:
    """The parcel came back. ``to_shelf``: pieces by position that can be sold again; none go back by themselves. Inside
    the caller's unit. Raises ``NotPossible``."""
    order, shipment = lock_parcel(shipment_id)
    if shipment.state not in ("handed_over", "delivered", "lost"):
        raise NotPossible(NOT_SENT, number=order.number)
    shipment.state = "returned"
    content = {line.position: (line, pieces) for line, pieces in lines_in(shipment.id)}
    chosen = {position: pieces for position, pieces in (to_shelf or {}).items() if pieces}
    for position, pieces in chosen.items():
        if position not in content or not 0 < pieces <= content[position][1]:
            raise NotPossible(
                N_("Line %(line)d has no %(pieces)d pieces in this parcel. Nothing was changed."),
                line=position,
                pieces=pieces,
            )
    session.flush()
    served: list[int] = []
    for line, pieces in sorted(
        ((content[position][0], pieces) for position, pieces in chosen.items()), key=lambda pair: pair[0].sku_id or 0
    ):
        if line.sku_id is not None:
            served += stock.take_back(line.sku_id, pieces, line.id, shipment.id, actor, reason)
    if served:
        serve(served, actor=actor, now=now)
    shelf = {str(position): pieces for position, pieces in chosen.items()}
    note_event(order, "shipment_returned", actor, reason=reason, now=now, shipment=shipment.id, to_shelf=shelf)
    record(actor, "shipment.returned", ("order", order.number), reason, shipment=shipment.id, to_shelf=shelf)
    return shipment


def fix_tracking(
    shipment_id: int, tracking: str, providers: Providers, *, actor: str, now: datetime, mail: bool = True
) -> Shipment:
    """Another tracking number for a parcel that left; ``mail``: the shopper is told. Inside the caller's unit. Raises
    ``NotPossible``."""
    order, shipment = lock_parcel(shipment_id)
    if shipment.state not in ("handed_over", "delivered", "lost"):
        raise NotPossible(NOT_SENT, number=order.number)
    before, number = shipment.tracking, checked_tracking(tracking, shipment.carrier, providers)
    if number == before:
        raise NotPossible(N_("This is the tracking number already. Nothing was changed."))
    shipment.tracking = number
    event = note_event(
        order, "tracking_changed", actor, now=now, shipment=shipment.id, before=before, after=number, mailed=mail
    )
    session.flush()
    index_order(order)
    if mail:
        promise_mail("tracking_changed", order, key=str(event.id), shipment_id=shipment.id)
    record(
        actor, "shipment.tracking", ("order", order.number), shipment=shipment.id, before=before, after=number,
        mailed=mail,
    )  # fmt: skip
    return shipment
