"""Alembic's environment for core and every plugin. Run by ``storefront.plugin_host.migrations`` only."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, DateTime

from storefront.core.db import Base, UtcDateTime
from storefront.core.search.ddl import is_full_text
from storefront.core.search.models import Tokens
from storefront.plugin_host.migrations import VERSION_TABLE, Lineage, owner_of

lineage: Lineage = context.config.attributes["lineage"]
owners: frozenset[str] = context.config.attributes["owners"] | ({lineage.name} - {""})


def is_ours(table: str) -> bool:
    return not table.startswith(VERSION_TABLE) and owner_of(table, owners) == lineage.name


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Of what the database has."""
    if name is not None and is_full_text(name):
        return False
    return kind != "table" or (name is not None and is_ours(name))


def include_object(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Of what the rows define."""
    return kind != "table" or (name is not None and is_ours(name))


def render_item(kind: str, item: Any, autogenerate: Any) -> str | Literal[False]:
    """Revisions must not import the shop's classes, which will change after them."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return f"sa.{DateTime(timezone=True)!r}"
    if kind == "type" and isinstance(item, Tokens):
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.Text().with_variant(postgresql.TSVECTOR(), 'postgresql')"
    if kind == "type" and type(item) is JSON:
        # Alembic writes the variant's inner types without their module.
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=lineage.version_table,
    include_name=include_name,
    include_object=include_object,
    render_item=render_item,
    render_as_batch=True,  # SQLite changes a table by rebuilding it
    compare_type=True,
    transactional_ddl=True,
)

# The caller holds the transaction and commits it.
with context.begin_transaction():
    context.run_migrations()
