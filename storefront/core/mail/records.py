"""The mail log: writing what became of a mail, and throwing old rows away."""

from datetime import datetime

from sqlalchemy import delete, select

from storefront.core.db import session, utcnow
from storefront.core.mail.models import MailRecord, Outcome
from storefront.core.mail.promising import fold_address
from storefront.core.outbox.models import UNSETTLED, OutboxRow
from storefront.core.upsert import insert_for


def note(
    job_id: str,
    outcome: Outcome,
    *,
    kind: str,
    subject: str,
    locale: str = "",
    address: str = "",
    reason: str = "",
    now: datetime | None = None,
) -> None:
    """What became of the mail of this job, inside the caller's unit; written anew where its record is gone or never was.
    ``address``: where it really went; "" leaves the one that was promised. One statement."""
    fresh = {"outcome": outcome, "reason": reason[:2000], "settled_at": now or utcnow()}
    if address:
        fresh |= {"address": address[:320], "address_folded": fold_address(address), "locale": locale}
    row = {"id": job_id, "kind": kind, "subject": subject, "locale": locale, **fresh}
    statement = insert_for(MailRecord).values(**row)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=fresh))


def purge(before: datetime) -> int:
    """Records of mails promised before then, unless one still waits or was given up: that is somebody's to decide. Inside
    the caller's unit; returns how many."""
    open_rows = select(OutboxRow.id).where(OutboxRow.id == MailRecord.id, OutboxRow.state.in_(UNSETTLED))
    gone = session.scalars(
        delete(MailRecord)
        .where(MailRecord.created_at < before, ~open_rows.exists())
        .returning(MailRecord.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone)
