"""The list of orders, Today, the pack list, and papers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from storefront.core.billing.models import Bill
from storefront.core.contracts.manage import Ask
from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.desk.conditions import STATUSES, WAITS, has_status, waits_for
from storefront.core.desk.orders import order_source
from storefront.core.desk.today import today
from storefront.core.lifecycle.view import order_view
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.queries import find_order
from storefront.core.outbox.models import OutboxRow
from storefront.core.settings.models import Policy
from storefront.core.settings.service import touch
from storefront.jobs.runtime import Work
from storefront.testing.visitor import TAIPEI, TOKYO, Visitor

Member = Callable[..., Visitor]
Buy = Callable[..., str]
Counter = Callable[[], AbstractContextManager[list[str]]]


def acts(staff: Visitor, number: str, *steps: tuple[str, str, dict[str, str]]) -> None:
    staff.gets(f"/manage/orders/{number}")
    for act, button, fields in steps:
        staff.submits(f"act-{act}", button, **fields)
        assert staff.last.status_code == 200, (act, staff.page.texts("answer"))


PAID = ("pay", "", {})
PACKED = ("plan", "packed", {})
SENT = ("hand-over", "", {})


@pytest.fixture
def shop_at_work(member: Member, bought: Buy) -> dict[str, str]:
    """An order in each state that waits for something, and some that wait for nothing."""
    owner = member()
    numbers = {
        "money": bought(TEA=1),
        "pack": bought(TEA=2),
        "goods": bought(POT=1, TEA=1, address=TOKYO),
        "hand_over": bought(TEA=1, address=TOKYO),
        "partly": bought(TEA=1, CUP=1, address={**TAIPEI, "family_name": "陳"}),
        "sent": bought(CUP=1, address=TOKYO),
        "refund": bought(CUP=1),
        "cash": bought(TEA=1, address=TOKYO, method="payments_cod"),
    }
    for name in ("pack", "goods", "hand_over", "partly", "sent", "refund"):
        acts(owner, numbers[name], PAID)
    acts(owner, numbers["hand_over"], PACKED)
    acts(
        owner, numbers["partly"], ("plan", "packed", {"pack-2": "0"}), ("hand-over", "", {"tracking": "EN123456789JP"})
    )
    acts(owner, numbers["sent"], PACKED, SENT)
    acts(owner, numbers["refund"], ("cancel", "", {"because": "shopper"}))
    acts(owner, numbers["money"], ("flag", "", {"words": "garbled"}))
    return numbers


def listed(staff: Visitor, query: str) -> list[str]:
    staff.gets(f"/manage/orders/?{query}")
    return [given["data-id"] for given in staff.page.attributes("row")]


@pytest.mark.req("SHOP-5")
def test_the_list_is_asked_by_everything_it_shows(
    app: Flask, member: Member, shop_at_work: dict[str, str], count_statements: Counter
) -> None:
    n, owner = shop_at_work, member()
    newest_first = [n[name] for name in reversed(n)]
    assert listed(owner, "") == newest_first
    assert listed(owner, "sort=placed_at") == newest_first[::-1]
    for query, wanted in {
        "status=awaiting_payment": ["money"],
        "status=processing": ["cash", "hand_over", "goods", "pack"],
        "status=partly_shipped": ["partly"],
        "status=shipped": ["sent"],
        "status=cancelled": ["refund"],
        "waits=money": ["money"],
        "waits=pack": ["cash", "partly", "pack"],
        "waits=goods": ["goods"],
        "waits=hand_over": ["hand_over"],
        "waits=refund": ["refund"],
        "waits=look": ["money"],
        "payment=open": ["cash", "money"],
        "payment=later": ["cash"],
        "payment=paid": ["sent", "partly", "hand_over", "goods", "pack"],
        "country=JP&status=processing": ["cash", "hand_over", "goods"],
        "method=payments_cod": ["cash"],
        "carrier=shipping_courier&waits=refund": ["refund"],
        "from=2020-01-01&to=2020-12-31": [],
        "to=nonsense&waits=refund": ["refund"],
        "waits=nonsense&status=shipped": ["sent"],
        f"q={n['pack']}": ["pack"],
        "q=EN123456789JP": ["partly"],
        "q=陳": ["partly"],
        "q=陳&status=shipped": [],
        "q=no-such-thing": [],
    }.items():
        assert listed(owner, query) == [n[name] for name in wanted], query
    today_day = utcnow().astimezone().date()
    assert len(listed(owner, f"from={today_day - timedelta(days=1)}&to={today_day + timedelta(days=1)}")) == len(n)
    assert len(listed(owner, "q=lin@example.com")) == 4
    owner.gets("/manage/orders/?q=EN123456789JP")
    row = owner.page.text("row")
    assert "陳怡君" in row and "Taiwan" in row and "Partly shipped" in row and "To be packed" in row
    with count_statements() as seen:
        owner.gets("/manage/orders/?waits=pack")
    assert len(seen) <= 12
    with count_statements() as seen:
        owner.gets(f"/manage/orders/{n['partly']}")
    assert len(seen) <= 24


def test_what_the_list_derives_is_what_the_order_says(app: Flask, shop_at_work: dict[str, str]) -> None:
    """One rule in three forms: the page of an order, the list's rows, the filters above it."""
    with app.app_context():
        providers = app.extensions["storefront"].host
        rows = order_source(lambda: "Asia/Tokyo").page(Ask(limit=100)).rows
        with providers.bind(app.extensions["storefront"].snapshots.current()) as offered:
            for row in rows:
                order = find_order(row.number)
                assert order is not None and order_view(order, offered).status == row.status
        for status in STATUSES:
            condition = has_status(status)
            assert condition is not None
            found = set(session.scalars(select(Order.number).where(condition)))
            assert found == {row.number for row in rows if row.status == status}
        for what in WAITS:
            condition = waits_for(what)
            assert condition is not None
            found = set(session.scalars(select(Order.number).where(condition)))
            assert found == {row.number for row in rows if what in row.waits}, what
        session.rollback()


def work_off(app: Flask) -> None:
    """What a worker does with the tasks that were promised."""
    from storefront.admin.tasks.running import run_task
    from storefront.core.outbox.claiming import claim

    with app.app_context():
        extension = app.extensions["storefront"]
        for row in claim(50, utcnow() + timedelta(seconds=1), queues=("slow",)):
            with extension.host.bind(extension.snapshots.current()) as providers:
                shop = extension.snapshots.current()
                session.rollback()
                run_task(Work(row, None, shop, providers))  # type: ignore[arg-type]


def test_many_orders_are_packed_and_written_to_a_file(app: Flask, member: Member, shop_at_work: dict[str, str]) -> None:
    n, packer = shop_at_work, member("packer")
    packer.gets("/manage/orders/?waits=pack")
    packer.submits("list-form", act="plan", all="1")
    packer.submits("confirm-act")
    work_off(app)
    packer.gets("/manage/orders/pack-list")
    assert len(packer.page.texts("pack-list-parcel")) == 3
    assert packer.page.texts("pick") == ["CUP-1Tea cup1", "TEA-1Sencha3"]
    packer.gets("/manage/orders/?waits=pack")
    packer.submits("list-form", act="pack", id=[n["pack"], n["money"]])
    packer.submits("confirm-act")
    work_off(app)
    assert listed(packer, "waits=hand_over") == [n["hand_over"], n["pack"]]
    assert member("support").gets("/manage/orders/pack-list").status_code == 403
    owner = member(locale="ja")
    owner.gets("/manage/orders/?from=2020-01-01")
    form = owner.page.form("list-form")
    owner.posts("/manage/orders/export", {**form.fields, "format": "csv"})
    work_off(app)
    with owner.gets(owner.last.request.path + "/file") as file:
        lines = file.text.splitlines()
    assert len(lines) == len(n) + 1 and any("林怡君" in line and "lin@example.com" in line for line in lines)


@pytest.mark.req("SHOP-5")
def test_today_is_what_waits_oldest_first(
    app: Flask, member: Member, shop_at_work: dict[str, str], count_statements: Counter
) -> None:
    with app.app_context(), unit_of_work():
        session.execute(update(Bill).where(Bill.state == "open").values(due_at=utcnow() + timedelta(hours=20)))
        session.add(OutboxRow(name="x", state="dead", created_at=utcnow() - timedelta(days=3)))
        line = session.scalars(select(OrderLine).where(OrderLine.sku_code == "POT-1")).one()
        line.item_state, line.release = "awaiting_release", "2020-01"
    owner = member()
    with count_statements() as seen:
        owner.gets("/manage/")
    assert len(seen) <= 12
    shown = [given["data-kind"] for given in owner.page.attributes("waiting")]
    assert shown[:2] == ["release", "jobs"] and shown[-1] == "deadline"
    assert set(shown) == {"release", "jobs", "deadline", "pack", "hand_over", "look", "refund"}
    refund = next(text for text in owner.page.texts("waiting") if "Money to send back" in text)
    assert "¥4,450" in refund and refund.endswith("1")
    for link in (path for path in owner.page.links if "?waits=" in path or "?status=" in path):
        assert owner.gets(link).status_code == 200 and owner.page.texts("row")
    packer = member("packer", "ja")
    packer.gets("/manage/")
    kinds = {given["data-kind"] for given in packer.page.attributes("waiting")}
    assert kinds == {"pack", "hand_over", "look", "release"}
    with app.app_context(), unit_of_work():
        line = session.scalars(select(OrderLine).where(OrderLine.sku_code == "POT-1")).one()
        line.item_state = "awaiting_supplier"
    with app.app_context():
        kinds = {waiting.kind for waiting in today(utcnow(), low=5, zone="Asia/Tokyo")}
        session.rollback()
    assert "supply" in kinds and "release" not in kinds


def test_an_empty_shop_waits_for_nothing(member: Member) -> None:
    owner = member()
    assert owner.gets("/manage/").status_code == 200
    assert owner.page.texts("waiting") == [] and "Nothing waits" in owner.page.text("empty")


@pytest.mark.req("ORD-10", "SHP-7", "SHOP-7")
def test_papers_say_what_is_true_in_two_languages(app: Flask, member: Member, bought: Buy) -> None:
    with app.app_context():

        def seller() -> None:
            session.merge(Policy(key="shop.address", value={"ja": "東京都千代田区1-1", "en": "1-1 Chiyoda, Tokyo"}))
            session.merge(Policy(key="shop.tax_number", value="T1234567890123"))
            touch()

        run_unit(seller)
    owner = member("owner", "zh-hant")
    home = bought(TEA=2, CUP=1, address=TOKYO, lang="ja")
    acts(owner, home, PAID, ("cancel-items", "", {"because": "unavailable", "cancel-1": "1"}))
    owner.gets(f"/manage/orders/{home}/invoice?with=en")
    page = owner.page
    assert 'lang="ja"' in page.html and "請求書 / Invoice" in page.html and "T1234567890123" in page.html
    assert page.texts("paper-total") == ["4,500円"]  # a tea, a cup, the postage
    assert page.texts("paper-tax") == [
        "うち消費税 / Contained consumption tax 10 %3,500円318円",
        "うち消費税 / Contained consumption tax 8 %1,000円74円",
    ]
    assert "Green tea" in page.text("paper-line")
    abroad = bought(TEA=1, lang="zh-hans")
    acts(owner, abroad, PAID, PACKED)
    owner.gets(f"/manage/orders/{abroad}/invoice")
    assert owner.page.texts("paper-tax") == [] and "T1234567890123" not in owner.page.html
    assert "/ Invoice" in owner.page.html and "Lin Yi-chun" in owner.page.html
    owner.gets(f"/manage/orders/{abroad}")
    slip = next(path for path in owner.page.links if "slip?parcel=" in path)
    owner.gets(slip + "&with=ja")
    assert owner.page.texts("paper-line") and "¥" not in owner.page.text("paper-line")
    assert owner.gets(f"/manage/orders/{abroad}/slip?parcel=999").status_code == 404
    assert owner.gets(f"/manage/orders/{abroad}/slip?parcel=x").status_code == 200


@pytest.mark.parametrize("locale", ["ja", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_desk_speaks_the_language_of_its_reader(member: Member, bought: Buy, locale: str) -> None:
    staff = member("owner", locale)
    number = bought(TEA=1)
    words: list[Any] = []
    for path in ("/manage/", "/manage/orders/", f"/manage/orders/{number}", f"/manage/orders/{number}/address"):
        staff.gets(path)
        words.append(staff.page.html)
        assert not any(left in staff.page.html for left in (">Enter the payment<", ">What waits<", ">Orders to pack<"))
    assert datetime.now().year and words
