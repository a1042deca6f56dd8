"""The session of a staff member's browser: a row and a cookie of its own, never a shopper's."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from flask import request
from sqlalchemy import delete, insert, select, update

from storefront.core.db import in_unit_of_work, lock_for_update, session, unit_of_work, utcnow
from storefront.core.staff.models import Staff
from storefront.core.staff.models import StaffSession as Row
from storefront.shop.session import VERSION, RowSession, row_session

LIFETIME = timedelta(days=14)
IDLE = timedelta(hours=12)
# How exactly it is known when somebody was last seen.
SEEN_EVERY = timedelta(minutes=1)


class StaffSession(RowSession):
    """``flask.session`` under ``/manage``. Exists from log-in to log-out; before that there is none."""

    cookie = "staff"
    lifetime = LIFETIME

    def __init__(self, sent_token: str) -> None:
        super().__init__(sent_token)
        self.staff_id: int | None = None
        self.name = self.role = self.locale = ""
        self.verified = False
        self.has_second_factor = False
        self._seen_at: datetime | None = None

    def language(self) -> str:
        return self.load().locale

    def _read(self, token_hash: str) -> Mapping[str, Any] | None:
        now = utcnow()
        row = session.execute(
            select(
                Row.id, Row.staff_id, Row.verified, Row.data, Row.last_seen_at,
                Staff.name, Staff.role, Staff.locale, (Staff.totp_secret != "").label("second"),
                VERSION.label("shop_version"),
            )
            .join(Staff, Staff.id == Row.staff_id)
            .where(
                Row.token_hash == token_hash, Row.expires_at > now, Row.last_seen_at > now - IDLE, Staff.closed_at.is_(None)
            )
        ).first()  # fmt: skip
        if row is None:
            return None
        self.id, self.staff_id, self.verified = row.id, row.staff_id, row.verified
        self.name, self.role, self.locale = row.name, row.role, row.locale
        self.has_second_factor, self._seen_at, self.shop_version = row.second, row.last_seen_at, row.shop_version
        data: Mapping[str, Any] = row.data
        return data

    def start(self, staff_id: int, *, verified: bool) -> None:
        """Somebody gave a right password: a new row with a new token, inside the open unit; the old one is gone."""
        if self.load().id is not None:
            session.execute(delete(Row).where(Row.id == self.id))
        self._values = {}
        self.staff_id, self.verified = staff_id, verified
        self._renew()

    def verify(self) -> None:
        """The second factor was given too: again a new token, inside the open unit."""
        assert self.load().staff_id is not None
        self.start(cast(int, self.staff_id), verified=True)

    def end(self) -> None:
        """Log out, inside the open unit."""
        session.execute(delete(Row).where(Row.id == self.load().id))
        self.id, self.staff_id, self.verified = None, None, False
        self._values = {}
        self._changed.clear()

    def save(self) -> None:
        super().save()
        now = utcnow()
        if self.id is None or self._seen_at is None or now - self._seen_at < SEEN_EVERY or in_unit_of_work():
            return
        with unit_of_work():
            session.execute(update(Row).where(Row.id == self.id).values(last_seen_at=now))

    def _insert(self, token_hash: str, data: dict[str, Any], now: datetime) -> int:
        if self.staff_id is None:
            raise RuntimeError("a session of the staff begins with a log-in")
        statement = insert(Row).values(
            token_hash=token_hash,
            staff_id=self.staff_id,
            verified=self.verified,
            data=data,
            browser=request.headers.get("User-Agent", "")[:200],
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIME,
        )
        return session.execute(statement.returning(Row.id)).scalar_one()

    def _stored(self) -> Mapping[str, Any]:
        return session.scalar(lock_for_update(select(Row.data).where(Row.id == self.id))) or {}

    def _store(self, data: dict[str, Any], now: datetime) -> None:
        session.execute(update(Row).where(Row.id == self.id).values(data=data))


def staff_session() -> StaffSession:
    """``flask.session`` under its real type; only on pages under ``/manage``."""
    return cast(StaffSession, row_session())
