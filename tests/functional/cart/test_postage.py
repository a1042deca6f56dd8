"""The postage of one product, asked on its page before anything is in a cart."""

import pytest
from flask.testing import FlaskClient

from storefront.core.settings.service import touch
from storefront.testing.factories import close_destination, make_product
from storefront.testing.visitor import Page, Visitor

PART = {"HX-Request": "true", "HX-Request-Type": "partial", "Sec-Fetch-Site": "same-origin"}


@pytest.mark.req("SHP-9")
def test_postage_is_told_before_anything_is_in_the_cart(visitor: Visitor, client: FlaskClient, unit) -> None:
    with unit():
        make_product(name="Soap", slug="soap", price=1200, code="SOAP", skus=2)
        make_product(name="Old", slug="old", price=1200, code="OLD", state="draft")
    visitor.gets("products/soap")
    form = visitor.page.form("postage-form")
    assert form.fields["sku"] == "SOAP-1"
    # Without script: a page of its own, with what the cart's estimate would say.
    whole = visitor.gets("products/soap/postage?sku=SOAP-1&country=JP")
    assert "<h1>Postage estimate</h1>" in whole.text and "¥500" in visitor.page.text("postage-offer")
    assert 'name="robots" content="noindex"' in whole.text
    assert visitor.page.form("postage-form").fields["country"] == "JP"
    # With script: the rows alone, for the variant that is ticked.
    part = client.get("/en/products/soap/postage?sku=SOAP-1&sku=SOAP-2&quantity=２&country=tw", headers=PART)
    assert "<html" not in part.text and part.headers["Cache-Control"] == "private, no-store"
    assert "¥1,450" in Page(part.text).text("postage-offer")
    # Nothing of it begins a visit, and what cannot be understood asks again.
    assert client.get_cookie("session") is None and "Set-Cookie" not in part.headers
    for query in ("", "?country=XX", "?country=%00", "?sku=none&quantity=-1&country=日本"):
        answer = client.get(f"/en/products/soap/postage{query}")
        assert answer.status_code == 200 and Page(answer.text).text("postage-none")
    for slug in ("old", "none"):
        assert client.get(f"/en/products/{slug}/postage").status_code == 404


@pytest.mark.req("SHP-9")
def test_what_may_not_go_there_and_what_comes_later_is_said(client: FlaskClient, unit) -> None:
    with unit():
        make_product(name="Ink", slug="ink", code="INK", restrictions=["flammable"])
        release = {"mode": "pre_order", "release": "2027-01"}
        make_product(name="Robot", slug="robot", code="BOT", on_hand=0, slots=10, sku_values=release)
        close_destination("TW", restriction="flammable", en="Nothing that burns.")
        touch()
    page = Page(client.get("/en/products/ink/postage?country=TW").text)
    assert "Nothing that burns." in page.text("problem") and not page.texts("postage-offer")
    assert Page(client.get("/en/products/ink/postage?country=JP").text).texts("postage-offer")
    assert "fixed when the goods are here" in client.get("/en/products/robot/postage?country=JP").text
