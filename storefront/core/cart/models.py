"""Carts of guests and members."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, UtcDateTime, utcnow


class Cart(Base):
    """``country``: the destination chosen for the postage estimate."""

    __tablename__ = "cart"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("shopper_session.id", ondelete="CASCADE"), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), unique=True)
    country: Mapped[str] = mapped_column(String(2), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class CartLine(Base):
    """``seen_*``: what the shopper was shown when the item was added, to say plainly what changed (CRT-3)."""

    __tablename__ = "cart_line"
    __table_args__ = (
        UniqueConstraint("cart_id", "sku_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("cart.id", ondelete="CASCADE"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"))
    quantity: Mapped[int] = mapped_column()
    seen_price: Mapped[int] = mapped_column()
    seen_currency: Mapped[str] = mapped_column(String(3))
    seen_status: Mapped[str] = mapped_column(String(20), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
