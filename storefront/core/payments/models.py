"""Attempts to pay a bill, what happened to each, refunds, webhooks (DESIGN B6)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, UtcDateTime, new_secret, utcnow

LIVE = "state IN ('new','redirected','approved','instructed','accepted','pending')"


class PaymentAttempt(Base):
    """One try to pay one bill; at most one lives per bill. ``amount`` = bill - tenders - what arrived before.
    ``token``: 128 bits, in the return URL. ``key``: idempotency key, committed before the network is used.
    ``method``: the method's key; ``source``: its plugin, so that the attempt outlives a switched-off plugin."""

    __tablename__ = "payment_attempt"
    __table_args__ = (
        CheckConstraint(
            "state IN ('new','redirected','approved','instructed','accepted','pending','captured','declined','voided')",
            name="state",
        ),
        CheckConstraint("amount > 0", name="amount"),
        Index(
            "uq_payment_attempt_live",
            "bill_id",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(None, "bill_id", "id"),
        Index(
            "ix_payment_attempt_pending",
            "bill_id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "uq_payment_attempt_reference",
            "source",
            "reference",
            unique=True,
            sqlite_where=text("reference <> ''"),
            postgresql_where=text("reference <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True, default=new_secret)
    key: Mapped[str] = mapped_column(String(40), unique=True, default=new_secret)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"))
    method: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12), default="new")
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column()
    reference: Mapped[str] = mapped_column(String(120), default="")
    payee: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow, index=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow, onupdate=utcnow)


class PaymentEvent(Base):
    """Append-only. ``kind``: begun, redirected, approved, instructed, accepted, pending, captured, overpaid, declined,
    voided, unavailable, mismatch, refunded. Money that came: ``captured`` rows."""

    __tablename__ = "payment_event"
    __table_args__ = (
        Index(None, "attempt_id", "id"),
        Index(
            "uq_payment_event_capture",
            "source",
            "reference",
            unique=True,
            sqlite_where=text("kind = 'captured' AND reference <> ''"),
            postgresql_where=text("kind = 'captured' AND reference <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"))
    source: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3), default="")
    amount: Mapped[int] = mapped_column(default=0)
    reference: Mapped[str] = mapped_column(String(120), default="")
    actor: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class WebhookEvent(Base):
    """A webhook as it came, stored before anything else; processed in a job."""

    __tablename__ = "webhook_event"
    __table_args__ = (UniqueConstraint("source", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(60))
    event_id: Mapped[str] = mapped_column(String(160))
    reference: Mapped[str] = mapped_column(String(120), default="", index=True)
    kind: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    headers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Refund(Base):
    """Money or a tender going back: of one attempt, or of one tender. ``key`` pays at most once. ``cause``: ``bill`` for
    money that was the bill's; else why it never was: ``late``, ``overpaid``, ``mismatch``."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("state IN ('requested','pending','done','failed')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(attempt_id IS NULL) <> (tender_id IS NULL)", name="of_one"),
        CheckConstraint("cause IN ('bill','late','overpaid','mismatch')", name="cause"),
        # what is on its way or waits for a human; the rest is long done
        Index(
            "ix_refund_waiting",
            "created_at",
            sqlite_where=text("state IN ('requested','pending')"),
            postgresql_where=text("state IN ('requested','pending')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True, default=new_secret)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    tender_id: Mapped[int | None] = mapped_column(ForeignKey("bill_tender.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="requested")
    cause: Mapped[str] = mapped_column(String(10), default="bill")
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column()
    reference: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RefundLine(Base):
    """What the refund is for: an order line or a charge (shipping, fee): nothing is refunded twice."""

    __tablename__ = "refund_line"
    __table_args__ = (
        CheckConstraint("(order_line_id IS NULL) <> (charge_id IS NULL)", name="of_one"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"), index=True)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), index=True)
    quantity: Mapped[int] = mapped_column(default=0)
    amount: Mapped[int] = mapped_column()


class RefundTask(Base):
    """Money that must go back and waits for a human or for a gateway. ``reason``: overpaid, late, cancelled, mismatch.
    ``refund_id``: the refund that carries it; a task given back in parts is one row a part."""

    __tablename__ = "refund_task"
    __table_args__ = (
        CheckConstraint("state IN ('open','done')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        Index(
            "ix_refund_task_open",
            "created_at",
            "order_id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("payment_attempt.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), index=True)
    state: Mapped[str] = mapped_column(String(6), default="open")
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
