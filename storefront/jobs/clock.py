"""Timed jobs. Each due slot becomes one outbox row, whoever notices it: two relays, a restart, a clock set back are safe.

Slots that were missed collapse into the newest one: every timed job does what is due now, not what was due then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select

from storefront.core.db import run_unit, session, utcnow
from storefront.core.outbox.models import InboxRow, OutboxRow, OutboxState, ScheduleSlot
from storefront.core.outbox.service import later
from storefront.core.upsert import insert_for
from storefront.jobs.registry import job
from storefront.jobs.runtime import Runtime, Work

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SUBJECT = "clock:"
KEEP_DONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timed:
    """``every``: the length of a slot; slots begin at midnight UTC plus ``offset``."""

    every: timedelta
    queue: str = "critical"
    offset: timedelta = timedelta(0)


TIMED: Mapping[str, Timed] = {
    "orders.expire_drafts": Timed(timedelta(minutes=1)),
    "orders.cancel_unpaid": Timed(timedelta(minutes=5)),
    "payments.reconcile_open": Timed(timedelta(minutes=5)),
    "pictures.sweep": Timed(timedelta(days=1), "slow", timedelta(hours=18)),
    "sessions.purge": Timed(timedelta(days=1), "slow", timedelta(hours=18)),  # 3 at night in Japan
    "catalog.purge_imports": Timed(timedelta(days=1), "slow", timedelta(hours=18)),
    "search.reorder": Timed(timedelta(days=1), "slow", timedelta(hours=18, minutes=20)),
    "clock.purge": Timed(timedelta(days=1), "slow", timedelta(hours=18)),
}


def slot_of(timed: Timed, now: datetime) -> datetime:
    """The beginning of the slot that ``now`` lies in."""
    passed = (now - EPOCH - timed.offset) // timed.every
    return EPOCH + timed.offset + passed * timed.every


def insert_due(now: datetime, timed: Mapping[str, Timed] = TIMED) -> int:
    """Write one row for each timed job whose slot is new, in a unit of its own. Returns how many were new."""
    seen = dict(session.execute(select(ScheduleSlot.name, ScheduleSlot.last_slot)).all())
    session.rollback()
    due = {name: slot_of(entry, now) for name, entry in timed.items()}
    due = {name: slot for name, slot in due.items() if name not in seen or seen[name] < slot}
    if due:
        run_unit(lambda: _write(due, timed, now))
    return len(due)


def _write(due: Mapping[str, datetime], timed: Mapping[str, Timed], now: datetime) -> None:
    for name, slot in sorted(due.items()):
        later(
            name,
            subject=f"{SUBJECT}{name}",
            dedupe_key=f"{name}:{slot:%Y%m%dT%H%M%SZ}",
            queue=timed[name].queue,
            available_at=now,
        )
        statement = insert_for(ScheduleSlot).values(name=name, last_slot=slot)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["name"],
                set_={"last_slot": slot},
                where=ScheduleSlot.last_slot < slot,
            )
        )


def insert_due_in(runtime: Runtime) -> int:
    with runtime.scope():
        return insert_due(utcnow())


def insert_all(now: datetime) -> None:
    """Every timed job once, whatever its slot, in a unit of its own: for ``storefront tick``."""

    def write() -> None:
        for name, entry in TIMED.items():
            later(name, subject=f"{SUBJECT}{name}", queue=entry.queue, available_at=now)

    run_unit(write)


@job("clock.purge", "slow")
def purge(work: Work) -> None:
    """The clock's own rows that are done; every other row stays, since it proves that a promise was kept."""
    old = select(OutboxRow.id).where(
        OutboxRow.state == OutboxState.DONE,
        OutboxRow.subject.startswith(SUBJECT),
        OutboxRow.done_at < utcnow() - KEEP_DONE,
    )
    session.execute(delete(InboxRow).where(InboxRow.job_id.in_(old)))
    session.execute(delete(OutboxRow).where(OutboxRow.id.in_(old)))
