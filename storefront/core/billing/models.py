"""Bills, what they are made of, the tenders on them, forfeits (DESIGN B5)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, UtcDateTime, new_secret, utcnow

OPEN = "state = 'open'"


class Bill(Base):
    """A request for money: of an order, or of none (top-up). ``amount``: minor units, before tenders. ``secret``: of the
    payment link. ``first_issued_at`` is inherited when a bill is replaced, and with it the deadline."""

    __tablename__ = "bill"
    __table_args__ = (
        CheckConstraint("kind IN ('all','items','shipping','extra','topup')", name="kind"),
        CheckConstraint("state IN ('open','settled','void')", name="state"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("(kind = 'topup') = (order_id IS NULL)", name="order"),
        Index(None, "state", "due_at"),
        Index("ix_bill_open", "order_id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    secret: Mapped[str] = mapped_column(String(40), unique=True, default=new_secret)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default="all")
    state: Mapped[str] = mapped_column(String(10), default="open")
    revision: Mapped[int] = mapped_column(default=1)
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column()
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_issued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"))


class BillLine(Base):
    """One order line, one charge, or a plain text (top-up, extra). The amounts add up to the bill's."""

    __tablename__ = "bill_line"
    __table_args__ = (CheckConstraint("order_line_id IS NULL OR charge_id IS NULL", name="one_subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"))
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))
    text: Mapped[str] = mapped_column(String(300), default="")
    quantity: Mapped[int] = mapped_column(default=1)
    amount: Mapped[int] = mapped_column()


class BillTender(Base):
    """Points or deposit on a bill. ``amount``: positive minor units. ``source``: plugin name."""

    __tablename__ = "bill_tender"
    __table_args__ = (
        CheckConstraint("state IN ('held','spent','returned')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    source: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column()
    returned: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="held")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class Forfeit(Base):
    """Money the shop keeps on a cancelled order, and why (ORD-6)."""

    __tablename__ = "forfeit"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
