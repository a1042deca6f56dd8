"""The only way to enqueue: a row written in the business transaction."""

from datetime import datetime
from typing import Any

from storefront.core.db import session, utcnow
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
) -> None:
    """Promise that the job ``name`` runs with ``args`` (ids only), inside the caller's unit of work: it happens if and
    only if the unit commits. The same ``dedupe_key`` twice is one promise. ``subject``: what owes it, ``order:12``."""
    row = {
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
    else:
        session.execute(insert_for(OutboxRow).values(**row).on_conflict_do_nothing(index_elements=["dedupe_key"]))
