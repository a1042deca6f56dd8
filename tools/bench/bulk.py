"""Writing many rows fast: tuples to the driver (SQLite: executemany, PostgreSQL: COPY), indexes built afterwards."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Integer, Table, func, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ProgrammingError

BATCH = 20_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_days: dict[int, str] = {}


def stamp(seconds: int) -> str:
    """Seconds since 1970 as both databases keep an instant (UTC)."""
    day, rest = divmod(seconds, 86_400)
    date = _days.get(day)
    if date is None:
        date = _days[day] = (EPOCH + timedelta(days=day)).strftime("%Y-%m-%d")
    hours, rest = divmod(rest, 3600)
    return f"{date} {hours:02d}:{rest // 60:02d}:{rest % 60:02d}.000000"


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Rows:
    """One table's rows on their way in. ``columns``: what each tuple holds; every other column gets its default (a
    default that is called is called once for all rows), so that a table may grow without this module knowing."""

    def __init__(self, bulk: "Bulk", table: Table, columns: Sequence[str]) -> None:
        rest = [c for c in table.columns if c.name not in columns and not (c.primary_key and c.name == "id")]
        self.bulk, self.table = bulk, table
        self.columns = (*columns, *(c.name for c in rest))
        self.defaults = tuple(_default(c) for c in rest)
        self.waiting: list[tuple[Any, ...]] = []
        self.count = 0

    def add(self, *values: Any) -> None:
        self.waiting.append(values + self.defaults)
        if len(self.waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        if self.waiting:
            self.bulk.write(self.table, self.columns, self.waiting)
            self.count += len(self.waiting)
            self.waiting = []


def _default(column: Any) -> Any:
    default = column.default
    if default is None:
        if not column.nullable:
            raise ValueError(f"{column.table.name}.{column.name} has no default: the generator must fill it")
        return None
    value = default.arg(None) if default.is_callable else default.arg
    if isinstance(value, datetime):
        return stamp(int(value.timestamp()))
    return as_json(value) if isinstance(value, (dict, list)) else value


class Bulk:
    """One transaction that fills tables. Made by ``loading``."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sqlite = connection.dialect.name == "sqlite"
        self.driver: Any = connection.connection.driver_connection
        self.open: list[Rows] = []

    def rows(self, model: Any, *columns: str) -> Callable[..., None]:
        """The function that adds one row of ``model``, given its values in the order of ``columns``."""
        rows = Rows(self, model.__table__, columns)
        self.open.append(rows)
        return rows.add

    def flush(self) -> dict[str, int]:
        """Write what waits. Returns how many rows each table got so far."""
        for rows in self.open:
            rows.flush()
        return {rows.table.name: rows.count for rows in self.open}

    def write(self, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        if self.sqlite:
            marks = ", ".join("?" * len(columns))
            self.driver.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)
            return
        with self.driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def next_id(self, model: Any) -> int:
        """The first id that no row of ``model`` has."""
        return int(self.connection.scalar(select(func.coalesce(func.max(model.id), 0))) or 0) + 1


@contextmanager
def loading(engine: Engine, models: Iterable[Any]) -> Iterator[Bulk]:
    """Fill the tables of ``models`` in one transaction, without their indexes, foreign keys and durability meanwhile:
    for a database that is thrown away when this fails. Afterwards everything is as before, and statistics are new."""
    tables = [model.__table__ for model in models]
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        _relax(connection, sqlite)
        present = inspect(connection)
        indexes = [
            index for table in tables for index in table.indexes
            if index.name in {one["name"] for one in present.get_indexes(table.name)}
        ]  # fmt: skip
        connection.commit()
        for index in indexes:
            index.drop(connection)
        bulk = Bulk(connection)
        yield bulk
        bulk.flush()
        for index in indexes:
            index.create(connection)
        if not sqlite:
            _continue_sequences(connection, tables)
        connection.commit()
        _restore(connection, sqlite)


def _relax(connection: Connection, sqlite: bool) -> None:
    if sqlite:
        cursor = connection.connection.cursor()  # no transaction is open yet, and pragmas count outside one only
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-800000", "temp_store=MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
        with suppress(sqlite3.OperationalError):  # somebody else has the file open: then through the log, as ever
            cursor.execute("PRAGMA busy_timeout=0")
            cursor.execute("PRAGMA journal_mode=MEMORY")
        cursor.close()
        return
    for setting in ("TIME ZONE 'UTC'", "maintenance_work_mem = '512MB'", "synchronous_commit = off"):
        connection.execute(text(f"SET {setting}"))
    connection.commit()
    with suppress(ProgrammingError):  # only a superuser may; foreign keys are checked row by row else
        connection.execute(text("SET session_replication_role = replica"))
        connection.commit()
    connection.rollback()


def _restore(connection: Connection, sqlite: bool) -> None:
    if sqlite:
        cursor = connection.connection.cursor()
        # No ANALYZE, as in a real shop: the full text tables, still empty here, would be read from end to end ever after.
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    else:
        connection.execute(text("SET session_replication_role = DEFAULT"))
        connection.commit()
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    connection.invalidate()  # its settings must not live on in the pool


def _is_number(table: Table) -> bool:
    return isinstance(table.columns["id"].type, Integer)


def _continue_sequences(connection: Connection, tables: Iterable[Table]) -> None:
    for table in tables:
        if "id" in table.columns and table.columns["id"].autoincrement is not False and _is_number(table):
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "
                    f'COALESCE((SELECT MAX(id) FROM "{table.name}"), 1))'
                )
            )
