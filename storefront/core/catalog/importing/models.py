"""Where imported products came from, so that the same file again changes nothing; and imports that run by themselves."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, UtcDateTime, new_id, utcnow


class ImportOrigin(Base):
    """One imported product (``sku_id`` NULL) or variant. ``external_key``: what the other system knows it by.
    ``digest``: of what the file said of a product, without stock. ``last_quantity``: stock in the file a variant was
    last imported from, ``NULL`` = not counted there; only differences to it are booked."""

    __tablename__ = "import_origin"
    __table_args__ = (UniqueConstraint("source", "external_key"), Index(None, "product_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    external_key: Mapped[str] = mapped_column(String(400))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    sku_id: Mapped[int | None] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64), default="")
    last_quantity: Mapped[int | None] = mapped_column()


class ImportState(StrEnum):
    """``refused``: the file as a whole, nothing was changed. ``stopped``: by somebody; what was done stays done."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    STOPPED = "stopped"


class CatalogImport(Base):
    """One import in the background. ``file``: under the folder ``imports`` of the shop's data, ``file_name``: as it was
    called where it came from. ``terms``: what ``import_catalog`` is told besides. ``done`` of ``total`` products were
    looked at; both move in the unit that wrote them. ``problem``: why the file was refused (message and values).
    ``trial_id``: the trial run that was looked at before, of the one real import that follows it."""

    __tablename__ = "catalog_import"
    __table_args__ = (
        CheckConstraint("state IN ('waiting','running','done','refused','stopped')", name="state"),
        Index(None, "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    file: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="auto")
    terms: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    dry_run: Mapped[bool] = mapped_column(default=False)
    trial_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_import.id", ondelete="SET NULL"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=ImportState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    problem: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CatalogImportLine(Base):
    """One line of the report. ``kind``: refused, note, created, updated. ``message`` with ``params`` is the reason;
    ``changes``: of an update, ``[where, field, old, new]`` each."""

    __tablename__ = "catalog_import_line"
    __table_args__ = (
        CheckConstraint("kind IN ('refused','note','created','updated')", name="kind"),
        Index(None, "import_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("catalog_import.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    row_number: Mapped[int] = mapped_column()
    handle: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text, default="")
    params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    changes: Mapped[list[Any]] = mapped_column(Json, default=list)
