"""What of the shop still runs on a plugin: while it does, the plugin must not be taken away."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select

from storefront.core.billing.models import Bill, BillTender
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.effects import JOB
from storefront.core.orders.models import Charge, Order
from storefront.core.orders.states import OrderState
from storefront.core.outbox.models import UNSETTLED, OutboxRow
from storefront.core.payments.models import PaymentAttempt, Refund
from storefront.core.payments.states import LIVE
from storefront.core.values.types import Problem

ENDED = (OrderState.COMPLETED, OrderState.CANCELLED)

PAYMENTS = N_("Payments through %(plugin)s that are not finished: %(count)s. Wait for them, or end them.")
REFUNDS = N_("Refunds through %(plugin)s that are on their way: %(count)s. Wait for them, or confirm them.")
ORDERS = N_("Orders with %(plugin)s that are not completed: %(count)s. Complete or cancel them first.")
OWED = N_("Background work that still needs %(plugin)s: %(count)s. Wait until it is done.")


def still_used(plugin: str) -> tuple[Problem, ...]:
    """A problem for each kind of thing that needs the plugin. Four statements."""
    live = select(func.count()).select_from(PaymentAttempt)
    payments = session.scalar(live.where(PaymentAttempt.source == plugin, PaymentAttempt.state.in_(LIVE)))
    waiting = select(func.count()).select_from(Refund).outerjoin(PaymentAttempt).outerjoin(BillTender)
    refunds = session.scalar(
        waiting.where(
            Refund.state.in_(("requested", "pending")),
            or_(PaymentAttempt.source == plugin, BillTender.source == plugin),
        )
    )
    orders = session.scalar(select(func.count()).where(Order.state.not_in(ENDED), or_(*_used_by(plugin))))
    rows = select(func.count()).where(
        OutboxRow.subject == f"plugin:{plugin}", OutboxRow.name == JOB, OutboxRow.state.in_(UNSETTLED)
    )
    counted: Sequence[tuple[str, int | None]] = (
        (PAYMENTS, payments), (REFUNDS, refunds), (ORDERS, orders), (OWED, session.scalar(rows)),
    )  # fmt: skip
    return tuple(Problem(text, {"count": n, "plugin": plugin}, code="in_use") for text, n in counted if n)


def _used_by(plugin: str) -> list[ColumnElement[bool]]:
    """Of an order: its carrier, a part of its price, or what it is paid with."""
    charge = exists().where(Charge.order_id == Order.id, Charge.source == plugin, Charge.superseded_at.is_(None))
    tender = exists().where(Bill.order_id == Order.id, BillTender.bill_id == Bill.id, BillTender.source == plugin)
    return [
        *(or_(key == plugin, key.startswith(f"{plugin}.", autoescape=True)) for key in (Order.carrier, Order.method)),
        charge,
        tender,
    ]
