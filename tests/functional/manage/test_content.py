"""Categories, brands, the owner's pages, and the translators' list of work."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.models import Brand, Category, CategoryText, MissingText, Page, PageText, ProductCategory
from storefront.core.catalog.service import ProductData, SkuData, TextData, save_product
from storefront.core.db import session, unit_of_work
from storefront.jobs.relay import run_due
from storefront.testing.factories import make_brand, make_category, make_product
from storefront.testing.visitor import Visitor

Member = Callable[..., Visitor]


def removes(visitor: Visitor, path: str) -> int:
    visitor.gets(path)
    token = {"csrf_token": visitor.page.form("edit-form").fields["csrf_token"]}
    visitor.posts(f"{path}/remove", token)
    return visitor.posts(f"{path}/remove", {**token, "confirmed": "1"}).status_code


@pytest.mark.req("CAT-1")
def test_the_tree_of_categories_is_built_bent_and_cut(app: Flask, member: Member) -> None:
    manager = member("manager")
    for slug, name, parent in (("goods", "Goods", ""), ("tea", "Tea", "1"), ("green", "Green", "2")):
        manager.gets("/manage/categories/new")
        manager.submits("edit-form", slug=slug, name_en=name, parent=parent, position="5")
    manager.gets("/manage/categories/")
    assert [row.split() for row in manager.page.texts("row")] == [
        ["Goods", "goods"],
        ["Tea", "tea"],
        ["Green", "green"],
    ]
    manager.gets("/manage/categories/1")
    for changed, said in (
        ({"parent": "3"}, "Category goods cannot stand below itself."),
        ({"parent": "", "slug": "tea"}, "The address “tea” is taken. Please choose another."),
        ({"slug": "Tea Time"}, "“Tea Time” is no address: use a-z, 0-9 and hyphens."),
        ({"slug": "goods", "name_en": " "}, "A name is needed in at least one language."),
        ({"name_en": "Goods", "parent": "88"}, "Please choose one of the list."),
    ):
        assert manager.submits("edit-form", **changed).status_code == 422
        assert said in " ".join(manager.page.texts("field-error") + manager.page.texts("problem"))
    manager.submits("edit-form", slug="all", name_en="", name_ja="すべて", parent="")
    with app.app_context():
        texts = session.scalars(select(CategoryText).where(CategoryText.category_id == 1).order_by(CategoryText.locale))
        assert [(text.locale, text.name) for text in texts] == [("en", ""), ("ja", "すべて")]
        assert session.get(Category, 1).slug == "all"  # type: ignore[union-attr]
    assert removes(manager, "/manage/categories/2") == 422
    assert "1 categories stand below this one. Move or remove them first." in manager.page.text("problem")
    with app.app_context(), unit_of_work():
        session.add(ProductCategory(product_id=make_product().id, category_id=3))
    assert removes(manager, "/manage/categories/3") == 422
    with app.app_context(), unit_of_work():
        session.delete(session.get(ProductCategory, (1, 3)))
    assert removes(manager, "/manage/categories/3") == removes(manager, "/manage/categories/2") == 200
    with app.app_context():
        assert session.scalars(select(Category.id)).all() == [1]
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["category.save"] * 4 + ["category.rename"] + ["category.remove"] * 2


@pytest.mark.req("SHOP-2")
def test_brands_and_pages_are_written_in_four_languages(app: Flask, member: Member) -> None:
    manager = member("manager")
    manager.gets("/manage/pages/new")
    manager.submits(
        "edit-form", slug="about", name_en="About us", name_zh_hant="關於我們",
        body_en="<h2>Who</h2><script>x</script><img src=x onerror=y>", body_zh_hant="你好",
    )  # fmt: skip
    assert manager.last.status_code == 200
    shopper = Visitor(app.test_client())
    assert "<h2>Who</h2>" in shopper.gets("/en/pages/about").text and "onerror" not in shopper.last.text
    assert "關於我們" in shopper.gets("/zh-hant/pages/about").text
    translator = member("translator")
    translator.gets("/manage/pages/1")
    translator.submits("edit-form", name_ja="この店について", slug="stolen", menu="shopping")
    token = {"csrf_token": translator.page.form("edit-form").fields["csrf_token"]}
    with app.app_context():
        row = session.get(Page, 1)
        assert row is not None and (row.slug, row.menu) == ("about", "shop")
        assert session.scalar(select(PageText.title).where(PageText.locale == "ja")) == "この店について"
    assert translator.posts("/manage/pages/1/remove", {**token, "confirmed": "1"}).status_code == 403
    assert removes(manager, "/manage/pages/1") == 200
    assert shopper.gets("/en/pages/about").status_code == 404

    with app.app_context(), unit_of_work():
        brand = make_brand("kiriyama", name="Kiriyama")
        make_product(brand_id=brand.id)
    manager.gets("/manage/brands/1")
    manager.submits("edit-form", slug="kiriyama-en", name_ja="霧山園")
    manager.gets("/manage/brands/?q=霧山")
    assert manager.page.texts("row")[0].split() == ["Kiriyama", "kiriyama-en", "1"]
    assert removes(manager, "/manage/brands/1") == 422
    assert "1 products are of this brand." in manager.page.text("problem")
    with app.app_context():
        assert session.scalars(select(Brand.slug)).all() == ["kiriyama-en"]


def test_a_translator_works_down_what_is_missing(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        make_category("tea")
        texts = {"en": TextData("Sencha", body="<p>Green</p>"), "ja": TextData("煎茶")}
        save_product(ProductData("TEA", "tea", texts, (SkuData("TEA-1", 500),)), "test")
    translator = member("translator", "en")
    translator.gets("/manage/translations/?language=ja")
    assert translator.page.texts("row") == ["Sencha Product 日本語 Text"]
    translator.gets("/manage/translations/?kind=product")
    assert len(translator.page.texts("row")) == 3
    path = next(link for link in translator.page.links if link.startswith("/manage/products/") and link[-1] != "/")
    translator.gets(path)
    assert translator.last.text.count('class="missing"') >= 4
    translator.submits("edit-form", body_ja="緑のお茶")
    with app.app_context():
        left = session.execute(select(MissingText.locale, MissingText.fields).order_by(MissingText.locale)).all()
        assert [tuple(row) for row in left] == [("zh-hans", ["name", "body"]), ("zh-hant", ["name", "body"])]
    translator.gets("/manage/translations/?language=ja&kind=x")
    assert translator.page.texts("row") == []


def test_a_category_has_a_picture(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work():
        make_category("tea")
    manager, path = member("manager"), "/manage/categories/1/picture"
    manager.gets(path)
    form = manager.page.form("upload-form").fields
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "PNG")
    assert manager.posts(path, {**form, "file": (io.BytesIO(b"GIF?"), "x.gif")}).status_code == 422
    assert manager.posts(path, form).status_code == 422
    assert manager.posts(path, {**form, "file": (io.BytesIO(file.getvalue()), "x.png")}).status_code == 200
    while run_due(app):
        pass
    assert "/media/" in manager.gets(path).text
    # saving the category's texts keeps it
    manager.gets("/manage/categories/1")
    manager.submits("edit-form", slug="green-tea")
    with app.app_context():
        assert session.scalars(select(Category.picture)).one()
    manager.gets(path)
    manager.submits("no-picture-form")
    with app.app_context():
        assert session.scalars(select(Category.picture)).one() == ""
    for gone in ("/manage/categories/77/picture", "/manage/categories/99999999999/picture"):
        assert manager.gets(gone).status_code == manager.posts(gone, form).status_code == 404
