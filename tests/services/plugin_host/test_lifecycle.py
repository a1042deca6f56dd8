"""Installed, enabled, disabled, purged: tables follow, data is kept as it was asked for, and nothing in use goes away."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from storefront.core.audit.models import AuditEntry
from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.outbox.service import later
from storefront.core.settings.models import PluginFault, PluginState
from storefront.core.settings.plugins import MOST_FAULTS, Fault, failures, forget_old_faults, keep_faults
from storefront.core.settings.snapshot import SnapshotCache, load_snapshot, read_version
from storefront.core.values.types import Problem
from storefront.plugin import PluginMeta, PluginSettings, setting
from storefront.plugin_host import lifecycle, service
from storefront.plugin_host.errors import PluginRefused, UnknownPlugin
from storefront.plugin_host.host import PluginHost, build_host
from storefront.plugin_host.lifecycle import Data
from storefront.plugin_host.report import report
from storefront.plugin_host.service import Status
from storefront.testing.databases import Database
from storefront.testing.factories import make_product
from storefront.testing.plugins import TEST_SECRET_KEY, FakeCarrier, fake_host, fake_plugin
from storefront.testing.world import Shopper, make_world

pytestmark = pytest.mark.req("SHOP-6")

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("stamps_card", sa.Column("id", sa.Integer, primary_key=True), sa.Column("words", sa.String(40)))
    {more}
"""
KEY = "sk-very-secret-4711"


def works(settings: "Stamps") -> Sequence[Problem]:
    return [] if settings.worth < 50 else [Problem("%(worth)s stamps are too many.", {"worth": settings.worth})]


@dataclass(frozen=True, slots=True)
class Stamps:
    worth: int = setting(10, label="Worth")
    shop_id: str = setting("", label="Shop", required=True)
    api_key: str = setting("", label="Key", secret=True)


def stamps(folder: Path, more: str = "") -> ModuleType:
    module = fake_plugin(
        "stamps",
        storefront_shipping_carriers=[FakeCarrier("stamps")],
        storefront_settings=PluginSettings(Stamps, check=works),
    )
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    (versions / "0001_cards.py").write_text(REVISION.format(more=more))
    module.__file__ = str(folder / "plugin.py")
    return module


@pytest.fixture
def host(tmp_path: Path) -> PluginHost:
    more = fake_plugin("more", meta=PluginMeta("more", "More", "1", requires=("stamps",)))
    return fake_host(stamps(tmp_path), more)


def tables(db: Database) -> set[str]:
    return {name for name in inspect(db.engine).get_table_names() if "stamps" in name}


def status(host: PluginHost, name: str = "stamps") -> Status:
    found = service.find_info(host, name, load_snapshot(read_version()))
    session.rollback()
    assert found is not None
    return found.status


def set_up(host: PluginHost) -> None:
    run_unit(lambda: service.set_settings(host, "stamps", {"shop_id": "tea", "api_key": KEY}, "owner"))


def acts() -> list[tuple[str, str]]:
    rows = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == "stamps").order_by(AuditEntry.id)).all()
    return [(row.act, row.reason) for row in rows]


def test_enabling_needs_what_is_required_and_brings_the_tables(db: Database, host: PluginHost) -> None:
    with pytest.raises(PluginRefused, match="shop_id: This is needed"):
        lifecycle.switch_on(db.engine, host, "stamps", "owner")
    assert status(host) is Status.DISABLED
    set_up(host)
    lifecycle.switch_on(db.engine, host, "stamps", "owner", "For the autumn")
    assert status(host) is Status.ENABLED
    assert tables(db) == {"stamps_card", "alembic_version_stamps"}
    assert acts()[-1] == ("settings.plugin", "For the autumn")
    with pytest.raises(UnknownPlugin):
        lifecycle.switch_on(db.engine, host, "nobody", "owner")


def test_a_failing_migration_is_known_in_every_process_and_mended_by_trying_again(db: Database, tmp_path: Path) -> None:
    here, elsewhere = (fake_host(stamps(tmp_path, 'raise ValueError("half way")')) for _ in range(2))
    set_up(here)
    with pytest.raises(PluginRefused, match="half way"):
        lifecycle.switch_on(db.engine, here, "stamps", "owner")
    assert tables(db) == set()
    with unit_of_work():
        session.get_one(PluginState, "stamps").enabled = True
    for host in (here, elsewhere):
        assert status(host) is Status.BROKEN
        assert not host.providers(SnapshotCache().current()).carriers(installed=True)
    text_of = report(elsewhere, "stamps", load_snapshot(read_version()))
    assert "half way" in text_of and KEY not in text_of
    stamps(tmp_path)  # its author mends it
    lifecycle.try_again(db.engine, elsewhere, "stamps", "owner", "Its author mended it")
    assert status(here) is Status.ENABLED
    assert [act for act, _ in acts()[-2:]] == ["plugin.retry", "plugin.release"]
    assert acts()[-2][1] == "Its author mended it"
    assert tables(db) == {"stamps_card", "alembic_version_stamps"}


def test_purging_is_refused_while_enabled_needed_or_in_use(db: Database, host: PluginHost, tmp_path: Path) -> None:
    set_up(host)
    lifecycle.switch_on(db.engine, host, "stamps", "owner")
    lifecycle.switch_on(db.engine, host, "more", "owner")

    def refused() -> str:
        with pytest.raises(PluginRefused) as error:
            lifecycle.purge(db.engine, host, "stamps", Data.DROP, "owner", folder=tmp_path / "out")
        session.rollback()
        return str(error.value)

    assert "stamps is enabled. Disable it first." in refused() and "needed by more" in refused()
    with pytest.raises(PluginRefused, match="needed by more"):
        run_unit(lambda: service.disable(host, "stamps", "owner"))
    run_unit(lambda: service.disable(host, "more", "owner"))
    run_unit(lambda: service.disable(host, "stamps", "owner"))
    run_unit(lambda: later("plugins.effect", subject="plugin:stamps", order_id=1))
    assert "Background work that still needs stamps: 1." in refused()
    assert tables(db) == {"stamps_card", "alembic_version_stamps"}


@pytest.mark.parametrize("data", list(Data))
def test_purging_keeps_exports_or_drops(db: Database, host: PluginHost, tmp_path: Path, data: Data) -> None:
    set_up(host)
    lifecycle.switch_on(db.engine, host, "stamps", "owner")
    with unit_of_work():
        session.execute(text("INSERT INTO stamps_card (id, words) VALUES (1, '茶')"))
    run_unit(lambda: service.disable(host, "stamps", "owner"))
    done = lifecycle.purge(db.engine, host, "stamps", data, "owner", "Not used", folder=tmp_path / "out")
    assert status(host) is Status.PURGED
    assert acts()[-1] == ("plugin.purge", "Not used")
    kept = data is Data.KEEP
    assert bool(tables(db)) is kept
    assert bool(session.get_one(PluginState, "stamps").settings) is kept
    session.rollback()
    if data is Data.EXPORT:
        assert done.file is not None and done.file.stat().st_mode & 0o077 == 0
        head, *rows = [json.loads(line) for line in done.file.read_text("utf-8").splitlines()]
        assert head["settings"] == {"shop_id": "tea"} and head["left_out"] == ["api_key"]
        assert rows == [{"table": "stamps_card", "row": {"id": 1, "words": "茶"}}]
        assert KEY not in done.file.read_text("utf-8")
    else:
        assert done.file is None
    set_up(host)
    lifecycle.switch_on(db.engine, host, "stamps", "owner")  # it can come back
    assert status(host) is Status.ENABLED
    assert session.scalar(text("SELECT count(*) FROM stamps_card")) == (1 if kept else 0)


def test_what_an_uninstalled_plugin_left_can_be_taken_away(db: Database, host: PluginHost, tmp_path: Path) -> None:
    set_up(host)
    lifecycle.switch_on(db.engine, host, "stamps", "owner")
    gone = fake_host()
    assert status(gone) is Status.MISSING
    run_unit(lambda: service.disable(gone, "stamps", "owner"))
    lifecycle.purge(db.engine, gone, "stamps", Data.DROP, "owner", folder=tmp_path / "out")
    assert tables(db) == set()
    assert service.find_info(gone, "stamps", load_snapshot(read_version())) is None


def test_an_open_order_keeps_its_plugins(db: Database, tmp_path: Path) -> None:
    world = make_world()
    with unit_of_work():
        make_product(code="TEA", price=1200, weight=200)
    Shopper(world).buys("TEA-1")
    plugin = fake_plugin("flat", storefront_shipping_carriers=[FakeCarrier("flat")])
    with pytest.raises(PluginRefused, match="Orders with flat that are not completed: 1"):
        lifecycle.purge(db.engine, fake_host(plugin), "flat", Data.KEEP, "owner", folder=tmp_path)


def test_a_plugin_that_could_not_be_imported_is_loaded_again_in_every_process(db: Database) -> None:
    from storefront.core.secrecy import SecretBox
    from storefront.plugin_host.discovery import Candidate

    ready: list[ModuleType] = []

    def load() -> object:
        if not ready:
            raise ImportError("No module named 'stripe'")
        return ready[0]

    box = SecretBox(TEST_SECRET_KEY)
    hosts = [PluginHost([Candidate("later", load)], box) for _ in range(2)]
    snapshots = SnapshotCache()
    for host in hosts:
        assert not host.providers(snapshots.current()).carriers(installed=True)
    ready.append(fake_plugin("later", storefront_shipping_carriers=[FakeCarrier("later")]))
    lifecycle.try_again(db.engine, hosts[0], "later", "owner")
    for host in hosts:
        assert "later" in host.providers(snapshots.current()).carriers(installed=True)
        assert host.plugins["later"].ready


class TestSettings:
    def test_a_check_asks_the_plugin_and_says_it_in_its_words(self, db: Database, host: PluginHost) -> None:
        def ask() -> Sequence[Problem]:
            return lifecycle.ask_settings(host, "stamps", load_snapshot(read_version()))

        assert [problem.code for problem in ask()] == ["needed"]
        set_up(host)
        assert ask() == ()
        run_unit(lambda: service.set_settings(host, "stamps", {"worth": "99"}, "owner"))
        (problem,) = ask()
        assert (problem.message % problem.params, problem.source) == ("99 stamps are too many.", "stamps")

    @pytest.mark.parametrize("fault", ["raises", "nonsense", "hangs"])
    def test_a_check_that_fails_or_hangs_is_a_problem(
        self, db: Database, fault: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import threading

        never = threading.Event()

        def check(_settings: Any) -> Any:
            if fault == "raises":
                raise ValueError(KEY)
            return never.wait(5) if fault == "hangs" else "fine"

        monkeypatch.setattr(lifecycle, "CHECK_SECONDS", 0.05 if fault == "hangs" else 5)
        host = fake_host(fake_plugin("odd", storefront_settings=PluginSettings(Stamps, check=check)))
        run_unit(lambda: service.set_settings(host, "odd", {"shop_id": "tea"}, "owner"))
        (problem,) = lifecycle.ask_settings(host, "odd", load_snapshot(read_version()))
        never.set()
        assert problem.code == ("slow" if fault == "hangs" else "failed")
        assert KEY not in str(problem)

    def test_the_environment_holds_whatever_is_stored(self, db: Database, tmp_path: Path) -> None:
        given = {"PLUGIN__STAMPS__WORTH": "７", "PLUGIN__STAMPS__API_KEY": KEY, "PLUGIN__STAMPS__SHOP_ID": "env"}
        host = build_host([stamps(tmp_path)], secret_key=TEST_SECRET_KEY, environment=given)
        found = host.settings_of("stamps", load_snapshot(read_version()))
        assert (found.worth, found.api_key, found.shop_id) == (7, KEY, "env")
        with pytest.raises(PluginRefused, match="worth: This is set by the environment"):
            run_unit(lambda: service.set_settings(host, "stamps", {"worth": "8"}, "owner"))
        info = service.find_info(host, "stamps", load_snapshot(read_version()))
        assert info is not None
        shown = {view.key: (view.value, view.variable) for view in info.settings}
        assert shown["worth"] == ("７", "PLUGIN__STAMPS__WORTH") and shown["api_key"][0] == "set"
        bad = build_host([stamps(tmp_path)], secret_key=TEST_SECRET_KEY, environment={"PLUGIN__STAMPS__WORTH": "many"})
        assert [p.field_name for p in bad.check("stamps", load_snapshot(read_version()))] == ["worth"]


def test_old_failures_are_forgotten_and_the_newest_kept(db: Database) -> None:
    now = utcnow()

    def fault(days: float) -> Fault:
        return Fault("stamps", "quote", "raised", "KeyError", "", now - timedelta(days=days))

    run_unit(lambda: keep_faults([fault(31), fault(29), *[fault(1) for _ in range(MOST_FAULTS)]]))
    run_unit(lambda: forget_old_faults(now))
    kept = session.scalars(select(PluginFault.at)).all()
    assert len(kept) == MOST_FAULTS and min(kept) > now - timedelta(days=2)
    assert failures("stamps", now - timedelta(days=2)) == MOST_FAULTS
