"""Reading stock. Rows returned here are for reading: every change is a guarded statement in ``service``."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import column, select, table

from storefront.core.db import session
from storefront.core.stock.models import Reservation, StockItem
from storefront.core.values.types import SaleMode, SaleStatus

# Order lines by name: the area that owns them lies right of this one, and only these columns are needed.
order_line = table(
    "order_line",
    column("id"),
    column("order_id"),
    column("sku_id"),
    column("quantity"),
    column("cancelled_quantity"),
    column("mode"),
)

MODES = frozenset(SaleMode)
SLOTTED = frozenset({SaleMode.PRE_ORDER, SaleMode.PROVISIONAL, SaleMode.TENTATIVE})


def status_of(
    mode: str,
    *,
    tracked: bool | None,
    on_hand: int | None,
    reserved: int | None,
    slots: int | None,
    slots_taken: int | None,
    low: int,
) -> tuple[SaleStatus, int | None]:
    """What the shopper sees (CAT-4) and how many pieces can be ordered (``None``: no limit; 0 where none can).

    Pure. The counters may be ``None`` for a SKU without a stock row (outer join): it counts as tracked and empty.
    ``low``: policy ``stock.low``. An unknown ``mode`` is unavailable.
    """
    if mode not in MODES:
        return SaleStatus.UNAVAILABLE, 0
    if mode == SaleMode.STOCK:
        return _on_the_shelf(tracked, (on_hand or 0) - (reserved or 0), low)
    status = SaleStatus(mode)
    if mode in SLOTTED:
        if slots is None or tracked is False:
            return status, None
        free = max(slots - (slots_taken or 0), 0)
        return (status, free) if free else (SaleStatus.PREORDERS_CLOSED, 0)
    return status, None if status.orderable else 0


def _on_the_shelf(tracked: bool | None, free: int, low: int) -> tuple[SaleStatus, int | None]:
    if tracked is False:
        return SaleStatus.IN_STOCK, None
    if free <= 0:
        return SaleStatus.SOLD_OUT, 0
    return (SaleStatus.LOW_STOCK if free <= low else SaleStatus.IN_STOCK), free


def stock_of(sku_ids: Iterable[int]) -> dict[int, StockItem]:
    """The stock rows of these SKUs as they are now; a SKU without one is missing."""
    statement = select(StockItem).where(StockItem.sku_id.in_(sorted(set(sku_ids))))
    rows = session.scalars(statement.execution_options(populate_existing=True))
    return {row.sku_id: row for row in rows}


def promised_to(order_line_ids: Iterable[int]) -> dict[int, int]:
    """Pieces promised per order line: ordered, not cancelled, not sent. Lines without a promise are missing."""
    wanted = select(Reservation.order_line_id, Reservation.quantity).where(
        Reservation.order_line_id.in_(list(order_line_ids))
    )
    return {row.order_line_id: row.quantity for row in session.execute(wanted)}


def expired(now: datetime) -> list[int]:
    """Orders (drafts) with a hold whose end has come, ascending."""
    statement = (
        select(order_line.c.order_id)
        .join(Reservation, Reservation.order_line_id == order_line.c.id)
        .where(Reservation.expires_at <= now)
        .distinct()
        .order_by(order_line.c.order_id)
    )
    return list(session.scalars(statement))
