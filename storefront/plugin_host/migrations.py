"""Migrations: one Alembic lineage and version table for core and for each plugin with tables, all through one env.py.

So a plugin that is gone leaves its tables and stops nobody: core keeps upgrading (a labelled branch in one shared
version table would make every Alembic command fail). Every upgrade is one transaction on a connection of its own.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect, text
from sqlalchemy.pool import NullPool

import storefront.core.models  # noqa: F401  (autogenerate compares with every table)
from storefront.plugin_host.dispatch import Failure, failure_of
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.installed import Plugin

logger = logging.getLogger(__name__)

ENVIRONMENT = Path(__file__).parent / "alembic_env"
CORE_VERSIONS = Path(__file__).parents[1] / "core" / "migrations" / "versions"
VERSION_TABLE = "alembic_version"
SQLITE_BUSY_SECONDS = 60

# PostgreSQL: of several processes that upgrade at once one works and the others wait (any constant, used nowhere else).
UPGRADE_LOCK = 7_305_201_940


@dataclass(frozen=True, slots=True)
class Lineage:
    """``name``: "" for core. ``versions``: folder of the revisions. A plugin owns the tables ``<name>_*``."""

    name: str
    versions: Path

    @property
    def version_table(self) -> str:
        return f"{VERSION_TABLE}_{self.name}" if self.name else VERSION_TABLE


CORE = Lineage("", CORE_VERSIONS)


def plugin_lineage(plugin: Plugin) -> Lineage | None:
    """The lineage of a plugin: the folder ``migrations/versions`` beside its module; ``None`` when it has no tables."""
    file = getattr(plugin.module, "__file__", None)
    versions = Path(file).parent / "migrations" / "versions" if isinstance(file, str) else None
    return Lineage(plugin.name, versions) if versions is not None and versions.is_dir() else None


def config_for(lineage: Lineage, connection: Connection, plugins: Iterable[str] = ()) -> Config:
    """Alembic's configuration for one lineage on an open connection. ``plugins``: names whose tables are not core's;
    those the database knows are added."""
    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(lineage.versions).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(
        connection=connection, lineage=lineage, owners=frozenset(plugins) | installed_before(connection)
    )
    return config


def upgrade(engine: Engine, lineage: Lineage = CORE) -> None:
    """Bring one lineage to its newest revision: all of it, or nothing when a step fails."""
    with _connection(engine) as connection:
        command.upgrade(config_for(lineage, connection), "heads")


def downgrade(engine: Engine, lineage: Lineage) -> None:
    """Take all of a lineage back, to nothing: what ``storefront plugins check`` tries. All of it, or nothing."""
    with _connection(engine) as connection:
        command.downgrade(config_for(lineage, connection), "base")


def upgrade_all(
    engine: Engine, host: PluginHost, note: Callable[[str, Failure | None], None] = lambda _name, _failure: None
) -> None:
    """Core first; its failure is raised. Then every running plugin with tables, after those it requires; one whose
    migration fails is marked broken, its database left as it was, and the shop runs. ``note`` is told of each plugin what
    became of it, so that other processes may know."""
    upgrade(engine, CORE)
    for plugin in _by_requirement(host):
        lineage = plugin_lineage(plugin)
        if lineage is None or not host.plugins[plugin.name].ready:
            continue
        try:
            upgrade(engine, lineage)
        except (Exception, SystemExit) as error:  # a plugin's own revisions: whatever they raise stays with it
            failure = failure_of(error)
            reason = f"Its tables could not be brought up to date: {failure.error}"
            host.mark_broken(plugin.name, reason, failure.traceback)
            note(plugin.name, failure)
        else:
            note(plugin.name, None)


def behind(connection: Connection, host: PluginHost) -> list[str]:
    """Lineages whose tables are not at the newest revision of this release: ``core``, names of running plugins. Reads on
    the caller's connection."""
    lineages = [CORE, *(found for plugin in _by_requirement(host) if (found := plugin_lineage(plugin)) is not None)]
    there = set(inspect(connection).get_table_names())
    late = []
    for lineage in lineages:
        table = lineage.version_table
        stored = (
            set(connection.execute(text(f"SELECT version_num FROM {table}")).scalars()) if table in there else set()
        )
        if stored != newest(lineage.versions):
            late.append(lineage.name or "core")
    return late


@cache
def newest(versions: Path) -> frozenset[str]:
    """The newest revisions in a folder."""
    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    return frozenset(ScriptDirectory.from_config(config).get_heads())


def differences(engine: Engine, lineage: Lineage = CORE, plugins: Iterable[str] = ()) -> list[Any]:
    """What Alembic would change to make the database equal to the rows' definitions; empty when nothing."""
    from alembic.autogenerate import compare_metadata  # heavy, and only tests and ``db check`` ask
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext

    found: list[Any] = []

    def collect(_revision: Any, migrations: MigrationContext) -> list[Any]:
        target = migrations.opts["target_metadata"]
        found.extend(compare_metadata(migrations, target))
        return []

    with _connection(engine) as connection:
        config = config_for(lineage, connection, plugins)
        with EnvironmentContext(config, ScriptDirectory.from_config(config), fn=collect):
            ScriptDirectory.from_config(config).run_env()
    return found


def revise(engine: Engine, lineage: Lineage, message: str, revision_id: str) -> Path:
    """Write a new revision from the difference between the database (at the newest revision) and the rows."""
    with _connection(engine) as connection:
        made = command.revision(config_for(lineage, connection), message, autogenerate=True, rev_id=revision_id)
    assert made is not None and not isinstance(made, list)
    return Path(made.path)


def owner_of(table: str, plugins: Iterable[str]) -> str:
    """The plugin a table belongs to by its name, "" for core: the longest name that fits."""
    return max((name for name in plugins if table.startswith(f"{name}_")), key=len, default="")


def installed_before(connection: Connection) -> frozenset[str]:
    """Plugins that have, or had, tables in this database."""
    prefix = f"{VERSION_TABLE}_"
    names = inspect(connection).get_table_names()
    return frozenset(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def tables_of(engine: Engine, name: str, plugins: Iterable[str]) -> tuple[str, ...]:
    """The tables a plugin has in this database, by name, without its version table. ``plugins``: all names that are known."""
    with _connection(engine) as connection:
        return _own_tables(connection, name, plugins)


def drop_tables(engine: Engine, name: str, plugins: Iterable[str]) -> None:
    """Take away everything the plugin has in this database, its version table too. Nothing of the plugin is run: it may be
    gone, or the reason why it is taken away."""
    with _connection(engine) as connection:
        own = (*_own_tables(connection, name, plugins), Lineage(name, Path()).version_table)
        found = MetaData()
        found.reflect(connection, only=lambda table, _: table in own, resolve_fks=False)
        found.drop_all(connection)


def _own_tables(connection: Connection, name: str, plugins: Iterable[str]) -> tuple[str, ...]:
    owners = frozenset(plugins) | installed_before(connection) | {name}
    there = inspect(connection).get_table_names()
    return tuple(sorted(t for t in there if not t.startswith(VERSION_TABLE) and owner_of(t, owners) == name))


def _by_requirement(host: PluginHost) -> Iterator[Plugin]:
    """Running plugins by name, each after those it requires."""
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> Iterator[Plugin]:
        plugin = host.plugins.get(name)
        if plugin is None or not plugin.ready or name in done or name in above:
            return
        for needed in plugin.meta.requires if plugin.meta else ():
            yield from visit(needed, (*above, name))
        done.add(name)
        yield plugin

    for name in sorted(host.plugins):
        yield from visit(name, ())


@contextmanager
def _connection(engine: Engine) -> Iterator[Connection]:
    """One transaction on a connection of its own, alone among upgrading processes. SQLite rebuilds a table to change it:
    foreign keys must not act meanwhile, and are checked at the end."""
    own = create_engine(engine.url, poolclass=NullPool)
    if own.dialect.name == "sqlite":
        _prepare_sqlite(own)
    try:
        with own.begin() as connection:
            if own.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            yield connection
            if own.dialect.name == "sqlite":
                dangling = connection.execute(text("PRAGMA foreign_key_check")).first()
                if dangling is not None:
                    raise RuntimeError(f"the migration would leave rows that refer to nothing: {tuple(dangling)}")
    finally:
        own.dispose()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # pysqlite must not commit before DDL
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_SECONDS * 1000}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
