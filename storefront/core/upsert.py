"""INSERT … ON CONFLICT on both databases, and many rows by one statement."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase

from storefront.core.db import on_sqlite, session


def insert_for(target: type[DeclarativeBase] | Table) -> Any:
    """An INSERT into ``target`` with ``on_conflict_do_update`` and ``on_conflict_do_nothing``, in the dialect of
    the current session. Typed loosely: the two dialects' statements have the same methods, no common class."""
    return sqlite_insert(target) if on_sqlite() else postgresql_insert(target)


def insert_rows(model: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that need no object in the session, all with the same columns; none of them: nothing is sent."""
    if rows:
        session.execute(insert(cast(Table, model.__table__)), rows)


def insert_for_ids(model: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """``insert_rows``, and the ids the rows were given, in their order."""
    if not rows:
        return []
    table = cast(Table, model.__table__)
    return session.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows).all()
