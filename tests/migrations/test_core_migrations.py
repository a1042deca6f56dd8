"""Core's lineage: the revisions make exactly the tables the rows describe, on both databases.

Before the first release the one revision is written anew whenever rows change:
``.venv/bin/python tools/revise_initial.py``. Afterwards every change is a revision of its own.
"""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from storefront.core.db import Base
from storefront.core.search.ddl import SEARCHABLE, is_full_text
from storefront.plugin_host import migrations
from storefront.plugin_host.migrations import CORE, differences, upgrade
from storefront.testing.databases import Templates
from storefront.testing.pytest_plugin import missing_service

HINT = "run .venv/bin/python tools/revise_initial.py (before the first release), or add a revision"


@pytest.fixture
def empty(templates: Templates, database_kind: str, tmp_path: Any) -> Iterator[Engine]:
    """An engine on a database without any table."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    if database_kind == "postgresql":
        if templates.server is None:
            missing_service("PostgreSQL")
        name = f"empty_{templates.worker}_{next(templates.counter)}"
        templates._admin(f"CREATE DATABASE {name}")
        url = templates.server.url(name)
    engine = create_engine(url, poolclass=NullPool)
    yield engine
    engine.dispose()
    if database_kind == "postgresql":
        templates.drop(url)


def plain(value: Any) -> Any:
    """``value`` so that equal things are equal: reflection makes new types and clauses each time."""
    if isinstance(value, dict):
        return sorted((key, plain(part)) for key, part in value.items())
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return " ".join(str(value).split())


def shape(engine: Engine) -> dict[str, Any]:
    """Tables with everything the two ways of making them could differ in."""
    inspector = inspect(engine)

    def listed(entries: Any) -> list[Any]:
        return sorted(plain(dict(entry)) for entry in entries)

    return {
        table: {
            "columns": listed(inspector.get_columns(table)),
            "primary key": plain(dict(inspector.get_pk_constraint(table))),
            "foreign keys": listed(inspector.get_foreign_keys(table)),
            "unique": listed(inspector.get_unique_constraints(table)),
            "indexes": listed(inspector.get_indexes(table)),
            "checks": listed(inspector.get_check_constraints(table)),
        }
        for table in inspector.get_table_names()
        if not table.startswith(migrations.VERSION_TABLE) and not is_full_text(table)
    }


def full_text(engine: Engine) -> list[Any]:
    """What SQLite has beside the tables and no inspector tells: full text tables and triggers, as they were made."""
    if engine.dialect.name != "sqlite":
        return []
    made = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%' ORDER BY name"
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(made))]


def test_migrated_database_has_no_difference_to_the_rows(empty: Engine) -> None:
    upgrade(empty)
    assert differences(empty) == [], HINT


def test_migrated_tables_are_those_the_rows_would_make_constraint_by_constraint(empty: Engine) -> None:
    upgrade(empty)
    migrated, searchable = shape(empty), full_text(empty)
    assert len(searchable) == (4 * len(SEARCHABLE) if empty.dialect.name == "sqlite" else 0)
    with empty.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection, tables=[Base.metadata.tables[name] for name in migrated])
    made = shape(empty)
    assert full_text(empty) == searchable, HINT
    assert migrated.keys() == made.keys()
    for table, described in made.items():
        assert migrated[table] == described, f"{table}: {HINT}"


def test_difference_is_noticed(empty: Engine) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("ALTER TABLE policy ADD COLUMN forgotten INTEGER"))
    ((kind, _schema, table, column),) = differences(empty)
    assert (kind, table, column.name) == ("remove_column", "policy", "forgotten")


def test_upgrading_twice_changes_nothing_and_the_shop_has_its_version_row(empty: Engine) -> None:
    upgrade(empty)
    upgrade(empty)
    with empty.connect() as connection:
        assert connection.execute(text("SELECT id, version, profile FROM shop_version")).all() == [(1, 1, "")]
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [("0001",)]


def test_revisions_import_nothing_of_the_shop() -> None:
    for path in CORE.versions.glob("*.py"):
        assert "storefront" not in path.read_text(), path


@pytest.mark.slow
def test_processes_that_upgrade_at_once_wait_for_each_other(empty: Engine) -> None:
    code = (
        "import sys; from sqlalchemy import create_engine; from storefront.plugin_host.migrations import upgrade; "
        "upgrade(create_engine(sys.argv[1]))"
    )
    url = empty.url.render_as_string(hide_password=False)
    running = [subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate(timeout=120)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM shop_version")).scalar() == 1
