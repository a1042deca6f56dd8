"""What can be done to stock. Every verb runs inside the caller's unit of work and never commits; whoever acts on
several SKUs in one unit does so by ascending ``sku_id`` and holds the lock of the order whose lines they are."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from storefront.core.audit.service import record
from storefront.core.db import changed, session
from storefront.core.stock.errors import BelowPromised, NotReserved, NotTracked, OutOfStock
from storefront.core.stock.models import Reservation, Source, StockItem, StockMovement
from storefront.core.stock.queries import expired, order_line
from storefront.core.stock.writing import (
    FREE,
    Held,
    change_item,
    fill_waiting,
    give_back,
    held,
    lock_items_of_lines,
    move,
    promised_pieces,
    shrink_slots,
    source_for,
    take,
)
from storefront.core.upsert import insert_for, insert_rows

__all__ = [
    "FirstStock",
    "NewLine",
    "OutOfStock",
    "adjust",
    "ensure_item",
    "expired",
    "hand_over",
    "keep",
    "open_items",
    "receive",
    "release",
    "reserve",
    "reserve_new",
    "retake",
    "set_slots",
    "set_tracking",
    "shrink",
    "take_back",
]


# --- the owner's acts -----------------------------------------------------------------------------------------------


def ensure_item(sku_id: int, tracked: bool = True, slots: int | None = None) -> None:
    """Make the stock row of a SKU, empty; an existing one stays as it is."""
    row = insert_for(StockItem).values(
        sku_id=sku_id, tracked=tracked, on_hand=0, reserved=0, slots=slots, slots_taken=0
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["sku_id"]))
    changed("stock", sku_id)


class FirstStock(NamedTuple):
    """What lies on the shelf of a SKU that was just made."""

    sku_id: int
    tracked: bool
    on_hand: int
    slots: int | None


def open_items(rows: Sequence[FirstStock], actor: str, reason: str = "") -> None:
    """Make the stock rows of SKUs that were made in this unit, with what lies there: two statements, however many they
    are. Nobody can have been promised any of it yet."""
    if not rows:
        return
    items = [row._asdict() | {"on_hand": row.on_hand if row.tracked else 0} for row in rows]
    insert_rows(StockItem, [item | {"reserved": 0, "slots_taken": 0} for item in items])
    moves = {"kind": "received", "actor": actor, "reason": reason[:300]}
    arrived = [item for item in items if item["on_hand"] > 0]
    insert_rows(StockMovement, [moves | {"sku_id": item["sku_id"], "quantity": item["on_hand"]} for item in arrived])


def receive(sku_id: int, quantity: int, actor: str, reason: str = "") -> list[int]:
    """``quantity`` pieces arrived. They first serve the reservations that wait for a delivery or the supplier, oldest
    first; returns the order lines whose goods are all there now. Raises ``NotTracked``."""
    if quantity <= 0:
        raise ValueError("only a positive quantity can arrive")
    if not change_item(sku_id, StockItem.tracked, on_hand=StockItem.on_hand + quantity):
        raise NotTracked(sku_id)
    move(sku_id, "received", quantity, actor=actor, reason=reason)
    arrived = fill_waiting(sku_id)
    shrink_slots(sku_id, quantity)
    return arrived


def take_back(sku_id: int, quantity: int, order_line_id: int, shipment_id: int, actor: str, reason: str) -> list[int]:
    """``quantity`` sold pieces came back and can be sold again. Of an untracked SKU nothing is counted. Returns lines
    served, as ``receive``."""
    if quantity <= 0:
        raise ValueError("only a positive quantity can come back")
    if not change_item(sku_id, StockItem.tracked, on_hand=StockItem.on_hand + quantity):
        return []
    move(sku_id, "returned", quantity, actor=actor, reason=reason, order_line_id=order_line_id, shipment_id=shipment_id)
    return fill_waiting(sku_id)


def adjust(sku_id: int, delta: int, actor: str, reason: str) -> list[int]:
    """Correct what is on the shelf by ``delta`` (a count, a breakage): a difference, so that no sale in between is
    forgotten. Never below what is promised (``BelowPromised``). Returns lines served, as ``receive``."""
    if delta == 0:
        return []
    if not change_item(sku_id, StockItem.tracked, -delta <= FREE, on_hand=StockItem.on_hand + delta):
        if session.scalar(select(StockItem.tracked).where(StockItem.sku_id == sku_id)):
            raise BelowPromised(sku_id, promised_pieces(sku_id))
        raise NotTracked(sku_id)
    move(sku_id, "adjusted", delta, actor=actor, reason=reason)
    return fill_waiting(sku_id) if delta > 0 else []


def set_tracking(sku_id: int, tracked: bool, actor: str = "") -> None:
    """Count this SKU's stock, or no longer. Reservations made before keep what they draw on."""
    ensure_item(sku_id, tracked=tracked)
    change_item(sku_id, tracked=tracked)
    record(actor, "stock.tracking", ("sku", sku_id), tracked=tracked)


def set_slots(sku_id: int, slots: int | None, actor: str = "") -> None:
    """Pieces of the coming delivery that may be sold, ``None`` = no limit. Raises ``BelowPromised``."""
    ensure_item(sku_id)
    room = () if slots is None else (StockItem.slots_taken <= slots,)
    if not change_item(sku_id, *room, slots=slots):
        taken = session.scalar(select(StockItem.slots_taken).where(StockItem.sku_id == sku_id)) or 0
        raise BelowPromised(sku_id, taken)
    record(actor, "stock.slots", ("sku", sku_id), slots=slots)


# --- promises to order lines ----------------------------------------------------------------------------------------


class NewLine(NamedTuple):
    """A fresh order line that wants goods; ordered by SKU, the order in which stock rows are locked."""

    sku_id: int
    order_line_id: int
    quantity: int
    mode: str


def reserve(sku_id: int, order_line_id: int, quantity: int, mode: str, expires_at: datetime | None) -> Source:
    """Promise ``quantity`` pieces to an order line by one guarded UPDATE. Returns what the promise draws on.

    ``expires_at``: end of a draft's hold; ``None`` for a placed order. Idempotent per line: the same quantity again
    only moves the end, another one changes the promise by the difference. Raises ``OutOfStock``.
    """
    if quantity <= 0:
        raise ValueError("only a positive quantity can be reserved")
    if session.scalar(select(Reservation.sku_id).where(Reservation.order_line_id == order_line_id)) is not None:
        lock_items_of_lines([order_line_id])
        for before in held([order_line_id]):
            if before.sku_id == sku_id:
                return _change(before, quantity, mode, expires_at)
            release([order_line_id])
    source = take(sku_id, source_for(mode), quantity)
    session.execute(
        insert(Reservation).values(
            sku_id=sku_id,
            order_line_id=order_line_id,
            source=source,
            quantity=quantity,
            expires_at=expires_at,
        )
    )
    return source


def reserve_new(lines: Sequence[NewLine], expires_at: datetime | None) -> None:
    """Promise goods to lines that were just written and hold nothing yet: one guarded UPDATE a line, by ascending SKU,
    and one INSERT. Raises ``OutOfStock`` for the first that is gone; the unit must then be rolled back."""
    rows = [
        {
            "sku_id": line.sku_id,
            "order_line_id": line.order_line_id,
            "source": take(line.sku_id, source_for(line.mode), line.quantity),
            "quantity": line.quantity,
            "expires_at": expires_at,
        }
        for line in sorted(lines)
    ]
    if rows:
        session.execute(insert(Reservation), rows)


def _change(before: Held, quantity: int, mode: str, expires_at: datetime | None) -> Source:
    more = quantity - before.quantity
    if more > 0:
        taken = take(before.sku_id, before.source, more)
        if taken is not before.source:  # no longer tracked: nothing of the old promise is counted either
            give_back(before.sku_id, before.source, before.quantity)
        source = taken
    else:
        give_back(before.sku_id, before.source, -more)
        source = before.source
    _set_reservations([before.order_line_id], source=source, quantity=quantity, expires_at=expires_at)
    return source


def retake(order_line_ids: Iterable[int], until: datetime | None) -> None:
    """Before money is taken: make sure every line's goods are held, until ``until``. A live hold is prolonged (a
    promise without end stays so), one that lapsed is taken anew. Raises ``OutOfStock`` for the first that is gone;
    then nothing may be captured and the unit must be rolled back."""
    ids = list(order_line_ids)
    lock_items_of_lines(ids)
    alive = {h.order_line_id for h in held(ids)}
    _set_reservations(alive, only_holds=True, expires_at=until)
    live_quantity = order_line.c.quantity - order_line.c.cancelled_quantity
    lapsed = session.execute(
        select(order_line.c.id, order_line.c.sku_id, live_quantity, order_line.c.mode)
        .where(order_line.c.id.in_(ids), order_line.c.sku_id.is_not(None), live_quantity > 0)
        .order_by(order_line.c.sku_id, order_line.c.id)
    ).all()
    for line_id, sku_id, quantity, mode in lapsed:
        if line_id not in alive:
            reserve(sku_id, line_id, quantity, mode, until)


def keep(order_line_ids: Iterable[int]) -> dict[int, Source]:
    """The order was placed: its holds lose their end, from now on the bill's deadline rules. Returns what each line's
    promise draws on: goods on hand may have come in since the line was reserved."""
    ids = list(order_line_ids)
    lock_items_of_lines(ids)
    kept = session.execute(
        update(Reservation)
        .where(Reservation.order_line_id.in_(ids))
        .values(expires_at=None)
        .returning(Reservation.order_line_id, Reservation.source)
        .execution_options(synchronize_session=False)
    )
    return {line_id: Source(source) for line_id, source in kept}


def release(order_line_ids: Iterable[int]) -> None:
    """Give back all that is promised to these lines. Lines without a reservation are passed over."""
    ids = list(order_line_ids)
    lock_items_of_lines(ids)
    for each in held(ids):
        give_back(each.sku_id, each.source, each.quantity)
    session.execute(
        delete(Reservation).where(Reservation.order_line_id.in_(ids)).execution_options(synchronize_session=False)
    )


def shrink(order_line_id: int, by: int) -> None:
    """Promise ``by`` pieces fewer to a line; at 0 nothing is left of its reservation. Raises ``NotReserved``."""
    each = _locked(order_line_id, by)
    give_back(each.sku_id, each.source, by)
    _lessen(each, by)


def hand_over(order_line_id: int, quantity: int, shipment_id: int | None, actor: str) -> None:
    """``quantity`` pieces of a line left the house: ``reserved`` and ``on_hand`` fall, one movement is written.

    Goods that were never booked in (an open delivery, straight from the supplier) are booked in and out at once; of an
    untracked SKU nothing is counted. Raises ``NotReserved``.
    """
    each = _locked(order_line_id, quantity)
    log = partial(move, each.sku_id, actor=actor, order_line_id=order_line_id, shipment_id=shipment_id)
    if each.source is Source.ON_HAND:
        gone = change_item(
            each.sku_id,
            StockItem.reserved >= quantity,
            on_hand=StockItem.on_hand - quantity,
            reserved=StockItem.reserved - quantity,
        )
        if not gone:
            raise NotReserved(order_line_id, each.sku_id)
        log("shipped", -quantity)
    else:
        give_back(each.sku_id, each.source, quantity)
        if session.scalar(select(StockItem.tracked).where(StockItem.sku_id == each.sku_id)):
            log("received", quantity, reason="not booked in before")
            log("shipped", -quantity)
    _lessen(each, quantity)


def _locked(order_line_id: int, quantity: int) -> Held:
    if quantity <= 0:
        raise ValueError("only a positive quantity can move")
    lock_items_of_lines([order_line_id])
    found = held([order_line_id])
    if not found or found[0].quantity < quantity:
        raise NotReserved(order_line_id, found[0].sku_id if found else 0)
    return found[0]


def _lessen(each: Held, by: int) -> None:
    if each.quantity > by:
        _set_reservations([each.order_line_id], quantity=each.quantity - by)
    else:
        session.execute(
            delete(Reservation)
            .where(Reservation.order_line_id == each.order_line_id)
            .execution_options(synchronize_session=False)
        )


def _set_reservations(order_line_ids: Iterable[int], *, only_holds: bool = False, **values: object) -> None:
    statement = update(Reservation).where(Reservation.order_line_id.in_(list(order_line_ids)))
    if only_holds:
        statement = statement.where(Reservation.expires_at.is_not(None))
    session.execute(statement.values(**values).execution_options(synchronize_session=False))
