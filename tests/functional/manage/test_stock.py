"""Stock in the back office: goods booked in serve waiting orders, counts are corrected with a reason, nothing goes below
what is promised."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import session, unit_of_work
from storefront.core.orders.models import OrderLine
from storefront.core.stock.models import StockItem, StockMovement
from storefront.testing.factories import make_product
from storefront.testing.visitor import Visitor
from storefront.testing.world import Shopper, make_world

PAGE = "/manage/stock/1"
Member = Callable[..., Visitor]


def counters(app: Flask) -> tuple[int, int, int | None]:
    with app.app_context():
        item = session.get(StockItem, 1)
        assert item is not None
        return item.on_hand, item.reserved, item.slots


@pytest.mark.req("CAT-4")
def test_goods_that_arrive_serve_the_orders_that_wait(app: Flask, member: Member) -> None:
    with app.app_context():
        with unit_of_work():
            make_product(name="Bear", code="BEAR", on_hand=2, sku_values={"mode": "back_order"})
        number = Shopper(make_world()).buys("BEAR-1", 3)
        session.rollback()
        order = session.scalars(select(OrderLine)).one()
        assert order.item_state != "in_hand" and number
    packer = member("packer")
    packer.gets("/manage/stock/?stock=waiting")
    assert len(packer.page.texts("row")) == 1
    packer.gets(PAGE)
    assert len(packer.page.texts("waiting")) == 1
    form = packer.page.form("arrive-form")
    sent = {**form.fields, "arrived": "4", "why": "from the maker <b>"}
    packer.posts(form.action, sent)
    assert packer.page.texts("notice")[0].startswith("Saved. Now complete: ")
    packer.posts(form.action, sent)  # a double click
    assert counters(app) == (6, 3, None)
    assert "Booked in+4Packer" in packer.page.text("movement")
    with app.app_context():
        assert session.scalars(select(OrderLine.item_state)).all() == ["in_hand"]
        assert session.scalars(select(AuditEntry.act).where(AuditEntry.actor.startswith("staff:"))).all() == [
            "stock.receive"
        ]

    # counted: the difference to what the page showed, never below what is promised, never without a reason
    for counted, reason, said in (
        ("1", "broken", "3 pieces are promised to orders. Cancel or change those first."),
        ("5", " ", "Please write why the count is corrected."),
        ("five", "x", "Please write a whole number from 0 up."),
        ("99999999999", "x", "Please write a whole number from 0 up."),
    ):
        assert packer.submits("count-form", counted=counted, reason=reason).status_code == 422
        assert said in " ".join(packer.page.texts("field-error") + packer.page.texts("problem"))
        assert packer.page.form("count-form").fields["counted"] == counted
    packer.submits("count-form", counted="4", reason="two broken")
    assert counters(app) == (4, 3, None)
    packer.submits("slots-form", slots="7")
    assert counters(app)[2] == 7
    packer.submits("tracking-form")
    assert "arrive-form" not in [form.mark for form in packer.page.forms]
    with app.app_context():
        assert session.scalars(select(StockMovement.quantity).order_by(StockMovement.id)).all() == [2, 4, -2]
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.actor.startswith("staff:"))).all()
    assert acts == ["stock.receive", "stock.adjust", "stock.slots", "stock.tracking"]


def test_movements_are_read_page_by_page_and_only_some_may_move_goods(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        make_product(name="Bear", code="BEAR", on_hand=1)
        session.add_all(
            StockMovement(sku_id=1, kind="adjusted", quantity=n % 2 * 2 - 1, reason=f"count {n}", actor="system")
            for n in range(120)
        )
    reader = member("read_only")
    reader.gets(PAGE)
    seen = len(reader.page.texts("movement"))
    while "older" in [mark for mark, _ in reader.page.marks]:
        reader.gets(next(link for link in reader.page.links if "before=" in link))
        seen += len(reader.page.texts("movement"))
    assert seen == 121
    assert reader.gets(f"{PAGE}?before=x").status_code == 200
    assert reader.gets("/manage/stock/77").status_code == 404
    assert reader.gets("/manage/stock/99999999999999").status_code == 404
    assert [form.mark for form in reader.page.forms if form.mark.endswith("-form")] == []
    for role in ("read_only", "support", "translator"):
        other = member(role)
        other.gets("/manage/announcements/")
        token = next((f.fields["csrf_token"] for f in other.page.forms if "csrf_token" in f.fields), "")
        for act in ("arrive", "count", "tracking", "slots"):
            assert other.posts(f"{PAGE}/{act}", {"csrf_token": token, "arrived": "1"}).status_code == 403
    assert counters(app) == (1, 0, None)
