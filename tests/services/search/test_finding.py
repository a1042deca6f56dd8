"""What is found on real databases."""

import pytest
from sqlalchemy import select

from storefront.core.catalog.queries import ListQuery, list_products
from storefront.core.catalog.service import ProductData, SkuData, TextData, save_brand, save_product
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session, unit_of_work
from storefront.core.search.models import SearchText
from storefront.core.search.service import index_texts
from storefront.core.settings.policies import DEFAULTS
from storefront.testing.databases import Database
from storefront.testing.factories import make_product

YEN = CurrencyRate("JPY", "JPY")


def found(q: str) -> list[str]:
    return sorted(card.slug for card in list_products(ListQuery("en", YEN, q=q), DEFAULTS).cards)


@pytest.fixture
def shelf(db: Database) -> Database:
    texts = {
        "en": TextData("Morning Mist Sencha", "Soft tea, 100% first flush"),
        "ja": TextData("朝もやの煎茶 ティーバッグ"),
        "zh-hant": TextData("朝靄煎茶 茶包"),
        "zh-hans": TextData("朝雾煎茶 茶包"),
    }
    with unit_of_work():
        brand_id = save_brand("kiriyama", {"ja": ("霧山園", ""), "en": ("Kiriyama-en", "")}, "test")
        option = {"name": {"en": "Size"}, "value": {"en": "Large box"}}
        skus = (SkuData("KRY-0130-12", 594, barcode="4900000000016", options=(option,)),)
        save_product(ProductData("KRY-0130", "sencha", texts, skus, facts={"brand_id": brand_id}), "test")
        soap = {"ja": TextData("米ぬか石けん"), "en": TextData("Rice_bran soap")}
        save_product(ProductData("NUK-1", "soap", soap, (SkuData("NUK-1-1", 800),)), "test")
    return db


@pytest.mark.req("CAT-7")
@pytest.mark.parametrize(
    "question",
    [
        "煎茶", "茶", "ﾃｨｰﾊﾞｯｸﾞ", "てぃーばっぐ", "sencha", "ＳＥＮＣＨＡ", "朝靄", "朝霭", "朝霧", "雾山园", "kiriyama",
        "kry-0130", "4900000000016", "large", "霧山園 煎茶", "tea 朝雾", "100%", "morning   sencha",
    ],
)  # fmt: skip
def test_the_tea_is_found(shelf: Database, question: str) -> None:
    assert found(question) == ["sencha"]


@pytest.mark.parametrize("question", ["煎餅", "茶茶", "sencha soap", "%", "_", "0%1", "\\", "/", "'", "x" * 5000])
def test_nothing_is_found_and_nothing_breaks(shelf: Database, question: str) -> None:
    expected = {"%": ["sencha"], "_": ["soap"]}  # they stand in a text; as wildcards they would find both
    assert found(question) == expected.get(question, [])


@pytest.mark.parametrize("question", ["", "  ", "\x00", "\u3000"])
def test_a_question_without_words_filters_nothing(shelf: Database, question: str) -> None:
    assert found(question) == ["sencha", "soap"]


def test_a_document_is_replaced_and_ends_with_its_product(db: Database) -> None:
    with unit_of_work():
        product = make_product(skus=0)
        index_texts(product.id, ["Old", "Same", "same"])
        index_texts(product.id, ["New"])
    assert session.scalars(select(SearchText.text)).all() == ["new"]
    with unit_of_work():
        session.delete(product)
    assert session.scalars(select(SearchText.text)).all() == []
