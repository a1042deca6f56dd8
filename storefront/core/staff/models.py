"""The people who run the shop: their accounts, sessions, second factors. Never the same rows as customers."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, UtcDateTime, utcnow


class Staff(Base):
    """``role``: see ``staff/rights.py``. ``email_folded``: the form by which accounts are unique. ``totp_secret``:
    encrypted, "" without a second factor; ``totp_step``: the last time step whose code was used, so that no code works
    twice. ``invite_hash``: of the one link by which an invited person chooses a password, until ``invite_until``;
    ``invite_sealed``: the same link's secret, encrypted, for the mail and for the owner who hands it over."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint(
            "role IN ('owner','manager','packer','support','translator','read_only')",
            name="role",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    email_folded: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(10), default="en")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    totp_secret: Mapped[str] = mapped_column(String(300), default="")
    totp_step: Mapped[int] = mapped_column(default=0)
    invite_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    invite_sealed: Mapped[str] = mapped_column(String(300), default="")
    invite_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class RecoveryCode(Base):
    """Gets its owner in once when the second factor is lost; only the hash is stored."""

    __tablename__ = "recovery_code"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """A staff member's browser. ``verified``: password and, where there is one, second factor were given; until then
    the session may do nothing but give the second factor. The cookie holds a random token, this row its hash."""

    __tablename__ = "staff_session"
    __table_args__ = (Index(None, "staff_id", "last_seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    verified: Mapped[bool] = mapped_column(default=False)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Throttle(Base):
    """How often somebody tried something in the current window. ``key``: a keyed hash, never an address or a mail."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
