"""Timed jobs. Each due slot becomes one outbox row, whoever notices it: two relays, a restart, a clock set back are safe.

Slots that were missed collapse into the newest one: every timed job does what is due now, not what was due then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from storefront.core.contracts.providers import Providers
from storefront.core.db import run_unit, session, utcnow
from storefront.core.outbox.models import InboxRow, OutboxRow, OutboxState, ScheduleSlot
from storefront.core.outbox.queries import slot_key
from storefront.core.outbox.service import later
from storefront.core.upsert import insert_for
from storefront.jobs.registry import job
from storefront.jobs.runtime import Runtime, Work

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SUBJECT = "clock:"
KEEP_DONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timed:
    """``every``: the length of a slot; slots begin at midnight UTC plus ``offset``. With ``local_hour`` a slot begins each
    day at that hour of the shop's own time zone instead, whatever clocks do there in spring and autumn."""

    every: timedelta
    queue: str = "critical"
    offset: timedelta = timedelta(0)
    local_hour: int | None = None


DAY = timedelta(days=1)
AT_NIGHT = Timed(DAY, "slow", local_hour=3)
IN_THE_MORNING = Timed(DAY, local_hour=8)


TIMED: Mapping[str, Timed] = {
    "orders.expire_drafts": Timed(timedelta(minutes=1)),
    "orders.cancel_unpaid": Timed(timedelta(minutes=5)),
    "payments.reconcile_open": Timed(timedelta(minutes=5)),
    "pictures.sweep": AT_NIGHT,
    "sessions.purge": AT_NIGHT,
    "catalog.purge_imports": AT_NIGHT,
    "tasks.purge": AT_NIGHT,
    "search.reorder": AT_NIGHT,
    "plugins.purge": AT_NIGHT,
    "mail_log.purge": AT_NIGHT,
    "staff.digest": IN_THE_MORNING,
    "clock.purge": AT_NIGHT,
}


def timed_with(providers: Providers) -> Mapping[str, Timed]:
    """The shop's timed jobs and those of the enabled plugins, by the name of their rows."""
    jobs = providers.timed_jobs()
    return {
        **TIMED,
        **{name: Timed(job.every or DAY, job.queue, local_hour=job.daily_at) for name, job in jobs.items()},
    }


def slot_of(timed: Timed, now: datetime, zone: str = "UTC") -> datetime:
    """The beginning of the slot that ``now`` lies in, in UTC. ``zone``: the shop's own."""
    if timed.local_hour is not None:
        return _local_slot(timed.local_hour, now, ZoneInfo(zone))
    passed = (now - EPOCH - timed.offset) // timed.every
    return EPOCH + timed.offset + passed * timed.every


def _local_slot(hour: int, now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    slot = datetime.combine(today, time(hour), zone).astimezone(UTC)
    return slot if slot <= now else datetime.combine(today - DAY, time(hour), zone).astimezone(UTC)


def next_slot(timed: Timed, now: datetime, zone: str = "UTC") -> datetime:
    """The beginning of the slot after the one ``now`` lies in."""
    if timed.local_hour is None:
        return slot_of(timed, now, zone) + timed.every
    local = ZoneInfo(zone)
    day = slot_of(timed, now, zone).astimezone(local).date() + DAY
    return datetime.combine(day, time(timed.local_hour), local).astimezone(UTC)


def insert_due(now: datetime, timed: Mapping[str, Timed] = TIMED, zone: str = "UTC") -> int:
    """Write one row for each timed job whose slot is new, in a unit of its own. Returns how many were new."""
    seen = dict(session.execute(select(ScheduleSlot.name, ScheduleSlot.last_slot)).all())
    session.rollback()
    due = {name: slot_of(entry, now, zone) for name, entry in timed.items()}
    due = {name: slot for name, slot in due.items() if name not in seen or seen[name] < slot}
    if due:
        run_unit(lambda: _write(due, timed, now))
    return len(due)


def _write(due: Mapping[str, datetime], timed: Mapping[str, Timed], now: datetime) -> None:
    for name, slot in sorted(due.items()):
        later(
            name,
            subject=f"{SUBJECT}{name}",
            dedupe_key=slot_key(name, slot),
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
        shop = runtime.snapshots.current()
        session.rollback()
        with runtime.bind(shop) as providers:
            timed = timed_with(providers)
        return insert_due(utcnow(), timed, str(shop.policy("shop.time_zone")))


def insert_all(now: datetime, timed: Mapping[str, Timed] = TIMED) -> None:
    """Every timed job once, whatever its slot, in a unit of its own: for ``storefront tick``."""

    def write() -> None:
        for name, entry in timed.items():
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
