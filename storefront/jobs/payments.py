"""Asking gateways for the truth: after a webhook, after a time-out, and for attempts nobody came back from."""

from storefront.core.db import utcnow
from storefront.core.lifecycle import pay
from storefront.core.outbox.service import later
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work


@job("payments.reconcile", outside=True)
def reconcile(work: Work) -> None:
    pay.reconcile(int(work.row.args["attempt_id"]), work.shop, work.providers, work.runtime.public_url)


@job("payments.webhook", outside=True)
def process_webhook(work: Work) -> None:
    pay.process_webhook(int(work.row.args["webhook_id"]), work.shop, work.providers, work.runtime.public_url)


@job("payments.reconcile_open")
def reconcile_open(work: Work) -> None:
    """One job per attempt, so that each is asked about, retried and given up alone."""
    now = utcnow()
    for attempt_id in pay.attempts_to_check(now):
        later(
            "payments.reconcile",
            subject=f"attempt:{attempt_id}",
            dedupe_key=f"payments.reconcile:{attempt_id}:{now:%Y%m%d%H%M}",
            attempt_id=attempt_id,
        )
