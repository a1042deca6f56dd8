"""A shop whose post office has services with limits, beside its courier."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from storefront.core.db import session
from storefront.core.invariants.checks import run_all
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.testing.desk import make_member, staff_client
from storefront.testing.factories import make_product
from storefront.testing.plugins import fake_plugin
from storefront.testing.post import FakePost
from storefront.testing.visitor import Visitor


@pytest.fixture
def plugin_modules(selling_plugins: list[object]) -> list[object]:
    return [*selling_plugins, fake_plugin("post", storefront_shipping_carriers=[FakePost()])]


@pytest.fixture(autouse=True)
def goods(app: Flask, open_shop: None, unit: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    with unit():
        session.add(PluginState(name="post", enabled=True, settings={}))
        size = {"length": 200, "width": 150, "height": 60, "customs_description": "Cast iron pot"}
        make_product(code="POT", slug="pot", name="Iron pot", price=2000, on_hand=20, weight=900, **size)
        make_product(code="LAMP", slug="lamp", name="Lamp", price=3000, weight=300, restrictions=["lithium_in_device"])
        make_product(
            code="NEXT", slug="next", name="Figure", price=9000, weight=None, sku_values={"mode": "pre_order"}, slots=5
        )
        touch()
    with app.app_context():
        make_member("owner")
    yield
    with app.app_context():
        assert run_all() == []
        session.rollback()


@pytest.fixture
def owner(app: Flask) -> Visitor:
    """An owner in a browser of their own."""
    return Visitor(staff_client(app))
