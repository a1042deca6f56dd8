"""Sessions: a row per browser, made when first needed; the cookie holds a random token, the row its hash.

Reading is lazy: a page that asks nothing of the session costs no statement, and static files never ask.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Self, cast

from flask import Flask, Request, Response
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Select, bindparam, event, func, insert, select, update
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
# Read beside the session's row: the owner's decisions are cached by it.
VERSION = select(ShopVersion.__table__.c.version).where(ShopVersion.__table__.c.id == 1).scalar_subquery()


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class RowSession(SessionMixin):
    """A session that is a row; what shoppers' and the staff's have in common. ``sent_token``: what the browser sent, ""
    for nothing usable.

    Only keys that were set or deleted here are written, over what the row holds by then: two requests of one browser
    at the same time do not undo each other. After changing a value in place set ``modified = True`` (all keys count
    as changed).
    """

    modified = False
    accessed = True
    cookie = "session"
    lifetime = LIFETIME

    def __init__(self, sent_token: str) -> None:
        self.sent_token = sent_token
        self.token = ""
        self.id: int | None = None
        self.shop_version: int | None = None
        self._made_in: SessionTransaction | None = None
        self._committed = False
        self._values: dict[str, Any] = {}
        self._changed: set[str] = set()
        self._loaded = not sent_token

    # --- reading

    def load(self) -> Self:
        """Read the row and, on the way, the shop's version: one statement, once. No row: a stranger."""
        if self._loaded:
            return self
        self._loaded = True
        data = self._read(hashed(self.sent_token))
        if data is not None:
            self._values = dict(data) | {k: v for k, v in self._values.items() if k in self._changed}
            self.token, self._committed = self.sent_token, True
        return self

    def _read(self, token_hash: str) -> Mapping[str, Any] | None:
        """Fill in what the row says and return its ``data``; ``None`` when there is no such row any more."""
        raise NotImplementedError

    def language(self) -> str:
        """The language of whoever has this session; "" where only the address of the page says it."""
        return ""

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
        return self._renew()

    def _renew(self) -> int:
        """A row with a new token, in the open unit."""
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        # Rendering a form later must not have to write.
        self._values.setdefault(CSRF_KEY, secrets.token_hex(20))
        self.id = self._insert(hashed(self.token), dict(self._values), utcnow())
        self._made_in = session.get_transaction()
        self._committed = False
        self._changed.clear()
        event.listen(db.session(), "after_commit", self._note_commit, once=True)
        return self.id

    def _insert(self, token_hash: str, data: dict[str, Any], now: datetime) -> int:
        raise NotImplementedError

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
        values = dict(self._stored())
        for key in self._changed:
            if key in self._values:
                values[key] = self._values[key]
            else:
                values.pop(key, None)
        self._store(values, utcnow())

    def _stored(self) -> Mapping[str, Any]:
        """The row's ``data`` as it is now, locked."""
        raise NotImplementedError

    def _store(self, data: dict[str, Any], now: datetime) -> None:
        raise NotImplementedError

    @property
    def cookie_to_set(self) -> str:
        """The token the browser does not have yet, once its row is really there; else ""."""
        return self.token if self._committed and self.token != self.sent_token else ""


def _session_statement() -> Select[Any]:
    """The session with ``token_hash`` that has not ended ``now``, what is in its cart, and the shop's version."""
    row, cart, line = (each.__table__ for each in (Row, Cart, CartLine))
    pieces = (
        select(func.coalesce(func.sum(line.c.quantity), 0))
        .join(cart, cart.c.id == line.c.cart_id)
        .where((cart.c.session_id == row.c.id) | (cart.c.customer_id == row.c.customer_id))
        .scalar_subquery()
    )
    return select(row.c.id, row.c.customer_id, row.c.data, pieces, VERSION).where(
        row.c.token_hash == bindparam("token_hash"), row.c.expires_at > bindparam("now")
    )


_SESSION = _session_statement()


class ShopSession(RowSession):
    """``flask.session`` on the shopper's pages: made when first needed."""

    def __init__(self, sent_token: str) -> None:
        super().__init__(sent_token)
        self.customer_id: int | None = None
        self.cart_count = 0

    def _read(self, token_hash: str) -> Mapping[str, Any] | None:
        found = session.execute(_SESSION, {"token_hash": token_hash, "now": utcnow()}).first()
        if found is None:
            return None
        data: Mapping[str, Any]
        self.id, self.customer_id, data, self.cart_count, self.shop_version = found
        return data

    def _insert(self, token_hash: str, data: dict[str, Any], now: datetime) -> int:
        statement = insert(Row).values(
            token_hash=token_hash,
            customer_id=self.customer_id,
            data=data,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        return session.execute(statement.returning(Row.id)).scalar_one()

    def _stored(self) -> Mapping[str, Any]:
        return session.scalar(lock_for_update(select(Row.data).where(Row.id == self.id))) or {}

    def _store(self, data: dict[str, Any], now: datetime) -> None:
        session.execute(update(Row).where(Row.id == self.id).values(data=data, expires_at=now + LIFETIME))


class RowSessions(SessionInterface):
    """Which session a request has, by the first part of its path: ``kinds`` maps it to the class, "" is all the rest. The
    cookies are called after the classes, with ``__Host-`` exactly when the shop is served by https."""

    def __init__(self, kinds: Mapping[str, type[RowSession]], *, https: bool) -> None:
        self.kinds, self.https = dict(kinds), https

    def _kind(self, path: str) -> type[RowSession]:
        first = path.lstrip("/").partition("/")[0]
        return self.kinds.get(first) or self.kinds[""]

    def _name(self, kind: type[RowSession]) -> str:
        return f"__Host-{kind.cookie}" if self.https else kind.cookie

    def open_session(self, app: Flask, request: Request) -> RowSession:
        kind = self._kind(request.path)
        token = request.cookies.get(self._name(kind), "")
        usable = len(token) <= MAX_TOKEN_LENGTH and token.isascii() and token.isprintable()
        return kind(token if usable else "")

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, RowSession)
        session.save()
        if session.cookie_to_set:
            response.set_cookie(
                self._name(type(session)),
                session.cookie_to_set,
                max_age=session.lifetime,
                secure=self.https,
                httponly=True,
                samesite="Lax",
                path="/",
            )
            response.headers["Cache-Control"] = "private, no-store"


def row_session() -> RowSession:
    """``flask.session`` of whoever asks: a shopper, or on the back office's pages a staff member."""
    return cast(RowSession, flask_session._get_current_object())  # type: ignore[attr-defined]


def current_session() -> ShopSession:
    """``flask.session`` on the shopper's pages."""
    found = row_session()
    # The back office shows shared parts of pages (icons, prices) that may ask for a shopper: there is none.
    return found if isinstance(found, ShopSession) else ShopSession("")


def shop_session(create: bool = False) -> int | None:
    """The id of this browser's session row; ``None`` when it has none. ``create=True``: makes it, inside the open unit
    of work."""
    return current_session().make() if create else current_session().load().id
