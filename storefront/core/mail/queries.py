"""Reading the mail log: per order, per address, per state."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from storefront.core.db import session
from storefront.core.mail.kinds import PREFIX
from storefront.core.mail.models import MailRecord, Outcome
from storefront.core.mail.promising import fold_address
from storefront.core.outbox.models import OPEN, OutboxRow, OutboxState

MOST_OF_ONE = 200


class MailState(StrEnum):
    """``PARKED``: refused for good by the mail server, or its address is none. ``DEAD``: given up after the last attempt.
    ``DROPPED``: by the staff. ``UNWANTED``: its reader had unsubscribed. ``MOOT``: there was nothing to say any more."""

    WAITING = "waiting"
    SENT = "sent"
    PARKED = "parked"
    DEAD = "dead"
    DROPPED = "dropped"
    UNWANTED = "unwanted"
    MOOT = "moot"


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail. ``address``: where it went or is to go; "" once the log has forgotten it. ``at``: promised; ``settled_at``:
    sent, refused, or found unwanted. ``job_state``: of its outbox row, "" when that is gone. ``args``: ids."""

    id: str
    kind: str
    subject: str
    locale: str
    address: str
    state: MailState
    reason: str
    attempts: int
    at: datetime
    settled_at: datetime | None
    args: dict[str, Any]

    @property
    def order_id(self) -> int | None:
        area, _colon, number = self.subject.partition(":")
        return int(number) if area == "order" and number.isdigit() else None

    @property
    def about_id(self) -> int | None:
        """The parcel or bill it is about."""
        found = self.args.get("shipment_id", self.args.get("bill_id"))
        return found if isinstance(found, int) else None


COLUMNS = (
    OutboxRow.state.label("job_state"),
    OutboxRow.last_error,
    OutboxRow.attempts,
    OutboxRow.done_at,
    OutboxRow.args,
)


def log_rows() -> Select[Any]:
    """Of the log, for lists; ``mail_row`` makes the rows what they mean."""
    return select(MailRecord, *COLUMNS).outerjoin(OutboxRow, OutboxRow.id == MailRecord.id)


def mail_row(record: MailRecord, job_state: str | None, error: str, attempts: int, args: Any) -> MailRow:
    state = _state(job_state or "", record.outcome)
    reason = record.reason or error if state in (MailState.PARKED, MailState.DEAD, MailState.WAITING) else ""
    return MailRow(
        id=record.id, kind=record.kind, subject=record.subject, locale=record.locale, address=record.address,
        state=state, reason=reason, attempts=attempts or 0, at=record.created_at, settled_at=record.settled_at,
        args=args or {},
    )  # fmt: skip


def mails_of(subject: str) -> list[MailRow]:
    """Everything the shop wrote about ``order:12``, oldest first: also mails whose record is gone. One statement."""
    found = session.execute(
        select(OutboxRow, MailRecord)
        .outerjoin(MailRecord, MailRecord.id == OutboxRow.id)
        .where(OutboxRow.subject == subject, OutboxRow.name.startswith(PREFIX))
        .order_by(OutboxRow.id)
        .limit(MOST_OF_ONE)
    )
    return [
        mail_row(record or _without(job), job.state, job.last_error, job.attempts, job.args) for job, record in found
    ]


def find_mail(row_id: str) -> MailRow | None:
    found = session.execute(log_rows().where(MailRecord.id == row_id[:32])).first()
    return None if found is None else mail_row(found[0], found.job_state, found.last_error, found.attempts, found.args)


def _without(job: OutboxRow) -> MailRecord:
    """Of a mail the log has forgotten, as far as its job knows."""
    outcome = Outcome.SENT if job.state == OutboxState.DONE else Outcome.OPEN
    return MailRecord(
        id=job.id, kind=job.name.removeprefix(PREFIX), subject=job.subject, locale=job.locale, address="",
        outcome=outcome, reason="", created_at=job.created_at, settled_at=job.done_at,
    )  # fmt: skip


def _state(job_state: str, outcome: str) -> MailState:
    if job_state == OutboxState.DEAD:
        return MailState.PARKED if outcome == Outcome.REFUSED else MailState.DEAD
    if job_state == OutboxState.DROPPED:
        return MailState.DROPPED
    if job_state in OPEN:
        return MailState.WAITING
    return {Outcome.UNWANTED: MailState.UNWANTED, Outcome.MOOT: MailState.MOOT}.get(Outcome(outcome), MailState.SENT)


def in_state(state: str) -> ColumnElement[bool] | None:
    """The condition of ``log_rows`` for a state; ``None`` for a word that is none."""
    undone = MailRecord.outcome.in_((Outcome.OPEN, Outcome.REFUSED))
    conditions: dict[str, ColumnElement[bool]] = {
        MailState.WAITING: and_(undone, OutboxRow.state.in_(OPEN)),
        MailState.PARKED: and_(MailRecord.outcome == Outcome.REFUSED, OutboxRow.state == OutboxState.DEAD),
        MailState.DEAD: and_(MailRecord.outcome == Outcome.OPEN, OutboxRow.state == OutboxState.DEAD),
        MailState.DROPPED: and_(undone, OutboxRow.state == OutboxState.DROPPED),
        MailState.SENT: MailRecord.outcome == Outcome.SENT,
        MailState.UNWANTED: MailRecord.outcome == Outcome.UNWANTED,
        MailState.MOOT: MailRecord.outcome == Outcome.MOOT,
    }
    return conditions.get(state)


def to_address(question: str) -> ColumnElement[bool]:
    """Mails to this address; to addresses that begin so, where it is none."""
    folded = fold_address(question)
    name, at, domain = folded.partition("@")
    if name and at and "." in domain:
        return MailRecord.address_folded == folded
    return MailRecord.address_folded.startswith(folded, autoescape=True)
