"""Each step: what it refuses, what it keeps, where it sends those who skipped one."""

import pytest
from sqlalchemy import func, select, update

from storefront.core.catalog.models import Product, Sku
from storefront.core.checkout.models import Checkout
from storefront.core.db import session
from storefront.core.orders.models import Order
from storefront.core.settings.models import Currency
from storefront.core.settings.service import touch
from storefront.core.stock.models import StockItem
from storefront.testing.factories import close_destination, make_currency, make_product
from storefront.testing.visitor import TAIPEI, TOKYO, Visitor

HOSTILE = ["\0", "a\r\nBcc: x@example.com", "<script>alert(1)</script>", "😀" * 50, "x" * 100_000, "'; DROP TABLE--",
           "‮abc", "٣٤٥", "\ud7ff\uffff", "%s%s%(x)s", "{{7*7}}", "ﷺ" * 300]  # fmt: skip


@pytest.fixture(autouse=True)
def tea(unit, visitor: Visitor) -> None:
    """A visitor with one item in the cart."""
    with unit():
        make_product(name="Sencha", code="TEA", price=1200, weight=200, on_hand=5)
    visitor.adds("TEA-1")


def orders(app) -> int:
    with app.app_context():
        return int(session.scalar(select(func.count()).select_from(Order)) or 0)


@pytest.mark.req("CHK-1")
def test_checkout_begins_without_an_account(visitor: Visitor) -> None:
    visitor.gets("checkout/")
    assert visitor.page.text("continue-as-guest") == "Continue as guest"
    assert "/en/checkout/address" in visitor.page.links


@pytest.mark.req("CHK-2")
def test_a_skipped_step_leads_to_the_missing_one(visitor: Visitor, another_visitor: Visitor) -> None:
    for step in ("", "address", "delivery", "confirm"):
        assert another_visitor.gets(f"checkout/{step}").request.path == "/en/cart"
        if step:
            assert another_visitor.posts(f"checkout/{step}", {}, follow=False).status_code in (303, 400)
    assert visitor.gets("checkout/delivery").request.path == "/en/checkout/address"
    assert visitor.gets("checkout/confirm").request.path == "/en/checkout/address"
    visitor.fills_in()
    assert visitor.gets("checkout/confirm").request.path == "/en/checkout/delivery"
    assert visitor.chooses("payments_bank_transfer").request.path == "/en/checkout/confirm"
    assert visitor.gets("checkout/address").request.path == "/en/checkout/address", "every step can be revisited"


@pytest.mark.req("CHK-3")
def test_what_was_typed_is_kept_and_each_error_stands_at_its_field(app, visitor: Visitor) -> None:
    visitor.fills_in({**TAIPEI, "postal_code": "10", "phone": "12", "email": "nobody"})
    assert visitor.last.status_code == 422
    page = visitor.page
    assert "Taiwan uses 3, 5 or 6 digits, for example 106." in page.texts("field-error")
    assert len(page.texts("field-error")) == 3
    assert {"#address-postal_code", "#address-phone", "#address-email"} <= set(page.links)
    fields = page.form("address-form").fields
    assert (fields["postal_code"], fields["family_name"], fields["email"]) == ("10", "林", "nobody")
    visitor.gets("checkout/address")
    assert visitor.page.form("address-form").fields["postal_code"] == "10", "also after going away"
    with app.app_context():
        assert session.scalars(select(Checkout.address)).all() == [{}], "nothing is sent to an address that failed"


@pytest.mark.req("CHK-3")
def test_changing_the_country_changes_the_fields_and_keeps_what_was_typed(visitor: Visitor) -> None:
    visitor.gets("checkout/address?country=TW")
    assert "address-latin_name" in visitor.page.ids
    visitor.submits("address-form", "change_country", country="JP", family_name="佐藤", email="sato@example.com")
    page = visitor.page
    assert visitor.last.status_code == 200 and "address-latin_name" not in page.ids
    fields = page.form("address-form").fields
    assert (fields["country"], fields["family_name"], fields["email"]) == ("JP", "佐藤", "sato@example.com")
    assert "東京都" in visitor.gets("/ja/checkout/address").text
    visitor.lang = "en"
    visitor.gets("checkout/address")
    part = visitor.submits("address-form", part=True, change_country="1", country="US", city="Springfield")
    assert part.status_code == 200 and "<html" not in part.text and "Springfield" in part.text
    assert "California" in part.text


def test_no_address_breaks_the_form(visitor: Visitor) -> None:
    visitor.gets("checkout/address")
    form = visitor.page.form("address-form").fields
    for text in HOSTILE:
        for country in ("TW", "JP", "US", text):
            typed = {**dict.fromkeys(TAIPEI, text), "country": country, "csrf_token": form["csrf_token"]}
            answer = visitor.posts("checkout/address", typed, follow=False)
            assert answer.status_code == 422, (text[:20], country[:5])
            assert "<script>alert" not in answer.text
            assert visitor.gets("checkout/address").status_code == 200
            answer = visitor.posts("checkout/address", {**typed, "change_country": "1"}, part=True)
            assert answer.status_code == 200


@pytest.mark.req("CHK-5")
def test_what_cannot_be_chosen_is_shown_with_its_reason_and_refused(app, visitor: Visitor) -> None:
    visitor.fills_in(TAIPEI)
    page = visitor.page
    assert "Cash on delivery is only possible within Japan." in page.texts("reason")
    assert "payments_cod" not in page.form("delivery-form").options["method"]
    for chosen in ({"method": "payments_cod"}, {"method": "made_up"}, {"method": ""}, {"method": "\0"},
                   {"delivery": "shipping_courier:domestic"}, {"delivery": "x" * 4000}):  # fmt: skip
        answer = visitor.submits("delivery-form", **{"method": "payments_bank_transfer", **chosen})
        assert answer.status_code == 422, chosen
        assert visitor.page.texts("field-error")
    assert visitor.gets("checkout/confirm").request.path == "/en/checkout/delivery"


@pytest.mark.req("CHK-5")
def test_cash_on_delivery_never_goes_to_a_hotel(visitor: Visitor) -> None:
    visitor.fills_in(TOKYO)
    visitor.chooses("payments_cod")
    assert visitor.last.request.path == "/en/checkout/confirm"
    visitor.fills_in({**TOKYO, "is_hotel": "1"})
    assert "Cash on delivery is not possible to a hotel." in visitor.page.texts("reason")
    assert any("not possible any more" in words for words in visitor.page.texts("note"))
    assert visitor.page.amount() == 1700, "the fee went with the method"
    assert visitor.gets("checkout/confirm").request.path == "/en/checkout/delivery"


@pytest.mark.req("CHK-4")
def test_a_closed_country_says_so_and_lets_nothing_through(app, visitor: Visitor, unit) -> None:
    visitor.comes_to_confirm()
    form = visitor.page.form("confirm-form").fields
    with unit():
        close_destination("TW", en="Taiwan is closed until spring.")
        touch()
    visitor.gets("checkout/address?country=TW")
    assert visitor.page.texts("problem") == ["Taiwan is closed until spring."]
    visitor.gets("checkout/delivery")
    assert visitor.page.texts("problem") == ["Taiwan is closed until spring."]
    assert not visitor.page.texts("continue") and "/en/checkout/address" in visitor.page.links
    assert visitor.gets("checkout/confirm").request.path == "/en/checkout/delivery"
    visitor.posts("checkout/confirm", form)
    assert orders(app) == 0 and visitor.last.request.path == "/en/cart"
    assert visitor.page.texts("notice")


@pytest.mark.req("CHK-4")
def test_a_restricted_item_may_not_go_there(visitor: Visitor, unit) -> None:
    with unit():
        make_product(name="Candle", code="WAX", restrictions=["flammable"])
        close_destination("TW", restriction="flammable", en="No candles to Taiwan.")
        touch()
    visitor.adds("WAX-1")
    visitor.fills_in(TAIPEI)
    assert "No candles to Taiwan." in visitor.page.texts("problem")
    assert not visitor.page.texts("continue")


@pytest.mark.req("CRT-3")
def test_a_price_that_rose_meanwhile_is_confirmed_again(app, visitor: Visitor, unit) -> None:
    visitor.comes_to_confirm()
    with unit():
        session.execute(update(Sku).values(price=1500))
    visitor.places()
    assert visitor.last.status_code == 409 and orders(app) == 0
    words = visitor.page.text("total-changed")
    assert "¥2,650" in words and "¥2,950" in words
    visitor.places()
    assert visitor.last.status_code == 200 and visitor.page.amount() == 2950
    assert orders(app) == 1


def test_a_forged_total_orders_nothing(app, visitor: Visitor) -> None:
    visitor.comes_to_confirm()
    fields = visitor.page.form("confirm-form").fields
    for text in ("1", "0", "-1", "2650.0", "1e3", "", "9" * 400, "٢٦٥٠", "NaN"):
        answer = visitor.posts("checkout/confirm", {**fields, "shown_total": text, "price": "1", "total": "1"})
        assert answer.status_code == 409, text
    assert orders(app) == 0


def test_a_currency_changed_in_another_tab_is_confirmed_again(app, visitor: Visitor, unit) -> None:
    with unit():
        make_currency("USD", "0.0065")
        touch()
    visitor.comes_to_confirm()
    fields = visitor.page.form("confirm-form").fields
    visitor.posts("preferences", {"currency": "USD", "next": "/en/cart"}, follow=False)
    answer = visitor.posts("checkout/confirm", fields)
    assert answer.status_code == 409 and orders(app) == 0
    assert visitor.page.form("confirm-form").fields["shown_currency"] == "USD"
    with unit():
        session.execute(update(Currency).values(rate="0.0070"))
        touch()
    visitor.places()
    assert visitor.last.status_code == 409, "a rate that moved is a total that changed"
    visitor.places()
    with app.app_context():
        assert session.execute(select(Order.currency, Order.rate)).all() == [("USD", "0.0070")]


@pytest.mark.req("CRT-3")
def test_stock_that_is_gone_leads_back_to_the_cart(app, visitor: Visitor, unit) -> None:
    visitor.comes_to_confirm()
    with unit():
        session.execute(update(StockItem).values(on_hand=0))
    visitor.places()
    assert visitor.last.request.path == "/en/cart" and orders(app) == 0
    assert visitor.page.texts("notice") and visitor.page.texts("problem")


@pytest.mark.req("CRT-3")
def test_a_withdrawn_item_is_refused_and_the_rest_kept(app, visitor: Visitor, unit) -> None:
    with unit():
        make_product(code="CUP", price=700)
    visitor.adds("CUP-1")
    visitor.comes_to_confirm()
    with unit():
        session.execute(update(Product).where(Product.code == "CUP").values(state="withdrawn"))
    visitor.places()
    assert visitor.last.request.path == "/en/cart" and orders(app) == 0
    assert len(visitor.page.texts("line-form")) == 2


def test_the_checkout_is_kept_by_nobody(visitor: Visitor) -> None:
    visitor.comes_to_confirm()
    for step in ("", "address", "delivery", "confirm"):
        answer = visitor.gets(f"checkout/{step}")
        assert "no-store" in answer.headers["Cache-Control"]
        assert len(answer.data) < 60_000
