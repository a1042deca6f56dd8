"""The whole way of a guest, without script."""

import pytest
from sqlalchemy import func, select

from storefront.core.db import session
from storefront.core.orders.models import Order
from storefront.testing.factories import make_product, set_policy
from storefront.testing.visitor import TAIPEI, TOKYO, Visitor

LANGS = ["en", "ja", "zh-hans", "zh-hant"]


def order_count(app) -> int:
    with app.app_context():
        return int(session.scalar(select(func.count()).select_from(Order)) or 0)


@pytest.mark.req("CHK-1", "CHK-2", "CHK-3", "CHK-7")
@pytest.mark.parametrize("lang", LANGS)
def test_a_guest_buys_by_bank_transfer_to_taiwan(unit, visitor: Visitor, lang: str) -> None:
    visitor.lang = lang
    with unit():
        make_product(code="TEA", price=1200, weight=200)
    assert visitor.adds("TEA-1", 2).status_code == 303
    visitor.gets("cart?country=TW")
    assert visitor.page.amount() == 2400 + 1450
    visitor.comes_to_confirm(TAIPEI)
    assert visitor.last.status_code == 200
    assert visitor.page.amount() == 3850
    assert "林怡君" in visitor.page.text("confirm-address")
    visitor.places()
    page = visitor.page
    number = page.text("order-number")
    assert visitor.last.status_code == 200 and number
    assert number in page.text("payment-instructions")
    assert page.amount() == 3850
    assert next(page.attributes("order-status"))["data-status"] == "awaiting_payment"
    assert page.text("cart-badge") == ""


@pytest.mark.req("CHK-2", "CHK-5")
@pytest.mark.parametrize("lang", LANGS)
def test_a_guest_buys_by_cash_on_delivery_in_japan(unit, visitor: Visitor, lang: str) -> None:
    visitor.lang = lang
    with unit():
        make_product(code="TEA", price=1200, weight=200)
    visitor.adds("TEA-1")
    visitor.comes_to_confirm(TOKYO, "payments_cod")
    assert visitor.page.amount() == 1200 + 500 + 200
    visitor.places()
    assert next(visitor.page.attributes("order-status"))["data-status"] == "processing"
    assert visitor.page.amount() == 1900


@pytest.mark.req("CHK-2")
def test_pressing_place_order_again_leads_to_the_same_order(unit, app, visitor: Visitor) -> None:
    with unit():
        make_product(code="TEA", price=1200)
    visitor.adds("TEA-1")
    confirm = visitor.comes_to_confirm().form("confirm-form").fields
    first = visitor.posts("checkout/confirm", confirm, follow=False)
    for _ in range(3):
        again = visitor.posts("checkout/confirm", confirm, follow=False)
        assert (again.status_code, again.location) == (303, first.location)
    assert order_count(app) == 1
    assert visitor.gets("checkout/confirm").request.path == "/en/cart", "nothing is left to confirm"


@pytest.mark.req("CHK-2")
def test_a_used_form_with_another_basket_orders_nothing(unit, app, visitor: Visitor) -> None:
    with unit():
        make_product(code="TEA", price=1200)
        make_product(code="CUP", price=700)
    visitor.adds("TEA-1")
    used = visitor.comes_to_confirm().form("confirm-form").fields
    visitor.places()
    number = visitor.page.text("order-number")
    visitor.adds("CUP-1")
    fresh = visitor.comes_to_confirm().form("confirm-form").fields
    assert fresh["token"] != used["token"]
    answer = visitor.posts("checkout/confirm", {**fresh, "token": used["token"]})
    assert answer.status_code == 409 and number in visitor.page.text("total-changed")
    assert order_count(app) == 1
    visitor.places()
    assert visitor.page.text("order-number") not in ("", number)
    assert order_count(app) == 2


@pytest.mark.req("CHK-2")
def test_a_token_nobody_gave_out_orders_nothing(unit, app, visitor: Visitor, another_visitor: Visitor) -> None:
    with unit():
        make_product(code="TEA", price=1200)
    visitor.adds("TEA-1")
    theirs = visitor.comes_to_confirm().form("confirm-form").fields["token"]
    another_visitor.adds("TEA-1")
    mine = another_visitor.comes_to_confirm().form("confirm-form").fields
    for token in (theirs, "", "null", "[]", " ", "0", "\0", "x" * 5000, "日本"):
        answer = another_visitor.posts("checkout/confirm", {**mine, "token": token})
        assert answer.status_code == 409, token
        assert "out of date" in another_visitor.page.text("total-changed")
    assert order_count(app) == 0


@pytest.mark.req("CHK-2")
def test_two_tabs_of_one_cart_make_one_order(unit, app, visitor: Visitor) -> None:
    with unit():
        make_product(code="TEA", price=1200)
    visitor.adds("TEA-1")
    one = visitor.comes_to_confirm().form("confirm-form").fields
    two = visitor.gets("checkout/confirm") and visitor.page.form("confirm-form").fields
    first = visitor.posts("checkout/confirm", one, follow=False)
    second = visitor.posts("checkout/confirm", two, follow=False)
    assert first.location == second.location and order_count(app) == 1


@pytest.mark.req("CHK-6")
def test_postage_is_free_from_the_threshold(unit, visitor: Visitor) -> None:
    with unit():
        make_product(code="TEA", price=3000)
        set_policy("shipping.free", {"JP": 5000})
    visitor.adds("TEA-1")
    visitor.gets("cart?country=JP")
    assert "¥2,000 more" in visitor.page.text("free-shipping")
    visitor.adds("TEA-1")
    visitor.comes_to_confirm(TOKYO)
    assert visitor.page.amount() == 6000
    visitor.places()
    assert visitor.page.amount() == 6000


@pytest.mark.req("CHK-2")
def test_a_guest_checkout_of_five_lines_stays_within_its_budget(unit, visitor: Visitor, count_statements) -> None:
    with unit():
        make_product(code="SET", skus=5, price=900)
    visitor.gets("products/")  # the first page of a process reads what it then keeps
    before = visitor.requests
    with count_statements() as seen:
        for n in range(5):
            visitor.adds(f"SET-{n + 1}")
        visitor.gets("cart")
        visitor.comes_to_confirm()
        visitor.places()
    assert visitor.page.text("order-number")
    assert len(seen) <= 120, len(seen)
    assert visitor.requests - before <= 16


@pytest.mark.req("CHK-2", "CRT-4")
def test_the_steps_answer_htmx_too(unit, app, visitor: Visitor) -> None:
    with unit():
        make_product(code="TEA", price=1200)
    visitor.adds("TEA-1")
    visitor.gets("checkout/address")
    bad = visitor.submits("address-form", part=True, country="TW", family_name="林")
    assert bad.status_code == 422 and "<html" not in bad.text and "data-focus" in bad.text
    good = visitor.submits("address-form", part=True, **TAIPEI)
    assert good.status_code == 204 and good.headers["HX-Redirect"] == "/en/checkout/delivery"
    visitor.gets("checkout/delivery")
    shown = visitor.submits("delivery-form", part=True, update="1", method="payments_bank_transfer")
    assert shown.status_code == 200 and "<html" not in shown.text
    chosen = visitor.submits("delivery-form", part=True)
    assert chosen.headers["HX-Redirect"] == "/en/checkout/confirm"
    visitor.gets("checkout/confirm")
    placed = visitor.submits("confirm-form", part=True)
    assert placed.status_code == 204 and placed.headers["HX-Redirect"].startswith("/en/orders/")
    assert order_count(app) == 1
