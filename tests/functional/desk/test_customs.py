"""Customs at the desk: what is missing is seen, written and cleared; the papers; the file for carriers."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.models import Product
from storefront.core.db import run_unit, session, utcnow
from storefront.core.desk.customs import CustomsView, customs_view
from storefront.core.orders.models import Order, OrderEvent, OrderFlag, OrderLine
from storefront.core.orders.queries import find_order
from storefront.core.settings.models import Policy
from storefront.core.settings.service import touch
from storefront.jobs.runtime import Work
from storefront.testing.factories import close_destination, make_product
from storefront.testing.visitor import TAIPEI, TOKYO, Visitor

Member = Callable[..., Visitor]
Buy = Callable[..., str]


def policies(app: Flask, **values: Any) -> None:
    def write() -> None:
        for key, value in values.items():
            session.merge(Policy(key=key.replace("__", "."), value=value))
        touch()

    with app.app_context():
        run_unit(write)


def listed(staff: Visitor) -> list[str]:
    staff.gets("/manage/orders/?waits=customs")
    return [given["data-id"] for given in staff.page.attributes("row")]


def kinds(staff: Visitor) -> set[str]:
    staff.gets("/manage/")
    return {given["data-kind"] for given in staff.page.attributes("waiting")}


def seen_by_desk(app: Flask, number: str) -> CustomsView:
    with app.app_context():
        extension = app.extensions["storefront"]
        shop = extension.snapshots.current()
        with extension.host.bind(shop) as providers:
            order = find_order(number)
            assert order is not None
            view = customs_view(order, shop, providers)
        session.rollback()
    return view


@pytest.fixture(autouse=True)
def bare_goods(goods: None, unit: Callable[[], AbstractContextManager[None]]) -> None:
    """A lamp about which the catalogue knows next to nothing."""
    with unit():
        make_product(code="LAMP", name="紙の灯り", price=7000, on_hand=9, hs_code="", origin="", weight=900)


@pytest.mark.req("SHP-7", "SHOP-5")
def test_what_is_missing_is_seen_before_packing_and_written_right_there(
    app: Flask, member: Member, bought: Buy
) -> None:
    complete, number = bought(TEA=1), bought(LAMP=2, TEA=1)
    at_home = bought(LAMP=1, address=TOKYO)
    packer = member("packer")
    assert "customs" in kinds(packer) and listed(packer) == [number]
    packer.gets(f"/manage/orders/{complete}")
    assert packer.page.texts("customs-missing") == []
    packer.gets(f"/manage/orders/{at_home}")
    assert packer.page.texts("customs-missing") == [] and f"/manage/orders/{at_home}/customs" not in packer.page.links
    packer.gets(f"/manage/orders/{number}")
    missing = packer.page.text("customs-missing")
    assert all(word in missing for word in ("description in English", "HS code", "country of origin"))
    assert "weight" not in missing

    packer.gets(f"/manage/orders/{number}/customs")
    assert next(packer.page.attributes("customs-page"))["data-complete"] == "no"
    assert "products" not in packer.page.form("customs-form").fields  # a packer does not change products
    typed = {"description-1": "Gift items", "hs_code-1": "12345", "origin-1": "JP", "weight-1": "x"}
    assert packer.submits("customs-form", **typed).status_code == 422
    assert len(packer.page.texts("field-error")) == 3
    assert packer.page.form("customs-form").fields["description-1"] == "Gift items"
    assert packer.submits("customs-form", **{"description-1": "Paper lamp", "weight-1": "950"}).status_code == 422
    good = {"description-1": "Paper lamp shade", "hs_code-1": "9405.92", "origin-1": "JP", "weight-1": "950"}
    stale = packer.page
    assert packer.submits("customs-form", **good, products="1").status_code == 200
    assert next(packer.page.attributes("customs-page"))["data-complete"] == "yes"
    assert listed(packer) == [] and "customs" not in kinds(packer)
    # a second tab had not seen that
    again = {**stale.form("customs-form").fields, **good, "description-1": "Lamp of paper", "_once": "another"}
    assert packer.posts(f"/manage/orders/{number}/customs", again).status_code == 409
    assert packer.page.form("customs-form").fields["description-1"] == "Lamp of paper"

    with app.app_context():
        line = session.scalars(
            select(OrderLine).join(Order).where(Order.number == number, OrderLine.position == 1)
        ).one()  # fmt: skip
        assert (line.customs_description, line.hs_code, line.weight) == ("Paper lamp shade", "9405.92", 950)
        assert session.scalars(select(Product.customs_description).where(Product.code == "LAMP")).one() == ""
        audit = session.scalars(select(AuditEntry).where(AuditEntry.act == "order.customs")).one()
        assert sorted(audit.data["lines"]["1"]) == ["customs_description", "hs_code", "origin", "weight"]
        assert session.scalars(select(OrderEvent.name).where(OrderEvent.name == "customs_changed")).one()
        session.rollback()

    owner = member()
    owner.gets(f"/manage/orders/{number}/customs")
    assert owner.submits("customs-form", products="1").status_code == 200
    next_number = bought(LAMP=1)
    assert seen_by_desk(app, next_number).complete
    with app.app_context():
        lamp = session.scalars(select(Product).where(Product.code == "LAMP")).one()
        assert (lamp.hs_code, lamp.origin, lamp.weight) == ("9405.92", "JP", 950)
        session.rollback()
    support = member("support")
    support.gets(f"/manage/orders/{number}/customs")
    assert not support.page.texts("save") and support.submits("customs-form").status_code == 403


@pytest.mark.req("SHP-7")
def test_the_receiver_is_part_of_it_and_the_flag_goes_with_the_order(app: Flask, member: Member, bought: Buy) -> None:
    number = bought(TEA=1)
    with app.app_context():

        def forget_phone() -> None:
            order = find_order(number)
            assert order is not None
            session.execute(update(Order).values(address={**order.address, "phone": ""}))

        run_unit(forget_phone)
    owner = member()
    owner.gets(f"/manage/orders/{number}/address")
    owner.submits("address-form", line2="2F", phone=TAIPEI["phone"])
    assert listed(owner) == []
    lamp = bought(LAMP=1)
    owner.gets(f"/manage/orders/{lamp}")
    owner.submits("act-cancel", because="shopper")
    with app.app_context():
        assert session.scalars(select(OrderFlag)).all() == []
        session.rollback()


@pytest.mark.req("SHP-7", "ORD-10")
def test_papers_say_the_prices_that_were_paid_parcel_by_parcel(app: Flask, member: Member, bought: Buy) -> None:
    policies(
        app, shop__address={"en": "1-1 Chiyoda\nTokyo 100-0001"}, customs__phone="+81 3 1234 5678", customs__sdr_rate="200"
    )  # fmt: skip
    number = bought(TEA=3, CUP=1)
    owner = member(locale="ja")
    owner.gets(f"/manage/orders/{number}/commercial-invoice")  # there before anything is paid or packed
    assert owner.page.texts("paper-goods") == ["6,000"] and owner.page.text("paper-total") == "7,900"
    assert owner.page.text("paper-incoterm") == "DAP Taiwan"
    assert "Lin Yi-chun" in owner.page.text("paper-address") and "+81 3 1234 5678" in owner.page.text("paper-sender")
    owner.gets(f"/manage/orders/{number}")
    owner.submits("act-pay")
    assert f"/manage/orders/{number}/commercial-invoice" in owner.page.links and owner.page.texts("papers-step")
    owner.submits("act-plan", "packed", **{"pack-1": "1", "pack-2": "0", "weight": "450"})
    owner.gets(f"/manage/orders/{number}")
    owner.submits("act-plan", "packed", **{"pack-1": "2", "pack-2": "1"})
    view = seen_by_desk(app, number)
    first, second = view.declarations
    assert (first.total, second.total, first.extra + second.extra) == (1000, 5000, 1900)
    assert (first.extra, first.gross_weight, first.net_weight) == (1900 * 1000 // 6000, 450, 200)
    assert first.form == second.form == "invoice"  # couriers carry no label of the post
    for parcel, lines in ((first, 1), (second, 2)):
        for paper in ("commercial-invoice", "declaration", "slip"):
            assert owner.gets(f"/manage/orders/{number}/{paper}?parcel={parcel.parcel_id}").status_code == 200
            assert len(owner.page.texts("paper-line")) == lines
    owner.gets(f"/manage/orders/{number}/declaration?parcel={second.parcel_id}")
    assert owner.page.text("paper-category") == "Sale of goods" and "gift" not in owner.last.text.lower()
    assert owner.gets(f"/manage/orders/{number}/declaration?parcel=999").status_code == 404
    at_home = bought(TEA=1, address=TOKYO)
    owner.gets(f"/manage/orders/{at_home}/commercial-invoice")
    assert "Commercial invoice / 商業インボイス" in owner.last.text and owner.page.texts("paper-incoterm") == []
    assert member("translator").gets(f"/manage/orders/{number}/commercial-invoice").status_code == 403


@pytest.mark.req("SHP-7")
def test_discounts_cancelled_pieces_and_what_nobody_paid_for(app: Flask, member: Member, bought: Buy) -> None:
    """The declared value is what was paid, whatever the catalogue says; a bonus has its own value."""
    number = bought(TEA=4, CUP=1)
    owner = member()
    owner.gets(f"/manage/orders/{number}")
    owner.submits("act-pay")
    owner.submits("act-cancel-items", **{"cancel-1": "1", "because": "unavailable"})
    assert [item.value for item in seen_by_desk(app, number).declarations[0].items] == [3000, 3000]
    with app.app_context():

        def make_it_a_bonus() -> None:
            from storefront.core.billing.models import BillLine

            line = session.scalars(select(OrderLine).where(OrderLine.position == 2)).one()
            line.unit_price, line.customs_value = 0, 2500
            session.execute(update(BillLine).where(BillLine.order_line_id == line.id).values(amount=0))
            first = session.scalars(select(OrderLine).where(OrderLine.position == 1)).one()
            # a coupon took 401 off four pieces; one of them was cancelled
            session.execute(update(BillLine).where(BillLine.order_line_id == first.id).values(amount=3599))

        run_unit(make_it_a_bonus)
    view = seen_by_desk(app, number)
    assert [item.value for item in view.declarations[0].items] == [3599 - 3599 // 4, 2500]
    with app.app_context():  # the books must agree again at the end of the test

        def back() -> None:
            from storefront.core.billing.models import BillLine

            line = session.scalars(select(OrderLine).where(OrderLine.position == 2)).one()
            line.unit_price, line.customs_value = 3000, 3000
            session.execute(update(BillLine).where(BillLine.order_line_id == line.id).values(amount=3000))
            first = session.scalars(select(OrderLine).where(OrderLine.position == 1)).one()
            session.execute(update(BillLine).where(BillLine.order_line_id == first.id).values(amount=4000))

        run_unit(back)


def work_off(app: Flask) -> None:
    from storefront.admin.tasks.running import run_task
    from storefront.core.outbox.claiming import claim

    with app.app_context():
        extension = app.extensions["storefront"]
        for row in claim(50, utcnow() + timedelta(seconds=1), queues=("slow",)):
            shop = extension.snapshots.current()
            with extension.host.bind(shop) as providers:
                session.rollback()
                run_task(Work(row, None, shop, providers))  # type: ignore[arg-type]


def exported(app: Flask, staff: Visitor, *numbers: str, encoding: str = "utf-8-sig") -> list[list[str]]:
    staff.gets("/manage/orders/")
    staff.submits("list-form", act="customs", id=list(numbers))
    staff.submits("confirm-act")
    task = staff.last.request.path
    work_off(app)
    with staff.gets(f"{task}/file") as file:
        raw = file.get_data()
    staff.gets(task)
    return list(csv.reader(io.StringIO(raw.decode(encoding))))


@pytest.mark.req("SHP-7", "SHOP-8")
def test_the_file_for_carriers_in_own_columns_and_in_the_owners(app: Flask, member: Member, bought: Buy) -> None:
    policies(app, shop__address={"en": "1-1 Chiyoda\nTokyo"}, customs__phone="+81 3 1234 5678")
    complete, bare = bought(TEA=2, CUP=1), bought(LAMP=1)
    polish = bought(TEA=1, address={**TAIPEI, "latin_name": "Łucja Lin"})
    at_home = bought(TEA=1, address=TOKYO)
    owner = member()
    rows = exported(app, owner, complete, bare, at_home)
    head, *data = rows
    assert len(data) == 2 and head[:3] == ["order", "parcel", "line"]
    tea = dict(zip(head, data[0], strict=True))
    wanted = {
        "order": complete, "form": "invoice", "category": "sale of goods", "sender_address": "1-1 Chiyoda, Tokyo",
        "sender_phone": "81312345678", "receiver_name": "Lin Yi-chun", "receiver_phone": "886223456789",
        "receiver_country_name": "Taiwan", "description": "Green tea", "pieces": "2", "net_weight": "400",
        "unit_value": "1000", "value": "2000", "currency": "JPY", "hs_code": "090210", "origin": "JP", "total": "5000",
        "incoterm": "DAP",
    }  # fmt: skip
    assert {key: tea[key] for key in wanted} == wanted
    problems = " ".join(owner.page.texts("task-problems"))
    assert bare in problems and "HS code" in problems and at_home in problems

    owner.gets("/manage/settings/")
    columns = [
        {"title": "品名", "field": "description", "text": ""},
        {"title": "=type", "field": "text", "text": "+1"},
        {"title": "受取人", "field": "receiver_name", "text": ""},
        {"title": "gone", "field": "no_such_field", "text": ""},
    ]
    policies(app, customs__file_columns=columns, customs__file_encoding="shift_jis")
    rows = exported(app, owner, complete, polish, encoding="cp932")
    assert rows == [
        ["品名", "'=type", "受取人", "gone"],
        ["Green tea", "'+1", "Lin Yi-chun", ""],
        ["Porcelain cup", "'+1", "Lin Yi-chun", ""],
    ]
    problems = " ".join(owner.page.texts("task-problems"))
    assert polish in problems and "Ł" in problems and "受取人" in problems
    policies(app, customs__file_encoding="utf-8")
    assert ["Green tea", "'+1", "Łucja Lin", ""] in exported(app, owner, polish)
    with app.app_context():
        entries = session.scalars(
            select(AuditEntry.subject_id).where(AuditEntry.act == "customs.export").order_by(AuditEntry.id)
        ).all()  # fmt: skip
        session.rollback()
    assert entries == [complete, complete, polish]
    packer = member("packer")
    packer.gets("/manage/orders/")
    assert packer.page.texts("bulk-pack") and not packer.page.texts("bulk-customs")
    assert packer.submits("list-form", act="customs", id=[complete]).status_code == 403


@pytest.mark.req("SHP-7")
def test_the_owner_edits_rate_and_columns(app: Flask, member: Member) -> None:
    owner = member()
    owner.gets("/manage/settings/")
    wrong = {"customs__sdr_rate": "much"}
    assert owner.submits("edit-form", **wrong).status_code == 422
    columns = {"title": "Inhalt", "field": "description", "place": "2"}
    button = {"_add": "customs__file_columns"}
    owner.gets("/manage/settings/")
    owner.submits("edit-form", customs__sdr_rate="198.5", customs__sdr_date="2026-11-20", **button)
    owner.submits(
        "edit-form", **{f"customs__file_columns-0-{name}": value for name, value in columns.items()}, **button
    )
    owner.submits(
        "edit-form", **{f"customs__file_columns-1-{n}": v for n, v in {**columns, "title": "A", "place": "1"}.items()}
    )
    with app.app_context():
        stored = dict(session.execute(select(Policy.key, Policy.value).where(Policy.key.like("customs.%"))).all())
        session.rollback()
    assert (stored["customs.sdr_rate"], stored["customs.sdr_date"]) == ("198.5", "2026-11-20")
    assert [column["title"] for column in stored["customs.file_columns"]] == ["A", "Inhalt"]


@pytest.mark.req("SHP-11")
def test_a_line_that_may_not_go_is_cancelled_and_the_order_goes_on(
    app: Flask, member: Member, bought: Buy, unit: Callable[[], AbstractContextManager[None]]
) -> None:
    with unit():
        make_product(
            code="SPRAY", name="Lacquer spray", price=2000, on_hand=5, restrictions=["flammable"],
            customs_description="Lacquer in a spray can",
        )  # fmt: skip
    number = bought(TEA=1, SPRAY=2)
    owner = member()
    owner.gets(f"/manage/orders/{number}")
    assert owner.page.texts("closed-line") == []
    with unit():
        close_destination("TW", restriction="flammable", en="Sprays do not fly to Taiwan.")
        touch()
    owner.gets(f"/manage/orders/{number}")
    (note,) = owner.page.texts("closed-line")
    assert note.startswith("Sprays do not fly to Taiwan.")
    assert owner.submits("act-closed").status_code == 200
    assert owner.page.texts("closed-line") == [] and owner.page.text("order-state") == "Awaiting payment"
    with app.app_context():
        lines = session.scalars(
            select(OrderLine).join(Order).where(Order.number == number).order_by(OrderLine.position)
        )
        assert [(line.cancelled_quantity, line.cancel_reason) for line in lines] == [(0, ""), (2, "restricted")]
        session.rollback()


@pytest.mark.req("SHP-7")
def test_the_shopper_learns_what_customs_will_ask(app: Flask, bought: Buy) -> None:
    number, at_home = bought(TEA=1, lang="zh-hant"), bought(TEA=1, address=TOKYO)
    with app.app_context():
        secrets = dict(session.execute(select(Order.number, Order.secret)).all())
        session.rollback()
    shopper = Visitor(app.test_client(), lang="zh-hant")
    shopper.gets(f"orders/{number}/{secrets[number]}")
    assert "EZ WAY" in shopper.last.text and "申報相符" in shopper.last.text
    shopper.gets(f"orders/{at_home}/{secrets[at_home]}")
    assert "EZ WAY" not in shopper.last.text
