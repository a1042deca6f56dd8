"""The address form of a country: which fields, in which order, with which words. Nothing here is translated."""

from dataclasses import dataclass
from functools import cache

from storefront.core.customers.addresses.contact import EMAIL_LIMIT
from storefront.core.customers.addresses.formats import GENERAL, CountryFormat, country_format
from storefront.core.customers.addresses.postal import POSTAL_LIMIT
from storefront.core.customers.addresses.regions import has_region_choices
from storefront.core.customers.addresses.wording import HINTS, LABELS

PHONE_LIMIT = 40
EMAIL_EXAMPLE = "name@example.com"

_AUTOCOMPLETE = {
    "name": "name",
    "family_name": "family-name",
    "given_name": "given-name",
    "latin_name": "off",
    "email": "email",
    "phone": "tel",
    "postal_code": "postal-code",
    "region": "address-level1",
    "city": "address-level2",
    "line1": "address-line1",
    "line2": "address-line2",
    "is_hotel": "off",
}


@dataclass(frozen=True, slots=True)
class AddressField:
    """One field of the form. `label` and `hint` are English msgids ("" = no hint); the hint is rendered by
    `gettext(hint) % {"example": field.example}`.

    `required` is what a field needs in every case; `latin_name` is needed only when the name is not in Latin
    letters, which `check_address` tells. With `choices` the value is one of `region_choices(country, lang)`.
    `max_length` is for the control (0 = a check box: `is_hotel`).
    """

    name: str
    label: str
    hint: str
    required: bool
    autocomplete: str
    inputmode: str
    choices: bool
    max_length: int
    example: str


@dataclass(frozen=True, slots=True)
class AddressForm:
    """The fields of a country in their order. The country itself is asked before them and is not among them."""

    country: str
    fields: tuple[AddressField, ...]


def address_form(country: str) -> AddressForm:
    """The form of a country (ISO alpha-2, capitals); a general one for anything unknown. Never raises."""
    return _form(country_format(country).country)


@cache
def _form(country: str) -> AddressForm:
    layout = country_format(country)
    shown = "" if country == GENERAL else country
    return AddressForm(shown, tuple(_field(layout, name) for name in layout.fields))


def field_example(layout: CountryFormat, name: str) -> str:
    if name == "postal_code":
        return layout.postal.example if layout.postal else ""
    if name == "phone":
        return layout.phone
    return EMAIL_EXAMPLE if name == "email" else layout.examples.get(name, "")


def field_limit(layout: CountryFormat, name: str) -> int:
    """The most characters a field takes (Latin ones, where full-width ones take the room of two)."""
    fixed = {"email": EMAIL_LIMIT, "phone": PHONE_LIMIT, "postal_code": POSTAL_LIMIT, "is_hotel": 0}
    return fixed[name] if name in fixed else layout.widths[name]


def _hint(layout: CountryFormat, name: str, example: str) -> str:
    if name in ("latin_name", "phone", "email"):
        return HINTS[name]
    if name == "name" and layout.is_latin_only:
        return HINTS["latin_only"]
    return HINTS["example"] if example else ""


def _inputmode(layout: CountryFormat, name: str) -> str:
    if name == "postal_code" and layout.postal and layout.postal.example.isdigit():
        return "numeric"
    return {"phone": "tel", "email": "email"}.get(name, "text")


def _field(layout: CountryFormat, name: str) -> AddressField:
    example = field_example(layout, name)
    return AddressField(
        name=name,
        label=LABELS[layout.labels[name]],
        hint=_hint(layout, name, example),
        required=name in layout.required,
        autocomplete=_AUTOCOMPLETE[name],
        inputmode=_inputmode(layout, name),
        choices=name == "region" and has_region_choices(layout.country),
        max_length=field_limit(layout, name),
        example=example,
    )
