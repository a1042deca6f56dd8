"""The plugins' pages: switching, checking, trying again, putting away; once each, with a reason, by who may."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import session
from storefront.core.settings.models import PluginState
from storefront.core.values.types import Problem
from storefront.plugin import PluginSettings, setting
from storefront.testing.desk import staff_client
from storefront.testing.plugins import FakeCarrier, fake_plugin
from storefront.testing.visitor import Visitor

pytestmark = pytest.mark.req("SHOP-6")
ROOT = "/manage/plugins/stamps"
KEY = "sk-very-secret-4711"


@dataclass(frozen=True, slots=True)
class Stamps:
    worth: int = setting(10, label="Worth", help="Of one stamp.")
    shop_id: str = setting("", label="Shop", required=True)
    api_key: str = setting("", label="Key", secret=True)


def works(settings: Stamps) -> Sequence[Problem]:
    return [] if settings.worth < 50 else [Problem("Too many.")]


@pytest.fixture
def plugin_modules() -> list[ModuleType]:
    return [
        fake_plugin(
            "stamps",
            storefront_shipping_carriers=[FakeCarrier("stamps")],
            storefront_settings=PluginSettings(Stamps, check=works),
        ),
        fake_plugin("ill", storefront_shipping_carriers=ImportError("No module named 'stripe'")),
    ]


@pytest.fixture
def owner(app: Flask) -> Visitor:
    return Visitor(staff_client(app))


def state(app: Flask) -> PluginState | None:
    with app.app_context():
        return session.get(PluginState, "stamps")


def acts(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == "stamps").order_by(AuditEntry.id))
        return [(row.act, row.reason) for row in rows]


def status(visitor: Visitor) -> str:
    return str(next(visitor.page.attributes("plugin"))["data-status"])


def test_from_installed_to_put_away(app: Flask, owner: Visitor, data_dir: Path) -> None:
    owner.gets(ROOT)
    assert status(owner) == "disabled"
    assert owner.submits("plugin-enable", reason="For autumn").status_code == 422
    assert "This is needed before the plugin can be switched on." in owner.last.text
    assert 'value="For autumn"' in owner.last.text, "what was typed is still there"
    owner.gets(f"{ROOT}/settings/")
    owner.submits("edit-form", shop_id="tea", api_key=KEY)
    owner.gets(ROOT)
    owner.submits("plugin-check")
    assert "The settings work." in owner.last.text
    owner.submits("plugin-enable", reason="For autumn")
    assert status(owner) == "enabled"
    assert acts(app)[-1] == ("settings.plugin", "For autumn")
    assert not [link for link in owner.page.links if link.endswith("/purge")], "not while it is on"
    assert owner.gets(f"{ROOT}/purge").status_code == 200
    assert owner.submits("purge-form", data="drop").status_code == 422
    assert "stamps is enabled. Disable it first." in owner.last.text
    owner.gets(ROOT)
    owner.submits("plugin-disable", reason="Over")
    owner.gets(f"{ROOT}/purge")
    assert owner.submits("purge-form").status_code == 422
    owner.submits("purge-form", data="export", reason="Gone")
    assert status(owner) == "purged"
    (file,) = owner.page.texts("plugin-export")
    answer = owner.gets(f"{ROOT}/exports/{file}")
    assert answer.status_code == 200 and '"shop_id": "tea"' in answer.text and KEY not in answer.text
    answer.close()
    assert (data_dir / "exports" / "plugins" / file).stat().st_mode & 0o077 == 0
    assert owner.gets(f"{ROOT}/exports/..%2f..%2fsecret_key").status_code == 404
    assert acts(app)[-1] == ("plugin.purge", "Gone")


def test_two_tabs_and_double_clicks_act_once(app: Flask, owner: Visitor) -> None:
    owner.gets(f"{ROOT}/settings/")
    owner.submits("edit-form", shop_id="tea")
    before = len(acts(app))
    owner.gets(ROOT)
    first, second = owner.page.form("plugin-enable"), dict(owner.page.form("plugin-enable").fields)
    for _ in range(2):
        assert owner.posts(first.action, first.fields).status_code == 200
    assert "it was not done twice" in owner.last.text
    owner.gets(ROOT)
    owner.submits("plugin-disable")
    owner.posts(first.action, second)  # the other tab, which still shows the old page
    found = state(app)
    assert found is not None and not found.enabled, "a used form never acts again"
    assert len(acts(app)) == before + 2


def test_a_broken_plugin_is_shown_with_its_traceback_and_a_report(owner: Visitor) -> None:
    owner.gets("/manage/")
    assert "Plugins that do not run" in owner.last.text
    owner.gets("/manage/plugins/ill")
    assert status(owner) == "broken"
    assert "No module named" in owner.page.text("plugin-report")
    owner.submits("plugin-retry", reason="Installed what it needs")
    assert status(owner) == "broken", "it is still not there"


def test_what_the_environment_sets_is_shown_and_cannot_be_changed(app: Flask, owner: Visitor) -> None:
    app.extensions["storefront"].host._environment["PLUGIN__STAMPS__WORTH"] = "7"
    owner.gets(f"{ROOT}/settings/")
    assert "Set by the environment: PLUGIN__STAMPS__WORTH." in owner.last.text
    assert "worth" not in owner.page.form("edit-form").fields
    owner.submits("edit-form", shop_id="tea", worth="9")
    found = state(app)
    assert found is not None and found.settings == {"shop_id": "tea"}


@pytest.mark.parametrize("locale", ["en", "ja", "zh-hans", "zh-hant"])
def test_the_check_speaks_the_language_of_whoever_asks(app: Flask, locale: str) -> None:
    owner = Visitor(staff_client(app, locale=locale))
    owner.gets(ROOT)
    assert owner.submits("plugin-check").status_code == 200
    words = {"en": "This is needed", "ja": "必要", "zh-hans": "需要", "zh-hant": "需要"}[locale]
    assert words in owner.page.text("problem")
