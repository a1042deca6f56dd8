"""What waits for a human, oldest first. Two statements, whatever the size of the shop."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, text, union_all
from sqlalchemy.orm import InstrumentedAttribute

from storefront.core.billing.models import Bill
from storefront.core.db import UtcDateTime, session
from storefront.core.desk.conditions import to_pack
from storefront.core.orders.models import AWAITED, AWAITING_RELEASE, Order, OrderFlag, OrderLine
from storefront.core.orders.states import FlagKind
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt, Refund, RefundTask
from storefront.core.shipping.models import HERE, Shipment
from storefront.core.stock.models import StockItem
from storefront.core.tasks.models import Task
from storefront.core.values.money import Money

CAP = 1000
# A transfer is looked for this long before its order would be cancelled.
NEAR = timedelta(days=2)
# A task that failed is shown for so long.
FAILED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """``kind``: refund, deadline, pack, hand_over, look, customs, jobs, tasks, supply, release. ``since``: of the oldest; for
    ``deadline`` when the next ends. ``count``: up to ``CAP``, ``capped`` when there are more. ``sums``: money it is
    about, one per currency."""

    kind: str
    since: datetime
    count: int
    capped: bool = False
    sums: tuple[Money, ...] = ()


def today(now: datetime, *, low: int, zone: str) -> tuple[Waiting, ...]:
    """Oldest first. ``low``: policy ``stock.low``; ``zone``: of the shop, whose day it is."""
    return tuple(sorted((*_money(now), *_counted(now, low, zone)), key=lambda waiting: waiting.since))


# --- money --------------------------------------------------------------------------------------------------------------


def _money(now: datetime) -> list[Waiting]:
    rows = union_all(_owed(), _requested(), _deadlines(now)).subquery()
    found = session.execute(
        select(rows.c.kind, rows.c.currency, func.count(), func.min(rows.c.since), func.sum(rows.c.amount))
        .group_by(rows.c.kind, rows.c.currency)
        .order_by(rows.c.kind, rows.c.currency)
    )
    kinds: dict[str, Waiting] = {}
    for kind, currency, count, since, amount in found:
        before = kinds.get(kind, Waiting(kind, since, 0))
        kinds[kind] = Waiting(
            kind,
            min(before.since, since),
            before.count + count,
            sums=(*before.sums, Money(int(amount), currency)),
        )
    return list(kinds.values())


def _owed() -> Select[Any, Any, Any, Any]:
    return select(
        literal("refund").label("kind"),
        RefundTask.currency.label("currency"),
        RefundTask.created_at.label("since"),
        RefundTask.amount.label("amount"),
    ).where(RefundTask.state == text("'open'"))


def _requested() -> Select[Any, Any, Any, Any]:
    """Refunds that were asked for without a task, and are neither sent nor confirmed."""
    tasks = select(RefundTask.refund_id).where(RefundTask.state == text("'open'"), RefundTask.refund_id.is_not(None))
    return select(literal("refund"), Refund.currency, Refund.created_at, Refund.amount).where(
        text("refund.state IN ('requested','pending')"), Refund.id.not_in(tasks)
    )


def _deadlines(now: datetime) -> Select[Any, Any, Any, Any]:
    """Transfers that were announced and did not come, and whose order is cancelled soon."""
    return (
        select(literal("deadline"), Bill.currency, Bill.due_at, PaymentAttempt.amount)
        .join(PaymentAttempt, (PaymentAttempt.bill_id == Bill.id) & (PaymentAttempt.state == "instructed"))
        .join(Order, (Order.id == Bill.order_id) & (Order.state == "pending"))
        .where(Bill.state == "open", Bill.due_at <= now + NEAR)
    )


# --- everything else ----------------------------------------------------------------------------------------------------


def _counted(now: datetime, low: int, zone: str) -> list[Waiting]:
    day = now.astimezone(ZoneInfo(zone)).date()
    statement = union_all(
        _branch("pack", Order.placed_at, to_pack()),
        _branch("hand_over", Shipment.created_at, text(f"shipment.{HERE}"), Shipment.state.in_(("packed", "labelled"))),
        _branch("look", OrderFlag.raised_at, OrderFlag.kind != FlagKind.CUSTOMS),
        _branch(
            "customs",
            OrderFlag.raised_at,
            OrderFlag.kind == FlagKind.CUSTOMS,
            exists().where(Order.id == OrderFlag.order_id, Order.state.in_(("pending", "processing"))),
        ),
        _branch("jobs", OutboxRow.created_at, OutboxRow.state == "dead"),
        _branch("tasks", Task.created_at, Task.state == "failed", Task.finished_at >= now - FAILED_FOR),
        _supply(low),
        _release(day),
    )
    found = []
    for kind, count, since, release in session.execute(statement):
        if count:
            moment = since if release is None else _midnight(release, zone)
            found.append(Waiting(kind, moment, min(count, CAP), count > CAP))
    return found


def _branch(kind: str, since: InstrumentedAttribute[Any], *conditions: Any) -> Select[Any, Any, Any, Any]:
    """Counted from the oldest on, so that the oldest is right also beyond the cap."""
    rows = select(since.label("since")).where(*conditions).order_by(since).limit(CAP + 1).subquery()
    return _counting(kind, func.min(rows.c.since), literal(None)).select_from(rows)


def _counting(kind: str, since: Any, release: Any) -> Select[Any, Any, Any, Any]:
    return select(
        literal(kind), func.count().label("count"), _as_moment(since).label("since"), _as_text(release).label("release")
    )


def _as_moment(value: Any) -> ColumnElement[datetime | None]:
    return func.coalesce(value, literal(None, UtcDateTime()), type_=UtcDateTime())


def _as_text(value: Any) -> ColumnElement[str | None]:
    return func.coalesce(value, literal(None), type_=OrderLine.release.type)


def _supply(low: int) -> Select[Any, Any, Any, Any]:
    """Items to be got: orders wait for them, and hardly any are on the shelf. One row an item."""
    rows = (
        select(OrderLine.sku_id, func.min(Order.placed_at).label("since"))
        .join(Order, (Order.id == OrderLine.order_id) & Order.state.in_(("pending", "processing")))
        .join(StockItem, StockItem.sku_id == OrderLine.sku_id)
        .where(
            text(f"order_line.{AWAITED}"),
            OrderLine.item_state.in_(("awaiting_supplier", "awaiting_arrival")),
            StockItem.tracked,
            StockItem.on_hand - StockItem.reserved <= low,
        )
        .group_by(OrderLine.sku_id)
        .limit(CAP + 1)
        .subquery()
    )
    return _counting("supply", func.min(rows.c.since), literal(None)).select_from(rows)


def _release(day: date) -> Select[Any, Any, Any, Any]:
    """Items whose month or day of release has come, and that orders wait for. One row an item."""
    rows = (
        select(OrderLine.sku_id, func.min(OrderLine.release).label("release"))
        .join(Order, (Order.id == OrderLine.order_id) & Order.state.in_(("pending", "processing")))
        .where(text(f"order_line.{AWAITING_RELEASE}"), OrderLine.release > "", OrderLine.release <= day.isoformat())
        .group_by(OrderLine.sku_id)
        .limit(CAP + 1)
        .subquery()
    )
    return _counting("release", literal(None, UtcDateTime()), func.min(rows.c.release)).select_from(rows)


def _midnight(release: str, zone: str) -> datetime:
    """When a month ("2026-11") or a day began in the shop."""
    try:
        day = date.fromisoformat(release if len(release) > 7 else f"{release}-01")
    except ValueError:
        day = date.min.replace(year=2000)
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
