"""Jobs that were given up, as a list: what, about what, how often it was tried, and what went wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text

from storefront.core.contracts.manage import BulkAct, Column, Filter, ListSpec, ManagePage, Show
from storefront.core.i18n.translate import N_
from storefront.core.log_context import without_secrets
from storefront.core.outbox.models import IS_DEAD, OutboxRow
from storefront.core.outbox.queries import dead_kinds
from storefront.core.outbox.tending import retry
from storefront.core.paging import QuerySource

SHOWN_ERROR = 300


@dataclass(frozen=True, slots=True)
class DeadJob:
    id: str
    name: str
    about: str
    queue: str
    attempts: int
    error: str
    created_at: datetime


def dead_rows() -> Select[Any]:
    return select(
        OutboxRow.id,
        OutboxRow.name,
        OutboxRow.subject,
        OutboxRow.queue,
        OutboxRow.attempts,
        OutboxRow.last_error,
        OutboxRow.created_at,
    ).where(text(f"outbox.{IS_DEAD}"))


def shown(rows: Sequence[Any]) -> Sequence[DeadJob]:
    return [
        DeadJob(
            row.id, row.name, row.subject, row.queue, row.attempts,
            without_secrets(row.last_error)[:SHOWN_ERROR], row.created_at,
        )
        for row in rows
    ]  # fmt: skip


def job_path(row_id: str) -> str:
    return f"/manage/dead-jobs/{row_id}"


def _kinds() -> Iterable[tuple[str, str]]:
    return [(kind.name, f"{kind.name} ({kind.count})") for kind in dead_kinds()]


def _retry(row_id: str, actor: str) -> None:
    retry(row_id, actor=actor)


DEAD_JOBS = ManagePage(
    key="dead-jobs",
    title=N_("Jobs that were given up"),
    view="jobs.view",
    edit="jobs.edit",
    intro=N_("Each was tried several times, or could not succeed. Put right what it says, then try it again."),
    rows=ListSpec(
        columns=(
            Column("created_at", N_("Promised at"), Show.MOMENT, link=True),
            Column("name", N_("Job")),
            Column("about", N_("About")),
            Column("attempts", N_("Attempts"), Show.NUMBER),
            Column("error", N_("Last error")),
        ),
        source=QuerySource(
            dead_rows,
            OutboxRow.id,
            filters={"name": lambda name: OutboxRow.name == name},
            finish=shown,
        ),
        row_url=lambda row: job_path(row.id),
        filters=(Filter("name", N_("Job"), _kinds),),
        bulk=(BulkAct("retry", N_("Try again"), "jobs.edit", _retry),),
        empty=N_("Nothing was given up."),
        export=False,
    ),
    menu=False,
)
