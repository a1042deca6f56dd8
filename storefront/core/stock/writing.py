"""The guarded statements behind the verbs: the only places where the counters change.

Order of locks everywhere: stock rows by ascending SKU, then reservations. PostgreSQL takes a row lock with each
statement; SQLite's unit holds the only write lock. Rows are read as columns, since these statements pass rows by that
a session may have loaded.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, CursorResult, case, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from storefront.core.db import changed, lock_for_update, session
from storefront.core.stock.errors import OutOfStock
from storefront.core.stock.models import Reservation, Source, StockItem, StockMovement
from storefront.core.stock.queries import SLOTTED
from storefront.core.values.types import SaleMode

FREE = StockItem.on_hand - StockItem.reserved


class Held(NamedTuple):
    """A reservation as it is now."""

    order_line_id: int
    sku_id: int
    source: Source
    quantity: int


def lock_items_of_lines(order_line_ids: Iterable[int]) -> None:
    """Lock the stock rows behind these lines' reservations, in ascending order."""
    wanted = select(Reservation.sku_id).where(Reservation.order_line_id.in_(list(order_line_ids)))
    session.execute(
        lock_for_update(select(StockItem.sku_id).where(StockItem.sku_id.in_(wanted)).order_by(StockItem.sku_id))
    ).all()


def held(order_line_ids: Iterable[int]) -> list[Held]:
    """The reservations of these lines, by ascending SKU. Call after ``lock_items_of_lines``."""
    rows = session.execute(
        select(Reservation.order_line_id, Reservation.sku_id, Reservation.source, Reservation.quantity)
        .where(Reservation.order_line_id.in_(list(order_line_ids)))
        .order_by(Reservation.sku_id, Reservation.id)
    )
    return [Held(line, sku, Source(source), quantity) for line, sku, source, quantity in rows]


def change_item(sku_id: int, *conditions: ColumnElement[bool] | InstrumentedAttribute[bool], **values: Any) -> bool:
    """One guarded UPDATE of a stock row; whether it applied."""
    statement = update(StockItem).where(StockItem.sku_id == sku_id, *conditions).values(**values)
    result = session.execute(statement.execution_options(synchronize_session=False))
    applied = cast(CursorResult[Any], result).rowcount == 1
    if applied:
        changed("stock", sku_id)
    return applied


def source_for(mode: str) -> Source:
    """What a new reservation of a tracked SKU draws on."""
    if mode in SLOTTED:
        return Source.INCOMING
    return Source.SUPPLIER if mode == SaleMode.BACK_ORDER else Source.ON_HAND


def take(sku_id: int, source: Source, quantity: int) -> Source:
    """Promise ``quantity`` more pieces by one guarded UPDATE. An untracked SKU draws on the supplier. Raises
    ``OutOfStock``."""
    if source is Source.SUPPLIER or _take_counted(sku_id, source, quantity):
        return source
    # Only on refusal: say why. That a SKU is untracked is no scarce fact, so reading it after the guard is safe.
    row = session.execute(
        select(StockItem.tracked, FREE, StockItem.slots - StockItem.slots_taken).where(StockItem.sku_id == sku_id)
    ).first()
    if row is not None and not row[0]:
        return Source.SUPPLIER
    free = (row[1] if source is Source.ON_HAND else row[2]) if row is not None else 0
    raise OutOfStock(sku_id, max(free or 0, 0))


def _take_counted(sku_id: int, source: Source, quantity: int) -> bool:
    if source is Source.ON_HAND:
        return change_item(sku_id, StockItem.tracked, quantity <= FREE, reserved=StockItem.reserved + quantity)
    room = StockItem.slots.is_(None) | (StockItem.slots_taken + quantity <= StockItem.slots)
    return change_item(sku_id, StockItem.tracked, room, slots_taken=StockItem.slots_taken + quantity)


def give_back(sku_id: int, source: Source, quantity: int) -> None:
    """The opposite of ``take``."""
    if source is Source.ON_HAND:
        change_item(sku_id, reserved=StockItem.reserved - quantity)
    elif source is Source.INCOMING:
        change_item(sku_id, slots_taken=StockItem.slots_taken - quantity)


def move(
    sku_id: int,
    kind: str,
    quantity: int,
    *,
    actor: str,
    reason: str = "",
    order_line_id: int | None = None,
    shipment_id: int | None = None,
) -> None:
    """Append one movement, with the line and the parcel it belongs to."""
    session.execute(
        insert(StockMovement).values(
            sku_id=sku_id,
            kind=kind,
            quantity=quantity,
            actor=actor,
            reason=reason[:300],
            order_line_id=order_line_id,
            shipment_id=shipment_id,
        )
    )


def shrink_slots(sku_id: int, arrived: int) -> None:
    """Pieces that arrived are no longer incoming: ``slots`` falls by them, never below what is taken."""
    rest = StockItem.slots - arrived
    change_item(
        sku_id,
        StockItem.slots.is_not(None),
        slots=case((rest < StockItem.slots_taken, StockItem.slots_taken), else_=rest),
    )


def fill_waiting(sku_id: int) -> list[int]:
    """Turn reservations that wait (for a delivery or the supplier) into goods on hand, oldest first, each wholly or
    not at all; a younger line never passes an older one. Returns their order lines. The stock row must be locked."""
    free = session.scalar(select(FREE).where(StockItem.sku_id == sku_id)) or 0
    waiting = session.execute(
        select(Reservation.order_line_id, Reservation.source, Reservation.quantity)
        .where(Reservation.sku_id == sku_id, Reservation.source != Source.ON_HAND)
        .order_by(Reservation.created_at, Reservation.id)
    ).all()
    arrived: dict[int, tuple[str, int]] = {}
    for line, source, quantity in waiting:
        if quantity > free:
            break
        free -= quantity
        arrived[line] = (source, quantity)
    if not arrived:
        return []
    incoming = sum(quantity for source, quantity in arrived.values() if source == Source.INCOMING)
    promised = sum(quantity for _, quantity in arrived.values())
    change_item(
        sku_id,
        promised <= FREE,
        reserved=StockItem.reserved + promised,
        slots_taken=StockItem.slots_taken - incoming,
    )
    session.execute(
        update(Reservation)
        .where(Reservation.order_line_id.in_(list(arrived)))
        .values(source=Source.ON_HAND)
        .execution_options(synchronize_session=False)
    )
    return list(arrived)


def promised_pieces(sku_id: int) -> int:
    return session.scalar(select(func.coalesce(StockItem.reserved, 0)).where(StockItem.sku_id == sku_id)) or 0
