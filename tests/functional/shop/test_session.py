"""Sessions of shoppers: rows made when first needed, found again by a token of which only the hash is kept."""

from datetime import timedelta

import pytest
from flask import Flask, flash, request
from flask import session as web_session
from flask.testing import FlaskClient
from sqlalchemy import select, update

from storefront.core.cart.models import Cart, CartLine
from storefront.core.customers.models import ShopperSession
from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.settings.service import set_policy
from storefront.extensions import db
from storefront.shop.csrf import from_catalogue
from storefront.shop.session import current_session, hashed, shop_session
from storefront.testing.factories import make_product

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """With three pages that use the session as the shop's own will."""

    @from_catalogue
    def add() -> str:
        """Like adding to the cart: the row is made inside the unit that needs it."""
        with unit_of_work():
            made = shop_session(create=True)
            assert made == shop_session(create=True)
            if request.form.get("fail"):
                raise RuntimeError("the unit is rolled back")
        return str(made)

    @from_catalogue
    def remember() -> str:
        web_session[request.form["key"]] = request.form["value"]
        return ""

    app.add_url_rule("/t/add", view_func=add, methods=["POST"])
    app.add_url_rule("/t/remember", view_func=remember, methods=["POST"])
    app.add_url_rule("/t/guarded", "guarded", lambda: "done", methods=["POST"])
    app.add_url_rule("/t/read", "read", lambda: {k: v for k, v in web_session.items() if k != "csrf_token"})
    app.add_url_rule("/t/flash", "flashed", lambda: flash("Added.") or "")
    app.add_url_rule("/t/token", "token", lambda: web_session.get("csrf_token", ""))
    return app.test_client()


def rows(app: Flask) -> list[ShopperSession]:
    with app.app_context():
        return list(session.scalars(select(ShopperSession)))


def test_looking_around_makes_no_row(app: Flask, client: FlaskClient) -> None:
    for path in ("/en/", "/en/products/", "/t/read", "/en/nothing"):
        assert "Set-Cookie" not in client.get(path).headers
    assert rows(app) == []


def test_the_first_need_makes_one_row_and_the_browser_keeps_its_token(app: Flask, client: FlaskClient) -> None:
    first = client.post("/t/add", headers=OWN)
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert first.headers["Cache-Control"] == "private, no-store"
    second = client.post("/t/add", headers=OWN)
    assert second.data == first.data
    assert "Set-Cookie" not in second.headers
    (row,) = rows(app)
    assert row.token_hash == hashed(cookie.value)
    assert cookie.value not in (row.token_hash, str(row.data))


def test_a_row_that_was_rolled_back_leaves_no_cookie(app: Flask, client: FlaskClient) -> None:
    assert client.post("/t/add", headers=OWN, data={"fail": "1"}).status_code == 500
    assert client.get_cookie("session") is None
    assert rows(app) == []


def test_a_unit_that_is_tried_again_makes_its_row_again(app: Flask) -> None:
    with app.test_request_context("/en/"):
        made = []

        def work() -> None:
            made.append(current_session().make())
            if len(made) == 1:
                session.rollback()  # what a deadlock does to the first try
                raise _deadlock()

        run_unit(work)
        assert session.scalar(select(ShopperSession.id)) == made[-1]
        assert current_session().cookie_to_set


def _deadlock() -> Exception:
    from sqlalchemy.exc import OperationalError

    class Deadlock(Exception):
        sqlstate = "40P01"

    return OperationalError("", {}, Deadlock())


def test_a_token_that_is_not_ours_is_never_taken_over(app: Flask, client: FlaskClient) -> None:
    for token in ("planted-by-someone-else-0123456789abcdef", "", "null", "[]", " ", "0", "x" * 3000, "é", "\x00"):
        browser = app.test_client()
        browser.set_cookie("session", token)
        assert browser.get("/en/").status_code == 200
        assert browser.post("/t/add", headers=OWN).status_code == 200
        cookie = browser.get_cookie("session")
        assert cookie is not None
        assert cookie.value != token
        assert len(cookie.value) == 43


def test_an_expired_session_is_a_new_visitor(app: Flask, client: FlaskClient) -> None:
    client.post("/t/remember", headers=OWN, data={"key": "a", "value": "1"})
    assert client.get("/t/read").json == {"a": "1"}
    with app.app_context(), unit_of_work():
        session.execute(update(ShopperSession).values(expires_at=utcnow() - timedelta(seconds=1)))
    assert client.get("/t/read").json == {}


def test_two_requests_at_once_do_not_undo_each_other(app: Flask, client: FlaskClient) -> None:
    client.post("/t/remember", headers=OWN, data={"key": "a", "value": "1"})
    cookie = client.get_cookie("session")
    assert cookie is not None
    header = {"Cookie": f"session={cookie.value}"}
    with app.test_request_context("/", headers=header), app.test_request_context("/", headers=header):
        pass
    with app.test_request_context("/", headers=header):
        slow = current_session().load()
        slow["b"] = "2"
        client.post("/t/remember", headers=OWN, data={"key": "c", "value": "3"})
        db.session.rollback()
        slow.save()
    assert client.get("/t/read").json == {"a": "1", "b": "2", "c": "3"}


def test_a_message_is_said_once_on_the_next_page(client: FlaskClient) -> None:
    client.get("/t/flash")
    assert "Added." in client.get("/en/").get_data(as_text=True)
    assert "Added." not in client.get("/en/").get_data(as_text=True)


def test_the_session_brings_cart_count_and_shop_version_in_its_one_statement(
    app: Flask, client: FlaskClient, count_statements
) -> None:
    made = int(client.post("/t/add", headers=OWN).data)
    with app.app_context(), unit_of_work():
        make_product(code="P", skus=2)
        cart = Cart(session_id=made)
        session.add(cart)
        session.flush()
        from storefront.core.catalog.models import Sku

        for sku in session.scalars(select(Sku)):
            session.add(CartLine(cart_id=cart.id, sku_id=sku.id, quantity=2, seen_price=1, seen_currency="JPY"))
    client.get("/en/")
    with count_statements() as seen:
        page = client.get("/en/contact").get_data(as_text=True)
    assert 'data-test="cart-badge" aria-label="4 pieces">4<' in page
    assert len(seen) == 1, seen


def test_an_owners_change_is_seen_by_the_next_request_of_a_session_too(app: Flask, client: FlaskClient) -> None:
    client.post("/t/add", headers=OWN)
    client.get("/en/contact")
    with app.app_context(), unit_of_work():
        set_policy("shop.name", {"en": "Another name"}, "owner")
    assert "Another name" in client.get("/en/contact").get_data(as_text=True)


def test_a_cookie_nobody_gave_out_still_gets_the_shop(app: Flask, client: FlaskClient) -> None:
    client.set_cookie("session", "nobody-gave-this-out")
    assert client.get("/en/contact").status_code == 200


# --- tokens


def test_a_page_of_a_session_posts_only_with_its_token(app: Flask, client: FlaskClient) -> None:
    assert client.post("/t/guarded", headers=OWN).status_code == 400
    client.post("/t/add", headers=OWN)
    page = client.get("/en/").get_data(as_text=True)
    token = page.split('<meta name="csrf-token" content="')[1].split('"')[0]
    assert client.post("/t/guarded", headers=OWN, data={"csrf_token": token}).status_code == 200
    assert client.post("/t/guarded", headers={**OWN, "X-CSRFToken": token}).status_code == 200
    assert client.post("/t/guarded", headers=OWN).status_code == 400
    assert client.post("/t/guarded", headers=OWN, data={"csrf_token": token + "x"}).status_code == 400
    assert client.post("/t/guarded", data={"csrf_token": token}).status_code == 403
    assert client.post("/t/guarded", headers={"HX-Request": "true"}, data={"csrf_token": token}).status_code == 403
    stranger = app.test_client()
    stranger.post("/t/add", headers=OWN)
    assert stranger.post("/t/guarded", headers=OWN, data={"csrf_token": token}).status_code == 400


def test_static_files_never_ask_for_the_session(client: FlaskClient, count_statements) -> None:
    client.post("/t/add", headers=OWN)
    with count_statements() as seen:
        client.get("/static/shop.css")
    assert seen == []


def test_rendering_a_form_writes_nothing(client: FlaskClient, count_statements) -> None:
    client.post("/t/add", headers=OWN)
    client.get("/en/")
    with count_statements() as seen:
        assert "csrf_token" in client.get("/en/contact").get_data(as_text=True)
    assert not [s for s in seen if s.split()[0] in ("UPDATE", "INSERT", "DELETE")]


def test_the_token_is_made_with_the_row(client: FlaskClient) -> None:
    assert client.get("/t/token").data == b""
    client.post("/t/add", headers=OWN)
    assert len(client.get("/t/token").data) == 40
