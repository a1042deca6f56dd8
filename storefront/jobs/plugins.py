"""What is still owed to plugins: effects that failed, or whose plugin was not installed, when their order moved on."""

from storefront.core.lifecycle import effects
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work


@job(effects.JOB)
def effect(work: Work) -> None:
    effects.try_again(dict(work.row.args), work.providers)
