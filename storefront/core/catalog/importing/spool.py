"""Rows of a file that belong together, brought together: on disk, so that a file may be as long as it likes."""

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from storefront.core.catalog.importing.table import Row

_TABLES = """
    CREATE TABLE row (number INTEGER PRIMARY KEY, kind TEXT, ref TEXT, cells TEXT);
    CREATE TABLE alias (name TEXT PRIMARY KEY, ref TEXT) WITHOUT ROWID;
    CREATE TABLE claim (kind TEXT, name TEXT, owner TEXT, PRIMARY KEY (kind, name)) WITHOUT ROWID;
"""
# What belongs together, in the order in which each group begins; a group's rows in the order of the file.
_GROUP = """
    CREATE TABLE grouped AS
    SELECT r.number, r.kind, COALESCE(a.ref, r.ref) AS ref FROM row r LEFT JOIN alias a ON a.name = r.ref;
    CREATE INDEX grouped_ref ON grouped (kind, ref, number);
    CREATE TABLE start AS SELECT kind, ref, MIN(number) AS first FROM grouped GROUP BY kind, ref;
    CREATE INDEX start_first ON start (kind, first);
"""


class Spool:
    """A database in a temporary folder, gone at the end. Rows are put in first, then read as groups of one ``kind``
    ("product" for most files). ``claim`` answers who named something first."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="storefront-import-")
        self.database = sqlite3.connect(Path(self.folder.name) / "rows.sqlite", isolation_level=None)
        self.database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLES + "BEGIN;")
        self.columns: tuple[str, ...] = ()

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.database.close()
        self.folder.cleanup()

    def put(self, row: Row, cells: list[str], ref: str, kind: str = "product") -> None:
        """``ref``: which group the row belongs to; a name given by ``alias`` does as well."""
        self.database.execute(
            "INSERT INTO row VALUES (?, ?, ?, ?)", (row.number, kind, ref, json.dumps(cells, ensure_ascii=True))
        )

    def alias(self, name: str, ref: str) -> None:
        """``name`` means the group ``ref``, for rows before and after this one. The first to say so is right."""
        self.database.execute("INSERT OR IGNORE INTO alias VALUES (?, ?)", (name, ref))

    def group(self) -> None:
        """All rows are in: bring them together. Once, before the first of the reads below."""
        self.database.executescript(_GROUP + "BEGIN;")

    def count(self, kind: str = "product") -> int:
        """How many groups there are."""
        (count,) = self.database.execute("SELECT COUNT(*) FROM start WHERE kind = ?", (kind,)).fetchone()
        return int(count)

    def groups(self, kind: str = "product") -> Iterator[tuple[str, list[Row]]]:
        """Each group with its rows, in the order of their first rows."""
        names = tuple(name.casefold() for name in self.columns)
        starts = self.database.execute("SELECT ref FROM start WHERE kind = ? ORDER BY first", (kind,))
        for (ref,) in starts:
            found = self.database.execute(
                "SELECT g.number, r.cells FROM grouped g JOIN row r ON r.number = g.number"
                " WHERE g.kind = ? AND g.ref = ? ORDER BY g.number",
                (kind, ref),
            )
            yield ref, [Row(number, dict(zip(names, json.loads(cells), strict=True))) for number, cells in found]

    def claim(self, kind: str, name: str, owner: str) -> str:
        """Who has this name in the file: ``owner``, unless another was there before."""
        self.database.execute("INSERT OR IGNORE INTO claim VALUES (?, ?, ?)", (kind, name, owner))
        (first,) = self.database.execute("SELECT owner FROM claim WHERE kind = ? AND name = ?", (kind, name)).fetchone()
        return str(first)
