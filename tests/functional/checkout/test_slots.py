"""What plugins show in pages of the shop, in every place there is; what fails there leaves the page whole."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from storefront.config import Settings
from storefront.core.contracts.slots import SLOTS, CartSummary, Fragment, Lazy, OrderPanels, Placement, ProductActions
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.plugin_host.slots import example_of
from storefront.testing.desk import staff_client
from storefront.testing.factories import make_product
from storefront.testing.plugins import fake_plugin
from storefront.testing.visitor import TOKYO, Visitor

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def seen() -> list[Any]:
    """What the places were given."""
    return []


@pytest.fixture
def marker(tmp_path: Path, seen: list[Any]) -> ModuleType:
    """A plugin that writes the name of each place into it, with a text from outside."""
    folder = tmp_path / "marker" / "templates" / "marker"
    folder.mkdir(parents=True)
    (folder / "mark.html").write_text('<p data-test="mark-{{ name }}">{{ words }}</p>')

    def fill(slot: Any) -> Fragment:
        seen.append(slot)
        return Fragment("marker/mark.html", {"name": slot.name, "words": HOSTILE})

    module = fake_plugin("marker", storefront_slots=[Placement(kind, fill) for kind in SLOTS.values()])
    module.__file__ = str(folder.parents[1] / "plugin.py")
    return module


@pytest.fixture
def broken() -> ModuleType:
    """One that does everything wrong, and stands before the others."""
    wrong: list[Callable[[Any], Any]] = [
        lambda slot: 1 / 0,
        lambda slot: "<b>text</b>",
        lambda slot: Fragment("cart/page.html"),
        lambda slot: Fragment("broken/missing.html"),
        lambda slot: Lazy("https://elsewhere.example/", "Elsewhere"),
    ]
    placements = [Placement(kind, fill, priority=1) for kind in SLOTS.values() for fill in wrong]
    return fake_plugin("broken", storefront_slots=placements)


@pytest.fixture
def plugin_modules(selling_plugins: list[object], marker: ModuleType, broken: ModuleType) -> list[object]:
    return [*selling_plugins, marker, broken]


@pytest.fixture
def enable(unit: Callable[[], Any]) -> Callable[..., None]:
    def enabled(*names: str, on: bool = True) -> None:
        with unit():
            from storefront.core.db import session  # the app's own, once there is one

            for name in names:
                session.merge(PluginState(name=name, enabled=on, settings={}))
            touch()

    return enabled


def whole_visit(visitor: Visitor) -> dict[str, str]:
    """Every page with places, by name."""
    pages = {}

    def keep(name: str) -> None:
        assert visitor.last.status_code == 200, name
        pages[name] = visitor.last.get_data(as_text=True)

    visitor.gets("products/")
    keep("list")
    visitor.gets("products/soap")
    keep("product")
    visitor.adds("SOAP-1")
    visitor.gets("cart?country=JP")
    keep("cart")
    visitor.fills_in(TOKYO)
    keep("delivery")
    visitor.chooses("payments_cod", "shipping_courier:domestic")
    keep("confirm")
    visitor.places()
    keep("order")
    return pages


EXPECTED = {
    "list": {"header.icons", "footer.links", "product.card.badges"},
    "product": {"header.icons", "footer.links", "product.actions", "product.after"},
    "cart": {"header.icons", "footer.links", "cart.line", "cart.summary"},
    "delivery": {"checkout.discounts", "checkout.payment"},
    "confirm": {"checkout.discounts"},
    "order": {"header.icons", "footer.links", "order.panels"},
}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_place_is_filled_escaped_and_contained(
    app: Flask, visitor: Visitor, unit: Any, enable: Any, seen: list[Any]
) -> None:
    with unit():
        make_product(name="Soap", slug="soap", price=1200, code="SOAP")
    plain = whole_visit(visitor)
    assert not any("mark-" in text for text in plain.values())
    assert seen == []

    enable("marker", "broken")
    pages = whole_visit(Visitor(app.test_client()))
    for name, text in pages.items():
        found = {place for place in SLOTS if f'data-test="mark-{place}"' in text}
        assert found == EXPECTED[name], name
        assert HOSTILE not in text
        assert "&lt;script&gt;alert(1)" in text
        assert "elsewhere.example" not in text and "<b>text</b>" not in text
    given = {slot.name: slot for slot in seen}
    order = given["order.panels"]
    assert (order.method, order.status, order.country, order.service) == (
        "payments_cod",
        "processing",
        "JP",
        "domestic",
    )
    assert order.due is not None and order.due == order.total
    assert given["product.actions"].sku == "SOAP-1" and given["product.actions"].orderable
    assert given["cart.summary"].country == "JP" and given["checkout.payment"].country == "JP"

    desk = Visitor(staff_client(app, "owner"))
    desk.gets(f"/manage/orders/{order.number}")
    assert desk.page.text("mark-admin.order.panels") == HOSTILE

    enable("marker", "broken", on=False)
    assert "mark-" not in Visitor(app.test_client()).gets("products/soap").get_data(as_text=True)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_place_that_fails_again_and_again_is_left_alone(app: Flask, visitor: Visitor, unit: Any, enable: Any) -> None:
    with unit():
        make_product(name="Soap", slug="soap", code="SOAP")
    enable("broken", "marker")
    for _ in range(3):
        assert "mark-product.actions" in visitor.gets("products/soap").get_data(as_text=True)
    assert app.extensions["storefront"].host.watch.rest("broken", "slot")
    assert not app.extensions["storefront"].host.watch.rest("marker", "slot")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_cash_on_delivery_says_how_much_to_have_ready(visitor: Visitor, unit: Any) -> None:
    with unit():
        make_product(name="Soap", slug="soap", price=1200, code="SOAP")
    whole_visit(visitor)
    assert "¥1,900 in cash ready" in visitor.page.text("payments_cod-ready")
    placed = example_of(OrderPanels, "ja", method="payments_cod", status="completed")
    from storefront_payments_cod.panel import cash_ready

    assert cash_ready(placed) is None
    assert cash_ready(replace(placed, status="pending")) is not None  # type: ignore[type-var]
    assert cash_ready(replace(placed, status="pending", method="payments_paypal")) is None  # type: ignore[type-var]


class TestInDevelopment:
    @pytest.fixture
    def app_settings(self, app_settings: Settings) -> Settings:
        return replace(app_settings, debug=True)

    @pytest.fixture
    def marker(self) -> ModuleType:
        fill = lambda slot: Lazy("/en/cart", "Look at it later")  # noqa: E731
        return fake_plugin("marker", storefront_slots=[Placement(ProductActions, fill)])

    @pytest.fixture
    def broken(self) -> ModuleType:
        return fake_plugin("broken", storefront_slots=[Placement(CartSummary, lambda slot: 1 // 0)])

    @pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
    def test_places_are_shown_outlined_and_calls_are_traced(self, visitor: Visitor, unit: Any, enable: Any) -> None:
        with unit():
            make_product(name="Soap", slug="soap", price=1200, code="SOAP")
        enable("marker", "broken")
        overview = visitor.gets("/_dev/slots").get_data(as_text=True)
        for name, kind in SLOTS.items():
            assert f'data-slot="{name}"' in overview and kind.__name__ in overview
        assert "storefront.core" not in overview and "``" not in overview, "as an author writes it"
        visitor.gets("/_dev/slots?lang=zh-hant")
        assert next(visitor.page.attributes("place-header.icons"))["lang"] == "zh-Hant"
        visitor.adds("SOAP-1")
        cart = visitor.gets("cart?country=JP")
        assert 'data-slot="' not in cart.get_data(as_text=True)
        assert 'shipping_courier;desc="quote";dur=' in cart.headers["Server-Timing"]
        assert 'broken;desc="slot ZeroDivisionError"' in cart.headers["Server-Timing"]
        visitor.gets("/_dev/slots")
        form = visitor.page.forms[-2 if visitor.page.forms[-1].action == "/en/preferences" else -1]
        visitor.posts("/_dev/outline", {**form.fields, "outline": "1"})
        product = visitor.gets("products/soap").get_data(as_text=True)
        assert 'hx-get="/en/cart" hx-trigger="load"' in product and ">Look at it later</a>" in product
        assert 'data-slot="product.after"' in product and 'data-plugin="marker"' in product
        trace = visitor.gets("/_dev/hooks").get_data(as_text=True)
        assert "GET /en/cart" in trace and "shipping_courier" in trace and "ZeroDivisionError" in trace


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_outside_development_nobody_finds_those_pages(visitor: Visitor) -> None:
    assert visitor.gets("/_dev/slots").status_code == 404
    assert visitor.gets("/_dev/hooks").status_code == 404
