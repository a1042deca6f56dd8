"""Payments through a gateway: leaving, coming back, being told later, paying again (CHK-7, PAY-3, PAY-4)."""

import pytest
from sqlalchemy import func, select

from storefront.core.billing.models import Bill
from storefront.core.db import session, utcnow
from storefront.core.lifecycle.expire import lapse_drafts
from storefront.core.lifecycle.pay import process_webhook, reconcile
from storefront.core.orders.models import Order
from storefront.core.payments.models import PaymentAttempt, WebhookEvent
from storefront.core.settings.snapshot import load_snapshot
from storefront.core.stock.models import Reservation
from storefront.testing.factories import make_product
from storefront.testing.gateway import FakeGateway
from storefront.testing.visitor import TOKYO, Visitor

WEBHOOK = "/webhooks/fake_gateway"
GENUINE = {"X-Signature": "genuine"}


@pytest.fixture
def leaving(unit, visitor: Visitor) -> str:
    """A shopper who was sent to the gateway; its reference."""
    with unit():
        make_product(code="TEA", price=1200, on_hand=3)
    visitor.adds("TEA-1")
    visitor.comes_to_confirm(TOKYO, "fake_gateway")
    visitor.places(follow=False)
    assert visitor.last.status_code == 303
    prefix = "https://gateway.test/agree/"
    assert visitor.last.location.startswith(prefix)
    return visitor.last.location.removeprefix(prefix)


def attempt(app) -> tuple[str, str]:
    """Token and state of the newest attempt."""
    with app.app_context():
        row = session.execute(select(PaymentAttempt.token, PaymentAttempt.state).order_by(PaymentAttempt.id.desc()))
        token, state = row.first()
        return token, state


def order_states(app) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(Order.state).order_by(Order.id)))


def test_the_confirm_page_lets_its_form_end_at_a_gateway(unit, visitor: Visitor) -> None:
    with unit():
        make_product(code="TEA", price=1200)
    visitor.adds("TEA-1")
    visitor.comes_to_confirm(TOKYO, "fake_gateway")
    policy = visitor.last.headers["Content-Security-Policy"]
    assert "form-action 'self' https:" in policy and "script-src 'self'" in policy
    assert "https:" not in visitor.gets("cart").headers["Content-Security-Policy"]


@pytest.mark.req("CHK-7", "PAY-3")
def test_who_agreed_comes_back_to_the_placed_order(app, visitor: Visitor, gateway: FakeGateway, leaving: str) -> None:
    assert order_states(app) == ["draft"]
    gateway.approve(leaving)
    token, _ = attempt(app)
    visitor.gets(f"/pay/{token}/return?token={leaving}")
    assert visitor.page.text("thanks") and visitor.page.text("order-number")
    assert order_states(app) == ["processing"] and gateway.payments[leaving].captures == 1
    for _ in range(3):
        visitor.gets(f"/pay/{token}/return")
        assert visitor.page.text("order-number")
    assert gateway.payments[leaving].captures == 1, "coming back again takes nothing again"


@pytest.mark.req("CHK-7")
@pytest.mark.parametrize("query", ["", "?cancelled=1", "?status=paid&paid=1&success=true"])
def test_who_did_not_agree_is_back_at_choosing_and_nothing_is_placed(
    app, visitor: Visitor, gateway: FakeGateway, leaving: str, query: str
) -> None:
    token, _ = attempt(app)
    visitor.gets(f"/pay/{token}/return{query}")
    assert visitor.last.request.path == "/en/checkout/delivery"
    assert "not finished" in visitor.page.text("notice")
    assert order_states(app) == ["draft"] and gateway.payments[leaving].captures == 0
    visitor.chooses("payments_cod")
    visitor.places()
    assert visitor.page.text("order-number")
    assert sorted(order_states(app)) == ["cancelled", "processing"], "the draft that was left lapsed"


@pytest.mark.req("CHK-7")
def test_a_declined_payment_leads_back_with_the_reason(
    app, visitor: Visitor, gateway: FakeGateway, leaving: str
) -> None:
    gateway.mode = "declines"
    gateway.approve(leaving)
    token, _ = attempt(app)
    visitor.gets(f"/pay/{token}/return")
    assert visitor.last.request.path == "/en/checkout/delivery"
    assert "The payment was declined. Nothing was charged." in visitor.page.text("notice")
    assert order_states(app) == ["draft"] and attempt(app)[1] == "declined"


@pytest.mark.req("PAY-3")
def test_a_silent_gateway_is_being_checked_not_guessed(
    app, visitor: Visitor, gateway: FakeGateway, leaving: str
) -> None:
    gateway.approve(leaving)
    gateway.mode = "times_out_after"
    token, _ = attempt(app)
    visitor.gets(f"/pay/{token}/return")
    assert visitor.last.status_code == 200
    assert "We are checking your payment" in visitor.page.text("next")
    assert order_states(app) == ["draft"] and not visitor.page.texts("thanks")
    gateway.mode = "ok"
    visitor.gets(f"/pay/{token}/return")
    assert order_states(app) == ["processing"]


def test_a_wrong_return_address_is_not_found(app, visitor: Visitor, leaving: str) -> None:
    token, state = attempt(app)
    for wrong in (token[:-1], token.swapcase(), "null", "%00", "%20", "x" * 3000, "0", "日本"):
        assert visitor.gets(f"/pay/{wrong}/return").status_code == 404
    assert attempt(app) == (token, state)


@pytest.mark.req("CHK-2")
def test_a_double_click_goes_to_the_same_payment(unit, app, visitor: Visitor, gateway: FakeGateway) -> None:
    with unit():
        make_product(code="TEA", price=1200)
    visitor.adds("TEA-1")
    fields = visitor.comes_to_confirm(TOKYO, "fake_gateway").form("confirm-form").fields
    gateway.mode = "times_out"
    visitor.posts("checkout/confirm", fields, follow=False)
    gateway.mode = "ok"
    visitor.posts("checkout/confirm", fields, follow=False)
    assert visitor.last.location.startswith("https://gateway.test/")
    assert order_states(app) == ["draft"] and len(gateway.payments) == 1


def test_a_return_after_the_draft_lapsed_charges_nothing(
    app, unit, visitor: Visitor, gateway: FakeGateway, leaving: str
) -> None:
    with unit():
        for hold in session.scalars(select(Reservation)):
            hold.expires_at = utcnow().replace(year=2020)
    with app.app_context():
        shop = load_snapshot(1)
        with app.extensions["storefront"].host.bind(shop) as providers:
            lapse_drafts(shop, providers, utcnow())
    gateway.approve(leaving)
    visitor.gets(f"/pay/{attempt(app)[0]}/return")
    assert visitor.last.request.path == "/en/checkout/delivery" and visitor.page.text("notice")
    assert gateway.payments[leaving].captures == 0


@pytest.mark.req("PAY-3")
def test_a_genuine_webhook_is_stored_once_and_changes_nothing_itself(
    app, visitor: Visitor, gateway: FakeGateway, leaving: str
) -> None:
    gateway.approve(leaving)
    for _ in range(2):
        answer = visitor.client.post(WEBHOOK, data=f"event-1:{leaving}", headers=GENUINE)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(WebhookEvent)) == 1
        event = session.scalars(select(WebhookEvent.id)).one()
    assert order_states(app) == ["draft"]
    with app.app_context():
        shop = load_snapshot(1)
        with app.extensions["storefront"].host.bind(shop) as providers:
            process_webhook(event, shop, providers, "http://localhost")
    assert order_states(app) == ["processing"]


def test_what_is_no_genuine_webhook_is_refused(app, visitor: Visitor, leaving: str) -> None:
    post = visitor.client.post
    assert post(WEBHOOK, data=f"e:{leaving}").status_code == 400
    assert post(WEBHOOK, data=f"e:{leaving}", headers={"X-Signature": "forged"}).status_code == 400
    assert post(WEBHOOK, data=b"\xff\x00" * 50).status_code == 400
    assert post(WEBHOOK, data=b"x" * 300_000, headers=GENUINE).status_code == 413
    assert post("/webhooks/nobody", data="e:1", headers=GENUINE).status_code == 404
    assert post("/webhooks/payments_bank_transfer", data="e:1", headers=GENUINE).status_code == 400
    assert visitor.client.get(WEBHOOK).status_code == 405
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(WebhookEvent)) == 0


def test_a_webhook_we_could_not_keep_is_asked_for_again(
    app, visitor: Visitor, gateway: FakeGateway, leaving: str, monkeypatch
) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("disk full")

    monkeypatch.setattr("storefront.shop.payments.views.take_webhook", broken)
    app.testing = False
    assert visitor.client.post(WEBHOOK, data=f"e:{leaving}", headers=GENUINE).status_code == 500


@pytest.fixture
def failed_later(app, visitor: Visitor, gateway: FakeGateway, leaving: str) -> str:
    """An order whose payment was pending for days and then failed: its page."""
    gateway.mode = "pending"
    gateway.approve(leaving)
    token, _ = attempt(app)
    visitor.gets(f"/pay/{token}/return")
    path = visitor.last.request.path
    assert order_states(app) == ["pending"]
    assert "We are checking your payment" in visitor.page.text("next")
    gateway.fail(leaving)
    gateway.mode = "ok"
    with app.app_context():
        shop = load_snapshot(1)
        attempt_id = session.scalars(select(PaymentAttempt.id)).one()
        with app.extensions["storefront"].host.bind(shop) as providers:
            reconcile(attempt_id, shop, providers, "http://localhost")
    return path


@pytest.mark.req("PAY-4")
def test_a_failed_payment_can_be_made_again(app, visitor: Visitor, gateway: FakeGateway, failed_later: str) -> None:
    visitor.gets(failed_later)
    assert "did not go through" in visitor.page.text("next")
    bill = next(link for link in visitor.page.links if "/bills/" in link)
    visitor.gets(bill)
    assert visitor.page.amount() == 1700
    visitor.submits("pay-form", method="fake_gateway", follow=False)
    reference = visitor.last.location.rsplit("/", 1)[1]
    visitor.gets(bill)
    assert visitor.page.form("pay-form"), "left at the gateway: it may be paid in another way"
    gateway.approve(reference)
    visitor.gets(f"/pay/{attempt(app)[0]}/return")
    assert order_states(app) == ["processing"]
    visitor.gets(bill)
    assert "This bill is paid." in visitor.last.text
    assert visitor.posts(bill, {"method": "fake_gateway", "csrf_token": _token(visitor)}).status_code == 422


@pytest.mark.req("PAY-4")
def test_another_method_changes_the_fee_and_replaces_the_bill(
    app, visitor: Visitor, gateway: FakeGateway, failed_later: str
) -> None:
    visitor.gets(failed_later)
    bill = next(link for link in visitor.page.links if "/bills/" in link)
    visitor.gets(bill)
    assert visitor.submits("pay-form", method="made_up").status_code == 422
    visitor.gets(bill)
    visitor.submits("pay-form", method="payments_cod")
    assert visitor.last.request.path == failed_later and visitor.page.amount() == 1900
    assert order_states(app) == ["processing"]
    visitor.gets(bill)
    assert "withdrawn" in visitor.last.text
    assert len(gateway.payments) == 1


def test_a_payment_link_is_private_and_wrong_ones_are_all_the_same(
    visitor: Visitor, another_visitor: Visitor, leaving: str, app
) -> None:
    with app.app_context():
        draft = session.scalars(select(Bill.secret)).one()
    for secret in (draft, "null", "[]", "0", "%20", "%00", "x" * 3000, "日本"):
        assert visitor.gets(f"bills/{secret}").status_code == 404, secret[:20]
    another_visitor.buys("TEA-1")
    with app.app_context():
        placed = session.scalars(select(Bill.secret).order_by(Bill.id.desc())).first()
    answer = visitor.gets(f"bills/{placed}")
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    assert visitor.page.text("payment-instructions"), "a transfer that is waited for shows what to do"


def _token(visitor: Visitor) -> str:
    return visitor.last.text.split('name="csrf-token" content="')[1].split('"')[0]
