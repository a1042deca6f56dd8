"""Words for imports: how they stand, what a format is called, and what a file changes, field by field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from storefront.admin.goods.words import MODES, RESTRICTIONS, STATES, TAX_CLASSES, TEXTS
from storefront.admin.words import sentence
from storefront.core.catalog.importing.formats import AUTO
from storefront.core.catalog.importing.models import CatalogImport, CatalogImportLine, ImportState
from storefront.core.i18n.formats import format_money, format_weight
from storefront.core.i18n.translate import N_, current_language, ngettext
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.language import OWN_NAMES
from storefront.core.values.types import Problem

FORMATS = {
    AUTO: N_("Known by its columns"),
    "own": N_("The shop's own form"),
    "shopify": "Shopify",
    "woocommerce": "WooCommerce",
    "eccube": "EC-CUBE 4",
}
# The kinds of line of a report, in the order in which they are shown: refused ones are read first.
LINES = {
    "refused": N_("Left out"),
    "note": N_("Taken, but otherwise"),
    "updated": N_("Changes"),
    "created": N_("New"),
}
_FIELDS = {
    "": N_("New"),
    "code": N_("Item code"),
    "slug": N_("Web address"),
    "state": N_("Status"),
    "brand": N_("Brand"),
    "categories": N_("Categories"),
    "pictures": N_("Pictures"),
    "picture": N_("Picture"),
    "parent": N_("Stands below"),
    "position": N_("Place among its neighbours"),
    "origin": N_("Country of origin"),
    "hs_code": N_("HS code"),
    "customs_description": N_("Customs description in English"),
    "tax_class": N_("Consumption tax"),
    "weight": N_("Weight"),
    "length": N_("Length"),
    "width": N_("Width"),
    "height": N_("Height"),
    "release": N_("Release"),
    "restrictions": N_("Restrictions"),
    "alcohol_percent": N_("Alcohol in percent"),
    "not_returnable": N_("Cannot be returned (hygiene)"),
    "purchase_limit": N_("Purchase limit"),
    "limit_counts_shipped": N_("Pieces of sent orders count towards the limit"),
    "condition_item": N_("Condition of the item"),
    "condition_box": N_("Condition of the box"),
    "price": N_("Price"),
    "list_price": N_("List price"),
    "barcode": N_("Barcode (JAN)"),
    "mode": N_("Sale"),
    "active": N_("On sale"),
    "options": N_("Options"),
    "stock": N_("On hand"),
    "slots": N_("Slots for pre-orders"),
    **TEXTS,
}
_MONEY = ("price", "list_price")
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "state": STATES,
    "mode": MODES,
    "tax_class": TAX_CLASSES,
    "restrictions": RESTRICTIONS,
}
SHOWN = 160
# So many letters before the first one that differs, where a text is long.
LEAD = 40


@dataclass(frozen=True, slots=True)
class ChangeView:
    """``where``: the variant, language, brand or category it is of; "" for the product itself."""

    where: str
    field: str
    old: str
    new: str


def state_words(run: CatalogImport) -> str:
    if run.state == ImportState.DONE:
        return _("Trial run") if run.dry_run else _("Imported")
    return {
        ImportState.WAITING: _("Waiting"),
        ImportState.RUNNING: _("Under way"),
        ImportState.REFUSED: _("File refused"),
        ImportState.STOPPED: _("Stopped"),
    }[ImportState(run.state)]


def reason(line: CatalogImportLine) -> str:
    return sentence(Problem(line.message, line.params)) if line.message else ""


def column(line: CatalogImportLine) -> str:
    """The column that the reason speaks of, where it speaks of one."""
    return str(line.params.get("column", ""))


def refusal(run: CatalogImport) -> str:
    """Why the file as a whole was refused."""
    return sentence(Problem(run.problem["message"], run.problem.get("params", {}))) if run.problem else ""


def changes_of(line: CatalogImportLine, currency: str, *, whole: bool = False) -> list[ChangeView]:
    """``currency``: of the shop's prices. ``whole``: texts in full, for a file."""
    return [_view(where, name, old, new, currency, whole) for where, name, old, new in line.changes]


def _view(where: str, name: str, old: Any, new: Any, currency: str, whole: bool) -> ChangeView:
    kind, _dot, key = where.partition(".")
    name, _space, rest = name.partition(" ")
    if kind in ("brand", "category"):  # "name ja" is a language, "price USD" a currency
        place = f"{_('Brand') if kind == 'brand' else _('Category')} {key} {OWN_NAMES.get(rest, '')}".strip()
    else:
        place = OWN_NAMES.get(key, key)
        currency = rest or currency
    field = _(_FIELDS.get(name, name)) + (f" ({rest})" if rest and name in _MONEY else "")
    if name == "pictures":
        return ChangeView(place, field, _pictures(old, new), _pictures(new, old))
    before, after = (_value(name, value, currency) for value in (old, new))
    if not whole:
        before, after = _around(before, after)
    return ChangeView(place, field, before, after)


def _pictures(pictures: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> str:
    """How many, and what is different about which."""
    said = [ngettext("%(num)s picture", "%(num)s pictures", len(pictures))]
    for number, (picture, other) in enumerate(zip_longest(pictures, others), 1):
        if picture is not None and picture != other:
            parts = _differing(picture, other or {})
            said += [f"{number}: {', '.join(parts)}"] if parts else []
    return "; ".join(said)


def _differing(picture: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    differs = {name: value for name, value in picture.items() if value != other.get(name)}
    found = [Path(str(differs[name])).name for name in ("file", "source_url") if differs.get(name)]
    if differs.keys() & {"width", "height"}:
        found.append(f"{picture.get('width')} × {picture.get('height')}")
    if "tint" in differs:
        found.append(f"{_('Tile behind it')} {differs['tint']}")
    texts = other.get("alt", {})
    return found + [
        f"{OWN_NAMES.get(lang, lang)} “{t}”" for lang, t in picture.get("alt", {}).items() if texts.get(lang) != t
    ]


def _value(name: str, value: Any, currency: str) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name in _MONEY and isinstance(value, int):
        return format_money(value, currency, current_language())
    if name == "weight" and isinstance(value, int):
        return format_weight(value, current_language())
    if name == "options":
        return " / ".join(f"{_in_language(o.get('name', {}))}: {_in_language(o.get('value', {}))}" for o in value)
    words: Callable[[Any], str] = lambda each: _(_CHOICES[name][each]) if each in _CHOICES.get(name, {}) else str(each)  # noqa: E731
    return ", ".join(words(each) for each in value) if isinstance(value, list) else words(value)


def _in_language(texts: Mapping[str, str]) -> str:
    return texts.get(current_language()) or next(iter(texts.values()), "")


def _around(old: str, new: str) -> tuple[str, str]:
    """Both on one line; of long ones the part that begins a little before the first difference."""
    old, new = " ".join(old.split()), " ".join(new.split())
    if max(len(old), len(new)) <= SHOWN:
        return old, new
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(same - LEAD, 0)
    return _cut(old, start), _cut(new, start)


def _cut(text: str, start: int) -> str:
    piece = text[start : start + SHOWN]
    return f"{'…' if start and piece else ''}{piece}{'…' if len(text) > start + SHOWN else ''}"
