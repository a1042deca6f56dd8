"""Parcels on their way out: plan, pack, hand over (SHP-8, DESIGN B5). What becomes of them later: ``parcels``."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from storefront.core.audit.service import record
from storefront.core.contracts.providers import Providers
from storefront.core.db import lock_for_update, session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.promote import all_shipped, promise_mail
from storefront.core.orders.finding import index_order
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.service import (
    lines_of,
    live_lines,
    live_quantity,
    lock_order,
    lock_order_by_id,
    move_item,
    note_event,
    transition,
)
from storefront.core.orders.states import ItemState
from storefront.core.shipping.models import Shipment, ShipmentLine
from storefront.core.stock import service as stock
from storefront.core.stock.queries import promised_to
from storefront.core.values.types import Dimensions

HERE = ("planned", "packed", "labelled")
MAX_WEIGHT = 1_000_000  # g; a typing error, not a parcel


def unshipped(order_id: int) -> dict[int, int]:
    """Pieces per line id that never left and are in no parcel: goods are promised to them. What was in a lost or returned
    parcel left; whether it is replaced is another question."""
    lines = lines_of(order_id)
    promised = promised_to(line.id for line in lines)
    here = _pieces(order_id, Shipment.state.in_(HERE))
    left = _pieces(order_id, Shipment.state.not_in(HERE))
    rest = {}
    for line in lines:
        waiting = promised.get(line.id, 0) if line.sku_id is not None else live_quantity(line) - left.get(line.id, 0)
        rest[line.id] = waiting - here.get(line.id, 0)
    return {line_id: pieces for line_id, pieces in rest.items() if pieces > 0}


def plan(number: str, quantities: Mapping[int, int] | None = None, *, actor: str, now: datetime) -> Shipment:
    """A parcel of ``{position: pieces}`` of order ``number`` (``None``: everything that is in hand and in no parcel),
    inside the caller's unit. Raises ``UnknownOrder``, ``NotPossible``."""
    order = lock_order(number)
    if order.state != "processing":
        raise NotPossible(_why_not_yet(order), number=order.number)
    lines = {line.position: line for line in lines_of(order.id)}
    rest = unshipped(order.id)
    if quantities is None:
        ready = {p: rest[ln.id] for p, ln in lines.items() if ln.id in rest and ln.item_state in ("in_hand", "packed")}
    else:
        ready = dict(quantities)
    if not ready:
        raise NotPossible(
            N_("Nothing of order %(number)s is ready to be packed. Nothing was changed."), number=order.number
        )
    shipment = Shipment(order_id=order.id, carrier=order.carrier, service=order.service, created_at=now)
    session.add(shipment)
    session.flush()
    for position, pieces in sorted(ready.items()):
        add_line(shipment, order, lines.get(position), position, pieces, rest)
    note_event(order, "shipment_planned", actor, now=now, shipment=shipment.id)
    record(actor, "shipment.plan", ("order", order.number), shipment=shipment.id)
    return shipment


def _why_not_yet(order: Order) -> str:
    if order.state == "pending":
        return N_("Order %(number)s is not paid yet, so nothing can be packed. Enter the payment first.")
    if order.state == "cancelled":
        return N_("Order %(number)s is cancelled. Nothing was changed.")
    return N_("Order %(number)s has nothing left to pack. Nothing was changed.")


def add_line(
    shipment: Shipment,
    order: Order,
    line: OrderLine | None,
    position: int,
    pieces: int,
    rest: Mapping[int, int],
) -> None:
    """Put pieces of a line into a parcel that is being planned; ``rest``: what ``unshipped`` said before. Raises
    ``NotPossible``."""
    if line is None or not 0 < pieces <= rest.get(line.id, 0):
        raise NotPossible(
            N_("Line %(line)d of order %(number)s has no %(pieces)d pieces left to pack. Nothing was changed."),
            line=position,
            number=order.number,
            pieces=pieces,
        )
    if line.item_state not in ("in_hand", "packed"):
        raise NotPossible(
            N_("Line %(line)d of order %(number)s is not in hand yet (%(state)s). Nothing was changed."),
            line=position,
            number=order.number,
            state=line.item_state,
        )
    session.add(ShipmentLine(shipment_id=shipment.id, order_line_id=line.id, quantity=pieces))


def pack(
    shipment_id: int, weight: int | None, *, actor: str, now: datetime, size: Dimensions | None = None
) -> Shipment:
    """Packed and weighed: ``weight`` in grams, ``size`` outer millimetres. Inside the caller's unit."""
    if weight is not None and not 0 < weight <= MAX_WEIGHT:
        raise NotPossible(N_("The weight must be between 1 g and 1,000 kg. Nothing was changed."))
    order, shipment = lock_parcel(shipment_id)
    if shipment.state not in ("planned", "packed"):
        raise NotPossible(N_("This parcel of order %(number)s has left already."), number=order.number)
    shipment.state = "packed"
    shipment.weight = weight
    if size is not None:
        shipment.length, shipment.width, shipment.height = size.length, size.width, size.height
    for line, _ in lines_in(shipment.id):
        if line.item_state == ItemState.IN_HAND:
            move_item(line, ItemState.PACKED)
    note_event(order, "shipment_packed", actor, now=now, shipment=shipment.id, weight=weight)
    record(actor, "shipment.pack", ("order", order.number), shipment=shipment.id, weight=weight)
    return shipment


def hand_over(shipment_id: int, providers: Providers, *, actor: str, now: datetime, tracking: str = "") -> Shipment:
    """The carrier has it: goods leave the shelf, the mail is promised, and the order is shipped when every live line
    is. ``tracking`` is checked by the carrier's plugin. Inside the caller's unit. Raises ``NotPossible``."""
    order, shipment = lock_parcel(shipment_id)
    if shipment.state not in HERE:
        raise NotPossible(
            N_("This parcel of order %(number)s has left already. Nothing was changed."), number=order.number
        )
    if order.state != "processing":
        raise NotPossible(_why_not_yet(order), number=order.number)
    shipment.tracking = checked_tracking(tracking, shipment.carrier, providers)
    shipment.state = "handed_over"
    shipment.handed_over_at = now
    for line, pieces in sorted(lines_in(shipment.id), key=lambda pair: pair[0].sku_id or 0):
        if line.sku_id is not None:
            stock.hand_over(line.id, pieces, shipment.id, actor)
    session.flush()
    note_event(order, "shipment_handed_over", actor, now=now, shipment=shipment.id, tracking=shipment.tracking)
    note_shipped(order, actor=actor, now=now)
    if shipment.tracking:
        index_order(order)
    promise_mail("order_shipped", order, key=str(shipment.id), shipment_id=shipment.id)
    record(actor, "shipment.hand_over", ("order", order.number), shipment=shipment.id, tracking=shipment.tracking)
    return shipment


def note_shipped(order: Order, *, actor: str, now: datetime) -> None:
    """Lines of which nothing is left in the shop are shipped, and with the last of them the (locked) order."""
    lines = lines_of(order.id)
    rest = unshipped(order.id)
    here = _pieces(order.id, Shipment.state.in_(HERE))
    left = _pieces(order.id, Shipment.state.not_in(HERE))
    for line in live_lines(lines):
        if left.get(line.id) and line.id not in rest and line.id not in here:
            move_item(line, ItemState.SHIPPED)
    if order.state == "processing" and all_shipped(lines):
        transition(order, "ship", actor, now=now)


def pieces_left(line_id: int) -> int:
    """Pieces of a line that have left in parcels which were not lost and did not come back."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(ShipmentLine.quantity), 0))
            .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
            .where(ShipmentLine.order_line_id == line_id, Shipment.state.in_(("handed_over", "delivered")))
        )
        or 0
    )


def _pieces(order_id: int, which: ColumnElement[bool]) -> dict[int, int]:
    rows = session.execute(
        select(ShipmentLine.order_line_id, func.sum(ShipmentLine.quantity))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.order_id == order_id, which)
        .group_by(ShipmentLine.order_line_id)
    )
    return {line_id: int(pieces) for line_id, pieces in rows}


def trim_parcels(order_id: int) -> None:
    """After lines of a (locked) order were cancelled: take the pieces that are no longer wanted out of the parcels that
    have not left, the newest first. Such a parcel must be packed anew; an empty one vanishes."""
    packed = _pieces(order_id, Shipment.state.in_(HERE))
    lines = lines_of(order_id)
    promised = promised_to(line.id for line in lines)
    excess = {
        line.id: packed.get(line.id, 0) - (promised.get(line.id, 0) if line.sku_id is not None else live_quantity(line))
        for line in lines
    }
    waiting = session.scalars(
        select(Shipment).where(Shipment.order_id == order_id, Shipment.state.in_(HERE)).order_by(Shipment.id.desc())
    ).all()
    for shipment in waiting:
        rows = session.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id)).all()
        wrong = [row for row in rows if excess[row.order_line_id] > 0]
        for row in wrong:
            out = min(row.quantity, excess[row.order_line_id])
            excess[row.order_line_id] -= out
            if out < row.quantity:
                row.quantity -= out
            else:
                session.delete(row)
        session.flush()
        if len(lines_in(shipment.id)) == 0:
            session.delete(shipment)
        elif wrong:
            shipment.state, shipment.weight = "planned", None
    session.flush()


def lines_in(shipment_id: int) -> list[tuple[OrderLine, int]]:
    rows = session.execute(
        select(OrderLine, ShipmentLine.quantity)
        .join(ShipmentLine, ShipmentLine.order_line_id == OrderLine.id)
        .where(ShipmentLine.shipment_id == shipment_id)
        .order_by(OrderLine.position)
    )
    return list(rows)


def lock_parcel(shipment_id: int) -> tuple[Order, Shipment]:
    """The parcel and its order, locked: the order first. Raises ``NotPossible``."""
    order_id = session.scalar(select(Shipment.order_id).where(Shipment.id == shipment_id))
    if order_id is None:
        raise NotPossible(N_("There is no such parcel."))
    order = lock_order_by_id(order_id)
    shipment = session.scalars(
        lock_for_update(select(Shipment).where(Shipment.id == shipment_id)).execution_options(populate_existing=True)
    ).first()
    if shipment is None:  # it vanished with its order while we waited
        raise NotPossible(N_("There is no such parcel."))
    return order, shipment


def checked_tracking(tracking: str, carrier: str, providers: Providers) -> str:
    """The number as its carrier writes it; "" for none. Raises ``NotPossible``."""
    number = tracking.strip()
    registered = providers.carriers(installed=True).get(carrier)
    if not number:
        return ""
    if len(number) > 60 or not number.isprintable():
        raise NotPossible(N_("This is not a tracking number. Nothing was changed."))
    if registered is None:
        return number
    try:
        checked: object = registered.ask("check_tracking_number", number)
    except ValueError as error:
        refused = NotPossible(str(error))
        refused.problem = replace(refused.problem, source=registered.source)  # the carrier's own sentence
        raise refused from error
    except Exception:  # plugin code: noted under its name; the parcel goes all the same
        return number
    return checked if isinstance(checked, str) and len(checked) <= 60 else number
