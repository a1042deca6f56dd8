"""Every invariant, in the order in which they are reported."""

from datetime import datetime

from storefront.core.db import utcnow
from storefront.core.invariants import (
    bills,
    cards,
    checkout,
    database,
    history,
    limits,
    orders,
    outbox,
    payments,
    search,
    staff,
    stock,
)
from storefront.core.invariants.finding import Check, Finding

__all__ = ["CHECKS", "Check", "Finding", "run_all"]

CHECKS: tuple[Check, ...] = (
    *database.CHECKS,
    *orders.CHECKS,
    *history.CHECKS,
    *checkout.CHECKS,
    *limits.CHECKS,
    *bills.CHECKS,
    *payments.CHECKS,
    *stock.CHECKS,
    *outbox.CHECKS,
    *staff.CHECKS,
    *cards.CHECKS,
    *search.CHECKS,
)


def run_all(now: datetime | None = None) -> list[Finding]:
    """Run every check on the current session's database and return what is broken; an empty list is a clean bill of
    health. Reads only; each check is one statement, so a shop in full swing gives no false alarm. ``now``: the moment
    by which deadlines are judged, UTC."""
    moment = now or utcnow()
    return [finding for finding in (each.run(moment) for each in CHECKS) if finding is not None]
