"""Everything that can be done to an order, by somebody at the desk with a browser without script."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import session
from storefront.core.orders.models import Order, OrderEvent
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt, PaymentEvent, Refund, RefundTask
from storefront.core.shipping.models import Shipment
from storefront.core.staff.rights import may
from storefront.testing.gateway import FakeGateway
from storefront.testing.visitor import OWN, TAIPEI, TOKYO, Visitor

Member = Callable[..., Visitor]
Buy = Callable[..., str]


def column(app: Flask, wanted: Any) -> list[Any]:
    with app.app_context():
        found = list(session.scalars(wanted))
        session.rollback()
        return found


def opens(staff: Visitor, number: str) -> Visitor:
    assert staff.gets(f"/manage/orders/{number}").status_code == 200
    return staff


def does(staff: Visitor, act: str, button: str = "", **fields: Any) -> int:
    """Send an act's form of the page in hand."""
    return staff.submits(f"act-{act}", button, **fields).status_code


def next_act(staff: Visitor) -> str:
    return next(staff.page.attributes("next"))["data-act"]


@pytest.mark.req("PAY-6", "SHP-8", "ORD-9", "SHOP-5")
def test_from_the_money_to_the_last_parcel(app: Flask, member: Member, bought: Buy) -> None:
    """Each act is the one the page proposes, with what it proposes."""
    number = bought(TEA=2, CUP=1)
    owner = opens(member(), number)
    assert (owner.page.text("order-state"), next_act(owner)) == ("Awaiting payment", "pay")
    assert owner.page.form("act-pay").fields["amount"] == "6900"
    assert does(owner, "pay", reference="TRX-1") == 200
    assert owner.page.texts("notice") == ["The payment is entered."]
    assert (owner.page.text("order-state"), next_act(owner)) == ("Being prepared", "plan")
    does(
        owner,
        "plan",
        "packed",
        **{"pack-1": "２", "pack-2": "0", "weight": "450", "length": "20", "width": "15", "height": "10"},
    )
    assert next_act(owner) == "hand_over"
    does(owner, "hand-over", tracking="EN123456789JP")
    assert (owner.page.text("order-state"), next_act(owner)) == ("Partly shipped", "plan")
    does(owner, "plan", "packed")
    does(owner, "hand-over")
    assert owner.page.text("order-state") == "Shipped"
    for _parcel in range(2):
        does(owner, "parcel")  # the first one that is on its way was delivered
    assert next_act(owner) == "complete"
    does(owner, "complete")
    assert owner.page.text("order-state") == "Completed"
    for wanted, found in (
        (Shipment.weight, [450, None]),
        (Shipment.length, [200, None]),
        (Shipment.tracking, ["EN123456789JP", ""]),
    ):
        assert column(app, select(wanted).order_by(Shipment.id)) == found
    acts = column(app, select(AuditEntry.act).where(AuditEntry.actor.like("staff:%")).order_by(AuditEntry.id))
    assert acts == [
        "order.pay", "shipment.plan", "shipment.pack", "shipment.hand_over", "shipment.plan", "shipment.pack",
        "shipment.hand_over", "shipment.delivered", "shipment.delivered", "order.complete",
    ]  # fmt: skip


@pytest.mark.req("PAY-6")
def test_another_amount_is_explained_before_it_is_entered(app: Flask, member: Member, bought: Buy) -> None:
    number = bought(TEA=1)
    owner = opens(member(), number)
    does(owner, "pay", amount="1,000", reference="T1")
    assert "¥1,450 is still to come" in owner.page.text("answer")
    assert column(app, select(PaymentEvent.amount).where(PaymentEvent.kind == "captured")) == []
    does(owner, "pay", "confirmed", amount="1,500")  # another sum than the one explained is explained again
    assert "¥950 is still to come" in owner.page.text("answer")
    does(owner, "pay", "confirmed")
    assert owner.page.text("rest") == "¥950"
    does(owner, "pay", amount="1000", reference="T1")
    does(owner, "pay", "confirmed")
    assert owner.last.status_code == 422 and "entered before" in owner.page.text("answer")
    assert owner.page.form("act-pay").fields["reference"] == "T1"
    does(owner, "pay", reference="T2")
    assert "¥50 must be sent back" in owner.page.text("answer")
    does(owner, "pay", "confirmed")
    assert (owner.page.text("order-state"), next_act(owner)) == ("Being prepared", "task")
    assert does(owner, "task", "how", reference="") == 422
    does(owner, "task", "how", reference="BACK-1")
    assert column(app, select(RefundTask.state)) == ["done"]
    for typed, sentence in (
        ("", "Please fill this in."),
        ("abc", "This is no amount in JPY. Write it plainly, like 490000."),
        ("-5", "It may not be below 1."),
    ):
        assert does(owner, "pay", amount=typed) == 422
        assert owner.page.texts("field-error") == [sentence]
        assert owner.page.form("act-pay").fields["amount"] == typed


@pytest.mark.req("PAY-6", "ORD-9")
def test_a_double_click_enters_money_once_and_a_stale_tab_nothing(app: Flask, member: Member, bought: Buy) -> None:
    number = bought(TEA=1)
    owner, other = opens(member(), number), opens(member("manager", "ja"), number)
    form = owner.page.form("act-pay")
    for _click in range(2):
        owner.posts(form.action, form.fields)
    assert owner.page.texts("notice") == ["This was done already; it was not done twice."]
    assert column(app, select(PaymentEvent.amount).where(PaymentEvent.kind == "captured")) == [2450]
    # the other one still sees the order as it was
    assert does(other, "pay") == 409
    assert "2,450円" in other.page.text("changed")
    assert column(app, select(PaymentEvent.amount).where(PaymentEvent.kind == "captured")) == [2450]
    # and may act after a look at what changed
    assert does(other, "cancel", because="owner", reason="nobody wants it") == 200
    assert column(app, select(Order.state)) == ["cancelled"]


@pytest.mark.req("ORD-5", "ORD-11", "PAY-5")
def test_items_and_orders_are_cancelled_and_their_money_owed(app: Flask, member: Member, bought: Buy) -> None:
    number = bought(TEA=3, CUP=1)
    owner = opens(member(), number)
    does(owner, "pay", reference="T1")
    assert does(owner, "cancel-items", because="unavailable") == 422
    assert owner.page.texts("field-error") == ["Please enter how many pieces are cancelled."]
    assert does(owner, "cancel-items", because="nonsense", **{"cancel-1": "x"}) == 422
    assert does(owner, "cancel-items", because="unavailable", **{"cancel-1": "9"}) == 422
    assert "no 9 pieces" in owner.page.text("answer")
    assert owner.page.form("act-cancel-items").fields["cancel-1"] == "9"
    does(owner, "cancel-items", because="unavailable", reason="the maker is out", **{"cancel-1": "2"})
    assert next_act(owner) == "task"
    does(owner, "cancel", because="shopper")
    assert (owner.page.text("order-state"), len(owner.page.texts("owed"))) == ("Cancelled", 2)
    for _task in range(2):
        does(owner, "task", "how", reference=f"BACK-{_task}")
    assert next_act(owner) == ""
    assert sorted(column(app, select(Refund.amount))) == [2000, 5900]
    does(owner, "pay", amount="100")
    assert "All of the ¥100 must then be sent back" in owner.page.text("answer")


@pytest.mark.req("PAY-5")
def test_lines_postage_or_an_amount_go_back_by_the_gateway_or_by_hand(
    app: Flask, member: Member, bought: Buy, gateway: FakeGateway
) -> None:
    shopper = Visitor(app.test_client())
    shopper.adds("TEA-1", 2)
    shopper.comes_to_confirm(TAIPEI, "fake_gateway")
    shopper.places(follow=False)
    reference = next(iter(gateway.payments))
    gateway.approve(reference)
    number = column(app, select(Order.number))[0]
    token = column(app, select(PaymentAttempt.token))[0]
    shopper.gets(f"/pay/{token}/return")
    owner = opens(member(), number)
    assert does(owner, "refund") == 422 and owner.page.texts("answer") != []
    assert does(owner, "refund", **{"refund-1": "1"}) == 200
    assert does(owner, "refund", shipping="1", amount="450") == 200
    assert [money.amount for money in gateway.payments[reference].refunds] == [1000, 450]
    assert does(owner, "refund", shipping="1", amount="1001") == 422
    assert "More than was paid" in owner.page.text("answer")
    assert owner.page.form("act-refund").fields["amount"] == "1001"
    does(owner, "refund", everything="1", reference="BY-HAND-1", reason="as agreed")
    assert [money.amount for money in gateway.payments[reference].refunds] == [1000, 450]
    assert column(app, select(Refund.state)) == ["done"] * 3
    assert sum(column(app, select(Refund.amount))) == 3450


def test_parcels_are_changed_lost_found_returned_and_their_numbers_mended(
    app: Flask, member: Member, bought: Buy
) -> None:
    number = bought(TEA=3, CUP=1)
    packer, owner = member("packer"), opens(member(), number)
    does(owner, "pay", reference="T1")
    opens(packer, number)
    does(packer, "plan")  # only planned
    assert next_act(packer) == "pack"
    assert does(packer, "pack", weight="2 kg") == 422
    assert does(packer, "pack", weight="300", length="10") == 422
    assert "length, width and height" in packer.page.text("field-error")
    does(packer, "contents", **{"pack-1": "1", "pack-2": ""})
    does(packer, "pack", weight="300")
    does(packer, "hand-over", tracking="EN123456789JP")
    assert does(packer, "tracking") == 422
    does(packer, "tracking", tracking="EN987654321JP")
    does(packer, "lost", reason="says the carrier")
    assert [text for text in packer.page.texts("parcel") if "Lost" in text]
    does(packer, "parcel")  # and it was delivered after all
    does(packer, "returned", **{"shelf-1": "1"}, reason="broken box")
    does(packer, "plan")
    does(packer, "parcel")  # taken apart again
    assert column(app, select(Shipment.state)) == ["returned"]
    assert column(app, select(Shipment.tracking)) == ["EN987654321JP"]
    names = column(app, select(OrderEvent.name).where(OrderEvent.name.like("shipment%")).order_by(OrderEvent.id))
    assert names == [
        "shipment_planned", "shipment_repacked", "shipment_packed", "shipment_handed_over", "shipment_lost",
        "shipment_delivered", "shipment_returned", "shipment_planned", "shipment_unplanned",
    ]  # fmt: skip
    mails = column(app, select(OutboxRow.name).where(OutboxRow.name == "mail.tracking_changed"))
    assert mails == ["mail.tracking_changed"]
    # a parcel of another order is not met under this one's address
    other = bought(TEA=1)
    opens(owner, other)
    does(owner, "pay")
    form = owner.page.form("act-plan")
    parcel = column(app, select(Shipment.id))[0]
    owner.posts(f"/manage/orders/{other}/parcels/{parcel}/delivered", form.fields)
    assert owner.last.status_code == 422 and column(app, select(Shipment.state)) == ["returned"]


@pytest.mark.req("MSG-4")
def test_what_came_back_whole_ends_the_order_less_the_postage(app: Flask, member: Member, bought: Buy) -> None:
    number = bought(TEA=1)
    owner = opens(member(), number)
    does(owner, "pay")
    does(owner, "plan", "packed")
    does(owner, "hand-over")
    assert does(owner, "return", keep="1450", reason="not fetched") == 422
    assert "is not back" in owner.page.text("answer")
    does(owner, "returned", **{"shelf-1": "1"})
    assert does(owner, "return", keep="1450") == 422
    does(owner, "return", keep="1450", reason="not fetched")
    assert owner.page.text("order-state") == "Cancelled"
    assert column(app, select(RefundTask.amount)) == [1000]


@pytest.mark.req("ORD-9", "MSG-5")
def test_notes_flags_and_mails(app: Flask, member: Member, bought: Buy) -> None:
    number = bought(TEA=1, lang="ja")
    support = opens(member("support"), number)
    assert does(support, "note", note="  ") == 422
    does(support, "note", note="Asks for a\n<b>green</b> box")
    assert "Asks for a <b>green</b> box" in support.page.text("event")
    does(support, "flag", words="garbled name")
    assert "garbled name" in support.page.text("flag")
    shopper_page = Visitor(app.test_client())
    secret = column(app, select(Order.secret))[0]
    text = shopper_page.gets(f"/ja/orders/{number}/{secret}").text
    assert "green" not in text and "garbled" not in text
    does(support, "flag")  # I looked at it
    assert support.page.texts("flag") == []
    does(support, "mail")
    again = column(app, select(OutboxRow.dedupe_key).where(OutboxRow.dedupe_key.like("%again%")))
    assert len(again) == 1
    assert does(support, "mail", mail="order_shipped:99") == 422


@pytest.mark.req("ORD-4")
def test_the_address_is_changed_until_the_parcel_left(app: Flask, member: Member, bought: Buy) -> None:
    number = bought(TEA=1)
    support, other = member("support"), member()
    path = f"/manage/orders/{number}/address"
    support.gets(path)
    assert support.page.form("address-form").fields["city"] == "大安區"
    other.gets(path)
    support.submits("address-form", line1="")
    assert support.last.status_code == 422 and support.page.texts("field-error")
    support.submits("address-form", "change_country", country="JP")
    assert "region" in support.page.form("address-form").options
    support.submits("address-form", **TOKYO)
    assert support.page.texts("notice") == ["The address is changed. The shopper gets a mail."]
    assert column(app, select(Order.country)) == ["JP"]
    other.submits("address-form", line1="信義路 2 號")
    assert other.last.status_code == 409 and "changed while" in other.page.text("problem")
    assert other.page.form("address-form").fields["line1"] == "信義路 2 號"
    opens(other, number)
    does(other, "pay")
    other.gets(path)
    other.submits("address-form", **TAIPEI)
    assert other.last.status_code == 422 and "is paid" in other.page.text("problem")


RIGHTS = {
    "pay": "payments.edit", "refund": "payments.edit", "owed/1": "payments.edit", "refunds/1": "payments.edit",
    "return": "payments.edit", "cancel": "orders.edit", "cancel-items": "orders.edit", "complete": "orders.edit",
    "note": "orders.edit", "flag": "orders.edit", "unflag/look": "orders.edit", "mail": "orders.edit",
    "address": "orders.edit", "plan": "shipments.edit", "parcels/1/pack": "shipments.edit",
    "parcels/1/contents": "shipments.edit", "parcels/1/hand-over": "shipments.edit",
    "parcels/1/take-apart": "shipments.edit", "parcels/1/delivered": "shipments.edit",
    "parcels/1/lost": "shipments.edit", "parcels/1/returned": "shipments.edit", "parcels/1/tracking": "shipments.edit",
}  # fmt: skip


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_who_may_do_what(app: Flask, member: Member, bought: Buy) -> None:
    """A role sees the forms of what it may do, and only those; the others are refused at the server too."""
    number = bought(TEA=1)
    for role in ("packer", "support", "read_only", "translator"):
        staff = member(role)
        page = staff.gets(f"/manage/orders/{number}")
        if not may(role, "orders.view"):
            assert page.status_code == 403
            continue
        shown = {form.action.rpartition(number + "/")[2] for form in staff.page.forms if number in form.action}
        assert all(may(role, RIGHTS[act]) for act in shown), (role, shown)
        assert ("pay" in shown) == may(role, "payments.edit") and ("note" in shown) == may(role, "orders.edit")
        token = next((f.fields["csrf_token"] for f in staff.page.forms if "csrf_token" in f.fields), "")
        for act, right in RIGHTS.items():
            answer = staff.client.post(f"/manage/orders/{number}/{act}", data={"csrf_token": token}, headers=OWN)
            assert (answer.status_code == 403) != may(role, right), (role, act, answer.status_code)
            assert answer.status_code < 500
    assert column(app, select(Order.state)) == ["pending"]


def test_no_such_order(member: Member) -> None:
    owner = member()
    for path in ("", "/address", "/slip", "/invoice"):
        assert owner.gets(f"/manage/orders/nothing{path}").status_code == 404
