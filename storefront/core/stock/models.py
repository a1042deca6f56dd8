"""Stock: what is there, what is promised, and every movement that made it so (DESIGN B5)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, UtcDateTime, utcnow


class Source(StrEnum):
    """What a reservation draws on."""

    ON_HAND = "on_hand"
    INCOMING = "incoming"
    SUPPLIER = "supplier"


class StockItem(Base):
    """``on_hand``: pieces on the shelf; ``reserved``: of those, promised; ``slots``: pieces of an incoming delivery
    that may be sold, ``None`` = no limit; ``slots_taken``: of those, promised. Untracked = always available."""

    __tablename__ = "stock_item"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
        CheckConstraint("slots_taken >= 0", name="slots_taken"),
        CheckConstraint("slots IS NULL OR slots_taken <= slots", name="slots"),
    )

    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"), primary_key=True)
    tracked: Mapped[bool] = mapped_column(default=True)
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    slots: Mapped[int | None] = mapped_column()
    slots_taken: Mapped[int] = mapped_column(default=0)


class StockMovement(Base):
    """``on_hand`` is the sum of these. ``kind``: received, adjusted, shipped, returned, replaced."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("kind IN ('received','adjusted','shipped','returned','replaced')", name="kind"),
        Index(None, "sku_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    kind: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(String(300), default="")
    actor: Mapped[str] = mapped_column(String(120), default="")
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"))
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class Reservation(Base):
    """``quantity`` pieces promised to one order line. ``expires_at``: end of a draft's hold; ``None`` once the order
    is placed (then the bill's deadline rules)."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("source IN ('on_hand','incoming','supplier')", name="source"),
        Index(None, "sku_id", "source", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), unique=True)
    source: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[int] = mapped_column()
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
