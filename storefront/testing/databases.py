"""Real databases for tests, one per test, copied from a migrated template: SQLite files and PostgreSQL databases."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.pool import NullPool

from storefront.core.db import prepare_engine, use_session_provider
from storefront.plugin_host.migrations import upgrade
from storefront.testing.postgresql import PostgresServer


@dataclass
class Database:
    """One test's database, bound as core's current session. ``kind``: sqlite or postgresql."""

    kind: str
    url: str
    engine: Engine
    sessions: "scoped_session[Session]"

    @contextmanager
    def thread_session(self) -> Iterator[Session]:
        """Use in another thread: core's current session is that thread's own; closed at the end."""
        try:
            yield self.sessions()
        finally:
            self.sessions.remove()

    def count_statements(self) -> AbstractContextManager[list[str]]:
        """Collects every SQL statement sent meanwhile (BEGIN, COMMIT and savepoints not counted)."""
        return count_statements_of(self.engine)


NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@contextmanager
def count_statements_of(engine: Engine) -> Iterator[list[str]]:
    """Every SQL statement that ``engine`` is sent meanwhile; transactions' own words are not counted."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def create_tables(engine: Engine) -> None:
    """Bring an empty database to the newest revision of core."""
    upgrade(engine)


class Templates:
    """Builds one migrated template per kind and hands out copies of it."""

    def __init__(self, folder: Path, server: PostgresServer | None, worker: str) -> None:
        self.folder, self.server, self.worker = folder, server, worker
        self.counter = itertools.count(1)
        self.ready: set[str] = set()

    def new_url(self, kind: str) -> str:
        return self._sqlite() if kind == "sqlite" else self._postgresql()

    def _sqlite(self) -> str:
        template = self.folder / "template.sqlite"
        if "sqlite" not in self.ready:
            engine = create_engine(f"sqlite:///{template}", poolclass=NullPool)
            create_tables(engine)
            engine.dispose()
            self.ready.add("sqlite")
        target = self.folder / f"test-{next(self.counter)}.sqlite"
        shutil.copyfile(template, target)
        return f"sqlite:///{target}"

    def _admin(self, statement: str) -> None:
        assert self.server is not None
        engine = create_engine(self.server.url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _postgresql(self) -> str:
        assert self.server is not None
        template = f"template_{self.worker}"
        if "postgresql" not in self.ready:
            self._admin(f"CREATE DATABASE {template}")
            engine = create_engine(self.server.url(template), poolclass=NullPool)
            create_tables(engine)
            engine.dispose()
            self.ready.add("postgresql")
        name = f"test_{self.worker}_{next(self.counter)}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG")
        return self.server.url(name)

    def drop(self, url: str) -> None:
        if url.startswith("sqlite"):
            path = Path(url.removeprefix("sqlite:///"))
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        else:
            self._admin(f"DROP DATABASE IF EXISTS {url.rsplit('/', 1)[1]} WITH (FORCE)")


@contextmanager
def open_database(kind: str, url: str) -> Iterator[Database]:
    """Connect to ``url`` and make it core's current database."""
    engine = create_engine(url, pool_size=40, max_overflow=40) if kind == "postgresql" else create_engine(url)
    prepare_engine(engine)
    sessions = scoped_session(sessionmaker(engine))
    use_session_provider(sessions)
    try:
        yield Database(kind, url, engine, sessions)
    finally:
        sessions.remove()
        engine.dispose()
