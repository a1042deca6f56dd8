"""Long acts of the back office: exports, acts on many rows. Started by a person, carried out by a worker."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, UtcDateTime, utcnow


class Task(Base):
    """``kind``: who carries it out. ``params``: JSON values. ``cursor``: how far it came, written in the unit of each
    step, so that a worker that died is followed at that very place. ``done`` counts what was gone through, ``failed``
    those of them that were refused, ``problems`` the first of their sentences. ``file``: name under the export folder, ""
    where there is none; ``file_deleted_at``: when one that was there was deleted. ``locale``: of whoever started it."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state IN ('waiting','running','done','stopped','failed')", name="state"),
        Index(None, "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300), default="")
    params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    cursor: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    total: Mapped[int | None] = mapped_column()
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]] = mapped_column(Json, default=list)
    file: Mapped[str] = mapped_column(String(200), default="")
    file_deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(120), index=True)
    locale: Mapped[str] = mapped_column(String(10), default="en")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
