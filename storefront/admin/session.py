"""The session of a staff member's browser: a row and a cookie of its own, never a shopper's."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select, update

from storefront.core.db import in_unit_of_work, lock_for_update, session, unit_of_work, utcnow
from storefront.core.staff.models import Staff
from storefront.core.staff.models import StaffSession as Row
from storefront.core.staff.sessions import LIFETIME, TOUCH, NewSession, log_out, touch
from storefront.shop.session import CSRF_KEY, VERSION, RowSession, row_session


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
        self._created_at = utcnow()

    def language(self) -> str:
        return self.load().locale

    def _read(self, token_hash: str) -> Mapping[str, Any] | None:
        now = utcnow()
        row = session.execute(
            select(
                Row.id, Row.staff_id, Row.verified, Row.data, Row.created_at, Row.last_seen_at,
                Staff.name, Staff.role, Staff.locale, (Staff.totp_secret != "").label("second"),
                VERSION.label("shop_version"),
            )
            .join(Staff, Staff.id == Row.staff_id)
            .where(Row.token_hash == token_hash, Row.expires_at > now, Staff.closed_at.is_(None))
        ).first()  # fmt: skip
        if row is None:
            return None
        self.id, self.staff_id, self.verified = row.id, row.staff_id, row.verified
        self.name, self.role, self.locale = row.name, row.role, row.locale
        self.has_second_factor, self.shop_version = row.second, row.shop_version
        self._created_at, self._seen_at = row.created_at, row.last_seen_at
        data: Mapping[str, Any] = row.data
        return data

    def adopt(self, opened: NewSession, staff_id: int, *, verified: bool) -> None:
        """A log-in, or its second step, was just committed: this browser gets the cookie with the answer. Forms of the next
        page need no writing."""
        self.load()
        self.id, self.token, self._committed = opened.id, opened.token, True
        self.staff_id, self.verified = staff_id, verified
        self._values, self._seen_at = {}, None
        self._changed.clear()
        self[CSRF_KEY] = secrets.token_hex(20)

    def end(self) -> None:
        """Log out, inside the open unit."""
        if self.load().id is not None:
            log_out(self.id)
        self.id, self.staff_id, self.verified = None, None, False
        self._values, self._seen_at = {}, None
        self._changed.clear()

    def save(self) -> None:
        if self.id is None:
            return  # a notice for nobody
        super().save()
        now = utcnow()
        if self._seen_at is None or not self.verified or now - self._seen_at < TOUCH or in_unit_of_work():
            return
        with unit_of_work():
            touch(self.id, self._created_at, now)

    def _insert(self, token_hash: str, data: dict[str, Any], now: datetime) -> int:
        raise RuntimeError("a session of the staff begins with a log-in")

    def _stored(self) -> Mapping[str, Any]:
        return session.scalar(lock_for_update(select(Row.data).where(Row.id == self.id))) or {}

    def _store(self, data: dict[str, Any], now: datetime) -> None:
        session.execute(update(Row).where(Row.id == self.id).values(data=data))


def staff_session() -> StaffSession:
    """``flask.session`` under its real type; only on pages under ``/manage``."""
    return cast(StaffSession, row_session())
