"""Boxes, estimates, what may not travel, several parcels, and a parcel that outgrew its service: by plain forms."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.core.db import session
from storefront.core.orders.models import Order, OrderFlag
from storefront.core.settings.service import set_policy, touch
from storefront.core.shipping.models import Shipment
from storefront.testing.factories import close_destination
from storefront.testing.visitor import PART, Visitor

Unit = Callable[[], AbstractContextManager[None]]
BOX = {
    "name": "Box 60", "weight": "110", "most": "",
    "inner_length": "240", "inner_width": "170", "inner_height": "140",
    "outer_length": "252", "outer_width": "182", "outer_height": "152",
}  # fmt: skip


def rows(visitor: Visitor) -> dict[str, str]:
    keys = [given["data-key"] for given in visitor.page.attributes("estimate-row")]
    return dict(zip(keys, visitor.page.texts("estimate-row"), strict=True))


@pytest.mark.req("SHP-9", "SHP-6")
def test_an_estimate_shows_services_side_by_side_and_why_others_cannot(
    visitor: Visitor, unit: Unit, count_statements: Any
) -> None:
    visitor.gets("products/pot")
    assert "/en/products/pot/delivery?sku=POT-1" in visitor.page.links
    visitor.gets("products/pot/delivery?sku=POT-1")
    assert "Choose where your order goes" in visitor.last.text and not rows(visitor)
    visitor.gets("products/pot/delivery?sku=POT-1&quantity=2&country=TW")
    found = rows(visitor)
    assert list(found) == [
        "post:packet",
        "post:ship",
        "post:air",
        "post:ems",
        "post:ems-cover",
        "shipping_courier:international",
    ]
    assert "2–4 days" in found["post:ems"] and "¥20,000" in found["post:ems"] and "¥3,900" in found["post:ems"]
    visitor.gets("products/pot/delivery?sku=POT-1&quantity=2&sort=speed", headers=PART)
    assert list(rows(visitor))[:2] == ["post:ems", "post:ems-cover"], (
        "the country is remembered, the fastest stand first"
    )
    assert "<html" not in visitor.last.text
    # 3 of them are too heavy for the packet.
    visitor.gets("products/pot/delivery?sku=POT-1&quantity=3")
    assert any("parcels up to 2 kg" in text for text in visitor.page.texts("estimate-refused"))
    # The goods that may not go are named; what nobody knows yet is said.
    visitor.gets("products/lamp")
    assert 'hx-trigger="load"' in visitor.last.text, "of such goods the reasons come with the page"
    visitor.gets("products/lamp/delivery?country=DE")
    assert list(rows(visitor)) == ["post:ship"]
    assert any("Lithium" in text and "Lamp" in text for text in visitor.page.texts("estimate-refused"))
    visitor.gets("products/next/delivery?country=TW")
    notes = " ".join(visitor.page.texts("estimate-note"))
    assert "weight of Figure is not known" in notes and "fixed when they are invoiced" in notes
    with unit():
        close_destination("DE")
        touch()
    visitor.gets("products/lamp/delivery?country=DE")
    assert not rows(visitor) and visitor.page.text("problem") == "Closed."
    assert visitor.gets("products/nothing/delivery").status_code == 404
    assert visitor.gets("products/pot/delivery?country=%00&quantity=x&sku=%3Cb%3E&sort=1").status_code == 200
    visitor.gets("products/pot")
    with count_statements() as seen:
        visitor.gets("products/pot")
    assert len(seen) <= 4


@pytest.mark.req("SHP-9", "SHP-6", "CHK-4")
def test_cart_and_checkout_name_what_may_not_go_and_show_the_same_facts(
    visitor: Visitor, count_statements: Any
) -> None:
    visitor.adds("LAMP-1")
    visitor.adds("POT-1", 3)
    visitor.gets("cart?country=DE")
    assert any("Not by" in text and "Lithium" in text for text in visitor.page.texts("note"))
    with count_statements() as seen:
        visitor.gets("cart")
    # The session is touched and the version read beside the cart's own statements.
    assert len([one for one in seen if one.startswith("SELECT")]) <= 3
    visitor.gets("cart/delivery")
    assert list(rows(visitor)) == ["post:ship"]
    visitor.gets("cart/delivery?country=TW")
    assert "post:ems-cover" in rows(visitor)
    visitor.gets("cart")
    assert visitor.page.form("destination").fields["country"] == "TW", "a country chosen there stays with the cart"
    visitor.fills_in()
    keys = [given["data-key"] for given in visitor.page.attributes("delivery-choice")]
    assert keys.index("post:ems-cover") == keys.index("post:ems") + 1
    texts = dict(zip(keys, visitor.page.texts("delivery-choice"), strict=True))
    assert "signed for ・ covered up to ¥20,000" in texts["post:ems"]
    assert 'class="choice choice--under" data-test="delivery-choice" data-key="post:ems-cover"' in visitor.last.text


@pytest.mark.req("SHP-2")
def test_boxes_are_the_owner_s_and_an_order_goes_in_as_many_parcels_as_its_service_needs(
    app: Flask, visitor: Visitor, owner: Visitor, unit: Unit
) -> None:
    owner.gets("/manage/boxes/new")
    owner.submits("edit-form", **{**BOX, "outer_height": "139"})
    assert "not smaller outside" in owner.last.text
    assert owner.page.form("edit-form").fields["name"] == "Box 60", "what was typed stays"
    owner.submits("edit-form", outer_height="152")
    owner.gets("/manage/boxes/")
    assert "252 × 182 × 152" in owner.last.text
    with unit():
        set_policy("shipping.split", "cheaper", "test")
    visitor.adds("POT-1", 3)
    visitor.fills_in()
    keys = [given["data-key"] for given in visitor.page.attributes("delivery-choice")]
    texts = dict(zip(keys, visitor.page.texts("delivery-choice"), strict=True))
    # Two packets are dearer than one parcel by ship, so the packet is refused as it is.
    assert "parcels up to 2 kg" in texts["post:packet"]
    with unit():
        set_policy("shipping.split", "when_needed", "test")
    visitor.chooses("payments_bank_transfer", "post:air")
    visitor.places()
    number = visitor.page.text("order-number")
    owner.gets(f"/manage/orders/{number}")
    owner.submits("act-pay")
    assert "Box 60" not in owner.page.text("proposal"), "three pots fit into no box of the shop"
    with app.app_context():
        kept = session.scalars(select(Order.shipping_quote)).one()["parcels"]
        session.rollback()
    assert kept == [{"box": "", "weight": 2700, "size": [200, 150, 180], "lines": [[1, 3]]}]


@pytest.mark.req("SHP-3")
def test_the_packer_is_asked_before_an_order_moves_and_the_shopper_is_told(
    app: Flask, visitor: Visitor, owner: Visitor, unit: Unit
) -> None:
    visitor.adds("POT-1", 2)
    visitor.fills_in()
    visitor.chooses("payments_bank_transfer", "post:packet")
    visitor.places()
    number, path = visitor.page.text("order-number"), visitor.last.request.path
    owner.gets(f"/manage/orders/{number}")
    owner.submits("act-pay")
    owner.submits("act-plan", "packed", weight="70000")
    assert owner.last.status_code == 422 and "No delivery service takes" in owner.page.text("answer")
    assert "No delivery service takes" in owner.page.text("flag"), "the task stays with the owner"
    owner.submits("act-plan", "packed", weight="2100")
    asked = owner.page.text("answer")
    assert "parcels up to 2 kg" in asked and "Send it by Air instead of Packet?" in asked and "¥1,950 more" in asked
    assert "the shop bears it" in asked
    with app.app_context():
        assert session.scalars(select(Shipment.id)).all() == []
        session.rollback()
    owner.submits("act-plan", "confirmed")
    assert "post:packet → post:air" in " ".join(owner.page.texts("event"))
    with app.app_context():
        assert session.execute(select(Shipment.service, Shipment.weight)).all() == [("air", 2100)]
        assert session.scalars(select(OrderFlag.kind)).all() == ["look"]
        session.rollback()
    visitor.gets(path)
    said = visitor.page.text("moved")
    assert "by Air instead of Packet" in said and "parcels up to 2 kg" in said and "nothing more to pay" in said
