"""Imports of catalogue files that were promised by the back office, and their files afterwards."""

from storefront.core.catalog.importing.runs import JOB, carry_out, purge_files
from storefront.core.db import run_unit, utcnow
from storefront.core.outbox.claiming import prolong
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work


class TakenOver(Exception):
    """Another process has this import in hand: its lease ran out here."""


@job(JOB, "slow", outside=True)
def import_file(work: Work) -> None:
    """Runs a unit for each batch; after a kill the next attempt goes on where this one was."""

    def alive() -> None:
        if not run_unit(lambda: prolong(work.row, utcnow())):
            raise TakenOver(f"The import {work.row.args['run']} is carried on by another process.")

    carry_out(str(work.row.args["run"]), work.runtime.imports, work.shop.base_currency, alive)


@job("catalog.purge_imports", "slow")
def purge(work: Work) -> None:
    """Files of imports that ended a month ago."""
    purge_files(work.runtime.imports, utcnow())
