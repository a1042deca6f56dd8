"""Parcels that leave the shop (DESIGN B5)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, UtcDateTime, utcnow

HERE = "state IN ('planned','packed','labelled')"


class Shipment(Base):
    """Packed weight in grams, size in millimetres. ``replaces``: a lost or returned parcel this one stands for."""

    __tablename__ = "shipment"
    __table_args__ = (
        CheckConstraint(
            "state IN ('planned','packed','labelled','handed_over','delivered','lost','returned')",
            name="state",
        ),
        CheckConstraint("weight IS NULL OR weight > 0", name="weight"),
        Index(None, "order_id", "id"),
        # parcels that still stand in the shop
        Index(
            "ix_shipment_here",
            "state",
            "created_at",
            "order_id",
            sqlite_where=text(HERE),
            postgresql_where=text(HERE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    state: Mapped[str] = mapped_column(String(12), default="planned")
    weight: Mapped[int | None] = mapped_column()
    length: Mapped[int | None] = mapped_column()
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()
    carrier: Mapped[str] = mapped_column(String(80), default="")
    service: Mapped[str] = mapped_column(String(80), default="")
    tracking: Mapped[str] = mapped_column(String(60), default="", index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ShipmentLine(Base):
    __tablename__ = "shipment_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), primary_key=True, index=True)
    quantity: Mapped[int] = mapped_column()
