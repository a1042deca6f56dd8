"""The owner's pages (SHOP-2): about, guide, terms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from storefront.admin.goods.categories import pairs
from storefront.core.catalog.arranging import change_page, remove_page
from storefront.core.catalog.models import Page, PageText
from storefront.core.catalog.texts import pick
from storefront.core.contracts.manage import Column, Field, FormSpec, Kind, ListSpec, ManagePage, Section, Show, WayOn
from storefront.core.db import in_unit_of_work, lock_for_update, session
from storefront.core.i18n.translate import N_, current_language
from storefront.core.paging import RowsSource, row_number

MENUS = {"shopping": N_("How to buy"), "shop": N_("About the shop")}


@dataclass(frozen=True, slots=True)
class PageRow:
    id: int
    slug: str
    menu: str
    position: int
    title: str
    lang: str


def _rows() -> Sequence[PageRow]:
    """All of them, by menu and position. One statement."""
    found: dict[int, tuple[Page, dict[str, str]]] = {}
    for page, locale, title in session.execute(
        select(Page, PageText.locale, PageText.title)
        .outerjoin(PageText, PageText.page_id == Page.id)
        .order_by(Page.menu.desc(), Page.position, Page.id)
    ):
        found.setdefault(page.id, (page, {}))[1].update({locale: title} if locale else {})
    rows = []
    for page, titles in found.values():
        title = pick(titles, current_language())
        rows.append(PageRow(page.id, page.slug, page.menu, page.position, title.text or page.slug, title.lang))
    return rows


def _load(row_id: str) -> Mapping[str, Any] | None:
    number = row_number(row_id)
    statement = select(Page).where(Page.id == number)
    statement = lock_for_update(statement) if in_unit_of_work() else statement
    row = session.scalars(statement.execution_options(populate_existing=True)).first() if number else None
    if row is None:
        return None
    texts = session.scalars(
        select(PageText).where(PageText.page_id == row.id).execution_options(populate_existing=True)
    ).all()
    return {
        "slug": row.slug,
        "menu": row.menu,
        "position": row.position,
        "name": {text.locale: text.title for text in texts},
        "body": {text.locale: text.body for text in texts},
    }


def _save(row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    saved = change_page(
        None if row_id is None else row_number(row_id),
        values["slug"],
        pairs(values["name"], values["body"]),
        actor,
        position=values["position"] or 0,
        menu=values["menu"],
    )
    return str(saved)


def _ways(_row_id: str, values: Mapping[str, Any]) -> Iterable[WayOn]:
    yield WayOn(N_("View in the shop"), url_for("pages.page", slug=values["slug"]))


OWN_PAGES = ManagePage(
    key="pages",
    title=N_("Pages"),
    view="pages.view",
    edit="texts.edit",
    create="pages.edit",
    new_label=N_("New page"),
    rows=ListSpec(
        columns=(
            Column("title", N_("Title"), lang=lambda row: row.lang, link=True),
            Column("menu", N_("Menu"), Show.CHOICE, words=MENUS),
            Column("position", N_("Position"), Show.NUMBER),
            Column("slug", N_("Web address")),
        ),
        source=RowsSource(_rows),
        empty=N_("Write here who you are, how to buy, and your terms."),
        export=False,
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("name", N_("Title"), per_language=True, max_length=200),
                    Field(
                        "body",
                        N_("Text"),
                        Kind.HTML,
                        per_language=True,
                        help=N_(
                            "Plain text or simple HTML: paragraphs, headings, lists, tables, links. Anything else is taken out."
                        ),
                    ),
                ),
            ),
            Section(
                N_("Place"),
                (
                    Field("slug", N_("Web address"), required=True, max_length=120, right="pages.edit"),
                    Field("menu", N_("Menu"), Kind.CHOICE, choices=MENUS, required=True, right="pages.edit"),
                    Field(
                        "position",
                        N_("Position"),
                        Kind.NUMBER,
                        maximum=1_000_000,
                        right="pages.edit",
                        help=N_("The smaller number comes first."),
                    ),
                ),
            ),
        ),
        load=_load,
        save=_save,
        new=lambda: {"menu": "shop"},
        remove=lambda row_id, actor: remove_page(row_number(row_id) or 0, actor),
        heading=lambda values: pick(values["name"], current_language()).text or str(values["slug"]),
        subject=lambda row_id: ("page", row_id),
        ways=_ways,
    ),
)
