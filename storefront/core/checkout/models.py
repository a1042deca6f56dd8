"""What a shopper typed on the way to an order."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, UtcDateTime, new_secret, utcnow


class Checkout(Base):
    """One per cart. ``typed``: the address form as typed, good or bad; ``address``: the checked ``Address`` or empty.
    ``delivery``: ``carrier:service``. ``token``: the one-time token of the confirm page; renewed after each order."""

    __tablename__ = "checkout"

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("cart.id", ondelete="CASCADE"), unique=True)
    token: Mapped[str] = mapped_column(String(40), unique=True, default=new_secret)
    typed: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    address: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    delivery: Mapped[str] = mapped_column(String(160), default="")
    method: Mapped[str] = mapped_column(String(80), default="")
    inputs: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id", ondelete="SET NULL"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow, onupdate=utcnow)
