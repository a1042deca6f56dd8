"""Pages of a plugin, tried on the price table of the courier."""

from importlib import import_module

import pytest
from flask import Flask

from storefront.core.db import session, unit_of_work
from storefront.core.settings.models import PluginState
from storefront.core.settings.service import touch
from storefront.testing.desk import staff_client
from storefront.testing.visitor import Visitor

ROOT = "/manage/plugins/shipping_courier/zones/"


@pytest.fixture
def plugin_modules() -> list[object]:
    return [import_module("storefront_shipping_courier.plugin")]


@pytest.fixture
def owner(app: Flask) -> Visitor:
    with app.app_context(), unit_of_work():
        zones = [{"name": "Asia", "countries": ["TW"], "days": [3, 6], "steps": [[500, 1450], [1000, 1900]]}]
        session.add(PluginState(name="shipping_courier", enabled=True, settings={"zones": zones}))
        touch()
    return Visitor(staff_client(app))


def stored(app: Flask) -> list[object]:
    with app.app_context():
        state = session.get(PluginState, "shipping_courier")
        assert state is not None
        return list(state.settings["zones"])


def test_a_zone_is_made_and_changed_and_its_prices_put_in_order(app: Flask, owner: Visitor) -> None:
    owner.gets("/manage/plugins/shipping_courier")
    assert ROOT in owner.page.links
    owner.gets(ROOT)
    assert owner.page.texts("row") == ["Asia TW 3–6 1 kg"]
    owner.gets(f"{ROOT}new")
    owner.submits("edit-form", "_add", name="Europe", countries="gb, de FR")
    owner.submits("edit-form", "_add", **{"steps-0-weight": "1000", "steps-0-price": "3,200"})
    owner.submits("edit-form", **{"steps-1-weight": "５００", "steps-1-price": "2400"})
    assert owner.page.texts("notice") == ["Saved."]
    assert stored(app)[1] == {
        "name": "Europe",
        "countries": ["GB", "DE", "FR"],
        "days": [3, 7],
        "steps": [[500, 2400], [1000, 3200]],
    }
    owner.submits("edit-form", most="9")
    assert stored(app)[1]["days"] == [3, 9]  # type: ignore[index]


def test_what_the_table_cannot_be_is_said_and_nothing_is_stored(app: Flask, owner: Visitor) -> None:
    before = stored(app)
    owner.gets(f"{ROOT}new")
    assert owner.submits("edit-form", name="Asia", countries="HK").status_code == 422
    assert owner.page.texts("field-error") == ["There is a zone of this name already."]
    assert owner.submits("edit-form", name="More", countries="TW, Japan").status_code == 422
    assert "JAPAN is no country code" in owner.page.text("field-error")
    owner.submits("edit-form", "_add", countries="TW")
    assert owner.submits("edit-form", **{"steps-0-weight": "100", "steps-0-price": "9"}).status_code == 422
    assert owner.page.text("problem") == "TW is in the zone Asia and in More. Leave it in one of them."
    assert stored(app) == before


def test_it_is_gone_while_the_plugin_is_off_and_closed_to_who_may_not(app: Flask, owner: Visitor) -> None:
    packer = Visitor(staff_client(app, "packer"))
    assert packer.gets(ROOT).status_code == 403
    reader = Visitor(staff_client(app, "read_only"))
    assert reader.gets(ROOT).status_code == 200
    assert reader.gets(f"{ROOT}new").status_code == 403
    with app.app_context(), unit_of_work():
        session.get_one(PluginState, "shipping_courier").enabled = False
        touch()
    assert owner.gets(ROOT).status_code == 404
