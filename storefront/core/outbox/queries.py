"""How background work stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from storefront.core.db import session
from storefront.core.outbox.models import IS_DEAD, OPEN, OutboxRow, OutboxState, ScheduleSlot


@dataclass(frozen=True, slots=True)
class Standing:
    """``oldest_seconds``: how long the longest waiting due job has been due, 0 when none is. ``by_state``: jobs not done,
    by state. ``due_by_queue``: due and not done. ``oldest_by_queue``: since when the longest waiting of them has been due."""

    oldest_seconds: float
    by_state: Mapping[str, int]
    due_by_queue: Mapping[str, int]
    oldest_by_queue: Mapping[str, datetime]


def standing(now: datetime) -> Standing:
    """Two statements that read only rows that are not done."""
    by_state = {str(state): 0 for state in (*OPEN, OutboxState.DEAD)}
    counted = select(OutboxRow.state, func.count()).where(OutboxRow.state.in_(by_state)).group_by(OutboxRow.state)
    for state, count in session.execute(counted):
        by_state[state] = count
    due = (
        select(OutboxRow.queue, func.count(), func.min(OutboxRow.available_at))
        .where(OutboxRow.state.in_(OPEN), OutboxRow.available_at <= now)
        .group_by(OutboxRow.queue)
    )
    rows = session.execute(due).all()
    oldest = min((first for _, _, first in rows), default=now)
    return Standing(
        (now - oldest).total_seconds(),
        by_state,
        {queue: count for queue, count, _ in rows},
        {queue: first for queue, _, first in rows},
    )


@dataclass(frozen=True, slots=True)
class DeadKind:
    """Jobs of one name that were given up; ``since``: when the oldest of them was promised."""

    name: str
    count: int
    since: datetime


def dead_kinds() -> list[DeadKind]:
    """Which jobs were given up, the most first. Reads dead rows only."""
    found = session.execute(
        select(OutboxRow.name, func.count(), func.min(OutboxRow.created_at))
        .where(text(f"outbox.{IS_DEAD}"))
        .group_by(OutboxRow.name)
        .order_by(func.count().desc(), OutboxRow.name)
    )
    return [DeadKind(*row) for row in found]


@dataclass(frozen=True, slots=True)
class TimedRun:
    """A timed job's newest slot, and the row of it: ``state`` "" when it is gone already."""

    slot: datetime
    state: str = ""
    done_at: datetime | None = None


def timed_runs(names: Sequence[str]) -> dict[str, TimedRun]:
    """By the job's name; those that never ran are left out. Two statements."""
    slots: dict[str, datetime] = dict(
        session.execute(select(ScheduleSlot.name, ScheduleSlot.last_slot).where(ScheduleSlot.name.in_(names))).all()
    )
    keys = {slot_key(name, slot): name for name, slot in slots.items()}
    rows = session.execute(
        select(OutboxRow.dedupe_key, OutboxRow.state, OutboxRow.done_at).where(OutboxRow.dedupe_key.in_(keys))
    )
    runs = {keys[key]: (state, done_at) for key, state, done_at in rows if key}
    return {name: TimedRun(slot, *runs.get(name, ())) for name, slot in slots.items()}


def slot_key(name: str, slot: datetime) -> str:
    """By which the row of a timed job's slot is known."""
    return f"{name}:{slot:%Y%m%dT%H%M%SZ}"
