"""How background work stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storefront.core.db import session
from storefront.core.outbox.models import OutboxRow, OutboxState

OPEN = (OutboxState.NEW, OutboxState.CLAIMED, OutboxState.SENT)


@dataclass(frozen=True, slots=True)
class Standing:
    """``oldest_seconds``: how long the longest waiting due job has been due, 0 when none is. ``by_state``: jobs not done,
    by state. ``due_by_queue``: due and not done."""

    oldest_seconds: float
    by_state: Mapping[str, int]
    due_by_queue: Mapping[str, int]


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
    )
