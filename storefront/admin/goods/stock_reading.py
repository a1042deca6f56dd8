"""One variant's stock: its numbers, its movements, the orders that wait for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.admin.audit.pages import actor_names
from storefront.admin.goods.stock import StockRow, finish, stock_rows
from storefront.admin.goods.words import MOVEMENTS
from storefront.core.catalog.models import Sku
from storefront.core.db import session
from storefront.core.i18n.translate import N_, gettext
from storefront.core.orders.models import Order, OrderLine
from storefront.core.stock.models import Reservation, Source, StockMovement

PER_PAGE = 50
MOST_WAITING = 50

SYSTEM_ACTORS = {"system": N_("The shop itself"), "shopper": N_("Shopper")}


@dataclass(frozen=True, slots=True)
class Movement:
    """``what``, ``who``: in the reader's language. ``order``: its number, "" where there is none."""

    id: int
    at: datetime
    what: str
    quantity: int
    who: str
    reason: str
    order: str


@dataclass(frozen=True, slots=True)
class Waiting:
    order: str
    quantity: int
    since: datetime


@dataclass(frozen=True, slots=True)
class SkuStock:
    """``older``: where the next page of movements begins, 0 at the end."""

    row: StockRow
    product_id: int
    movements: Sequence[Movement]
    older: int
    waiting: Sequence[Waiting]


def sku_stock(sku_id: int, before: int = 0) -> SkuStock | None:
    """Six statements. ``before``: movements older than this one."""
    row = session.execute(stock_rows().where(Sku.id == sku_id)).first()
    if row is None:
        return None
    movements, older = _movements(sku_id, before)
    return SkuStock(finish([row])[0], row.product_id, movements, older, _waiting(sku_id))


def _movements(sku_id: int, before: int) -> tuple[list[Movement], int]:
    statement = (
        select(StockMovement, Order.number)
        .outerjoin(OrderLine, OrderLine.id == StockMovement.order_line_id)
        .outerjoin(Order, Order.id == OrderLine.order_id)
        .where(StockMovement.sku_id == sku_id)
        .order_by(StockMovement.id.desc())
        .limit(PER_PAGE + 1)
    )
    if before:
        statement = statement.where(StockMovement.id < before)
    rows = session.execute(statement).all()
    names = actor_names({movement.actor for movement, _number in rows})
    found = [_movement(movement, number, names) for movement, number in rows[:PER_PAGE]]
    return found, found[-1].id if len(rows) > PER_PAGE else 0


def _movement(row: Any, number: str | None, names: Mapping[str, str]) -> Movement:
    return Movement(
        row.id,
        row.created_at,
        gettext(MOVEMENTS.get(row.kind, row.kind)),
        row.quantity,
        names.get(row.actor) or (gettext(SYSTEM_ACTORS[row.actor]) if row.actor in SYSTEM_ACTORS else row.actor),
        row.reason,
        number or "",
    )


def _waiting(sku_id: int) -> list[Waiting]:
    """In the order in which they are served."""
    rows = session.execute(
        select(Order.number, Reservation.quantity, Reservation.created_at)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Reservation.sku_id == sku_id, Reservation.source != Source.ON_HAND)
        .order_by(Reservation.created_at, Reservation.id)
        .limit(MOST_WAITING)
    )
    return [Waiting(*row) for row in rows]
