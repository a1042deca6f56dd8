"""Writing the audit log."""

from collections.abc import Sequence
from typing import Any

from storefront.core.audit.models import AuditEntry
from storefront.core.db import session
from storefront.core.upsert import insert_rows


def record(actor: str, act: str, subject: tuple[str, object] = ("", ""), reason: str = "", **data: Any) -> None:
    """Add one audit row inside the caller's unit of work. ``data`` must be JSON values and hold no secret."""
    kind, key = subject
    session.add(
        AuditEntry(
            actor=actor,
            act=act,
            area=act.partition(".")[0],
            subject_kind=kind,
            subject_id=str(key),
            reason=reason[:2000],
            data=data,
        )
    )


def record_all(actor: str, kind: str, rows: Sequence[tuple[str, object, dict[str, Any]]]) -> None:
    """As ``record`` for many subjects of one kind in one statement: act, key and data of each."""
    insert_rows(
        AuditEntry,
        [
            {
                "actor": actor,
                "act": act,
                "area": act.partition(".")[0],
                "subject_kind": kind,
                "subject_id": str(key),
                "data": data,
            }
            for act, key, data in rows
        ],
    )
