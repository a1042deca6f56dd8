"""A shop that can sell: the plugins of the first profile and a gateway that lives in the test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module

import pytest
from flask import Flask
from flask.testing import FlaskClient

from storefront.core.db import session, unit_of_work
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.testing.gateway import FakeGateway
from storefront.testing.plugins import fake_plugin
from storefront.testing.visitor import Visitor

OFFERED = {
    "payments_bank_transfer": {"account_en": "Example Bank 0000000"},
    "payments_cod": {"fee": 200},
    "shipping_courier": {
        "domestic_price": 500,
        "zones": [
            {
                "name": "Asia",
                "countries": ["TW", "HK", "CN"],
                "days": [3, 7],
                "steps": [[500, 1450], [1000, 1900], [20000, 17700]],
            }
        ],
    },
    "fake_gateway": {},
}


@pytest.fixture
def unit(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """``with unit():`` a unit of work in the app's database, as a command or job would have."""

    @contextmanager
    def opened() -> Iterator[None]:
        with app.app_context(), unit_of_work():
            yield

    return opened


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def selling_plugins(gateway: FakeGateway) -> list[object]:
    """For ``plugin_modules``: a carrier, two methods without a gateway, one with."""
    names = [name for name in OFFERED if name != "fake_gateway"]
    real = [import_module(f"storefront_{name}.plugin") for name in names]
    return [*real, fake_plugin("fake_gateway", storefront_payment_methods=[gateway])]


@pytest.fixture
def open_shop(unit: Callable[[], AbstractContextManager[None]]) -> None:
    """Every plugin is enabled and set up."""
    with unit():
        for name, settings in OFFERED.items():
            session.add(PluginState(name=name, enabled=True, settings=settings))
        touch()


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
def another_visitor(app: Flask) -> Visitor:
    """Somebody else, with a browser of their own."""
    return Visitor(app.test_client())
