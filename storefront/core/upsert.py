"""INSERT … ON CONFLICT on both databases."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase

from storefront.core.db import session


def insert_for(target: type[DeclarativeBase] | Table) -> Any:
    """An INSERT into ``target`` with ``on_conflict_do_update`` and ``on_conflict_do_nothing``, in the dialect of
    the current session. Typed loosely: the two dialects' statements have the same methods, no common class."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql_insert(target)
    return sqlite_insert(target)
