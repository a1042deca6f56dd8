"""Throwing away what the mail log no longer needs to know: whose mails they were."""

from datetime import timedelta

from storefront.core.db import utcnow
from storefront.core.mail import records
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work


@job("mail_log.purge", "slow")
def purge(work: Work) -> None:
    """That a mail left is still known by its job; where it went is not."""
    records.purge(utcnow() - timedelta(days=int(work.shop.policy("mail.log_days"))))
