"""A lineage and a version table per plugin: a plugin that fails, or is gone, stops neither core nor the others."""

from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from storefront.core.contracts.meta import PluginMeta
from storefront.plugin_host.migrations import (
    CORE,
    differences,
    owner_of,
    plugin_lineage,
    upgrade,
    upgrade_all,
)
from storefront.testing.databases import Database
from storefront.testing.plugins import fake_host, fake_plugin

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("{name}_card", sa.Column("id", sa.Integer, primary_key=True))
    {more}
"""


def with_tables(folder: Path, name: str, more: str = "", requires: tuple[str, ...] = ()) -> ModuleType:
    module = fake_plugin(name, meta=PluginMeta(name, name, "1", requires=requires))
    versions = folder / name / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_initial.py").write_text(REVISION.format(name=name, more=more))
    module.__file__ = str(folder / name / "plugin.py")
    return module


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return create_engine(f"sqlite:///{tmp_path / 'shop.sqlite'}")


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_each_plugin_has_its_own_lineage_and_version_table(engine: Engine, tmp_path: Path) -> None:
    host = fake_host(with_tables(tmp_path, "stamps"), with_tables(tmp_path, "gifts"), fake_plugin("plain"))
    upgrade_all(engine, host)
    upgrade_all(engine, host)
    assert {"stamps_card", "gifts_card", "alembic_version_stamps", "alembic_version_gifts"} <= tables(engine)
    assert "alembic_version_plain" not in tables(engine)


def test_plugins_migrate_on_the_shops_database_too(db: Database, tmp_path: Path) -> None:
    upgrade(db.engine, plugin_lineage(fake_host(with_tables(tmp_path, "stamps")).get("stamps")) or CORE)
    assert {"stamps_card", "alembic_version_stamps"} <= tables(db.engine)


def test_plugin_comes_after_those_it_requires(engine: Engine, tmp_path: Path) -> None:
    needs = with_tables(tmp_path, "after", 'op.execute("INSERT INTO zebra_card (id) VALUES (1)")', requires=("zebra",))
    host = fake_host(needs, with_tables(tmp_path, "zebra"))
    upgrade_all(engine, host)
    assert not host.broken


def test_failing_migration_leaves_nothing_behind_and_marks_only_its_plugin_broken(
    engine: Engine, tmp_path: Path
) -> None:
    host = fake_host(with_tables(tmp_path, "ill", 'raise ValueError("half way")'), with_tables(tmp_path, "well"))
    upgrade_all(engine, host)
    assert [plugin.name for plugin in host.broken] == ["ill"]
    assert "half way" in host.plugins["ill"].reason
    assert "well_card" in tables(engine)
    assert not {"ill_card", "alembic_version_ill"} & tables(engine)


def test_core_goes_on_and_sees_no_difference_when_a_plugin_with_tables_is_gone(engine: Engine, tmp_path: Path) -> None:
    upgrade_all(engine, fake_host(with_tables(tmp_path, "stamps")))
    upgrade_all(engine, fake_host())
    assert "stamps_card" in tables(engine)
    assert differences(engine) == []


def test_rows_that_would_refer_to_nothing_stop_the_migration(engine: Engine, tmp_path: Path) -> None:
    orphan = (
        "op.execute(\"INSERT INTO category_text (category_id, locale, name, description) VALUES (99, 'en', 'x', '')\")"
    )
    host = fake_host(with_tables(tmp_path, "ill", orphan))
    upgrade_all(engine, host)
    assert "refer to nothing" in host.plugins["ill"].reason
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM category_text")).scalar() == 0


@pytest.mark.parametrize(
    ("table", "owner"),
    [
        ("points_lot", "points"),
        ("points_extra_lot", "points_extra"),
        ("pointsman", ""),
        ("product", ""),
        ("points", ""),
    ],
)
def test_table_belongs_to_the_longest_plugin_name_that_fits(table: str, owner: str) -> None:
    assert owner_of(table, ["points", "points_extra"]) == owner
