"""Handing jobs to workers. A row is ``sent`` from its claim until a worker takes it up; what a worker is told is no more
than the row's id and the number of the attempt, and only one taker of that attempt finds the row still ``sent``.

Whatever carries the message may lose it, keep it twice or bring it late: the table decides.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select, update

from storefront.core.db import run_unit, session
from storefront.core.outbox.claiming import COLUMNS, LEASE, ClaimedRow, claim
from storefront.core.outbox.models import OutboxRow, OutboxState

# After so long it is asked whether a handed-over row still waits for its worker.
SENT_LEASE = timedelta(seconds=20)
SWEEP_LIMIT = 2000


class SentRow(NamedTuple):
    id: str
    attempts: int
    queue: str


def hand_over(limit: int, now: datetime, queues: Sequence[str]) -> list[ClaimedRow]:
    """Claim up to ``limit`` due rows of ``queues`` for workers, in a unit of its own (call it with none open). Tell the
    workers after it; rows that nobody could be told about go to ``give_back``."""
    return claim(limit, now, SENT_LEASE, queues, OutboxState.SENT)


def give_back(rows: Sequence[ClaimedRow | SentRow], now: datetime) -> int:
    """Nobody works on these: due again at once, and the attempt is not counted. Rows that a worker took up meanwhile are
    left to it. A unit of its own; returns how many."""

    def work() -> int:
        given = 0
        for row in rows:
            found = session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == row.id, OutboxRow.state == OutboxState.SENT, OutboxRow.attempts == row.attempts)
                .values(state=OutboxState.NEW, claimed_until=None, attempts=OutboxRow.attempts - 1)
                .returning(OutboxRow.id)
            ).first()
            given += found is not None
        return given

    return run_unit(work) if rows else 0


def take(row_id: str, attempt: int, now: datetime, lease: timedelta = LEASE) -> ClaimedRow | None:
    """A worker takes up what it was told, in a unit of its own. ``None``: somebody else did, or it is done, or it was
    given back: leave it alone then."""

    def work() -> ClaimedRow | None:
        found = session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id, OutboxRow.state == OutboxState.SENT, OutboxRow.attempts == attempt)
            .values(state=OutboxState.CLAIMED, claimed_until=now + lease)
            .returning(*COLUMNS)
        ).first()
        return None if found is None else ClaimedRow(*found)

    return run_unit(work)


def keep(row: ClaimedRow, now: datetime, lease: timedelta = LEASE) -> None:
    """The process that works on ``row`` is alive: its lease does not end before ``now + lease``. Inside the caller's
    unit; a longer lease (``prolong``) is left as it is."""
    session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.id == row.id,
            OutboxRow.state == OutboxState.CLAIMED,
            OutboxRow.attempts == row.attempts,
            OutboxRow.claimed_until < now + lease,
        )
        .values(claimed_until=now + lease)
    )


def overdue(now: datetime) -> list[SentRow]:
    """Rows that were handed over and not taken up within ``SENT_LEASE``; ends the read it began."""
    found = session.execute(
        select(OutboxRow.id, OutboxRow.attempts, OutboxRow.queue)
        .where(
            OutboxRow.state == OutboxState.SENT,
            or_(OutboxRow.claimed_until < now, OutboxRow.claimed_until.is_(None)),
        )
        .order_by(OutboxRow.claimed_until)
        .limit(SWEEP_LIMIT)
    ).all()
    session.rollback()
    return [SentRow(*row) for row in found]


def still_waiting(rows: Collection[SentRow], now: datetime) -> None:
    """These wait in a queue as they should: asked about again later. A unit of its own."""
    if not rows:
        return
    run_unit(
        lambda: session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_([row.id for row in rows]), OutboxRow.state == OutboxState.SENT)
            .values(claimed_until=now + SENT_LEASE)
        )
    )
