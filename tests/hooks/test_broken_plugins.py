"""A plugin can do anything wrong; it stays out with a sentence that says what to change, and the others run."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from storefront.core.contracts.hookspecs import hookimpl
from storefront.core.contracts.meta import PluginMeta
from storefront.core.contracts.plugin_settings import PluginSettings, setting
from storefront.core.contracts.pricing import Lane
from storefront.core.secrecy import SecretBox
from storefront.plugin_host.discovery import Candidate
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.installed import PluginState
from storefront.testing.plugins import (
    TEST_SECRET_KEY,
    FakeAdjuster,
    FakeCarrier,
    FakeMethod,
    fake_host,
    fake_plugin,
    snapshot_with,
)


def healthy() -> ModuleType:
    return fake_plugin("healthy", storefront_payment_methods=[FakeMethod("healthy")])


def reason(*plugins: object, name: str = "ill") -> str:
    """Why ``name`` does not run; the healthy plugin beside it must."""
    host = fake_host(healthy(), *plugins)
    everything = snapshot_with([*host.plugins])
    assert host.plugins[name].state is PluginState.BROKEN
    assert list(host.providers(everything).payment_methods()) == ["healthy"]
    assert list(host.providers(everything).payment_methods(installed=True)) == ["healthy"]
    return host.plugins[name].reason


@dataclass(frozen=True)
class Bare:
    name: str = "no label"


@dataclass(frozen=True)
class Strange:
    amount: float = setting(1.0, label="Amount")


@dataclass
class Mutable:
    amount: int = setting(1, label="Amount")


@dataclass(frozen=True)
class SecretNumber:
    pin: int = setting(1, label="Pin", secret=True)


def wrapper() -> Iterator[Any]:
    return (yield)


@pytest.mark.parametrize(
    ("hooks", "says"),
    [
        ({"storefront_payment_methods": ZeroDivisionError("ran away")}, "ran away"),
        ({"storefront_payment_methods": SystemExit(3)}, "SystemExit"),
        ({"storefront_payment_methods": [FakeMethod("ill"), FakeMethod("ill")]}, "'ill' is given to two"),
        ({"storefront_adjusters": [FakeAdjuster("ill.a"), FakeAdjuster("ill.a")]}, "'ill.a' is given to two"),
        ({"storefront_payment_methods": [FakeMethod("healthy")]}, "does not begin with the plugin's name"),
        ({"storefront_payment_methods": [FakeMethod("ill_too")]}, "does not begin with the plugin's name"),
        ({"storefront_payment_methods": [FakeMethod("ill.Card!")]}, "small letters"),
        ({"storefront_payment_methods": [FakeMethod("ill." + "a" * 90)]}, "80 characters"),
        ({"storefront_payment_methods": [FakeMethod("ill", title=" "[:0])]}, "has no title"),
        ({"storefront_payment_methods": [FakeCarrier("ill")]}, "no PaymentMethod"),
        ({"storefront_payment_methods": None}, "Return a list"),
        ({"storefront_payment_methods": "ill"}, "Return a list"),
        ({"storefront_adjusters": [FakeAdjuster("ill", Lane.SHIPPING)]}, "no lane open"),
        ({"storefront_adjusters": [FakeAdjuster("ill", priority="first")]}, "whole number"),  # type: ignore[arg-type]
        ({"storefront_shipping_carriers": [FakeCarrier("")]}, "has no key"),
        ({"storefront_settings": {"fee": 1}}, "PluginSettings"),
        ({"storefront_settings": PluginSettings(Bare)}, "has no label"),
        ({"storefront_settings": PluginSettings(Strange)}, "cannot store"),
        ({"storefront_settings": PluginSettings(Mutable)}, "frozen"),
        ({"storefront_settings": PluginSettings(SecretNumber)}, "only texts"),
        ({"storefront_payment_methos": []}, "no hook called 'storefront_payment_methos'"),
        ({"storefront_payment_methods": lambda cart: []}, "cart"),
    ],
)
def test_hook_gone_wrong_keeps_the_whole_plugin_out_and_nobody_else(hooks: dict[str, Any], says: str) -> None:
    assert says in reason(fake_plugin("ill", **hooks))


def test_raising_hook_leaves_its_traceback_for_the_author() -> None:
    def explode() -> list[Any]:
        raise ValueError("deep inside")

    host = fake_host(fake_plugin("ill", storefront_carriers=None, storefront_payment_methods=explode))
    assert host.plugins["ill"].state is PluginState.BROKEN
    host = fake_host(fake_plugin("ill", storefront_payment_methods=explode))
    assert "storefront_payment_methods() failed: ValueError: deep inside" in host.plugins["ill"].reason
    assert "in explode" in host.plugins["ill"].traceback


def test_wrappers_and_unmarked_hooks_are_refused() -> None:
    module = fake_plugin("ill")
    module.__dict__["storefront_checks"] = hookimpl(wrapper=True)(wrapper)
    assert "wrapper" in reason(module)
    module = fake_plugin("ill")
    module.__dict__["storefront_adjusters"] = lambda: []
    assert "Decorate it with @hookimpl" in reason(module)


@pytest.mark.parametrize("error", [ImportError("no module named stripe"), SystemExit(1), SyntaxError("bad")])
@pytest.mark.req("SHOP-6")
def test_plugin_that_cannot_be_imported_is_broken_with_reason_and_traceback(error: BaseException) -> None:
    def load() -> object:
        raise error

    candidates = [Candidate("healthy", healthy), Candidate("ill", load, "ill-dist", "storefront_ill.plugin")]
    host = PluginHost(candidates, SecretBox(TEST_SECRET_KEY))
    assert host.plugins["healthy"].ready
    assert "could not be imported" in host.plugins["ill"].reason
    assert "Traceback" in host.plugins["ill"].traceback
    assert host.broken == (host.plugins["ill"],)


@pytest.mark.parametrize(
    "name", ["Points", "points-eu", "9points", "a__b", "a_", "x" * 41, "", "ポイント", "core", "order"]
)
def test_name_that_does_not_fit_everywhere_is_refused(name: str) -> None:
    assert "plugin name" in reason(fake_plugin(name), name=name)


@pytest.mark.parametrize(
    ("point", "module", "says"),
    [
        ("stamps", "storefront_stamps.plugin", ""),
        ("stamp", "storefront_stamp.plugin", "same name"),
        ("stamps", "stamps.plugin", "Rename the package"),
    ],
)
def test_entry_point_package_and_meta_carry_one_name(point: str, module: str, says: str) -> None:
    host = PluginHost([Candidate(point, lambda: fake_plugin("stamps"), "dist", module)], SecretBox(TEST_SECRET_KEY))
    assert says in host.plugins[point].reason
    assert host.plugins[point].ready is (says == "")


@pytest.mark.parametrize(
    ("api", "says"),
    [
        (">=0.1,<0.2", ""),
        ("==0.1.0", ""),
        (">0.0.9", ""),
        (">=0.2", "written for plugin API >=0.2; this shop has 0.1"),
        (">=0.0,<0.1", "written for plugin API"),
        ("~=0.1", "no range"),
        ("", "no range"),
        (None, "Write a range"),
    ],
)
def test_plugin_for_another_api_is_refused_with_both_versions(api: Any, says: str) -> None:
    host = fake_host(fake_plugin("stamps", meta=PluginMeta("stamps", "Stamps", "1", api=api)))
    assert says in host.plugins["stamps"].reason
    assert host.plugins["stamps"].ready is (says == "")


def test_two_plugins_of_one_name_stay_out_both() -> None:
    host = fake_host(healthy(), healthy())
    assert "used twice" in host.plugins["healthy"].reason
    assert not host.providers(snapshot_with(["healthy"])).payment_methods()


def test_plugin_without_meta_is_refused() -> None:
    module = ModuleType("nameless")
    (plugin,) = fake_host(module).plugins.values()
    assert plugin.state is PluginState.BROKEN


def test_plugin_whose_requirement_is_broken_does_not_run_either() -> None:
    ill = fake_plugin("ill", storefront_adjusters=ZeroDivisionError())
    middle = fake_plugin("middle", meta=PluginMeta("middle", "M", "1", requires=("ill",)))
    last = fake_plugin("last", meta=PluginMeta("last", "L", "1", requires=("middle", "healthy")))
    assert "not running: middle" in reason(ill, middle, last, name="last")


def test_plugin_marked_broken_later_offers_nothing_from_then_on() -> None:
    host = fake_host(healthy())
    snapshot = snapshot_with(["healthy"])
    assert host.providers(snapshot).payment_methods()
    host.mark_broken("healthy", "Its tables could not be brought up to date.")
    assert not host.providers(snapshot).payment_methods(installed=True)
