"""Who did what, when and why: append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, UtcDateTime, utcnow


class AuditEntry(Base):
    """``act`` is a dotted name (``order.ship``), ``area`` what stands before its dot; ``actor`` e.g. ``shopper``, ``staff:7``,
    ``cli:tanaka``, ``system``."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "subject_id", "subject_kind"),
        Index(None, "at", "id"),
        Index(None, "area", "at", "id"),
        Index(None, "actor", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    actor: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(80))
    area: Mapped[str] = mapped_column(String(40), default="")
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
