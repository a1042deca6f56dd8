"""How many there are: for those who watch the shop from outside."""

from sqlalchemy import func, select

from storefront.core.db import session
from storefront.core.orders.models import Order
from storefront.core.payments.models import PaymentAttempt


def orders_by_state() -> dict[str, int]:
    """One statement."""
    rows = session.execute(select(Order.state, func.count()).group_by(Order.state))
    return {str(row[0]): int(row[1]) for row in rows}


def payments_by_outcome() -> dict[tuple[str, str], int]:
    """By method and by what became of the attempt. One statement."""
    rows = session.execute(
        select(PaymentAttempt.method, PaymentAttempt.state, func.count()).group_by(
            PaymentAttempt.method, PaymentAttempt.state
        )
    )
    return {(method, state): count for method, state, count in rows}
