"""The cart by plain forms and by fragments (CRT-1 to CRT-4)."""

import json

import pytest
from sqlalchemy import select, update

from storefront.core.cart.models import Cart, CartLine
from storefront.core.catalog.models import Sku
from storefront.core.db import session
from storefront.core.settings.service import touch
from storefront.core.stock.models import StockItem
from storefront.testing.factories import close_destination, make_currency, make_product
from storefront.testing.visitor import PART, Page, Visitor

HOSTILE = ["0", "-1", "-0", "0.1", "1e3", "1_0", "٣", "NaN", "Infinity", "1E+400", "0x10", "", " ", "\0", "2²",
           str(2**31), str(2**63), "9" * 400, "1;1", "<b>1</b>", "一"]  # fmt: skip


@pytest.fixture
def tea(unit) -> str:
    with unit():
        make_product(name="Sencha", slug="sencha", code="TEA", price=1200, on_hand=8, weight=200)
    return "TEA-1"


def line_path(visitor: Visitor) -> str:
    return visitor.page.form("line-form").action


def quantity(visitor: Visitor) -> str:
    visitor.gets("cart")
    forms = [form for form in visitor.page.forms if form.mark == "line-form"]
    return forms[0].fields["quantity"] if forms else ""


@pytest.mark.req("CRT-4")
def test_adding_by_a_plain_form_leads_to_the_cart(visitor: Visitor, tea: str) -> None:
    answer = visitor.adds(tea, 2)
    assert answer.status_code == 303 and answer.location == "/en/cart?added=1"
    visitor.follow()
    assert visitor.page.text("cart-badge") == "2"
    assert visitor.page.text("line-total") == "¥2,400"
    assert "Added to the cart." in visitor.page.texts("note")


@pytest.mark.req("CRT-4")
def test_adding_by_htmx_answers_the_badge_and_a_toast(visitor: Visitor, tea: str) -> None:
    answer = visitor.posts("cart/items", {"sku": tea, "quantity": "3"}, part=True)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["message"] == "Added to the cart."
    assert visitor.page.text("cart-badge") == "3" and 'hx-swap-oob="true"' in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.req("CRT-4")
def test_a_refused_add_shows_the_product_again_with_what_was_typed(visitor: Visitor, tea: str) -> None:
    answer = visitor.adds(tea, "many")
    assert answer.status_code == 422
    assert "Please enter a whole number from 1 to 10." in visitor.page.text("problem")
    assert visitor.page.form("add-form").fields["quantity"] == "many"
    assert visitor.adds(tea, 9).status_code == 409, "only eight are there"
    assert visitor.posts("cart/items", {"sku": "NOTHING", "quantity": "1"}).status_code == 404
    part = visitor.posts("cart/items", {"sku": tea, "quantity": "11"}, part=True)
    assert part.status_code == 422 and "<html" not in part.text


def test_no_quantity_breaks_the_cart(visitor: Visitor, tea: str) -> None:
    for typed in HOSTILE:
        for part in (False, True):
            answer = visitor.posts("cart/items", {"sku": tea, "quantity": typed}, part=part)
            assert 400 <= answer.status_code < 500, typed
    for typed in HOSTILE:
        if not quantity(visitor):
            visitor.adds(tea, 1)
            visitor.gets("cart")
        path, token = line_path(visitor), visitor.page.form("line-form").fields["csrf_token"]
        for extra in ({}, {"step": "1"}, {"step": "7"}, {"step": "x"}):
            answer = visitor.posts(path, {"quantity": typed, "csrf_token": token, **extra}, part=True)
            assert answer.status_code < 500, (typed, extra)
        assert quantity(visitor) in ("", "1"), typed


def test_a_full_width_number_counts(visitor: Visitor, tea: str) -> None:
    visitor.adds(tea, "３")
    assert quantity(visitor) == "3"


@pytest.mark.req("CRT-4")
def test_stepping_setting_and_removing_work_without_script(visitor: Visitor, tea: str) -> None:
    visitor.adds(tea, 2)
    visitor.gets("cart")
    visitor.submits("line-form", step="1")
    assert visitor.page.form("line-form").fields["quantity"] == "3"
    visitor.submits("line-form", step="-1")
    visitor.submits("line-form", quantity="5")
    assert visitor.page.text("line-total") == "¥6,000"
    visitor.submits("line-form", "remove")
    assert visitor.page.text("empty").startswith("Your cart is empty")
    assert visitor.page.text("cart-badge") == ""


@pytest.mark.req("CRT-4")
def test_the_same_acts_answer_the_cart_as_a_fragment(visitor: Visitor, unit, tea: str) -> None:
    with unit():
        make_product(code="CUP", price=500)
    visitor.adds(tea, 2)
    visitor.adds("CUP-1")
    visitor.gets("cart")
    shown = visitor.page
    token = shown.form("line-form").fields["csrf_token"]
    tea_line, cup_line = (form.action for form in shown.forms if form.mark == "line-form")
    answer = visitor.posts(tea_line, {"quantity": "2", "step": "1", "csrf_token": token}, part=True)
    assert answer.status_code == 200 and "<html" not in answer.text
    page = Page(answer.text)
    assert "cart" in page.ids and "cart-link" in page.ids and page.text("cart-badge") == "4"
    answer = visitor.posts(tea_line, {"remove": "1", "csrf_token": token}, part=True)
    cup_id = cup_line.rsplit("/", 1)[1]
    assert (
        f'id="remove-{cup_id}"' in answer.text and "data-focus" in answer.text.split(f'id="remove-{cup_id}"')[1][:200]
    )
    answer = visitor.posts(cup_line, {"quantity": "99", "csrf_token": token}, part=True)
    assert answer.status_code == 422 and 'value="99"' in answer.text, "what was typed stays"


@pytest.mark.req("CRT-1")
def test_a_line_of_somebody_elses_cart_is_not_found(visitor: Visitor, another_visitor: Visitor, unit, tea: str) -> None:
    with unit():
        make_product(code="CUP", price=500)
    visitor.adds(tea, 2)
    visitor.gets("cart")
    theirs = line_path(visitor)
    another_visitor.adds("CUP-1")
    another_visitor.gets("cart")
    token = another_visitor.page.form("line-form").fields["csrf_token"]
    for data in ({"quantity": "5"}, {"remove": "1"}, {"quantity": "2", "step": "1"}):
        for part in (False, True):
            assert another_visitor.posts(theirs, {**data, "csrf_token": token}, part=part).status_code == 404
    for line in ("0", str(2**31), str(2**63), "9" * 40):
        assert another_visitor.posts(f"cart/items/{line}", {"quantity": "1", "csrf_token": token}).status_code == 404
    assert quantity(visitor) == "2"


def test_changing_a_line_needs_the_sessions_token(visitor: Visitor, tea: str) -> None:
    visitor.adds(tea, 2)
    visitor.gets("cart")
    path = line_path(visitor)
    assert visitor.posts(path, {"quantity": "5"}).status_code == 400
    assert quantity(visitor) == "2"


@pytest.mark.req("CRT-2", "CHK-6")
def test_the_estimate_follows_the_chosen_country(visitor: Visitor, unit, tea: str) -> None:
    visitor.adds(tea, 2)
    visitor.gets("cart")
    assert visitor.page.amount() == 2400, "no destination, no postage"
    visitor.gets("cart?country=TW")
    assert visitor.page.amount() == 2400 + 1450
    visitor.gets("cart")
    assert visitor.page.amount() == 2400 + 1450, "it is kept with the cart"
    assert visitor.page.form("destination").fields["country"] == "TW"
    visitor.gets("cart?country=BR")
    assert visitor.page.amount() == 2400
    assert "The courier does not deliver to this country." in visitor.page.texts("problem")
    for nonsense in ("XX", "%00", "T" * 500, "<b>", "tw'--"):
        assert visitor.gets(f"cart?country={nonsense}").status_code == 200


@pytest.mark.req("CRT-3")
def test_what_changed_is_said_at_its_line(visitor: Visitor, unit, tea: str) -> None:
    visitor.adds(tea, 4)
    with unit():
        sku = session.scalars(select(Sku).where(Sku.code == tea)).one()
        sku.price = 1480
        session.execute(update(StockItem).where(StockItem.sku_id == sku.id).values(on_hand=3))
    visitor.gets("cart")
    assert "It was ¥1,200 when you added it and is ¥1,480 now." in " ".join(visitor.page.texts("note"))
    assert any("Only 3 left" in words for words in visitor.page.texts("problem"))
    visitor.gets("checkout/confirm")
    assert visitor.last.request.path == "/en/checkout/address"


@pytest.mark.req("CHK-4")
def test_a_closed_destination_is_named_at_the_line_in_the_owners_words(visitor: Visitor, unit, tea: str) -> None:
    with unit():
        make_product(code="WAX", restrictions=["flammable"])
        close_destination("TW", restriction="flammable", en="No candles to Taiwan.", ja="台湾へは送れません。")
        close_destination("RU", en="Not to Russia.")
        touch()
    visitor.adds("WAX-1")
    visitor.gets("cart?country=TW")
    assert visitor.page.texts("problem") == ["No candles to Taiwan."]
    visitor.lang = "ja"
    visitor.gets("cart")
    assert visitor.page.texts("problem") == ["台湾へは送れません。"]
    visitor.lang = "en"
    visitor.gets("cart?country=RU")
    assert "Not to Russia." in visitor.page.texts("problem")


def test_another_currency_is_shown_at_once(visitor: Visitor, unit, tea: str) -> None:
    with unit():
        make_currency("USD", "0.0065")
        touch()
    visitor.adds(tea)
    visitor.posts("preferences", {"currency": "USD", "next": "/en/cart"})
    assert visitor.page.text("line-total") == "US$7.80"
    assert visitor.page.amount() == 780


@pytest.mark.parametrize("lines", [1, 96])
def test_the_cart_costs_the_same_few_statements_however_long_it_is(
    visitor: Visitor, unit, count_statements, lines: int
) -> None:
    with unit():
        make_product(code="SET", skus=lines)
    for n in range(lines):
        visitor.adds(f"SET-{n + 1}")
    visitor.gets("cart?country=TW")
    with count_statements() as seen:
        visitor.gets("cart")
    assert len(seen) <= 4, seen
    with count_statements() as seen:
        visitor.adds("SET-1")
    assert len(seen) <= 6, seen


def test_looking_at_an_empty_cart_makes_no_session(visitor: Visitor) -> None:
    answer = visitor.gets("cart")
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert visitor.page.text("empty")


def test_the_cart_is_kept_by_nobody_else(visitor: Visitor, tea: str) -> None:
    visitor.adds(tea)
    answer = visitor.gets("cart")
    assert "no-store" in answer.headers["Cache-Control"]
    answer = visitor.client.get("/en/cart", headers=PART)
    assert "<html" not in answer.text and "HX-Request" in answer.headers["Vary"]


def test_a_prefetch_does_not_move_the_estimate(visitor: Visitor, app, tea: str) -> None:
    visitor.adds(tea)
    visitor.gets("cart?country=TW", headers={"Sec-Purpose": "prefetch"})
    with app.app_context():
        assert session.scalars(select(Cart.country)).all() == [""]
        assert session.scalars(select(CartLine.quantity)).all() == [1]
