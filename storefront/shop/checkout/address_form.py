"""The address form of a country, filled with what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from storefront.core.checkout.service import TYPED_FIELDS, kept_text
from storefront.core.customers.addresses import (
    AddressField,
    FieldProblem,
    address_form,
    country_choices,
    is_country,
    region_choices,
)
from storefront.core.i18n.translate import gettext as _
from storefront.shop.context import current_lang

# Where readers of a language mostly live; readers of English live everywhere.
HOME_OF = {"ja": "JP", "zh-hans": "CN", "zh-hant": "TW"}


class ShownField(NamedTuple):
    """One control. ``kind``: text, choices or box. ``error``: a sentence, "" when fine."""

    field: AddressField
    kind: str
    label: str
    hint: str
    value: str
    error: str
    type: str = "text"
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownForm:
    country: str
    countries: tuple[tuple[str, str], ...]
    country_error: str
    fields: tuple[ShownField, ...]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(id, label) of what needs another look, in the order of the form."""
        found = [("address-country", _("Country or region"))] if self.country_error else []
        return found + [(f"address-{shown.field.name}", shown.label) for shown in self.fields if shown.error]


def read_typed(form: Mapping[str, str]) -> dict[str, str]:
    """The address fields of a posted form, as typed."""
    typed = {name: kept_text(form.get(name, "")) for name in TYPED_FIELDS}
    return {**typed, "country": typed["country"].strip().upper()[:2]}


def shown_form(typed: Mapping[str, str], problems: tuple[FieldProblem, ...] = ()) -> ShownForm:
    country = typed.get("country", "")
    country = country if is_country(country) else ""
    errors = {problem.field: _(problem.message, **problem.params) for problem in problems}
    fields = tuple(_shown(field, country, typed, errors) for field in address_form(country).fields)
    return ShownForm(country, country_choices(current_lang()), errors.get("country", ""), fields)


def likely_country(*known: str) -> str:
    """The first destination that is known, else where readers of this language mostly live."""
    return next((code for code in known if is_country(code)), HOME_OF.get(current_lang(), ""))


def _shown(field: AddressField, country: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> ShownField:
    kind = "box" if field.name == "is_hotel" else "choices" if field.choices else "text"
    return ShownField(
        field=field,
        kind=kind,
        label=_(field.label),
        hint=_(field.hint, example=field.example) if field.hint else "",
        value=_value(field.name, typed),
        error=errors.get(field.name, ""),
        type={"email": "email", "phone": "tel"}.get(field.name, "text"),
        choices=region_choices(country, current_lang()) if field.choices else (),
    )


def _value(name: str, typed: Mapping[str, str]) -> str:
    """A name typed in the other form, before the country was changed, is shown in this one."""
    value = typed.get(name, "")
    if value or name not in ("name", "family_name"):
        return value
    family, given = typed.get("family_name", "").strip(), typed.get("given_name", "").strip()
    if name == "family_name":
        return typed.get("name", "") if not given else ""
    return f"{given} {family}".strip() if (family + given).isascii() else family + given
