"""What became of each mail, and which mails somebody does not want."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, UtcDateTime, utcnow


class Outcome(StrEnum):
    """``OPEN``: nothing yet; whether it waits or was given up is for its outbox row to say. ``MOOT``: by the time it was to
    leave there was nothing to say any more."""

    OPEN = ""
    SENT = "sent"
    REFUSED = "refused"
    UNWANTED = "unwanted"
    MOOT = "moot"


class MailRecord(Base):
    """One mail, written in the unit that promises it. ``id``: of its outbox row, so it rises with time. ``subject``: as
    there (``order:12``). ``address``: where it went, or is to go; thrown away with the row after ``mail.log_days``."""

    __tablename__ = "mail_record"
    __table_args__ = (
        Index(None, "address_folded", "id"),
        Index(None, "subject", "id"),
        Index(None, "outcome", "id"),
        Index(None, "kind", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80), default="")
    locale: Mapped[str] = mapped_column(String(10), default="")
    address: Mapped[str] = mapped_column(String(320), default="")
    address_folded: Mapped[str] = mapped_column(String(320), default="")
    outcome: Mapped[str] = mapped_column(String(12), default=Outcome.OPEN)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailOptOut(Base):
    """Whoever reads mail at this address wants none about ``topic``."""

    __tablename__ = "mail_opt_out"

    address_folded: Mapped[str] = mapped_column(String(320), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
