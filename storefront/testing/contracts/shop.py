"""The contract of a plugin in a shop that really sells, on SQLite: four languages, switched off in mid-checkout, gone."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from storefront.app import create_app
from storefront.config import Settings
from storefront.core.db import session, unit_of_work
from storefront.core.invariants.checks import run_all
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.core.values.language import LANGUAGES
from storefront.plugin_host.migrations import upgrade_all
from storefront.testing.databases import create_tables
from storefront.testing.desk import staff_client
from storefront.testing.factories import make_product
from storefront.testing.plugins import FakeCarrier, FakeMethod, fake_plugin
from storefront.testing.visitor import TOKYO, Visitor

SKU = "TEA-1"


class ShopBench:
    """A shop with ``module``, and a carrier and a payment method of the test's beside it. ``stored``: its settings as the
    owner would store them; ``requires``: names of other plugins to install with it."""

    module: ModuleType
    stored: Mapping[str, Any] = {}
    requires: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.module.META.name)

    def others(self) -> list[ModuleType]:
        stand_ins = [
            fake_plugin("standin_method", storefront_payment_methods=[FakeMethod("standin_method")]),
            fake_plugin("standin_carrier", storefront_shipping_carriers=[FakeCarrier("standin_carrier")]),
        ]
        return [*stand_ins, *(import_module(f"storefront_{name}.plugin") for name in self.requires)]

    @pytest.fixture
    def shop_settings(self, tmp_path: Path, empty_shop: Path) -> Settings:
        data = tmp_path / "data"
        data.mkdir()
        (data / "shop.sqlite").write_bytes(empty_shop.read_bytes())
        return Settings.from_env({"DATA_DIR": str(data), "PUBLIC_URL": "http://localhost", "SECRET_KEY": "k" * 8 + "0123456789abcdefghijklmnopqrstuvwxyz"})  # fmt: skip

    @pytest.fixture
    def shop(self, shop_settings: Settings) -> Iterator[Flask]:
        """The plugin and its neighbours are enabled; one product is on the shelf."""
        with opened(shop_settings, [*self.others(), self.module]) as app:
            with app.app_context():
                from storefront.extensions import db  # made with the app

                upgrade_all(db.engine, app.extensions["storefront"].host)
                with unit_of_work():
                    make_product(name="Tea", slug="tea", code="TEA", price=2000)
                    for name in ("standin_method", "standin_carrier", *self.requires):
                        session.add(PluginState(name=name, enabled=True, settings={}))
                    session.add(PluginState(name=self.name, enabled=True, settings=dict(self.stored)))
                    touch()
            yield app

    def switch(self, app: Flask, on: bool) -> None:
        """As the owner does it, without the questions."""
        with app.app_context(), unit_of_work():
            state = session.get(PluginState, self.name)
            assert state is not None
            state.enabled = on
            touch()


class opened:  # noqa: N801 - used like a function
    """The app of a shop, its connections given back at the end."""

    def __init__(self, settings: Settings, plugins: list[ModuleType]) -> None:
        self.app = create_app(settings, plugins=plugins)
        self.app.testing = True

    def __enter__(self) -> Flask:
        return self.app

    def __exit__(self, *_: object) -> None:
        from storefront.extensions import db  # made with the app

        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


class ShopContract(ShopBench):
    """``address``: where the plugin serves. ``method``: the key of its payment method to pay with, ``delivery``: its service
    as ``<carrier>:<service>``; "" for what the plugin does not bring."""

    address: Mapping[str, str] = TOKYO
    method: str = ""
    delivery: str = ""

    def buys(self, app: Flask, lang: str = "en") -> Visitor:
        """A shopper who has come to the confirm page by the plugin's method and service."""
        visitor = Visitor(app.test_client(), lang)
        visitor.adds(SKU)
        visitor.fills_in(self.address)
        visitor.chooses(self.method or "standin_method", self.delivery or "standin_carrier:standard")
        assert visitor.last.status_code == 200, visitor.last.get_data(as_text=True)
        return visitor

    def ordered(self, visitor: Visitor) -> tuple[str, str]:
        """Places the order on the page in hand; its number and the address of its page. Of a method that sends the shopper
        elsewhere the order waits as a draft."""
        answer = visitor.places()
        if answer.status_code in (302, 303):  # to a gateway
            return "", ""
        assert answer.status_code == 200, answer.get_data(as_text=True)
        number = visitor.page.text("order-number")
        assert number
        return number, visitor.last.request.path

    def test_a_shopper_buys_in_every_language(self, shop: Flask) -> None:
        for lang in LANGUAGES:
            visitor = self.buys(shop, lang)
            number, path = self.ordered(visitor)
            if number:
                words = visitor.gets(path).get_data(as_text=True)
                assert not re.search(r"%\(\w+\)s", words), f"a placeholder was not filled in ({lang})"
        self.books_are_right(shop)

    def test_the_same_form_sent_twice_is_one_order(self, shop: Flask) -> None:
        visitor = self.buys(shop)
        fields = visitor.page.form("confirm-form").fields
        first = visitor.posts("checkout/confirm", fields, follow=False)
        second = visitor.posts("checkout/confirm", fields, follow=False)
        assert (first.status_code, first.location) == (second.status_code, second.location)
        self.books_are_right(shop)

    def test_switched_off_in_mid_checkout_nothing_is_charged_by_it(self, shop: Flask) -> None:
        visitor = self.buys(shop)
        shown = visitor.page.amount()
        self.switch(shop, False)
        answer = visitor.places()
        assert answer.status_code in (200, 409, 422), answer.status_code
        if self.method or self.delivery:
            assert not visitor.page.text("order-number"), "the order went through a plugin that is switched off"
        elif visitor.page.text("order-number"):
            assert visitor.page.amount() == shown, "what was shown is what is charged"
        self.books_are_right(shop)
        self.switch(shop, True)
        again = self.buys(shop)
        self.ordered(again)

    def test_old_orders_are_readable_when_it_is_switched_off_and_gone(
        self, shop: Flask, shop_settings: Settings
    ) -> None:
        number, path = self.ordered(self.buys(shop))
        if not number:
            return
        self.switch(shop, False)
        self.order_is_readable(shop, number, path)
        with opened(shop_settings, self.others()) as without:
            self.order_is_readable(without, number, path)

    def order_is_readable(self, app: Flask, number: str, path: str) -> None:
        for lang in LANGUAGES:
            page = Visitor(app.test_client(), lang).gets(path.replace("/en/", f"/{lang}/", 1))
            assert page.status_code == 200
            assert number in page.get_data(as_text=True)
        assert staff_client(app).get(f"/manage/orders/{number}").status_code == 200
        self.books_are_right(app)

    def books_are_right(self, app: Flask) -> None:
        """Every invariant of the shop holds."""
        with app.app_context():
            assert run_all() == []
            session.rollback()


def make_empty_shop(path: Path) -> None:
    """A SQLite file with the shop's tables and nothing in them."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    create_tables(engine)
    engine.dispose()
