"""The electronic advance data as a file: a row per item of each parcel, in columns the owner can choose (docs/customs.md)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from storefront.core.customers.addresses.regions import region_name
from storefront.core.desk.customs import CustomsView, Declaration
from storefront.core.i18n.formats import country_name
from storefront.core.i18n.translate import N_
from storefront.core.settings.policies import in_language
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.customs import CATEGORY, CustomsItem, receiver_name
from storefront.core.values.customs import hs_digits
from storefront.core.values.money import format_major

ENCODINGS = {"utf-8": "utf-8-sig", "shift_jis": "cp932"}
TEXT = "text"


@dataclass(frozen=True, slots=True)
class FileColumn:
    """``field``: a key of ``FIELDS``, or ``TEXT``: always ``text``."""

    title: str
    field: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    view: CustomsView
    parcel: Declaration
    item: CustomsItem
    shop: ShopSnapshot


class Unwritable(ValueError):
    """A character that the chosen encoding does not have. ``column``: its title."""

    def __init__(self, character: str, column: str) -> None:
        super().__init__(f"{character!r} in {column}")
        self.character, self.column = character, column


Value = Callable[[_Row], str]


def _weight(grams: int | None) -> str:
    return "" if grams is None else str(grams)


def _amount(amount: int | None, currency: str) -> str:
    return "" if amount is None else format_major(amount, currency)


def _digits(phone: str) -> str:
    """Digits alone: a plus sign at the beginning would be taken for a formula."""
    return "".join(sign for sign in phone if sign.isdigit())


def _unit_value(row: _Row) -> str:
    """As paid for a piece, rounded down; the value of all pieces is exact."""
    return "" if row.item.value is None else format_major(row.item.value // row.item.pieces, row.parcel.currency)


def _sender(row: _Row) -> str:
    return in_language(row.shop.policy("shop.name"), "en")


def _sender_address(row: _Row) -> str:
    lines = in_language(row.shop.policy("shop.address"), "en").splitlines()
    return ", ".join(line.strip() for line in lines if line.strip())


# In the order of the shop's own file. Msgids: what the owner reads in the settings.
FIELDS: Mapping[str, tuple[str, Value]] = {
    "order": (N_("Order number"), lambda r: r.parcel.order_number),
    "parcel": (N_("Parcel of the order, from 1"), lambda r: str(r.parcel.number)),
    "line": (N_("Line of the order"), lambda r: str(r.item.position)),
    "carrier": (N_("Carrier"), lambda r: r.parcel.carrier),
    "service": (N_("Service"), lambda r: r.parcel.service),
    "tracking": (N_("Tracking number"), lambda r: r.parcel.tracking),
    "form": (N_("Form: CN22, CN23 or invoice"), lambda r: str(r.parcel.form)),
    "category": (N_("Category: sale of goods"), lambda r: CATEGORY),
    "sender_name": (N_("Sender: name"), _sender),
    "sender_address": (N_("Sender: address"), _sender_address),
    "sender_country": (N_("Sender: country code"), lambda r: str(r.shop.policy("shop.country"))),
    "sender_phone": (N_("Sender: telephone, digits only"), lambda r: _digits(str(r.shop.policy("customs.phone")))),
    "receiver_name": (N_("Receiver: name in Latin letters"), lambda r: receiver_name(r.view.address)),
    "receiver_line1": (N_("Receiver: address, first line"), lambda r: r.view.address.line1),
    "receiver_line2": (N_("Receiver: address, second line"), lambda r: r.view.address.line2),
    "receiver_city": (N_("Receiver: city"), lambda r: r.view.address.city),
    "receiver_region": (
        N_("Receiver: state, province or prefecture"),
        lambda r: region_name(r.view.address.country, r.view.address.region, "en"),
    ),
    "receiver_postal_code": (N_("Receiver: postal code"), lambda r: r.view.address.postal_code),
    "receiver_country": (N_("Receiver: country code"), lambda r: r.view.address.country),
    "receiver_country_name": (
        N_("Receiver: country in English"),
        lambda r: country_name(r.view.address.country, "en"),
    ),
    "receiver_phone": (N_("Receiver: telephone, digits only"), lambda r: _digits(r.view.address.phone)),
    "receiver_mail": (N_("Receiver: mail address"), lambda r: r.view.order.email),
    "description": (N_("Item: description in English"), lambda r: r.item.description),
    "pieces": (N_("Item: pieces"), lambda r: str(r.item.pieces)),
    "net_weight": (N_("Item: net weight of all pieces, grams"), lambda r: _weight(r.item.net_weight)),
    "unit_value": (N_("Item: value of a piece"), _unit_value),
    "value": (N_("Item: value of all pieces"), lambda r: _amount(r.item.value, r.parcel.currency)),
    "currency": (N_("Currency"), lambda r: r.parcel.currency),
    "hs_code": (N_("Item: HS code, digits only"), lambda r: hs_digits(r.item.hs_code)),
    "origin": (N_("Item: country of origin"), lambda r: r.item.origin),
    "gross_weight": (N_("Parcel: packed weight, grams"), lambda r: _weight(r.parcel.gross_weight)),
    "total": (N_("Parcel: value of the goods"), lambda r: _amount(r.parcel.total, r.parcel.currency)),
    "incoterm": (N_("Incoterm"), lambda r: str(r.shop.policy("customs.incoterm"))),
}


def columns_of(stored: Sequence[Mapping[str, str]]) -> tuple[FileColumn, ...]:
    """The owner's columns; the shop's own, called after their fields, where there are none. What is no field (any more)
    is an empty column: the others keep their place."""
    if not stored:
        return tuple(FileColumn(key, key) for key in FIELDS)
    return tuple(FileColumn(str(c.get("title", "")), str(c.get("field", "")), str(c.get("text", ""))) for c in stored)


def rows_of(view: CustomsView, shop: ShopSnapshot, columns: Sequence[FileColumn]) -> list[list[str]]:
    """A row per item of each parcel that has not left, defused by whoever writes them."""
    return [
        [_cell(column, _Row(view, parcel, item, shop)) for column in columns]
        for parcel in view.declarations
        if parcel.state in ("", "planned", "packed", "labelled")
        for item in parcel.items
    ]


def _cell(column: FileColumn, row: _Row) -> str:
    if column.field == TEXT:
        return column.text
    known = FIELDS.get(column.field)
    return " ".join(known[1](row).split()) if known is not None else ""


def check_writable(rows: Sequence[Sequence[str]], columns: Sequence[FileColumn], encoding: str) -> None:
    """Raise ``Unwritable`` for the first character that ``encoding`` (a key of ``ENCODINGS``) does not have. Nothing is
    ever left out or replaced: a name that lost a letter reaches nobody."""
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            try:
                cell.encode(ENCODINGS[encoding])
            except UnicodeEncodeError as error:
                raise Unwritable(cell[error.start], column.title) from error
