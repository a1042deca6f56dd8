"""Categories: a tree, each with its texts."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from sqlalchemy import select

from storefront.admin.goods.choices import category_choices, category_tree
from storefront.core.catalog.arranging import change_category, remove_category
from storefront.core.catalog.models import Category, CategoryText
from storefront.core.catalog.texts import pick
from storefront.core.contracts.manage import Column, Field, FormSpec, Kind, ListSpec, ManagePage, Section, Show, WayOn
from storefront.core.db import in_unit_of_work, lock_for_update, session
from storefront.core.i18n.translate import N_, current_language
from storefront.core.paging import RowsSource, row_number

GOODS = "catalog.edit"


def _load(row_id: str) -> Mapping[str, Any] | None:
    number = row_number(row_id)
    statement = select(Category).where(Category.id == number)
    statement = lock_for_update(statement) if in_unit_of_work() else statement
    row = session.scalars(statement.execution_options(populate_existing=True)).first() if number else None
    if row is None:
        return None
    texts = session.scalars(
        select(CategoryText).where(CategoryText.category_id == row.id).execution_options(populate_existing=True)
    ).all()
    return {
        "slug": row.slug,
        "parent": str(row.parent_id or ""),
        "position": row.position,
        "name": {text.locale: text.name for text in texts},
        "description": {text.locale: text.description for text in texts},
    }


def pairs(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {lang: (first.get(lang, ""), second.get(lang, "")) for lang in {**first, **second}}


def _save(row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    saved = change_category(
        None if row_id is None else row_number(row_id),
        values["slug"],
        pairs(values["name"], values["description"]),
        actor,
        parent_id=row_number(values["parent"]),
        position=values["position"] or 0,
    )
    return str(saved)


def _ways(row_id: str, values: Mapping[str, Any]) -> Iterable[WayOn]:
    yield WayOn(N_("View in the shop"), url_for("catalog.category", slug=values["slug"]))
    yield WayOn(N_("Picture"), f"/manage/categories/{row_id}/picture")
    yield WayOn(N_("Products"), url_for("manage.products", category=values["slug"]))


CATEGORIES = ManagePage(
    key="categories",
    title=N_("Categories"),
    view="catalog.view",
    edit="texts.edit",
    create=GOODS,
    new_label=N_("New category"),
    rows=ListSpec(
        columns=(
            Column("picture", N_("Picture"), Show.PICTURE),
            Column("indented", N_("Category name"), lang=lambda row: row.lang, link=True),
            Column("slug", N_("Web address")),
        ),
        source=RowsSource(category_tree),
        empty=N_("Categories lead shoppers through the shop. Make the first one."),
        export=False,
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("name", N_("Category name"), per_language=True, max_length=200),
                    Field("description", N_("Description"), Kind.LINES, per_language=True, max_length=2000),
                ),
            ),
            Section(
                N_("Place"),
                (
                    Field("slug", N_("Web address"), required=True, max_length=120, right=GOODS),
                    Field("parent", N_("Category above"), Kind.CHOICE, choices=category_choices, right=GOODS),
                    Field(
                        "position",
                        N_("Position"),
                        Kind.NUMBER,
                        maximum=1_000_000,
                        right=GOODS,
                        help=N_("The smaller number comes first."),
                    ),
                ),
            ),
        ),
        load=_load,
        save=_save,
        new=dict,
        remove=lambda row_id, actor: remove_category(row_number(row_id) or 0, actor),
        heading=lambda values: pick(values["name"], current_language()).text or str(values["slug"]),
        subject=lambda row_id: ("category", row_id),
        ways=_ways,
    ),
)
