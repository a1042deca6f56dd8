"""The owner's pages: tables tried, scheduled and withdrawn, services switched, suspensions; and a shopper who meets them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from storefront_shipping_japanpost import plugin

from storefront.testing.contracts import ShopContract
from storefront.testing.desk import staff_client
from storefront.testing.visitor import TAIPEI, Visitor

ROOT = "/manage/plugins/shipping_japanpost"
# Half past eleven at night in Tokyo.
EVENING = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
TABLE = "zone,max_weight_g,price_jpy\n" + "".join(
    f"{zone},{top},{price}\n" for zone in "12345" for top, price in ((500, 1500), (1000, 2500), (30_000, 30_000))
)


class TestOwner(ShopContract):
    module = plugin
    delivery = "shipping_japanpost:ems"
    address = TAIPEI

    # The contract itself is shown in test_contract.py.
    test_a_shopper_buys_in_every_language = None
    test_the_same_form_sent_twice_is_one_order = None
    test_switched_off_in_mid_checkout_nothing_is_charged_by_it = None
    test_old_orders_are_readable_when_it_is_switched_off_and_gone = None

    @pytest.fixture
    def owner(self, shop: Flask) -> Visitor:
        return Visitor(staff_client(shop))

    def tries(self, owner: Visitor, **typed: Any) -> int:
        owner.gets(f"{ROOT}/pages/check")
        return owner.submits("check-form", **{"service": "ems", "valid_from": "2026-11-26", **typed}).status_code

    def schedules(self, owner: Visitor, table: str = TABLE, day: str = "2026-11-26") -> None:
        assert self.tries(owner, table=table, valid_from=day, name="Autumn") == 200, owner.page.texts("problem")
        assert owner.submits("schedule-form").status_code == 200

    def withdraws(self, member: Visitor, tariff: str) -> int:
        member.gets("/manage/")
        token = next(form.fields["csrf_token"] for form in member.page.forms if "csrf_token" in form.fields)
        return member.posts(f"{ROOT}/tariffs/{tariff}/remove", {"confirmed": "1", "csrf_token": token}).status_code

    @pytest.mark.req("SHP-2")
    def test_a_file_is_tried_line_by_line_and_what_was_typed_is_kept(self, owner: Visitor) -> None:
        with time_machine.travel(EVENING, tick=False):
            bad = (
                TABLE.replace("1,1000,2500", "1,1000,90")
                .replace("2,500,1500", "7,500,1500")
                .replace("3,500,1500", "3,500,x")
            )
            assert self.tries(owner, table=bad, name="Autumn") == 422
            problems = owner.page.text("table-problems")
            assert (
                "Line 5: there is no zone 7" in problems
                and "Line 8: price_jpy must be a whole number above 0, not x." in problems
            )
            form = owner.page.form("check-form").fields
            assert (
                form["table"].strip() == bad.strip() and form["valid_from"] == "2026-11-26" and form["name"] == "Autumn"
            )
            assert self.tries(owner, table=TABLE.replace("1,1000,2500", "1,1000,90")) == 422
            assert "Line 3: in zone 1 the step 1000 costs 90" in owner.page.text("table-problems")
            assert self.tries(owner, table="", service="pigeon", valid_from="soon") == 422
            assert len(owner.page.texts("field-error")) == 3
            assert self.tries(owner, table=TABLE, valid_from="2026-11-24") == 422
            assert "from today on" in owner.page.text("field-error")
            for raw, status in ((TABLE.encode("utf-8-sig"), 200), ("注記\n".encode("cp932"), 422), (b"\x00\xff", 422)):
                assert self.tries(owner, file=(BytesIO(raw), "ems.csv")) == status
            owner.gets(f"{ROOT}/tariffs/?state=scheduled")
            assert not owner.page.texts("row"), "nothing was stored by trying"

    def test_a_table_is_compared_scheduled_and_withdrawn(self, owner: Visitor, shop: Flask) -> None:
        with time_machine.travel(EVENING, tick=False):
            assert self.tries(owner, table=TABLE) == 200
            assert "Dearer" in owner.page.text("summary")
            moved = owner.page.texts("moved")
            assert "¥1,450 ¥1,500" in moved[0] and "without" not in owner.page.text("found")
            assert self.tries(owner, table="\n".join(TABLE.splitlines()[:-3])) == 200
            assert "Zone 5" in owner.page.text("note")
            self.schedules(owner)
            owner.gets(f"{ROOT}/tariffs/?state=scheduled")
            (row,) = owner.page.texts("row")
            assert "EMS" in row and "Yours" in row and "Autumn" in row
            assert self.tries(owner, table=TABLE) == 422, "one table a day"
            owner.gets(f"{ROOT}/pages/table/ems-2026-11-26?with=ems-2025-01-12")
            assert len(owner.page.texts("moved")) > 100
            owner.gets(f"{ROOT}/tariffs/")
            assert f"{ROOT}/pages/check" in owner.page.links
            reader = Visitor(staff_client(shop, "read_only"))
            reader.gets(f"{ROOT}/tariffs/")
            assert f"{ROOT}/pages/check" not in reader.page.links
            assert reader.gets(f"{ROOT}/pages/table/ems-2026-11-26").status_code == 200 and not reader.page.texts(
                "withdraw"
            )
            assert reader.gets(f"{ROOT}/pages/check").status_code == 403
            assert self.withdraws(reader, "ems-2026-11-26") == 403
            owner.gets(f"{ROOT}/pages/table/ems-2026-11-26")
            owner.submits("withdraw-form")
            assert self.withdraws(owner, "ems-2026-11-26") == 200
            assert owner.gets(f"{ROOT}/pages/table/ems-2026-11-26").status_code == 404
            owner.gets("/manage/audit/?q=shipping_japanpost")
            assert owner.page.html.count("shipping_japanpost") >= 2, "scheduled and withdrawn"
            for path in ("table/ems-2025-01-12", "table/nothing"):
                expected = 200 if "ems" in path else 404
                assert owner.gets(f"{ROOT}/pages/{path}").status_code == expected
        with time_machine.travel(EVENING, tick=False):
            self.schedules(owner)
        with time_machine.travel(EVENING + timedelta(hours=1), tick=False):
            assert self.withdraws(owner, "ems-2026-11-26") == 422
            assert "can be withdrawn" in owner.page.text("problem")

    @pytest.mark.req("CRT-3", "SHP-2")
    def test_a_new_table_at_midnight_between_cart_and_confirm_is_confirmed_again(
        self, owner: Visitor, shop: Flask
    ) -> None:
        with time_machine.travel(EVENING, tick=False):
            # What is ordered on Wednesday leaves on Thursday, after midnight on Friday: the price is that of the day it leaves.
            self.schedules(owner, day="2026-11-27")
            buyer = self.buys(shop)
            before = buyer.page.amount()
            assert before == 2000 + 1450
        with time_machine.travel(EVENING + timedelta(minutes=29, seconds=59), tick=False):
            buyer.gets("checkout/confirm")
            assert buyer.page.amount() == before
        with time_machine.travel(EVENING + timedelta(minutes=30), tick=False):
            buyer.places()
            assert buyer.last.status_code == 409 and buyer.page.text("total-changed")
            assert buyer.page.amount() == before + 50
            buyer.places()
            assert buyer.last.status_code == 200 and buyer.page.text("order-number")
            self.books_are_right(shop)

    def test_services_are_switched_and_need_a_table(self, owner: Visitor, choices: Callable[[], list[str]]) -> None:
        assert "shipping_japanpost:air_packet" in choices()
        owner.gets(f"{ROOT}/services/air_packet")
        form = dict(owner.page.form("edit-form").fields)
        form.pop("on")
        owner.posts(f"{ROOT}/services/air_packet", form)
        assert "shipping_japanpost:air_packet" not in choices()
        owner.gets(f"{ROOT}/services/epacket")
        assert owner.submits("edit-form", on="1").status_code == 422
        assert "no price table" in owner.page.text("field-error")

    def test_a_suspension_closes_and_its_words_are_shown(
        self, owner: Visitor, choices: Callable[[], list[str]]
    ) -> None:
        owner.gets(f"{ROOT}/rules/new")
        typed = {"state": "closed", "service": "ems", "country": "TW", "text_en": "Closed by a typhoon."}
        assert owner.submits("edit-form", **typed, starts="2027-01-02", ends="2027-01-01").status_code == 422
        assert owner.submits("edit-form", **typed, starts="", ends="").status_code == 200
        assert "shipping_japanpost:ems" not in choices()
        owner.gets(f"{ROOT}/rules/new")
        assert owner.submits("edit-form", state="notice", text_en="").status_code == 422
        owner.gets(f"{ROOT}/rules/new")
        assert owner.submits("edit-form", state="open", country="RU").status_code == 422
        owner.gets(f"{ROOT}/countries/new")
        assert owner.submits("edit-form", country="TW", insured="100000").status_code == 200
        assert "shipping_japanpost:parcel_air_insured" in choices()
        owner.gets(f"{ROOT}/settings/")
        fields = owner.page.form("edit-form").fields
        assert "us_most_value" in fields and "tariffs" not in fields and "rules" not in fields
        assert owner.submits("edit-form", us_most_value="300000").status_code == 200
        assert "shipping_japanpost:parcel_air_insured" in choices(), "what has a page of its own is left alone"

    @pytest.fixture
    def choices(self, shop: Flask) -> Callable[[], list[str]]:
        """What a shopper in Taiwan can choose just now."""

        def found() -> list[str]:
            visitor = Visitor(shop.test_client())
            visitor.adds("TEA-1")
            visitor.fills_in(TAIPEI)
            return visitor.page.form("delivery-form").options["delivery"]

        return found
