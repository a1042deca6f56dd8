"""Goods of other shop systems: taken over, looked at, bought, and written back."""

import csv
import io
from typing import Any

import pytest
from flask import Flask

from storefront.core.catalog.exporting.running import export_catalog
from storefront.core.catalog.importing.report import ImportReport
from storefront.core.catalog.importing.running import import_catalog
from storefront.core.db import session
from storefront.core.invariants.checks import run_all
from storefront.testing.visitor import TOKYO, Visitor

SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Image Alt Text,Gift Card
plant-pot,Plant Pot,"<p onclick=""x()"">Fired <b>twice</b></p><script>alert(1)</script>",Kiln,Garden,true,Size,Regular,,400,shopify,3,1200,,https://example.com/pot.jpg,A pot,false
plant-pot,,,,,,,Large,,900,shopify,5,1800,2400,,,
gift,Gift Card,,Kiln,Cards,true,Title,Default Title,GIFT,0,,,5000,,,,true
"""
WOO = """\
ID,Type,SKU,Name,Published,Short description,Description,Stock,Weight (kg),Sale price,Regular price,Categories,Images,Parent,Attribute 1 name,Attribute 1 value(s)
1,variable,plant-pot,Plant Pot,1,For herbs,<p onclick=x()>Fired <b>twice</b></p><script>alert(1)</script>,,0.4,,,Garden > Pots,https://example.com/pot.jpg,,Size,"Regular, Large"
2,variation,plant-pot-regular,Plant Pot - Regular,1,,,3,,,1200,,,plant-pot,Size,Regular
3,variation,plant-pot-large,Plant Pot - Large,1,,,5,0.9,1800,2400,,,plant-pot,Size,Large
4,"simple, downloadable",GIFT,Song,1,,,,,,5000,,,,,
"""


def take(app: Flask, text: bytes, kind: str) -> ImportReport:
    with app.app_context():
        try:
            return import_catalog(
                io.BytesIO(text),
                kind=kind,
                currency="JPY",
                base_currency="JPY",
                lang="en",
                actor="cli:test",
                media="http://localhost/media/",
            )
        finally:
            session.rollback()


def give(app: Flask, kind: str) -> bytes:
    with app.app_context():
        return b"".join(export_catalog(kind, base_currency="JPY", lang="en", media="http://localhost/media/"))


@pytest.mark.req("CAT-9")
@pytest.mark.parametrize(
    ("kind", "text", "category"), [("shopify", SHOPIFY, "garden"), ("woocommerce", WOO, "garden-pots")]
)
def test_foreign_goods_are_browsed_bought_and_written_back(
    app: Flask, visitor: Visitor, kind: str, text: str, category: str
) -> None:
    report = take(app, text.encode(), kind)
    assert (report.created, report.refused_count) == (1, 1), report.refused
    assert "goods only" in report.refused[0].sentence()

    page = visitor.gets("products/plant-pot")
    assert page.status_code == 200 and "Plant Pot" in visitor.page.text("product-title")
    assert "<b>twice</b>" in page.text and "alert(1)" not in page.text and "onclick" not in page.text
    visitor.lang = "ja"
    assert 'lang="en"' in visitor.gets("products/plant-pot").text, "a text that is not translated says what it is"
    visitor.lang = "en"
    for path in (f"categories/{category}", "products/?q=plant"):
        assert "/en/products/plant-pot" in visitor.gets(path).text

    visitor.adds("plant-pot-large", 2)
    visitor.gets("cart?country=JP")
    assert visitor.page.amount() == 3600 + 500
    visitor.comes_to_confirm(TOKYO)
    visitor.places()
    assert visitor.page.text("order-number") and visitor.page.amount() == 4100

    back = give(app, kind)
    rows = list(csv.DictReader(io.StringIO(back.decode(), newline="")))
    stock = {
        row.get("Variant SKU") or row.get("SKU"): row.get("Variant Inventory Qty") or row.get("Stock") for row in rows
    }
    assert (stock["plant-pot-regular"], stock["plant-pot-large"]) == ("3", "5"), (
        "promised goods lie here until they leave"
    )
    again = take(app, back, kind)
    assert (again.created, again.updated, again.unchanged, again.refused_count) == (0, 0, 1, 0), again.differences
    assert give(app, kind) == back
    with app.app_context():
        assert run_all() == []


def test_an_eccube_export_is_shown_in_its_language(app: Flask, visitor: Visitor) -> None:
    data = "商品ID,公開ステータス(ID),商品名,商品コード,在庫数,在庫数無制限フラグ,通常価格,販売価格,商品カテゴリ(ID),商品カテゴリ(名称)\r\n7,1,備前の茶碗,BOWL,4,0,,2000,3,器\r\n"
    terms: dict[str, Any] = {"currency": "JPY", "base_currency": "JPY", "actor": "cli:test", "tax": "10"}
    with app.app_context():
        report = import_catalog(io.BytesIO(data.encode("cp932")), **terms)
        session.rollback()
    assert report.created == 1
    assert "備前の茶碗" in visitor.gets("products/bowl").text
    visitor.adds("BOWL")
    visitor.gets("cart?country=JP")
    assert visitor.page.amount() == 2200 + 500
