"""Products (CAT-1 to CAT-6): their list, their form."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import url_for

from storefront.admin.goods.choices import (
    brand_choices,
    category_choices,
    category_slugs,
    currency_choices,
    language_choices,
    origin_choices,
)
from storefront.admin.goods.options import check_lines
from storefront.admin.goods.product_rows import SOURCE
from storefront.admin.goods.product_values import load, save
from storefront.admin.goods.words import GRADES, MODES, RESTRICTIONS, STATES, STOCK_FILTERS, TAX_CLASSES
from storefront.core.catalog.arranging import put_in_category, take_out_of_category
from storefront.core.catalog.service import set_state
from storefront.core.catalog.texts import pick
from storefront.core.contracts.manage import (
    BadValue,
    BulkAct,
    Column,
    Field,
    Filter,
    FormSpec,
    Kind,
    ListSpec,
    ManagePage,
    Section,
    Show,
    WayOn,
)
from storefront.core.i18n.translate import N_, current_language
from storefront.core.paging import row_number
from storefront.core.values.types import SaleMode

GOODS = "catalog.edit"
_HS = re.compile(r"\d{4}(\.?\d{2}){0,3}\Z")
_PERCENT = re.compile(r"\d{1,2}(\.\d{1,2})?\Z")


def _check_hs(text: str) -> None:
    if text and not _HS.match(text):
        raise BadValue(N_("An HS code has 4, 6, 8 or 10 digits, such as 0902.10."))


def _check_percent(text: str) -> None:
    if text and not _PERCENT.match(text):
        raise BadValue(N_("Please write the percentage as a number, such as 15.5."))


def _goods(name: str, label: str, kind: Kind = Kind.TEXT, **more: Any) -> Field:
    """A field that is not a text: for those who look after the goods."""
    return Field(name, label, kind, right=GOODS, **more)


BASICS = Section(
    N_("Basics"),
    (
        _goods("code", N_("Item code"), required=True, max_length=80),
        _goods(
            "slug",
            N_("Web address"),
            max_length=160,
            help=N_(
                "a to z, digits and hyphens. Empty: it is made of the English name. Links to an old address break."
            ),
        ),
        _goods(
            "state",
            N_("Status"),
            Kind.CHOICE,
            choices=STATES,
            required=True,
            help=N_("A withdrawn product is no longer sold; its page says so and shows others."),
        ),
        _goods("brand", N_("Brand"), Kind.CHOICE, choices=brand_choices),
        _goods("categories", N_("Categories"), Kind.CHOICES, choices=category_choices),
        _goods("tax_class", N_("Consumption tax"), Kind.CHOICE, choices=TAX_CLASSES, required=True),
        _goods("not_returnable", N_("Cannot be returned (hygiene)"), Kind.YES),
        _goods(
            "purchase_limit",
            N_("Purchase limit"),
            Kind.NUMBER,
            minimum=1,
            help=N_("Pieces per customer and household, of all variants together, over all their orders."),
        ),
        _goods("limit_counts_shipped", N_("Pieces of sent orders count towards the limit"), Kind.YES),
    ),
)

TEXTS = Section(
    N_("Texts"),
    (
        Field("name", N_("Product name"), per_language=True, max_length=300),
        Field("summary", N_("Summary"), Kind.LINES, per_language=True, max_length=1000),
        Field(
            "body",
            N_("Description"),
            Kind.HTML,
            per_language=True,
            help=N_(
                "Plain text or simple HTML: paragraphs, headings, lists, tables, links. Anything else is taken out."
            ),
        ),
        Field("contents", N_("Contents"), Kind.LINES, per_language=True),
        Field("ingredients", N_("Ingredients"), Kind.LINES, per_language=True),
        Field(
            "notes",
            N_("Please note"),
            Kind.LINES,
            per_language=True,
            help=N_("Shelf life, voltage and plug, language of the manual, defects of a pre-owned piece."),
        ),
        Field("seo_title", N_("Title for search engines"), per_language=True, max_length=300),
        Field("seo_description", N_("Description for search engines"), Kind.LINES, per_language=True, max_length=500),
    ),
    help=N_("What is missing in a language is shown in the nearest one there is."),
)

CUSTOMS = Section(
    N_("Customs and shipping"),
    (
        _goods("origin", N_("Country of origin"), Kind.CHOICE, choices=origin_choices),
        _goods(
            "hs_code",
            N_("HS code"),
            max_length=12,
            check=_check_hs,
            help=N_("Six digits or more. Ireland asks for ten, France for eight."),
        ),
        _goods(
            "customs_description",
            N_("Customs description in English"),
            max_length=200,
            help=N_("What it is and of what: “cotton T-shirt”. Words such as “gift” or “goods” are refused."),
        ),
        _goods(
            "weight",
            N_("Weight"),
            Kind.WEIGHT,
            help=N_("Packed, in grams. Without it the product goes only where the carrier prices without weight."),
        ),
        _goods("length", N_("Length"), Kind.LENGTH),
        _goods("width", N_("Width"), Kind.LENGTH),
        _goods("height", N_("Height"), Kind.LENGTH),
        _goods("release", N_("Release"), max_length=10, help=N_("A month or a day: 2027-01, 2027-01-31.")),
        _goods("restrictions", N_("Restrictions"), Kind.CHOICES, choices=RESTRICTIONS),
        _goods("alcohol_percent", N_("Alcohol in percent"), max_length=5, check=_check_percent),
    ),
)

CONDITION = Section(
    N_("Condition"),
    (
        _goods("condition_item", N_("Condition of the item"), Kind.CHOICE, choices=GRADES),
        _goods("condition_box", N_("Condition of the box"), Kind.CHOICE, choices=GRADES),
    ),
    help=N_("Grades of pre-owned goods. Write what is wrong with the piece into “Please note”."),
)

VARIANTS = Section(
    N_("Variants"),
    (
        _goods(
            "skus",
            N_("Variants"),
            Kind.ROWS,
            at_most=200,
            help=N_("What is taken out is no longer sold; orders that hold it keep it."),
            fields=(
                Field("code", N_("Code"), max_length=120),
                Field("price", N_("Price with tax"), Kind.MONEY),
                Field("list_price", N_("List price"), Kind.MONEY),
                Field("barcode", N_("Barcode (JAN)"), max_length=20),
                Field("weight", N_("Own weight"), Kind.WEIGHT),
                Field("mode", N_("Sale"), Kind.CHOICE, choices=MODES),
                Field("release", N_("Release"), max_length=10),
                Field("closed", N_("Not on sale"), Kind.YES),
                Field(
                    "options",
                    N_("Options"),
                    Kind.LINES,
                    max_length=1200,
                    check=check_lines,
                    help=N_("One a line: “Colour: Red”."),
                ),
            ),
        ),
        Field(
            "words",
            N_("Words of the options"),
            Kind.ROWS,
            at_most=400,
            grows=False,
            help=N_("Every word of the options above once, in four languages. New words appear here after saving."),
            fields=(Field("word", N_("Word"), per_language=True, max_length=100),),
        ),
        _goods(
            "prices",
            N_("Own prices in further currencies"),
            Kind.ROWS,
            at_most=400,
            help=N_("Without one the price is converted at the shop's rate."),
            fields=(
                Field("sku", N_("Code of the variant"), max_length=120),
                Field("currency", N_("Currency"), Kind.CHOICE, choices=currency_choices),
                Field("price", N_("Price"), max_length=20),
                Field("list_price", N_("List price"), max_length=20),
            ),
        ),
    ),
)


def _new() -> Mapping[str, Any]:
    return {
        "state": "draft",
        "tax_class": "standard",
        "limit_counts_shipped": True,
        "skus": ({"id": "", "mode": SaleMode.STOCK.value},),
    }


def _heading(values: Mapping[str, Any]) -> str:
    return pick(values["name"], current_language()).text or str(values["code"])


def _ways(row_id: str, values: Mapping[str, Any]) -> Iterable[WayOn]:
    if values["state"] == "published":
        yield WayOn(N_("View in the shop"), url_for("catalog.product", slug=values["slug"]))
    yield WayOn(N_("Pictures"), f"/manage/products/{row_id}/pictures")
    yield WayOn(N_("Stock"), url_for("manage.stock", q=values["code"]), "stock.view")


def _number(row_id: str) -> int:
    """0, which no product has, for what is no number."""
    return row_number(row_id) or 0


def _state_act(state: str) -> Any:
    return lambda row_id, actor: set_state(_number(row_id), state, actor)


def _in_category(verb: Callable[[int, int, str], bool]) -> Any:
    return lambda row_id, actor, value: verb(_number(row_id), _number(value), actor)


_WHICH = Field("category", N_("Category"), Kind.CHOICE, choices=category_choices)


PRODUCTS = ManagePage(
    key="products",
    title=N_("Products"),
    view="catalog.view",
    edit="texts.edit",
    create=GOODS,
    new_label=N_("New product"),
    rows=ListSpec(
        columns=(
            Column("picture", N_("Picture"), Show.PICTURE, exported=False),
            Column("code", N_("Item code"), sort=True),
            Column("name", N_("Product name"), lang=lambda row: row.lang, link=True),
            Column("brand", N_("Brand")),
            Column("state", N_("Status"), Show.STATUS, words=STATES),
            Column("price", N_("Price"), Show.MONEY),
            Column("stock", N_("On hand / promised / available"), exported=False),
            Column("on_hand", N_("On hand"), Show.NUMBER, shown=False),
            Column("promised", N_("Promised"), Show.NUMBER, shown=False),
            Column("free", N_("Available"), Show.NUMBER, shown=False),
            Column("status", N_("In the shop")),
            Column("popularity", N_("Popularity score"), Show.NUMBER, sort=True),
            Column("updated_at", N_("Changed"), Show.MOMENT, sort=True),
        ),
        source=SOURCE,
        search=N_("Words, code or barcode"),
        filters=(
            Filter("state", N_("Status"), STATES),
            Filter("category", N_("Category"), category_slugs),
            Filter("brand", N_("Brand"), brand_choices),
            Filter("stock", N_("Stock"), STOCK_FILTERS),
            Filter("missing", N_("Texts missing in"), language_choices),
            Filter("restriction", N_("Restriction"), RESTRICTIONS),
        ),
        bulk=(
            BulkAct("publish", N_("Publish"), GOODS, _state_act("published")),
            BulkAct("draft", N_("Back to draft"), GOODS, _state_act("draft")),
            BulkAct(
                "withdraw",
                N_("Withdraw"),
                GOODS,
                _state_act("withdrawn"),
                confirm=N_("They are no longer sold, and their pages say so. Orders that hold them keep them."),
                danger=True,
            ),
            BulkAct("into", N_("Into a category"), GOODS, _in_category(put_in_category), asks=_WHICH),
            BulkAct("out_of", N_("Out of a category"), GOODS, _in_category(take_out_of_category), asks=_WHICH),
        ),
        empty=N_("Make the first product here, or import a catalogue."),
    ),
    form=FormSpec(
        sections=(BASICS, TEXTS, VARIANTS, CUSTOMS, CONDITION),
        load=load,
        save=save,
        new=_new,
        heading=_heading,
        subject=lambda row_id: ("product", row_id),
        ways=_ways,
    ),
)
