"""Offering is not owning: disabling takes the offers away, never the plugin."""

from dataclasses import dataclass

import pytest

from storefront.core.contracts.plugin_settings import PluginSettings, setting
from storefront.plugin_host.binding import plugin_settings
from storefront.plugin_host.errors import UnknownPlugin
from storefront.testing.plugins import FakeAdjuster, FakeCarrier, FakeMethod, fake_host, fake_plugin, snapshot_with


@dataclass(frozen=True, slots=True)
class Fee:
    fee: int = setting(200, label="Fee", minimum=0)


def everything(name: str) -> object:
    return fake_plugin(
        name,
        storefront_payment_methods=[FakeMethod(name)],
        storefront_shipping_carriers=[FakeCarrier(name)],
        storefront_adjusters=[FakeAdjuster(name)],
        storefront_settings=PluginSettings(Fee),
    )


@pytest.mark.req("SHOP-6")
def test_disabled_plugin_offers_nothing_and_is_still_found_for_what_settles() -> None:
    host = fake_host(everything("on"), everything("off"))
    providers = host.providers(snapshot_with(["on"], {"off": {"fee": 1}}))
    assert list(providers.payment_methods()) == list(providers.carriers()) == ["on"]
    assert [entry.source for entry in providers.adjusters()] == ["core", "on"]
    assert list(providers.payment_methods(installed=True)) == list(providers.carriers(installed=True)) == ["off", "on"]
    assert [entry.source for entry in providers.adjusters(installed=True)] == ["core", "off", "on"]


def test_enabling_is_seen_at_the_next_snapshot_without_a_new_host() -> None:
    host = fake_host(everything("on"))
    assert not host.providers(snapshot_with()).carriers()
    assert host.providers(snapshot_with(["on"])).carriers()
    assert not host.providers(snapshot_with()).carriers()


def test_plugin_the_database_enables_but_nobody_installed_is_passed_over() -> None:
    host = fake_host(everything("on"))
    assert list(host.providers(snapshot_with(["on", "gone"])).carriers()) == ["on"]


def test_enabled_plugin_with_unreadable_settings_offers_nothing_at_all() -> None:
    host = fake_host(everything("on"), everything("ill"))
    providers = host.providers(snapshot_with(["on", "ill"], {"ill": {"fee": "much"}}))
    assert list(providers.payment_methods()) == ["on"]
    assert [entry.source for entry in providers.adjusters()] == ["core", "on"]
    assert "ill" in providers.payment_methods(installed=True)


def test_settings_asked_for_outside_a_request_say_what_to_do() -> None:
    with pytest.raises(RuntimeError, match="outside a request, job or command"):
        plugin_settings("on", Fee)()


def test_settings_of_another_class_are_refused() -> None:
    host = fake_host(everything("on"))
    with host.bind(snapshot_with(["on"])), pytest.raises(RuntimeError, match="use the class"):
        plugin_settings("on", FakeMethod)()


def test_unknown_plugin_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownPlugin, match=r"No plugin named 'stamps'.*on"):
        fake_host(everything("on")).get("stamps")
