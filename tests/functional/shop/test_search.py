"""The search as a shopper meets it: results, rows while typing, ways on, and what the owner learns of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from storefront.core.catalog.models import Product
from storefront.core.db import session, utcnow
from storefront.core.search import questions
from storefront.core.search.marking import marked
from storefront.core.search.questions import AskedCount, AskedRow, add_questions, asked_most, forget_questions, key_of
from storefront.core.settings.service import set_policy, touch
from storefront.profiles.loader import seed
from storefront.shop.catalog.asked import tally
from storefront.testing.visitor import PART, Visitor

Unit = Callable[[], AbstractContextManager[None]]
TYPING = {**PART, "HX-Target": "div#suggest"}


@pytest.fixture
def shop(app: Flask, unit: Unit, tmp_path: Path) -> Visitor:
    with unit():
        seed("mart", tmp_path / "media")
    return Visitor(app.test_client())


def asked(app: Flask, since: date = date(2000, 1, 1), **more: bool) -> list[AskedRow]:
    with app.app_context():
        tally().write()
        rows = asked_most(since, **more)
        session.rollback()
        return rows


@pytest.mark.req("CAT-7")
def test_a_search_its_rows_while_typing_and_its_dead_ends(
    app: Flask,
    shop: Visitor,
    unit: Unit,
    client: FlaskClient,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    shop.gets("/en/products/?q=tea")
    with count_statements() as seen:
        shop.gets("/en/products/?q=rice")
    assert len(seen) <= 3, seen
    shop.gets("/en/products/?q=tea")
    assert shop.page.texts("product-link")[0] == "Morning Mist Sencha, tea bags"

    # while typing: a panel of rows, the match marked, nothing counted
    typed = client.get("/en/products/?q=dango", headers=TYPING)
    assert typed.headers["Cache-Control"] == "private, no-store" and "HX-Target" in typed.headers["Vary"]
    assert "<html" not in typed.text and "Three-Colour Hanami <mark>Dango</mark>, 5 skewers" in typed.text
    assert "¥648" in typed.text and "See 1 result for “dango”" in typed.text
    assert (
        client.get("/ja/products/?q=%EF%BE%80%EF%BE%9E%EF%BE%9D%EF%BD%BA%EF%BE%9E", headers=TYPING).text.count(
            "<mark>だんご"
        )
        == 1
    )
    full = client.get("/en/products/?q=ba", headers=TYPING).text
    assert full.count('role="option"') == 7 and "See all" in full
    for nothing in ("", "t", "%20", "'", "zzyzx", "%00", "%F0%9F%8D%B5"):
        assert client.get(f"/en/products/?q={nothing}", headers=TYPING).text.strip() == "", nothing
    assert client.get("/ja/products/?q=%E8%8C%B6", headers=TYPING).text.count("<mark>") >= 1

    # one letter wrong, nothing at all, and too narrow
    shop.gets("/en/products/?q=senhca")
    assert shop.page.texts("spelling") == ["Did you mean “sencha”?"] and len(shop.page.texts("popular")) == 1
    assert len(shop.page.texts("product-card")) == 4
    assert "/en/products/?q=sencha" in shop.page.links
    shop.gets("/zh-hant/products/?q=zzyzx")
    assert "找不到「zzyzx」" in shop.page.html and not shop.page.texts("spelling")
    shop.gets("/en/products/?q=dango&category=sencha")
    assert shop.page.texts("wider") == ["Tea", "“dango” in all products"]
    shop.gets("/en/products/?q=xyzzy+tea")
    assert shop.page.texts("wider")[0] == "Tea"
    shop.gets(f"/ja/products/?q={quote('ロボーット')}")
    assert "近いものを表示しています" in shop.page.html and "番頭さん" in shop.page.html

    # the owner's words
    with unit():
        set_policy("search.synonyms", [["monster", "dinosaur"], "no group", [1, 2]], "test")
    shop.gets("/en/products/?q=monster")
    assert "Wakakusa Tyranno" in shop.page.html
    assert [(row.question, row.asked) for row in asked(app)][:2] == [("tea", 2), ("monster", 1)]
    assert "dango" not in {row.question for row in asked(app)}  # typed and narrowed only


@pytest.mark.req("CAT-6")
def test_a_category_leads_to_those_in_it_and_back(shop: Visitor, unit: Unit) -> None:
    shop.gets("/ja/categories/tea")
    assert shop.page.texts("shelves") and "煎茶" in shop.page.texts("shelves")[0]
    assert {f"/ja/categories/{slug}" for slug in ("sencha", "matcha", "teaware")} <= set(shop.page.links)
    shop.gets("/ja/categories/teaware")
    assert not shop.page.texts("shelves") and "/ja/categories/tea" in shop.page.links
    with unit():
        for product in session.scalars(
            select(Product).where(Product.slug.in_(("side-handled-teapot", "bamboo-tea-whisk", "washi-tea-caddy")))
        ):
            product.state = "draft"
        touch()
    shop.gets("/ja/categories/tea")
    assert "/ja/categories/teaware" not in shop.page.links
    for path in ("/ja/products/", "/ja/products/?q=%E8%8C%B6&category=tea"):
        shop.gets(path)
        assert not shop.page.texts("shelves"), path


@pytest.mark.req("CAT-7")
def test_hostile_questions_are_pages(shop: Visitor, client: FlaskClient) -> None:
    for question in (
        "%00",
        "%27%22%3E%3Cscript%3E",
        "a" * 10_000,
        "%ED%A0%80",
        "%F0%9F%8D%B5",
        "NEAR(",
        "*%22",
        "%5C",
        "%E8%8C%B6*",
    ):
        for headers in ({}, TYPING):
            answer = client.get(f"/en/products/?q={question}", headers=headers)
            assert answer.status_code == 200, question
            assert "<script>" not in answer.text.replace("<script src", "")


def test_what_is_counted_and_what_is_not(
    app: Flask, shop: Visitor, client: FlaskClient, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (
        "?q=Tea",
        f"?q={quote('ＴＥＡ')}",
        "?q=tea&page=2",
        "?q=tea&sort=newest",
        "?q=nobody",
        "?q=me@example.com",
        "?q=090-1234-5678",
        "?q=4900000000016",
    ):
        shop.gets(f"/en/products/{path}")
    shop.gets("/ja/products/?q=tea")
    client.get("/en/products/?q=fetched", headers={"Sec-Purpose": "prefetch"})
    rows = asked(app)
    assert [(row.question, row.asked) for row in rows] == [("tea", 3), ("4900000000016", 1), ("nobody", 1)]
    assert asked(app, without_hits=True) == [AskedRow("nobody", 1, 0)]
    today = utcnow().date()
    monkeypatch.setattr(questions, "MAX_A_DAY", 4)
    with unit():
        keys = [key_of(text, "en", today, 0) for text in ("nobody", "one", "two")]
        add_questions([(key, AskedCount(2, 0)) for key in keys if key])
    assert {row.question: row.asked for row in asked(app)} == {"tea": 3, "4900000000016": 1, "nobody": 3}
    with unit():
        forget_questions(today + questions.KEEP)
        assert len(asked_most(today)) == 3
        forget_questions(today + 2 * questions.KEEP)
        assert asked_most(date(2000, 1, 1)) == []


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("Three-Colour Hanami Dango", "dango", ["Three-Colour Hanami ", "Dango"]),
        ("Hiyori-dō tea", "hiyori-do", ["Hiyori", "-", "dō", " tea"]),
        ("抹茶ラテ", "ﾗﾃ", ["抹茶", "ラテ"]),
        ("ｶﾞﾗｽの風鈴", "がらす", ["ｶﾞﾗｽ", "の風鈴"]),
        ("綠茶", "緑", ["綠", "茶"]),
        ("steamed", "tea", ["steamed"]),
        ("㍿山", "株式会社", ["㍿", "山"]),
        ("", "x", []),
    ],
)
def test_the_match_is_marked_as_it_is_written(text: str, question: str, expected: list[str]) -> None:
    pieces = marked(text, question)
    assert [piece.text for piece in pieces] == expected
    assert any(piece.marked for piece in pieces) == (len(expected) > 1)
