"""Bills without an order: money paid in advance (DEP-1)."""

from datetime import datetime

from storefront.core.audit.service import record
from storefront.core.billing.models import Bill, BillLine
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.settings.service import next_number
from storefront.core.values.money import MAX_AMOUNT, Money


def issue_topup(customer_id: int, money: Money, *, text: str, actor: str, now: datetime) -> Bill:
    """A bill over ``money`` for a customer and no order, inside the caller's unit. Paid like any other bill; what the
    payment gives the customer is the matter of the plugin that asked for it. Raises ``NotPossible``."""
    if not 0 < money.amount <= MAX_AMOUNT:
        raise NotPossible(N_("The amount must be above zero. Nothing was entered."))
    bill = Bill(
        number=f"T-{next_number('topup'):06d}",
        order_id=None,
        customer_id=customer_id,
        kind="topup",
        currency=money.currency,
        amount=money.amount,
        first_issued_at=now,
        issued_at=now,
    )
    session.add(bill)
    session.flush()
    session.add(BillLine(bill_id=bill.id, text=text[:300], amount=money.amount))
    record(actor, "bill.topup", ("bill", bill.number), amount=money.amount, currency=money.currency)
    return bill
