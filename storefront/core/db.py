"""Base of all rows, the session, and the unit of work: below everything that has rows."""

import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar, TypeVarTuple, cast

from sqlalchemy import JSON, DateTime, Engine, MetaData, Select, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# PostgreSQL: serialization failure, deadlock: the whole unit may be tried again.
RETRYABLE = frozenset({"40001", "40P01"})
UNIT_ATTEMPTS = 4
SQLITE_BUSY_SECONDS = 20
# Of each connection; the default of 2 MiB holds no index of a large catalogue.
SQLITE_CACHE_KIB = 16 * 1024

Json = JSON().with_variant(JSONB(), "postgresql")
# ``None`` is NULL, not the JSON text "null".
NullableJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Stored in UTC, always timezone-aware in Python; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was about to be stored")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utcnow() -> datetime:
    return datetime.now(UTC)


def new_secret() -> str:
    """128 random bits for a link or a key, as 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def new_id() -> str:
    """A time-ordered unique id (the layout of UUID version 7) as 32 hex digits; also a legal RQ job id."""
    millis = time.time_ns() // 1_000_000
    value = (millis << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return uuid.UUID(int=value).hex


# --- the session ----------------------------------------------------------------------------------------------------

_provider: Callable[[], Session] | None = None


def use_session_provider(provider: Callable[[], Session]) -> None:
    """Wiring: tell core where the current session comes from (Flask-SQLAlchemy's scoped session)."""
    global _provider
    _provider = provider


class _CurrentSession:
    """Stands for the session of the running request, job or command."""

    def __getattr__(self, name: str) -> Any:
        if _provider is None:
            raise RuntimeError("no session: create_app() was not called")
        return getattr(_provider(), name)

    def __contains__(self, item: object) -> bool:
        return item in cast(Session, _provider() if _provider else None)


session: Session = cast(Session, _CurrentSession())

_writing: ContextVar[bool] = ContextVar("writing", default=False)

# --- what is derived of rows ----

Changes = dict[str, set[int]]
_changes: ContextVar[Changes | None] = ContextVar("changes", default=None)
_keepers: list[Callable[[Changes], None]] = []


def changed(kind: str, *ids: int) -> None:
    """Note that something others are derived of was written (``product``, ``stock``: by SKU, …). At the end of the unit
    whoever keeps the derived rows is told. Outside a unit: nothing is noted, since nothing can be written there."""
    noted = _changes.get()
    if noted is not None and ids:
        noted.setdefault(kind, set()).update(ids)


def keep_in_step(keeper: Callable[[Changes], None]) -> None:
    """Wiring: call ``keeper`` right before every unit commits in which something was noted, inside that unit. What it
    locks is locked last, so it must lock in sorted order and nothing that units lock earlier."""
    _keepers.append(keeper)


def _bring_in_step() -> None:
    session.flush()
    noted = _changes.get()
    if noted:
        for keeper in _keepers:
            keeper(noted)


class UnitAlreadyOpen(RuntimeError):
    """A verb tried to open a second unit of work inside one: verbs never commit, doors do."""


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction that writes. Commits once at the end, rolls back on any exception.

    Open it before the first read: on SQLite it begins with ``BEGIN IMMEDIATE``, since a read cannot be turned into a
    write there. A read transaction that is still open is ended first. No network call and no mail inside.
    """
    if _writing.get():
        raise UnitAlreadyOpen("a unit of work is already open")
    if session.in_transaction():
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("rows were changed outside a unit of work")
        session.rollback()
    token, noted = _writing.set(True), _changes.set({})
    try:
        yield session
        _bring_in_step()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _changes.reset(noted)
        _writing.reset(token)


Result = TypeVar("Result")
Columns = TypeVarTuple("Columns")


def run_unit(work: Callable[[], Result]) -> Result:
    """Run ``work`` in one unit of work; the whole of it again when PostgreSQL reports a deadlock or a serialization
    failure. ``work`` must therefore have no effect outside the database."""
    for attempt in range(1, UNIT_ATTEMPTS + 1):
        try:
            with unit_of_work():
                return work()
        except OperationalError as error:
            if attempt == UNIT_ATTEMPTS or not is_retryable(error):
                raise
            time.sleep(0.02 * 2**attempt * (0.5 + secrets.randbelow(100) / 100))
    raise AssertionError("unreachable")


def is_retryable(error: BaseException) -> bool:
    """Whether the database asks for the whole unit again: then nobody below ``run_unit`` may keep the error."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in RETRYABLE


def in_unit_of_work() -> bool:
    return _writing.get()


def dialect() -> str:
    """``sqlite`` or ``postgresql``: what the current session speaks."""
    return session.get_bind().dialect.name


def on_sqlite() -> bool:
    return dialect() == "sqlite"


def lock_for_update(statement: Select[*Columns]) -> Select[*Columns]:
    """``statement`` with a row lock. SQLite has none and needs none: a writing unit holds the only write lock."""
    return statement.with_for_update()


# --- engines --------------------------------------------------------------------------------------------------------


def prepare_engine(engine: Engine) -> None:
    """Install what each database needs to be safe: SQLite pragmas and real transactions. Call once per engine."""
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def set_planner(connection: Any, _record: Any) -> None:
            # A page's statement is short: compiling it takes longer than running it, and is chosen for what a statement
            # might cost, not for what it does (a search stops at the first thousand hits).
            connection.execute("SET jit = off")
            connection.commit()

    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # pysqlite must not open transactions behind our back
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{SQLITE_CACHE_KIB}")
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_SECONDS * 1000}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
