"""Texts by the fallback chain, each with the language it is in."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, select
from sqlalchemy.orm import InstrumentedAttribute

from storefront.core.catalog.models import BrandText, CategoryText, PageText, ProductText
from storefront.core.catalog.views import NO_TEXT, Text
from storefront.core.values.language import FALLBACKS, LANGUAGES

TextRow = type[ProductText] | type[CategoryText] | type[BrandText] | type[PageText]
_OWNER = {ProductText: "product_id", CategoryText: "category_id", BrandText: "brand_id", PageText: "page_id"}
_HEAD = {ProductText: "name", CategoryText: "name", BrandText: "name", PageText: "title"}


def chain(lang: str) -> tuple[str, ...]:
    """The languages to try for a reader of ``lang``; of a language the shop does not have: as for English."""
    return FALLBACKS.get(lang, LANGUAGES)


def pick(texts: Mapping[str, str], lang: str) -> Text:
    """The first text there is along the chain of ``lang``."""
    return next((Text(texts[tag], tag) for tag in chain(lang) if texts.get(tag)), NO_TEXT)


def pick_for_all(texts: Mapping[str, str], langs: Iterable[str]) -> dict[str, Text]:
    return {lang: pick(texts, lang) for lang in langs}


def best_locale(row: Any, owner_id: ColumnElement[Any] | InstrumentedAttribute[Any], lang: str) -> ScalarSelect[str]:
    """The language of the text row to show a reader of ``lang``, as a correlated subquery: join the row whose locale it
    is. ``row``: a text class; ``owner_id``: the column its owner is known by in the enclosing statement."""
    inner = row.__table__.alias()
    order = case({tag: i for i, tag in enumerate(chain(lang))}, value=inner.c.locale, else_=len(LANGUAGES))
    return (
        select(inner.c.locale)
        .where(inner.c[_OWNER[row]] == owner_id, inner.c[_HEAD[row]] != "")
        .order_by(order)
        .limit(1)
        .correlate_except(inner)
        .scalar_subquery()
    )
