"""What was promised in a transaction and is still to be done (DESIGN B7)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, UtcDateTime, new_id, utcnow


class OutboxState(StrEnum):
    NEW = "new"
    CLAIMED = "claimed"
    SENT = "sent"
    DONE = "done"
    DEAD = "dead"
    DROPPED = "dropped"


# What is still to be done, and what waits for somebody to decide.
OPEN = (OutboxState.NEW, OutboxState.CLAIMED, OutboxState.SENT)
UNSETTLED = (*OPEN, OutboxState.DEAD)
# As the indexes of dead rows are declared: a bound value would not find them.
IS_DEAD = "state = 'dead'"


class OutboxRow(Base):
    """One job. ``name`` is the handler's registered name, ``args`` ids only. ``subject`` says what owes it
    (``order:12``). ``dedupe_key`` unique: the same promise is never made twice."""

    __tablename__ = "outbox"
    __table_args__ = (
        # With the queue behind: how queues stand is read from the index alone.
        Index(None, "state", "available_at", "queue"),
        Index(None, "subject"),
        Index("ix_outbox_dead", "id", sqlite_where=text(IS_DEAD), postgresql_where=text(IS_DEAD)),
        Index("ix_outbox_dead_name", "name", "id", sqlite_where=text(IS_DEAD), postgresql_where=text(IS_DEAD)),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    args: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    queue: Mapped[str] = mapped_column(String(20), default="critical")
    dedupe_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    subject: Mapped[str] = mapped_column(String(80), default="")
    locale: Mapped[str] = mapped_column(String(10), default="")
    available_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    state: Mapped[str] = mapped_column(String(10), default=OutboxState.NEW)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InboxRow(Base):
    """An effect that happened: one row per (job, handler) makes it happen once."""

    __tablename__ = "inbox"

    job_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    handler: Mapped[str] = mapped_column(String(120), primary_key=True)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class ScheduleSlot(Base):
    """The clock's memory: the last due slot of each timed job."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    last_slot: Mapped[datetime] = mapped_column(UtcDateTime)
