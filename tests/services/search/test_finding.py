"""What is found on real databases."""

import pytest
from sqlalchemy import select

from storefront.core.catalog.queries import ListQuery, list_products
from storefront.core.catalog.service import (
    ProductData,
    SkuData,
    TextData,
    save_brand,
    save_category,
    save_product,
    set_state,
)
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session, unit_of_work
from storefront.core.search.models import SearchProduct
from storefront.core.settings.policies import DEFAULTS
from storefront.testing.databases import Database

YEN = CurrencyRate("JPY", "JPY")


def found(q: str, **asked: str) -> list[str]:
    slugs = [card.slug for card in list_products(ListQuery("en", YEN, q=q, **asked), DEFAULTS).cards]
    session.rollback()
    return slugs


@pytest.fixture
def shelf(db: Database) -> Database:
    texts = {
        "en": TextData("Morning Mist Sencha", "Soft tea, 100% first flush"),
        "ja": TextData("朝もやの煎茶 ティーバッグ"),
        "zh-hant": TextData("朝靄煎茶 茶包"),
        "zh-hans": TextData("朝雾煎茶 茶包"),
    }
    with unit_of_work():
        goods = save_category("goods", {"en": ("Goods", "")}, "test")
        teas = save_category("teas", {"en": ("Teas", "")}, "test", parent_id=goods)
        brand_id = save_brand("kiriyama", {"ja": ("霧山園", ""), "en": ("Kiriyama-en", "")}, "test")
        option = {"name": {"en": "Size"}, "value": {"en": "Large box"}}
        skus = (SkuData("KRY-0130-12", 594, barcode="4900000000016", options=(option,)),)
        tea = ProductData("KRY-0130", "sencha", texts, skus, category_ids=(teas,), facts={"brand_id": brand_id})
        save_product(tea, "test")
        soap = {"ja": TextData("米ぬか石けん 220g"), "en": TextData("Rice_bran soap ♥")}
        save_product(ProductData("NUK-1", "soap", soap, (SkuData("NUK-1-1", 800),), category_ids=(goods,)), "test")
    return db


@pytest.mark.req("CAT-7")
@pytest.mark.parametrize(
    "questions",
    [
        ("煎茶", "茶", "ﾃｨｰﾊﾞｯｸﾞ", "てぃーばっぐ", "ティ〜バッグ", "tibaggu", "tiibaggu", "sencha", "ＳＥＮＣＨＡ", "senc"),
        ("朝靄", "朝霭", "朝霧", "雾山园", "kiriyama", "kiriyama-en", "霧山園 煎茶", "tea 朝雾", "morning   sencha"),
        ("kry-0130", "KRY0130", "kry 0130 12", "kry-0130-1", "4900000000016", "4900-0000-00016", "large", "100%", "mists"),
    ],
)  # fmt: skip
def test_the_tea_is_found(shelf: Database, questions: tuple[str, ...]) -> None:
    assert {question: found(question) for question in questions} == dict.fromkeys(questions, ["sencha"])


@pytest.mark.req("CAT-7")
def test_what_is_not_there_is_not_found_and_nothing_breaks(shelf: Database) -> None:
    hostile = ("煎餅", "茶茶", "sencha soap", "_", "\\", "/", "'", '"', "x" * 5000, '" OR 1 --', "NEAR(a b)", "tokens:tea",
               "🍵", "茶* AND", "(", ":cteas", "*", "^tea^", "0%1", "sencha:*", "NOT", "'':*", "!", "|")  # fmt: skip
    assert {question: found(question) for question in hostile} == dict.fromkeys(hostile, [])
    read_as_words = ("-tea", "=kry", "' | 'sencha", "a\x00煎茶"[1:], "(sencha", "\ud800煎茶")
    assert {question: found(question) for question in read_as_words} == dict.fromkeys(read_as_words, ["sencha"])
    assert found("♥") == ["soap"]
    assert found("220 g") == found("220g") == found("220") == ["soap"]


@pytest.mark.parametrize("question", ["", "  ", "\x00", "\u3000", "\ud800"])
def test_a_question_without_words_filters_nothing(shelf: Database, question: str) -> None:
    assert sorted(found(question)) == ["sencha", "soap"]


@pytest.mark.req("CAT-7")
def test_a_search_is_narrowed_and_sorted_as_any_list(shelf: Database) -> None:
    for narrowed in ({"category_slug": "teas"}, {"category_slug": "goods"}, {"brand_slug": "kiriyama"}):
        assert found("茶", **narrowed) == found("茶", sort="newest", **narrowed) == ["sencha"], narrowed
    assert found("soap", category_slug="teas") == found("soap", sort="newest", category_slug="teas") == []
    assert found("soap", category_slug="none") == found("soap", category_slug="\x00") == []
    assert found("so", sort="price_up") == ["sencha", "soap"]
    assert found("so", min="700") == ["soap"]


def test_the_index_follows_every_change(shelf: Database) -> None:
    tea, soap = session.scalars(select(SearchProduct.id).order_by(SearchProduct.id)).all()
    session.rollback()
    with unit_of_work():
        set_state(tea, "withdrawn", "test")
    assert found("煎茶") == found("kry-0130-12") == []
    with unit_of_work():
        set_state(tea, "published", "test")
        save_brand("kiriyama", {"ja": ("雨山園", ""), "en": ("Ameyama", "")}, "test")
        save_category("teas", {"en": ("Teas", "")}, "test", parent_id=None)
    assert found("雨山園") == found("ameyama") == ["sencha"]
    assert found("霧山園") == found("煎茶", category_slug="goods") == []
    with unit_of_work():
        data = ProductData("NUK-1", "soap", {"en": TextData("Bath salt")}, (SkuData("NUK-1-1", 800),))
        save_product(data, "test", soap)
    assert found("salt") == ["soap"]
    assert found("bran") == []
