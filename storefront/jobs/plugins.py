"""What is still owed to plugins: effects that failed, or whose plugin was not installed, when their order moved on; and the
record of their failures, which does not grow for ever."""

from storefront.core.db import utcnow
from storefront.core.lifecycle import effects
from storefront.core.settings.plugins import forget_old_faults
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work


@job(effects.JOB)
def effect(work: Work) -> None:
    effects.try_again(dict(work.row.args), work.providers)


@job("plugins.purge", "slow")
def purge(_work: Work) -> None:
    forget_old_faults(utcnow())
