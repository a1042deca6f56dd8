"""What all contract classes share: settings are bound and the network is closed."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from storefront.core.contracts.pricing import CurrencyRate
from storefront.plugin_host.names import check_key
from storefront.testing.plugins import settings_bound

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NOWHERE = "XX"  # a user-assigned code: no country has it
YEN = CurrencyRate("JPY", "JPY")
DOLLARS = CurrencyRate("USD", "JPY", "0.0067", 1)


class PluginContract:
    """What all contracts share: the settings are bound and the network is closed."""

    plugin: str = ""
    settings: Any = None

    def make(self) -> Any:
        """A fresh object under test."""
        raise NotImplementedError("return a fresh object under test")

    @pytest.fixture(autouse=True)
    def surroundings(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("contract tests are offline; give the plugin a fake gateway")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        with settings_bound({self.plugin: self.settings}):
            yield

    def test_key_begins_with_the_plugins_name(self) -> None:
        check_key(self.plugin, self.make().key, "object")
