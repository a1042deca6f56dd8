"""What a human does about jobs that were given up: try again, or drop them. Each act once, with its audit row."""

from datetime import datetime

from sqlalchemy import select, text, update

from storefront.core.audit.service import record
from storefront.core.contracts.background import job_name
from storefront.core.db import lock_for_update, session, utcnow
from storefront.core.i18n.translate import N_
from storefront.core.outbox.errors import NotDead, ReasonMissing
from storefront.core.outbox.models import IS_DEAD, OutboxRow, OutboxState

NOT_DEAD = N_("This job is not one that was given up (any more). Nothing was changed.")
AGAIN = {"state": OutboxState.NEW, "attempts": 0, "claimed_until": None}


def retry(row_id: str, now: datetime | None = None, actor: str = "") -> None:
    """Give a dead job all its attempts again, due at once, inside the caller's unit. Raises ``NotDead``."""
    row = _dead(row_id)
    row.state, row.attempts, row.available_at, row.claimed_until = OutboxState.NEW, 0, now or utcnow(), None
    if actor:
        record(actor, "job.retry", ("job", row.id), name=row.name, about=row.subject)


def retry_all(name: str, actor: str, now: datetime | None = None) -> int:
    """As ``retry`` for every dead job of this name, in one statement; how many there were. The audit log has one row."""
    found = session.execute(
        update(OutboxRow)
        .where(text(IS_DEAD), OutboxRow.name == name)
        .values(**AGAIN, available_at=now or utcnow())
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    ).all()
    if found:
        record(actor, "job.retry_all", ("job", name[:80]), count=len(found))
    return len(found)


def drop(row_id: str, reason: str, actor: str, now: datetime | None = None) -> None:
    """A dead job will never be done, and ``reason`` says why; inside the caller's unit. Its row stays, and what it says it
    owed. Raises ``NotDead``, ``ReasonMissing``."""
    reason = reason.replace("\0", "").strip()
    if not reason:
        raise ReasonMissing(N_("Please write why it is dropped."))
    row = _dead(row_id)
    row.state, row.done_at = OutboxState.DROPPED, now or utcnow()
    record(actor, "job.drop", ("job", row.id), reason, name=row.name, about=row.subject)


def drop_plugin_work(plugin: str, now: datetime | None = None) -> int:
    """What a plugin promised itself, or was to be told, and that is not done: it is put away, and nobody will do it. Inside the
    caller's unit, which writes the audit row. What settles an order (``plugins.effect``) is left as it is. Returns how many."""
    dropped = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.subject == f"plugin:{plugin}", OutboxRow.name.startswith(job_name(plugin, ""), autoescape=True)
        )
        .where(OutboxRow.state.in_((OutboxState.NEW, OutboxState.SENT, OutboxState.DEAD)))
        .values(state=OutboxState.DROPPED, done_at=now or utcnow(), claimed_until=None)
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(dropped)


def _dead(row_id: str) -> OutboxRow:
    row = session.scalars(lock_for_update(select(OutboxRow).where(OutboxRow.id == row_id[:32]))).first()
    if row is None or row.state != OutboxState.DEAD:
        raise NotDead(NOT_DEAD)
    return row
