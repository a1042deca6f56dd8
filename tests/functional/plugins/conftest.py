"""A shop that sells by good plugins while a bad one stands beside them."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from storefront.core.db import session
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.testing.desk import staff_client
from storefront.testing.visitor import Visitor

ILL = "ill"


@pytest.fixture
def ill() -> ModuleType:
    """The plugin that is wrong; override it."""
    raise NotImplementedError


@pytest.fixture
def plugin_modules(selling_plugins: list[object], ill: ModuleType) -> list[object]:
    return [*selling_plugins, ill]


@pytest.fixture(autouse=True)
def selling(open_shop: None, unit: Callable[[], Any]) -> None:
    """Everything is enabled, the bad one too."""
    with unit():
        session.add(PluginState(name=ILL, enabled=True, settings={}))
        touch()


@pytest.fixture
def owner(app: Flask) -> Visitor:
    return Visitor(staff_client(app))


@pytest.fixture
def decided(app: Flask) -> Callable[[], PluginState]:
    """What the database says about the bad plugin."""

    def read() -> PluginState:
        with app.app_context():
            return session.get_one(PluginState, ILL)

    return read


@pytest.fixture
def noted(app: Flask) -> Callable[[], None]:
    """The watching thread comes round."""

    def flush() -> None:
        with app.app_context():
            session.rollback()
        app.extensions["storefront"].host.watch.flush()

    return flush
