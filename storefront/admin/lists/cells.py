"""The value of a column, as a page shows it and as a file holds it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storefront.core.contracts.manage import Column, Show
from storefront.core.i18n.formats import format_date, format_datetime, format_month, format_number, format_weight
from storefront.core.i18n.translate import Translator, current_language
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.money import Money, exponent
from storefront.core.values.types import YearMonth

# What a spreadsheet would take for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Cell:
    """``show``: how; ``text``: for everything but money and pictures. ``value``: the plain value."""

    show: str
    text: str = ""
    value: Any = None
    lang: str = ""
    amount: int | None = None
    currency: str = ""
    tags: tuple[str, ...] = ()


def cell_of(column: Column, row: Any, words: Translator, zone: str) -> Cell:
    value, show = column.of(row), column.show.value
    if value is None or (value == "" and "" not in (column.words or {})):
        return Cell(show, "–" if value is None else "")
    match column.show:
        case Show.MONEY:
            return Cell(show, amount=value.amount, currency=value.currency)
        case Show.PICTURE:
            return Cell(show, value=value)
        case Show.TAGS:
            return Cell(show, tags=tuple(str(tag) for tag in value))
        case Show.STATUS | Show.CHOICE:
            return Cell(show, named(column, value, words), value=str(value))
        case _:
            lang = column.lang(row) if column.lang is not None else ""
            return Cell(show, _shown(column.show, value, zone), value=value, lang=lang)


def named(column: Column, value: Any, words: Translator) -> str:
    text = (column.words or {}).get(str(value), "")
    return words(text) if text else str(value)


def _shown(show: Show, value: Any, zone: str) -> str:
    lang = current_language()
    match show:
        case Show.NUMBER:
            return format_number(value, lang)
        case Show.WEIGHT:
            return format_weight(value, lang)
        case Show.MOMENT:
            return short_moment(value, zone)
        case Show.DATE:
            return _date(value, lang)
        case Show.YES:
            return _("Yes") if value else _("No")
        case _:
            return str(value)


def _date(value: Any, lang: str) -> str:
    if isinstance(value, date):
        return format_date(value, lang)
    text = str(value)
    try:
        if len(text) == 10:
            return format_date(date.fromisoformat(text), lang)
        month = YearMonth.parse(text)
        return format_month(month.year, month.month, lang)
    except ValueError:
        return text


def short_moment(at: datetime, zone: str) -> str:
    """Lists are read in columns: the same width for every moment, in the shop's zone."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def long_moment(at: datetime, zone: str) -> str:
    return format_datetime(at, zone, current_language())


# --- files ------------------------------------------------------------------------------------------------------------


def heads(columns: Iterable[Column], words: Translator) -> list[str]:
    found = []
    for column in columns:
        label = words(column.label)
        found += [label, _("%(column)s: currency", column=label)] if column.show is Show.MONEY else [label]
    return found


def file_values(columns: Iterable[Column], row: Any, words: Translator, zone: str) -> list[str | int | Decimal]:
    """A row of a file: numbers stay numbers, money takes two columns, dates are ISO dates, moments in the shop's zone."""
    found: list[str | int | Decimal] = []
    for column in columns:
        value = column.of(row)
        if column.show is Show.MONEY:
            found += ["", ""] if value is None else [_decimal(value), value.currency]
        else:
            found.append("" if value is None else _file_value(column, value, words, zone))
    return found


def _decimal(money: Money) -> int | Decimal:
    digits = exponent(money.currency)
    return Decimal(money.amount).scaleb(-digits) if digits else money.amount


def _file_value(column: Column, value: Any, words: Translator, zone: str) -> str | int | Decimal:
    match column.show:
        case Show.NUMBER | Show.WEIGHT:
            return int(value)
        case Show.MOMENT:
            return short_moment(value, zone)
        case Show.DATE:
            return value.isoformat() if isinstance(value, date) else str(value)
        case Show.STATUS | Show.CHOICE:
            return named(column, value, words)
        case Show.TAGS:
            return ", ".join(str(tag) for tag in value)
        case Show.YES:
            return _("Yes") if value else _("No")
        case _:
            return str(value)


def defused(value: str | int | Decimal) -> str:
    """As text of a CSV cell that no spreadsheet runs: an apostrophe before what would be a formula. Numbers of ours are
    no text from outside and stay as they are."""
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return str(value)
