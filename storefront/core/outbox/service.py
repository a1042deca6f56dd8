"""The only way to enqueue: a row written in the business transaction."""

from datetime import datetime
from typing import Any

from storefront.core.db import new_id, session, utcnow
from storefront.core.outbox.models import OutboxRow
from storefront.core.upsert import insert_for


def later(
    name: str,
    *,
    subject: str = "",
    locale: str = "",
    dedupe_key: str | None = None,
    queue: str = "critical",
    available_at: datetime | None = None,
    **args: Any,
) -> str | None:
    """Promise that the job ``name`` runs with ``args`` (ids only), inside the caller's unit of work: it happens if and
    only if the unit commits. The same ``dedupe_key`` twice is one promise. ``subject``: what owes it, ``order:12``. Returns
    the row's id; ``None`` when the promise was made before."""
    row = {
        "id": new_id(),
        "name": name,
        "args": args,
        "queue": queue,
        "subject": subject,
        "locale": locale,
        "dedupe_key": dedupe_key,
        "available_at": available_at or utcnow(),
    }
    if dedupe_key is None:
        session.add(OutboxRow(**row))
        return str(row["id"])
    statement = insert_for(OutboxRow).values(**row).on_conflict_do_nothing(index_elements=["dedupe_key"])
    made: str | None = session.scalar(statement.returning(OutboxRow.id))
    return made
