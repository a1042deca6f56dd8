"""Finding plugins among installed distributions."""

from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import Any

import pytest

from storefront.core.secrecy import SecretBox
from storefront.plugin_host import discovery
from storefront.plugin_host.discovery import BUNDLED, GROUP, installed_plugins
from storefront.plugin_host.host import PluginHost, PluginState, build_host
from storefront.testing.plugins import TEST_SECRET_KEY


def point(name: str, distribution: str) -> EntryPoint:
    made = EntryPoint(name, f"storefront_{name}.plugin", GROUP)
    vars(made)["dist"] = SimpleNamespace(name=distribution)
    return made


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    points: list[EntryPoint] = []

    def entry_points(group: str) -> list[EntryPoint]:
        assert group == GROUP
        return points

    monkeypatch.setattr(discovery, "entry_points", entry_points)
    return points


def test_every_bundled_plugin_is_installed_and_runs() -> None:
    host = build_host(secret_key=TEST_SECRET_KEY)
    running = {name: plugin.reason for name, plugin in host.plugins.items() if name in BUNDLED}
    assert running == dict.fromkeys(sorted(BUNDLED), "")


def test_safe_mode_does_not_even_import_what_did_not_come_with_the_shop(installed: list[Any]) -> None:
    installed += [
        point("payments_cod", "storefront-payments-cod"),
        point("stamps", "stamps"),
        point("shipping_courier", "impostor"),
    ]
    found = installed_plugins(safe_mode=True)
    assert {candidate.name: bool(candidate.skipped) for candidate in found} == {
        "payments_cod": False, "shipping_courier": True, "stamps": True,
    }  # fmt: skip
    host = PluginHost(found, SecretBox(TEST_SECRET_KEY))
    assert host.plugins["payments_cod"].ready
    assert host.plugins["stamps"].state is PluginState.SKIPPED
    assert "SAFE_MODE" in host.plugins["stamps"].reason


def test_name_used_by_two_distributions_runs_neither_and_names_both(installed: list[Any]) -> None:
    installed += [point("payments_cod", "storefront-payments-cod"), point("payments_cod", "better-cod")]
    host = PluginHost(installed_plugins(), SecretBox(TEST_SECRET_KEY))
    assert not host.plugins["payments_cod"].ready
    assert "better-cod and storefront-payments-cod" in host.plugins["payments_cod"].reason


def test_plugin_whose_package_is_missing_is_broken_with_its_import_error(installed: list[Any]) -> None:
    installed.append(point("nowhere", "nowhere"))
    host = PluginHost(installed_plugins(), SecretBox(TEST_SECRET_KEY))
    assert "No module named 'storefront_nowhere'" in host.plugins["nowhere"].reason
