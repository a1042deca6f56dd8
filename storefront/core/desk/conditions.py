"""Questions above the list of orders, as conditions on ``Order`` that an index answers on a million rows.

What waits is little beside what is done, so those questions begin at the few rows that wait (partial indexes of
``order_line``, ``shipment``, ``refund_task``, ``order_flag``), not at the orders.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text

from storefront.core.billing.models import OPEN, Bill
from storefront.core.orders.finding import find_orders
from storefront.core.orders.models import AWAITED, Order, OrderFlag, OrderLine
from storefront.core.orders.states import FlagKind
from storefront.core.payments.models import PaymentAttempt, RefundTask
from storefront.core.shipping.models import HERE, Shipment, ShipmentLine

Condition = ColumnElement[bool]

# What the shopper sees (``lifecycle.view``), as the back office asks for it.
STATUSES = (
    "awaiting_payment", "payment_checked", "processing", "partly_shipped", "shipped", "completed", "cancelled",
)  # fmt: skip
WAITS = ("money", "pack", "hand_over", "goods", "refund", "customs", "look")
PAYMENTS = ("open", "paid", "later")

FOUND_AT_MOST = 1000

LEFT = ("handed_over", "delivered")
WAITING_ITEMS = ("ordered", "awaiting_release", "awaiting_supplier", "awaiting_arrival")


def placed() -> Condition:
    """Orders that exist for their shopper: no drafts, and none that lapsed."""
    return Order.placed_at.is_not(None)


def has_status(status: str) -> Condition | None:
    """The derived states; ``None`` for an unknown one."""
    checked = Order.id.in_(
        select(Bill.order_id)
        .join(PaymentAttempt, PaymentAttempt.bill_id == Bill.id)
        .where(PaymentAttempt.state == text("'pending'"), Bill.state == "open", Bill.order_id.is_not(None))
    )
    left = exists().where(Shipment.order_id == Order.id, Shipment.state.in_(LEFT))
    match status:
        case "awaiting_payment":
            running = (
                select(PaymentAttempt.id)
                .join(Bill, PaymentAttempt.bill_id == Bill.id)
                .where(Bill.order_id == Order.id, Bill.state == "open", PaymentAttempt.state == "pending")
                .correlate(Order)
            )
            return and_(Order.state == "pending", ~running.exists())
        case "payment_checked":
            return and_(Order.state == "pending", checked)
        case "processing":
            return and_(Order.state == "processing", ~left)
        case "partly_shipped":
            return and_(Order.state == "processing", left)
        case "shipped" | "completed" | "cancelled":
            return Order.state == status
    return None


def waits_for(what: str) -> Condition | None:
    """``None`` for an unknown word."""
    match what:
        case "money":
            return Order.state == "pending"
        case "pack":
            return to_pack()
        case "hand_over":
            return Order.id.in_(select(Shipment.order_id).where(_here(), Shipment.state.in_(("packed", "labelled"))))
        case "goods":
            return and_(Order.state.in_(("pending", "processing")), Order.id.in_(awaited()))
        case "refund":
            return Order.id.in_(select(RefundTask.order_id).where(RefundTask.state == text("'open'")))
        case "customs":
            return and_(
                Order.state.in_(("pending", "processing")),
                Order.id.in_(select(OrderFlag.order_id).where(OrderFlag.kind == FlagKind.CUSTOMS)),
            )
        case "look":
            return Order.id.in_(select(OrderFlag.order_id).where(OrderFlag.kind != FlagKind.CUSTOMS))
    return None


def to_pack() -> Condition:
    """Paid, everything there, and something of it in no parcel yet, or in one that is only planned. Asked order by order
    along the index on the state: few are being prepared at any time, and most of those fail at the first question."""
    return and_(
        Order.state == "processing",
        ~exists().where(
            OrderLine.order_id == Order.id,
            OrderLine.item_state.in_(WAITING_ITEMS),
            OrderLine.quantity > OrderLine.cancelled_quantity,
        ),
        or_(
            exists().where(
                OrderLine.order_id == Order.id,
                OrderLine.item_state.in_(("in_hand", "packed")),
                OrderLine.quantity > _not_to_pack(),
            ),
            exists().where(Shipment.order_id == Order.id, Shipment.state == "planned"),
        ),
    )


def _here() -> Condition:
    return text(f"shipment.{HERE}")  # type: ignore[return-value]


def awaited() -> Select[int]:
    """Orders with a line whose goods are not there."""
    return select(OrderLine.order_id).where(
        text(f"order_line.{AWAITED}"), OrderLine.quantity > OrderLine.cancelled_quantity
    )


def _not_to_pack() -> ColumnElement[int]:
    """Pieces of a line that are in parcels or cancelled."""
    packed = (
        select(func.coalesce(func.sum(ShipmentLine.quantity), 0))
        .where(ShipmentLine.order_line_id == OrderLine.id)
        .correlate(OrderLine)
        .scalar_subquery()
    )
    return OrderLine.cancelled_quantity + packed


def paid_how(payment: str) -> Condition | None:
    """``open``: a bill waits. ``later``: the goods go before the money. ``paid``: nothing is to come."""
    unpaid = select(Bill.order_id).where(text(f"bill.{OPEN}"), Bill.order_id.is_not(None))
    match payment:
        case "open":
            return Order.id.in_(unpaid)
        case "later":
            return and_(Order.state.in_(("processing", "shipped")), Order.id.in_(unpaid))
        case "paid":
            return and_(
                Order.state.not_in(("draft", "pending", "cancelled")),
                ~exists().where(Bill.order_id == Order.id, text(f"bill.{OPEN}")),
            )
    return None


def country_is(code: str) -> Condition | None:
    return Order.country == code if len(code) == 2 and code.isascii() and code.isalpha() else None


def carrier_is(key: str) -> Condition:
    return Order.carrier == key


def method_is(key: str) -> Condition:
    return Order.method == key


def placed_from(day: str, zone: str) -> Condition | None:
    start = day_start(day, zone)
    return Order.placed_at >= start if start else None


def placed_to(day: str, zone: str) -> Condition | None:
    """Up to the end of that day of the shop."""
    start = day_start(day, zone, days=1)
    return Order.placed_at < start if start else None


def day_start(day: str, zone: str, days: int = 0) -> datetime | None:
    """When a day typed as "2026-11-25" begins in ``zone`` (``days`` later), UTC; ``None`` for anything else."""
    try:
        local = datetime.combine(date.fromisoformat(day) + timedelta(days=days), time.min, ZoneInfo(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def question_is(question: str) -> Condition:
    """An order's number, a name in any script, mail, telephone, item or tracking number: the newest ``FOUND_AT_MOST`` that
    the search finds. One statement."""
    return Order.id.in_(find_orders(question, limit=FOUND_AT_MOST).ids)


# Filters of the list that need nothing but the word that was chosen.
CONDITIONS: dict[str, Callable[[str], Condition | None]] = {
    "status": has_status,
    "waits": waits_for,
    "payment": paid_how,
    "country": country_is,
    "carrier": carrier_is,
    "method": method_is,
}
