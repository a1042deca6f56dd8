"""Taking due jobs, and saying how they went (DESIGN B7).

A claimed row belongs to its claimer until the lease ends; a claimer that died is followed by the next one. What keeps an
effect from happening twice is therefore not the claim but the inbox row written beside it.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from storefront.core.db import run_unit, session, utcnow
from storefront.core.outbox.models import InboxRow, OutboxRow, OutboxState
from storefront.core.upsert import insert_for

LEASE = timedelta(seconds=60)
BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
MAX_ATTEMPTS = len(BACK_OFF) + 1
# Up to this share of a delay is added to it by chance, so that what failed together is not tried again together.
JITTER = 0.2
MAX_ERROR = 2000
# How long a job waits for what it cannot do without, each time and in all.
WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=30)

LEASE_RAN_OUT = "The process that worked on this ended before it was done."


class PermanentFailure(Exception):
    """Trying again cannot help: the job is parked at once, its sentence kept for the owner."""


class NotYet(Exception):
    """It cannot be done before something comes back (the plugin it belongs to is not installed): the job waits, and the attempt is
    not counted; its sentence is kept for the owner."""


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """A job in somebody's hands. ``id`` is also the key of its foreign effects; ``attempts`` counts this one."""

    id: str
    name: str
    args: Mapping[str, Any]
    queue: str
    subject: str
    locale: str
    attempts: int


COLUMNS = (
    OutboxRow.id,
    OutboxRow.name,
    OutboxRow.args,
    OutboxRow.queue,
    OutboxRow.subject,
    OutboxRow.locale,
    OutboxRow.attempts,
)


def claim(
    limit: int,
    now: datetime,
    lease: timedelta = LEASE,
    queues: Sequence[str] = (),
    state: OutboxState = OutboxState.CLAIMED,
) -> list[ClaimedRow]:
    """Take up to ``limit`` due jobs, the longest due first, in a short unit of its own (call it with none open).
    ``queues`` empty: of every queue. A job whose lease ran out is due again, or dead after its last attempt. ``state``:
    what the rows are from now on; ``SENT`` when they are about to be handed to workers (``outbox.handing``)."""
    due = _due(now, queues)
    if session.scalar(select(OutboxRow.id).where(due).limit(1)) is None:
        session.rollback()  # nothing to do, the usual case: no write lock was taken to learn that
        return []
    return run_unit(lambda: _claim(due, limit, now, lease, state))


def _due(now: datetime, queues: Sequence[str]) -> ColumnElement[bool]:
    waiting = and_(OutboxRow.state == OutboxState.NEW, OutboxRow.available_at <= now)
    lost = and_(OutboxRow.state == OutboxState.CLAIMED, OutboxRow.claimed_until < now)
    due = or_(waiting, lost)
    return and_(due, OutboxRow.queue.in_(queues)) if queues else due


def _claim(
    due: ColumnElement[bool], limit: int, now: datetime, lease: timedelta, state: OutboxState
) -> list[ClaimedRow]:
    session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.state == OutboxState.CLAIMED,
            OutboxRow.claimed_until < now,
            OutboxRow.attempts >= MAX_ATTEMPTS,
        )
        .values(state=OutboxState.DEAD, claimed_until=None, last_error=LEASE_RAN_OUT)
    )
    # Two statements, not an UPDATE with a LIMIT inside: PostgreSQL may run such an inner query more than once.
    ids = session.scalars(
        select(OutboxRow.id)
        .where(due)
        .order_by(OutboxRow.available_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not ids:
        return []
    rows = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(ids))
        .values(state=state, claimed_until=now + lease, attempts=OutboxRow.attempts + 1)
        .returning(*COLUMNS)
    ).all()
    order = {row_id: position for position, row_id in enumerate(ids)}
    return sorted((ClaimedRow(*row) for row in rows), key=lambda row: order[row.id])


def prolong(row: ClaimedRow, now: datetime, lease: timedelta = LEASE) -> bool:
    """A long job says that it is still being worked on, inside the caller's unit. ``False`` when somebody else claimed it
    meanwhile: then it must be left alone."""
    found = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row.id, OutboxRow.state == OutboxState.CLAIMED, OutboxRow.attempts == row.attempts)
        .values(claimed_until=now + lease)
        .returning(OutboxRow.id)
    ).first()
    return found is not None


def done_before(job_id: str, handler: str) -> bool:
    """Whether the effect of this job happened already. For foreign effects: look here before acting."""
    return session.get(InboxRow, (job_id, handler)) is not None


def enter(job_id: str, handler: str) -> bool:
    """Write the inbox row inside the caller's unit. ``False`` when the effect happened before: leave it out then."""
    statement = insert_for(InboxRow).values(job_id=job_id, handler=handler, done_at=utcnow())
    found = session.execute(statement.on_conflict_do_nothing().returning(InboxRow.job_id)).first()
    return found is not None


def finish(row_id: str, handler: str) -> None:
    """The job is done: inbox row and state, inside the caller's unit (that of the effect, where it is in the database)."""
    enter(row_id, handler)
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id)
        .values(state=OutboxState.DONE, done_at=utcnow(), claimed_until=None, last_error="")
    )


def fail(
    row: ClaimedRow,
    error: str,
    now: datetime,
    *,
    permanent: bool = False,
    chance: Callable[[], float] = random.random,
) -> OutboxState:
    """The attempt went wrong: the job waits for its next one, or is dead after the last (or when ``permanent``). Inside the
    caller's unit. Returns the row's new state. Does nothing to a job that somebody else claimed meanwhile."""
    give_up = permanent or row.attempts >= MAX_ATTEMPTS
    values: dict[str, Any] = {"claimed_until": None, "last_error": error[:MAX_ERROR]}
    if give_up:
        values["state"] = OutboxState.DEAD
    else:
        delay = BACK_OFF[row.attempts - 1]
        values |= {"state": OutboxState.NEW, "available_at": now + delay * (1 + JITTER * chance())}
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row.id, OutboxRow.state == OutboxState.CLAIMED, OutboxRow.attempts == row.attempts)
        .values(**values)
    )
    return OutboxState(values["state"])


def put_off(row: ClaimedRow, reason: str, now: datetime) -> OutboxState:
    """Nobody can do it now: due again after ``WAIT``, and the attempt is not counted; given up, for the owner to decide, when it has
    waited for ``LONGEST_WAIT``. Inside the caller's unit. Returns the row's new state. Does nothing to a job that somebody else
    claimed meanwhile."""
    mine = (OutboxRow.id == row.id, OutboxRow.state == OutboxState.CLAIMED, OutboxRow.attempts == row.attempts)
    values: dict[str, Any] = {"claimed_until": None, "last_error": reason[:MAX_ERROR]}
    promised = session.scalar(select(OutboxRow.created_at).where(*mine))
    if promised is not None and promised < now - LONGEST_WAIT:
        values["state"] = OutboxState.DEAD
    else:
        values |= {"state": OutboxState.NEW, "attempts": row.attempts - 1, "available_at": now + WAIT}
    session.execute(update(OutboxRow).where(*mine).values(**values))
    return OutboxState(values["state"])


def count_by_state() -> dict[str, int]:
    """How many jobs stand where. One statement."""
    rows = session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
    return {str(state): int(count) for state, count in rows}
