"""Deadlines of orders. The verbs run a unit per order, so that one bad order holds up no other."""

from collections.abc import Callable

from storefront.core.db import utcnow
from storefront.core.lifecycle.expire import cancel_unpaid, lapse_drafts
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work

BATCH = 200
MAX_BATCHES = 25


def _in_batches(act: Callable[[], int]) -> None:
    for _ in range(MAX_BATCHES):
        if act() < BATCH:
            return


@job("orders.expire_drafts", outside=True)
def expire_drafts(work: Work) -> None:
    _in_batches(lambda: lapse_drafts(work.shop, work.providers, utcnow(), BATCH))


@job("orders.cancel_unpaid", outside=True)
def cancel_unpaid_orders(work: Work) -> None:
    _in_batches(lambda: cancel_unpaid(work.shop, work.providers, utcnow(), BATCH))
