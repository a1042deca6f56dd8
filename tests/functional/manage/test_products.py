"""Products in the back office: made, translated, edited by two at once, found, acted on in bulk."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.missing import note_missing
from storefront.core.catalog.models import Product, ProductCategory, ProductText, Sku, SkuPrice
from storefront.core.catalog.service import index_product
from storefront.core.db import session, unit_of_work
from storefront.core.stock.models import StockItem
from storefront.jobs.relay import run_due
from storefront.testing.factories import make_brand, make_category, make_currency, make_product
from storefront.testing.visitor import Visitor

LIST = "/manage/products/"
NEW = "/manage/products/new"
Member = Callable[..., Visitor]


def stored(app: Flask, number: int = 1) -> dict[str, Any]:
    """The product as its rows say."""
    with app.app_context():
        product = session.get(Product, number)
        assert product is not None
        texts = session.scalars(select(ProductText).where(ProductText.product_id == number))
        skus = session.scalars(select(Sku).where(Sku.product_id == number).order_by(Sku.position)).all()
        return {
            "product": product,
            "names": {text.locale: text.name for text in texts},
            "skus": skus,
            "acts": list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id))),
        }


def tea(app: Flask, **values: Any) -> int:
    with app.app_context(), unit_of_work():
        product = make_product(name={"en": "Sencha", "ja": "煎茶"}, code="TEA", slug="sencha", **values)
        note_missing("product", [product.id])
        index_product(product.id)
        return product.id


@pytest.mark.req("CAT-1", "CAT-2", "CAT-3", "CAT-5")
def test_a_product_with_variants_is_made_and_sold(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        tree = make_category("toys", name="Toys")
        make_category("bears", parent=tree, name="Bears")
        make_brand("momen", name="Momen")
        make_currency("USD", "0.0065")
    manager = member("manager")
    manager.gets(NEW)
    manager.submits(
        "edit-form", "_add",
        **{"code": "BEAR-R1", "name_en": "Bear “Kinako”", "name_ja": "くま", "skus-0-code": "BEAR-S"},
    )  # fmt: skip
    assert "skus-1-code" in manager.page.form("edit-form").fields, "a row was added without script"
    answer = manager.submits(
        "edit-form",
        **{
            "body_en": '<p onclick="x()">Soft</p><script>alert(1)</script>',
            "brand": "1", "categories": ["2"], "state": "published", "origin": "JP", "hs_code": "9503.00",
            "restrictions": ["magnet", "adult"], "purchase_limit": "2", "condition_item": "A", "condition_box": "B+",
            "skus-0-price": "3,520", "skus-0-list_price": "4000", "skus-0-options": "Size: S\nColour: Red",
            "skus-1-code": "BEAR-L", "skus-1-price": "5000", "skus-1-options": "Size：L",
            "skus-1-mode": "pre_order", "skus-1-release": "2027-01",
            "prices-0-sku": "BEAR-L", "prices-0-currency": "USD", "prices-0-price": "41.50", "prices-0-list_price": "",
            "prices-0-id": "",
        },
    )  # fmt: skip
    assert answer.status_code == 200, manager.page.texts("field-error")
    found = stored(app)
    product = found["product"]
    assert (product.slug, product.state, product.restrictions) == ("bear-kinako", "published", ["adult", "magnet"])
    assert [sku.code for sku in found["skus"]] == ["BEAR-S", "BEAR-L"]
    assert found["skus"][0].options[1] == {"name": {"en": "Colour"}, "value": {"en": "Red"}}
    with app.app_context():
        assert session.scalars(select(SkuPrice.price)).all() == [4150]
        assert session.scalars(select(StockItem.tracked)).all() == [True, True]
        assert session.scalars(select(ProductCategory.category_id)).all() == [2]
        assert session.scalar(select(ProductText.body).where(ProductText.locale == "en")) == "<p>Soft</p>"
    assert found["acts"] == ["product.create"]

    # every word of the options once, to be translated; a variant that is taken out stays for its orders
    form = manager.page.form("edit-form").fields
    assert [form[f"words-{n}-word_en"] for n in range(4)] == ["Size", "S", "Colour", "Red"]
    manager.submits("edit-form", **{"words-0-word_ja": "サイズ", "words-3-word_en": "Crimson"})
    dropped = {k: v for k, v in manager.page.form("edit-form").fields.items() if not k.startswith("skus-1-")}
    manager.posts(f"{LIST}1", {k: v for k, v in dropped.items() if not k.startswith("prices-")})
    found = stored(app)
    assert [option["name"] for option in found["skus"][0].options] == [{"en": "Size", "ja": "サイズ"}, {"en": "Colour"}]
    assert found["skus"][0].options[1]["value"] == {"en": "Crimson"}
    assert [sku.active for sku in found["skus"]] == [True, False]
    assert Visitor(app.test_client()).gets("/ja/products/bear-kinako").text.count("くま") >= 1


def test_what_cannot_be_kept_is_said_at_its_field_and_nothing_typed_is_lost(app: Flask, member: Member) -> None:
    tea(app)
    manager = member("manager")
    manager.gets(NEW)
    tried = {
        "code": "TEA", "name_en": "Tea <b>\x00", "skus-0-code": "X", "skus-0-price": "abc", "skus-0-options": "Red",
        "hs_code": "12", "alcohol_percent": "много", "weight": "-5", "skus-0-weight": "2.5", "state": "sold",
        "categories": ["99"], "brand": "x", "purchase_limit": "0",
    }  # fmt: skip
    assert manager.submits("edit-form", **tried).status_code == 422
    assert len(manager.page.texts("field-error")) == 10
    assert manager.page.form("edit-form").fields["skus-0-price"] == "abc"
    right = {
        "state": "draft", "categories": [], "brand": "", "purchase_limit": "", "hs_code": "", "alcohol_percent": "",
        "weight": "", "skus-0-weight": "", "skus-0-price": "100", "skus-0-options": "", "release": "soon",
    }  # fmt: skip
    for changed, sentence in (
        ({}, "Another product has the code “TEA” already."),
        ({"code": "T2", "slug": "Sencha!"}, "“Sencha!” is no address for a product: use a-z, 0-9 and hyphens."),
        ({"slug": ""}, "“soon” is no release month: write 2027-01."),
        ({"release": "", "slug": "sencha"}, "The address “sencha” belongs to product TEA. Please choose another."),
        ({"slug": "", "skus-0-code": "TEA-1"}, "The SKU “TEA-1” belongs to product TEA. Please choose another."),
        ({"skus-0-code": "T2-1", "skus-0-price": ""}, "Please write the price."),
        ({"skus-0-price": "1", "skus-0-closed": "1", "state": "published"},
         "A product needs a variant with a price before it is published."),
        ({"state": "draft", "name_en": ""}, "Product T2 has no name in any language."),
    ):  # fmt: skip
        assert manager.submits("edit-form", **{**right, **changed}).status_code == 422, sentence
        assert manager.page.texts("field-error") == [sentence]
        right = {}
    assert manager.submits("edit-form", name_en="Tea").status_code == 200
    for path in (f"{LIST}77", f"{LIST}%00", f"{LIST}99999999999", f"{LIST}new/x"):
        assert manager.gets(path).status_code == 404


def test_two_editors_of_a_product_keep_both_or_are_shown_the_difference(app: Flask, member: Member) -> None:
    tea(app, skus=2)
    one, other = member("manager"), member("owner")
    one.gets(f"{LIST}1")
    other.gets(f"{LIST}1")
    one.submits("edit-form", **{"name_zh_hans": "煎茶", "skus-0-price": "1200"})
    # other languages, other variants: both stay
    other.submits("edit-form", **{"name_zh_hant": "煎茶", "skus-1-price": "1300"})
    assert other.page.texts("notice") == ["Saved. What others changed meanwhile was kept."]
    assert [sku.price for sku in stored(app)["skus"]] == [1200, 1300]
    assert sorted(stored(app)["names"]) == ["en", "ja", "zh-hans", "zh-hant"]
    # the same variant and the same text: shown, not overwritten
    one.submits("edit-form", **{"skus-1-price": "1400", "name_en": "Sencha A", "name_ja": "煎茶甲"})
    assert one.last.status_code == 409
    assert sorted(one.page.texts("theirs")) == ["Stored now: 1300"]
    other.submits("edit-form", name_en="Sencha B")
    # what the other changed meanwhile and this one did not is no change of this one when it saves again
    assert one.submits("edit-form", **{"name_en": "Sencha"}).status_code == 200
    found = stored(app)
    assert [sku.price for sku in found["skus"]] == [1200, 1400]
    assert (found["names"]["en"], found["names"]["ja"]) == ("Sencha B", "煎茶甲")


def test_a_translator_writes_texts_and_nothing_else(app: Flask, member: Member) -> None:
    tea(app, sku_values={"options": [{"name": {"en": "Size"}, "value": {"en": "S"}}]})
    translator = member("translator", "ja")
    translator.gets(f"{LIST}1")
    form = translator.page.form("edit-form")
    assert "name_ja" in form.fields and "words-0-word_ja" in form.fields
    assert not {"code", "state", "skus-0-price", "brand"} & set(form.fields)
    forged = {"code": "STOLEN", "state": "withdrawn", "skus-0-price": "1", "skus-0-id": "1"}
    translator.submits("edit-form", name_ja="上煎茶", **{"words-0-word_ja": "サイズ"}, **forged)
    found = stored(app)
    assert (found["product"].code, found["product"].state, found["skus"][0].price) == ("TEA", "published", 1000)
    assert found["names"]["ja"] == "上煎茶"
    assert found["skus"][0].options[0]["name"] == {"en": "Size", "ja": "サイズ"}
    assert translator.gets(NEW).status_code == 403
    acts = {"act": "withdraw", "id": "1", "confirmed": "1", "csrf_token": form.fields["csrf_token"]}
    assert translator.posts(f"{LIST}act", acts).status_code == 403
    for role in ("packer", "read_only", "support"):
        reader = member(role)
        assert reader.gets(f"{LIST}1").status_code == 200
        assert "save" not in [mark for mark, _ in reader.page.marks]
        token = {"csrf_token": reader.page.form("edit-form").fields["csrf_token"]}
        assert reader.posts(f"{LIST}1", {**token, "name_en": "x"}).status_code == 403
    assert stored(app)["names"]["en"] == "Sencha"


def test_the_list_finds_narrows_and_acts_on_many(app: Flask, member: Member, count_statements: Any) -> None:
    with app.app_context(), unit_of_work():
        top = make_category("tea", name="Tea")
        leaf = make_category("green", parent=top, name="Green")
        brand = make_brand("kiriyama", name="Kiriyama")
        first = make_product(
            name={"en": "Sencha", "ja": "煎茶"}, code="TEA", brand_id=brand.id, restrictions=["food"], on_hand=3,
            sku_values={"barcode": "4900000000012"},
        )  # fmt: skip
        session.add(ProductCategory(product_id=first.id, category_id=leaf.id))
        make_product(name="Bear", code="BEAR", on_hand=0, popularity=5)
        make_product(name="Pen", code="PEN", on_hand=None, state="draft")
        for number in (1, 2, 3):
            note_missing("product", [number])
            index_product(number)
    manager = member("manager")
    manager.gets(LIST)
    with count_statements() as seen:
        manager.gets(LIST)
    assert len(seen) <= 12
    for query, codes in {
        "": ["PEN", "BEAR", "TEA"], "state=draft": ["PEN"], "category=tea": ["TEA"], "brand=1": ["TEA"],
        "stock=low": ["TEA"], "stock=out": ["BEAR"], "stock=untracked": ["PEN"], "missing=zh-hant": ["TEA"],
        "missing=ja": [], "restriction=food": ["TEA"], "q=4900000000012": ["TEA"], "q=煎茶": ["TEA"], "q=BEAR": ["BEAR"],
        "sort=code": ["BEAR", "PEN", "TEA"], "sort=-popularity": ["BEAR", "PEN", "TEA"], "state=x&stock=y&brand=%00": ["PEN", "BEAR", "TEA"],
    }.items():  # fmt: skip
        assert manager.gets(f"{LIST}?{query}").status_code == 200
        assert [code for row in manager.page.texts("row") for code in row.split() if code.isupper()] == codes, query
    assert "3 / 0 / 3" in manager.gets(f"{LIST}?q=TEA").text

    def acts(name: str, ids: list[str], **more: str) -> None:
        manager.gets(LIST)
        manager.submits("list-form", act=name, id=ids)
        manager.submits("confirm-act", id=ids, **more)
        while run_due(app):
            pass
        manager.gets(manager.last.request.path)

    acts("withdraw", ["1", "2", "77"])
    assert "There is no product number 77." in manager.last.text
    acts("into", ["2", "3"], value="1")
    with app.app_context():
        assert [p.state for p in session.scalars(select(Product).order_by(Product.id))] == [
            "withdrawn",
            "withdrawn",
            "draft",
        ]
        assert sorted(session.scalars(select(ProductCategory.product_id))) == [1, 2, 3]
    manager.gets(f"{LIST}?category=tea")
    assert len(manager.page.texts("row")) == 3
    # a worker writes the list to a file, without anybody's request around it
    manager.posts(f"{LIST}export", {**manager.page.form("list-form").fields, "format": "csv", "stock": "low"})
    while run_due(app):
        pass
    manager.gets(manager.last.request.path)
    with manager.gets(next(link for link in manager.page.links if link.endswith("/file"))) as answer:
        file = answer.get_data(as_text=True)
    assert [line.split(",")[0] for line in file.splitlines()] == ["\ufeffItem code", "TEA"]
