"""Brands: the makers of the goods."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, select

from storefront.admin.goods.categories import GOODS, pairs
from storefront.core.catalog.arranging import change_brand, remove_brand
from storefront.core.catalog.models import Brand, BrandText, Product
from storefront.core.catalog.texts import pick
from storefront.core.contracts.manage import Column, Field, FormSpec, Kind, ListSpec, ManagePage, Section, Show, WayOn
from storefront.core.db import in_unit_of_work, lock_for_update, session
from storefront.core.i18n.translate import N_, current_language
from storefront.core.paging import QuerySource, row_number


@dataclass(frozen=True, slots=True)
class BrandRow:
    id: int
    slug: str
    name: str
    lang: str
    products: int


def _rows() -> Select[Any]:
    return select(Brand.id, Brand.slug)


def _finish(rows: Sequence[Any]) -> list[BrandRow]:
    ids = [row.id for row in rows]
    names: dict[int, dict[str, str]] = defaultdict(dict)
    for id_, locale, name in session.execute(
        select(BrandText.brand_id, BrandText.locale, BrandText.name).where(BrandText.brand_id.in_(ids))
    ):
        names[id_][locale] = name
    counted = select(Product.brand_id, func.count()).where(Product.brand_id.in_(ids)).group_by(Product.brand_id)
    counts = dict(session.execute(counted).all())
    found = []
    for row in rows:
        name = pick(names[row.id], current_language())
        found.append(BrandRow(row.id, row.slug, name.text or row.slug, name.lang, counts.get(row.id, 0)))
    return found


def _search(question: str) -> ColumnElement[bool]:
    named = select(BrandText.brand_id).where(BrandText.name.icontains(question, autoescape=True))
    return Brand.slug.contains(question.lower(), autoescape=True) | Brand.id.in_(named)


def _load(row_id: str) -> Mapping[str, Any] | None:
    number = row_number(row_id)
    statement = select(Brand).where(Brand.id == number)
    statement = lock_for_update(statement) if in_unit_of_work() else statement
    row = session.scalars(statement.execution_options(populate_existing=True)).first() if number else None
    if row is None:
        return None
    texts = session.scalars(
        select(BrandText).where(BrandText.brand_id == row.id).execution_options(populate_existing=True)
    ).all()
    return {
        "slug": row.slug,
        "name": {text.locale: text.name for text in texts},
        "description": {text.locale: text.description for text in texts},
    }


def _save(row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    texts = pairs(values["name"], values["description"])
    return str(change_brand(None if row_id is None else row_number(row_id), values["slug"], texts, actor))


def _ways(row_id: str, values: Mapping[str, Any]) -> Iterable[WayOn]:
    yield WayOn(N_("View in the shop"), url_for("catalog.brand", slug=values["slug"]))
    yield WayOn(N_("Products"), url_for("manage.products", brand=row_id))


BRANDS = ManagePage(
    key="brands",
    title=N_("Brands"),
    view="catalog.view",
    edit="texts.edit",
    create=GOODS,
    new_label=N_("New brand"),
    rows=ListSpec(
        columns=(
            Column("name", N_("Brand name"), lang=lambda row: row.lang, link=True),
            Column("slug", N_("Web address"), sort=True),
            Column("products", N_("Products"), Show.NUMBER),
        ),
        source=QuerySource(_rows, Brand.id, sorts={"slug": Brand.slug}, order="slug", search=_search, finish=_finish),
        search=N_("Brand name"),
        empty=N_("Brands get pages of their own in the shop."),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("name", N_("Brand name"), per_language=True, max_length=200),
                    Field("description", N_("Description"), Kind.LINES, per_language=True, max_length=2000),
                    Field("slug", N_("Web address"), required=True, max_length=120, right=GOODS),
                ),
            ),
        ),
        load=_load,
        save=_save,
        new=dict,
        remove=lambda row_id, actor: remove_brand(row_number(row_id) or 0, actor),
        heading=lambda values: pick(values["name"], current_language()).text or str(values["slug"]),
        subject=lambda row_id: ("brand", row_id),
        ways=_ways,
    ),
)
