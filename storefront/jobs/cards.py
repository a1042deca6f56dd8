"""Cards of many products that one change concerns: a maker's name, a moved category, a rate."""

from storefront.core.catalog.cards.keeping import JOB, refresh_concerned
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work


@job(JOB, "slow", outside=True)
def refresh_cards(work: Work) -> None:
    """In units of its own, so that no order waits for it."""
    refresh_concerned(str(work.row.args["kind"]), [int(id_) for id_ in work.row.args["ids"]])
