"""Enabling, disabling and setting up plugins: checked first, audited, seen everywhere at once."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.contracts.hookspecs import hookimpl
from storefront.core.contracts.meta import PluginMeta
from storefront.core.contracts.plugin_settings import PluginSettings, setting
from storefront.core.db import session, unit_of_work
from storefront.core.settings.service import set_plugin
from storefront.core.settings.snapshot import SnapshotCache, load_snapshot, read_version
from storefront.core.values.types import Problem
from storefront.plugin_host.errors import PluginRefused, SettingsInvalid, UnknownPlugin
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.service import Status, describe, disable, enable, set_settings
from storefront.testing.databases import Database
from storefront.testing.plugins import FakeMethod, fake_host, fake_plugin

pytestmark = pytest.mark.req("SHOP-6")


@dataclass(frozen=True, slots=True)
class Account:
    account: str = setting("", label="Account")
    token: str = setting("", label="Token", secret=True)


@hookimpl
def storefront_checks(settings: Account) -> list[Problem]:
    return [] if settings.account else [Problem("The account is missing.", field_name="account")]


def host() -> PluginHost:
    transfer = fake_plugin(
        "transfer",
        storefront_payment_methods=[FakeMethod("transfer")],
        storefront_settings=PluginSettings(Account),
        storefront_checks=storefront_checks,
    )
    extra = fake_plugin("extra", meta=PluginMeta("extra", "Extra", "1", requires=("transfer",)))
    ill = fake_plugin("ill", storefront_payment_methods=ZeroDivisionError())
    return fake_host(transfer, extra, ill)


def acts() -> list[tuple[str, str, str]]:
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    return [(row.actor, row.act, row.subject_id) for row in rows]


def run(act: Any, *arguments: Any, **named: Any) -> Any:
    with unit_of_work():
        return act(*arguments, **named)


def current(plugins: PluginHost) -> dict[str, Status]:
    return {info.name: info.status for info in describe(plugins, load_snapshot(read_version()))}


def test_plugin_is_enabled_once_its_checks_pass_and_everybody_sees_it(db: Database) -> None:
    plugins, elsewhere = host(), SnapshotCache()
    assert not host().providers(elsewhere.current()).payment_methods()
    with pytest.raises(PluginRefused, match="account: The account is missing"):
        run(enable, plugins, "transfer", "owner")
    assert run(set_settings, plugins, "transfer", {"account": "000"}, "owner") == ()
    run(enable, plugins, "transfer", "owner")
    run(enable, plugins, "transfer", "owner")
    assert "transfer" in host().providers(elsewhere.current()).payment_methods()
    assert acts() == [("owner", "settings.plugin", "transfer")] * 2


def test_disabling_is_seen_everywhere_and_can_be_repeated(db: Database) -> None:
    plugins, elsewhere = host(), SnapshotCache()
    run(set_settings, plugins, "transfer", {"account": "000"}, "owner")
    run(enable, plugins, "transfer", "owner")
    assert host().providers(elsewhere.current()).payment_methods()
    run(disable, plugins, "transfer", "owner")
    run(disable, plugins, "transfer", "owner")
    assert not host().providers(elsewhere.current()).payment_methods()
    assert host().providers(elsewhere.current()).payment_methods(installed=True)
    assert len(acts()) == 3


def test_requirements_are_enabled_first_and_disabled_last(db: Database) -> None:
    plugins = host()
    with pytest.raises(PluginRefused, match="extra needs transfer"):
        run(enable, plugins, "extra", "owner")
    run(set_settings, plugins, "transfer", {"account": "000"}, "owner")
    run(enable, plugins, "transfer", "owner")
    run(enable, plugins, "extra", "owner")
    with pytest.raises(PluginRefused, match="needed by extra"):
        run(disable, plugins, "transfer", "owner")


def test_broken_plugin_is_not_enabled_but_can_be_disabled(db: Database) -> None:
    plugins = host()
    with pytest.raises(PluginRefused, match="ZeroDivisionError"):
        run(enable, plugins, "ill", "owner")
    run(set_plugin, "ill", enabled=True, actor="owner")
    run(disable, plugins, "ill", "owner")
    assert current(plugins)["ill"] is Status.BROKEN


def test_unknown_plugin_is_refused_and_a_vanished_one_can_still_be_disabled(db: Database) -> None:
    plugins = host()
    for act in (enable, disable):
        with pytest.raises(UnknownPlugin):
            run(act, plugins, "nowhere", "owner")
    run(set_plugin, "gone", enabled=True, actor="owner")
    assert current(plugins)["gone"] is Status.MISSING
    run(disable, plugins, "gone", "owner")
    assert not {info.name: info for info in describe(plugins)}["gone"].enabled


def test_wrong_settings_change_nothing(db: Database) -> None:
    plugins = host()
    with pytest.raises(SettingsInvalid) as caught:
        run(set_settings, plugins, "transfer", {"account": "000", "colour": "red"}, "owner")
    assert [problem.field_name for problem in caught.value.problems] == ["colour"]
    assert acts() == []
    with pytest.raises(PluginRefused, match="extra has no settings"):
        run(set_settings, plugins, "extra", {"a": "b"}, "owner")


def test_enabled_plugin_keeps_the_settings_it_works_with(db: Database) -> None:
    plugins = host()
    run(set_settings, plugins, "transfer", {"account": "000"}, "owner")
    run(enable, plugins, "transfer", "owner")
    with pytest.raises(PluginRefused, match="account is missing"):
        run(set_settings, plugins, "transfer", {"account": None}, "owner")
    assert current(plugins)["transfer"] is Status.ENABLED


def test_settings_come_in_any_order_before_enabling(db: Database) -> None:
    plugins = host()
    (problem,) = run(set_settings, plugins, "transfer", {"token": "s3cret"}, "owner")
    assert problem.message == "The account is missing."
    assert run(set_settings, plugins, "transfer", {"account": "000"}, "owner") == ()


def test_list_shows_states_reasons_and_settings_without_secrets(db: Database) -> None:
    plugins = host()
    run(set_settings, plugins, "transfer", {"account": "000", "token": "s3cret"}, "owner")
    listed = {info.name: info for info in describe(plugins)}
    assert list(listed) == ["extra", "ill", "transfer"]
    assert "ZeroDivisionError" in listed["ill"].reason
    assert {view.key: view.value for view in listed["transfer"].settings} == {"account": "000", "token": "set"}
    assert "s3cret" not in repr(listed)
    stored = load_snapshot(read_version()).plugins["transfer"].settings
    assert "s3cret" not in repr(stored)
    assert plugins.settings_of("transfer", load_snapshot(read_version())) == Account("000", "s3cret")
