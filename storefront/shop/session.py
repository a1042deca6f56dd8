"""Sessions of shoppers: a row per browser, made when first needed; the cookie holds a random token, the row its hash.

Reading is lazy: a page that asks nothing of the session costs no statement, and static files never ask.
"""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Request, Response
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import event, func, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction

from storefront.core.cart.models import Cart, CartLine
from storefront.core.customers.models import ShopperSession as Row
from storefront.core.db import in_unit_of_work, lock_for_update, session, unit_of_work, utcnow
from storefront.core.settings.models import ShopVersion
from storefront.extensions import db

LIFETIME = timedelta(days=30)
TOKEN_BYTES = 32
CSRF_KEY = "csrf_token"
# A cookie value that cannot be one of ours is not looked up.
MAX_TOKEN_LENGTH = 64


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class ShopSession(SessionMixin):
    """``flask.session``. ``sent_token``: what the browser sent, "" for nothing usable.

    Only keys that were set or deleted here are written, over what the row holds by then: two requests of one browser
    at the same time do not undo each other. After changing a value in place set ``modified = True`` (all keys count
    as changed).
    """

    modified = False
    accessed = True

    def __init__(self, sent_token: str) -> None:
        self.sent_token = sent_token
        self.token = ""
        self.id: int | None = None
        self.customer_id: int | None = None
        self.cart_count = 0
        self.shop_version: int | None = None
        self._made_in: SessionTransaction | None = None
        self._committed = False
        self._values: dict[str, Any] = {}
        self._changed: set[str] = set()
        self._loaded = not sent_token

    # --- reading

    def load(self) -> "ShopSession":
        """Read the row, the number of pieces in its cart and, on the way, the shop's version: one statement, once. No
        row: a new visitor."""
        if self._loaded:
            return self
        self._loaded = True
        count = (
            select(func.coalesce(func.sum(CartLine.quantity), 0))
            .join(Cart, Cart.id == CartLine.cart_id)
            .where((Cart.session_id == Row.id) | (Cart.customer_id == Row.customer_id))
            .scalar_subquery()
        )
        version = select(ShopVersion.version).where(ShopVersion.id == 1).scalar_subquery()
        found = session.execute(
            select(Row.id, Row.customer_id, Row.data, count, version).where(
                Row.token_hash == hashed(self.sent_token), Row.expires_at > utcnow()
            )
        ).first()
        if found is not None:
            self.id, self.customer_id, data, self.cart_count, self.shop_version = found
            self._values = dict(data) | {k: v for k, v in self._values.items() if k in self._changed}
            self.token, self._committed = self.sent_token, True
        return self

    @property
    def exists(self) -> bool:
        """There is a row, or there will be one when the open unit commits."""
        self.load()
        return self.id is not None

    # --- making

    def make(self) -> int:
        """The row's id; makes the row in the open unit when there is none. A token sent by a browser is never taken
        over, so that nobody can plant one. Safe to call again after the unit was rolled back and is tried anew."""
        self.load()
        if self.id is not None and (self._committed or self._made_in is session.get_transaction()):
            return self.id
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        # Rendering a form later must not have to write.
        self._values.setdefault(CSRF_KEY, secrets.token_hex(20))
        now = utcnow()
        self.id = session.execute(
            insert(Row)
            .values(
                token_hash=hashed(self.token),
                customer_id=self.customer_id,
                data=dict(self._values),
                created_at=now,
                expires_at=now + LIFETIME,
            )
            .returning(Row.id)
        ).scalar_one()
        self._made_in = session.get_transaction()
        self._changed.clear()
        event.listen(db.session(), "after_commit", self._note_commit, once=True)
        return self.id

    def _note_commit(self, _session: Session) -> None:
        self._committed = True

    # --- mapping

    def __getitem__(self, key: str) -> Any:
        return self.load()._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.load()._values)

    def __len__(self) -> int:
        return len(self.load()._values)

    def __setitem__(self, key: str, value: Any) -> None:
        self.load()._values[key] = value
        self._changed.add(key)

    def __delitem__(self, key: str) -> None:
        del self.load()._values[key]
        self._changed.add(key)

    # --- writing

    def save(self) -> None:
        """Write what changed, in a unit of its own when none is open. Nothing changed: no statement."""
        if self.modified:
            self._changed.update(self._values)
        if not self._changed:
            return
        if in_unit_of_work():
            self._write()
        else:
            with unit_of_work():
                self._write()
        self.modified = False
        self._changed.clear()

    def _write(self) -> None:
        if not self.exists:
            self.make()
            return
        stored = session.scalar(lock_for_update(select(Row.data).where(Row.id == self.id)))
        values = dict(stored or {})
        for key in self._changed:
            if key in self._values:
                values[key] = self._values[key]
            else:
                values.pop(key, None)
        session.execute(update(Row).where(Row.id == self.id).values(data=values, expires_at=utcnow() + LIFETIME))

    @property
    def cookie_to_set(self) -> str:
        """The token the browser does not have yet, once its row is really there; else ""."""
        return self.token if self._committed and self.token != self.sent_token else ""


class ShopSessionInterface(SessionInterface):
    def __init__(self, cookie_name: str, secure: bool) -> None:
        self.cookie_name = cookie_name
        self.secure = secure

    def open_session(self, app: Flask, request: Request) -> ShopSession:
        token = request.cookies.get(self.cookie_name, "")
        usable = len(token) <= MAX_TOKEN_LENGTH and token.isascii() and token.isprintable()
        return ShopSession(token if usable else "")

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ShopSession)
        session.save()
        if session.cookie_to_set:
            response.set_cookie(
                self.cookie_name,
                session.cookie_to_set,
                max_age=LIFETIME,
                secure=self.secure,
                httponly=True,
                samesite="Lax",
                path="/",
            )
            response.headers["Cache-Control"] = "private, no-store"


def current_session() -> ShopSession:
    """``flask.session`` under its real type."""
    return cast(ShopSession, flask_session._get_current_object())  # type: ignore[attr-defined]


def shop_session(create: bool = False) -> int | None:
    """The id of this browser's session row; ``None`` when it has none. ``create=True``: makes it, inside the open unit
    of work."""
    return current_session().make() if create else current_session().load().id
