"""Checks a typed address and brings it to the form that is stored."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field

from storefront.core.customers.addresses.contact import normal_email, normal_phone
from storefront.core.customers.addresses.countries import is_country
from storefront.core.customers.addresses.folding import fold_code, fold_text, label_width
from storefront.core.customers.addresses.form import EMAIL_EXAMPLE, field_example, field_limit
from storefront.core.customers.addresses.formats import CountryFormat, country_format
from storefront.core.customers.addresses.postal import POSTAL_LIMIT, normal_postal_code
from storefront.core.customers.addresses.regions import find_region, has_region_choices
from storefront.core.customers.addresses.scripts import first_unprintable, is_native, shown_character
from storefront.core.customers.addresses.wording import MISSING, PROBLEMS
from storefront.core.values.address import Address

_LOOKED_AT = 500
"""Characters of a typed value that are looked at; a longer one is refused before any pattern is tried."""

_ANY_POSTAL_CODE = re.compile("[A-Za-z0-9 -]+")
_LINE_BREAKS = frozenset("\r\n\v\f\0\x85\u2028\u2029")
"""In an e-mail address they are an attempt at a second mail header, not a slip."""

_CODES = frozenset({"phone", "postal_code", "latin_name"})
_ON = frozenset({"1", "on", "true"})
_NAMES = ("name", "family_name", "given_name")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field: an English msgid, rendered by `gettext(message) % params`."""

    field: str
    message: str
    params: dict[str, object] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressResult:
    """Either the checked address or the problems, in the order of the form; never both."""

    address: Address | None
    problems: tuple[FieldProblem, ...]


def check_address(typed: Mapping[str, str]) -> AddressResult:
    """Folds and checks what was typed into the fields of `Address`. Pure; never raises on any text.

    Fields the country does not ask for are dropped. A name typed in the other form (one field, or family and
    given name), as after changing the country, is taken over. What was typed stays with the caller, who shows it
    again beside the problems.
    """
    country = _raw(typed, "country").strip().upper()
    if not is_country(country):
        return AddressResult(None, (FieldProblem("country", PROBLEMS["country"]),))
    layout = country_format(country)
    sheet = _Sheet(layout, _taken_over_names(layout, {name: _raw(typed, name) for name in _TEXT_FIELDS}))
    for name in layout.fields:
        sheet.check(name)
    sheet.check_name_for_customs()
    if sheet.problems:
        order = {name: place for place, name in enumerate(layout.fields)}
        return AddressResult(None, tuple(sorted(sheet.problems, key=lambda problem: order[problem.field])))
    is_hotel = _raw(typed, "is_hotel").strip().lower() in _ON
    return AddressResult(Address(country=country, is_hotel=is_hotel, **sheet.checked), ())


def typed_from(address: Address) -> dict[str, str]:
    """The address as form values, to fill the form again or to pass it to `check_address`."""
    values = {name: str(getattr(address, name)) for name in ("country", *_TEXT_FIELDS)}
    return values | {"is_hotel": "1" if address.is_hotel else ""}


_TEXT_FIELDS = tuple(f.name for f in fields(Address) if f.name not in ("country", "is_hotel"))


def _raw(typed: Mapping[str, str], name: str) -> str:
    """The typed value as text; JSON's true counts as a ticked box."""
    value: object = typed.get(name, "")
    if value is True:
        return "1"
    return value if isinstance(value, str) else ""


def _taken_over_names(layout: CountryFormat, values: dict[str, str]) -> dict[str, str]:
    family, given = values["family_name"].strip(), values["given_name"].strip()
    if layout.asks_family_name:
        whole = "" if family or given else values["name"]
        return values | {"name": whole}
    whole = values["name"]
    if not whole.strip() and (family or given):
        whole = Address("", family_name=family, given_name=given).full_name
    return values | {"name": whole, "family_name": "", "given_name": ""}


class _Sheet:
    """The values of one form while they are checked, field by field."""

    def __init__(self, layout: CountryFormat, values: Mapping[str, str]) -> None:
        self._layout = layout
        self._values = values
        self.checked: dict[str, str] = {}
        self.problems: list[FieldProblem] = []
        self._rules: dict[str, Callable[[str], str | None]] = {
            "email": self._email,
            "phone": self._phone,
            "postal_code": self._postal_code,
            "region": self._region,
            "latin_name": self._latin_name,
        }

    def check(self, name: str) -> None:
        if name == "is_hotel" or (name in ("family_name", "given_name") and self._check_whole_name(name)):
            return
        self._check_value(name, self._values[name], shown_at=name)

    def check_name_for_customs(self) -> None:
        """Customs papers are in Latin letters: a name in another script needs its Latin form beside it."""
        if "latin_name" not in self._layout.fields or any(p.field == "latin_name" for p in self.problems):
            return
        name = "".join(self.checked.get(part, "") for part in _NAMES)
        if is_native(name) and not self.checked.get("latin_name"):
            self._report("latin_name", "latin_name", example=field_example(self._layout, "latin_name"))

    def _check_whole_name(self, name: str) -> bool:
        """A name that came in one piece stands for both parts; problems with it are shown at the family name."""
        whole = self._values["name"]
        if not fold_text(whole.strip()[:_LOOKED_AT]):
            return False
        if name == "family_name":
            self._check_value("name", whole, shown_at="family_name")
        return True

    def _check_value(self, name: str, raw: str, shown_at: str) -> None:
        stripped = raw.strip()
        if len(stripped) > _LOOKED_AT:
            self._report_too_long(name, shown_at)
            return
        if name == "email" and _LINE_BREAKS.intersection(stripped):
            self._report("email", "email", example=EMAIL_EXAMPLE)
            return
        value = (fold_code if name in _CODES else fold_text)(stripped)
        if not value:
            self._take_nothing(shown_at)
            return
        rule = self._rules.get(name)
        checked = rule(value) if rule else self._label_text(name, value, shown_at)
        if checked is None:
            return
        if any(c.isalnum() for c in checked):
            self.checked[name] = checked
        else:
            # A dash in a field that cannot be left empty says nothing either.
            self._take_nothing(shown_at)

    def _take_nothing(self, shown_at: str) -> None:
        if shown_at in self._layout.required:
            self._report_missing(shown_at)

    def _label_text(self, name: str, value: str, shown_at: str) -> str | None:
        bad = first_unprintable(value, self._layout.scripts)
        if bad is not None:
            self._report(shown_at, self._layout.script_problem, character=shown_character(bad))
            return None
        if label_width(value) > self._layout.widths[name]:
            self._report_too_long(name, shown_at)
            return None
        return value

    def _latin_name(self, value: str) -> str | None:
        bad = first_unprintable(value, ("latin",))
        if bad is not None:
            self._report("latin_name", "script_latin", character=shown_character(bad))
            return None
        return self._label_text("latin_name", value, "latin_name")

    def _email(self, value: str) -> str | None:
        found = normal_email(value)
        if found is None:
            self._report("email", "email", example=EMAIL_EXAMPLE)
        return found

    def _phone(self, value: str) -> str | None:
        found = normal_phone(value, self._layout.country)
        if found is None and self._layout.phone:
            self._report("phone", "phone", example=self._layout.phone)
        elif found is None:
            self._report("phone", "phone_abroad")
        return found

    def _postal_code(self, value: str) -> str | None:
        rule = self._layout.postal
        if len(value) > POSTAL_LIMIT or (rule is None and not _ANY_POSTAL_CODE.fullmatch(value)):
            self._report("postal_code", "postal_characters", limit=POSTAL_LIMIT)
            return None
        found = normal_postal_code(value, rule) if rule else value.upper()
        if found is None and rule is not None:
            self._report("postal_code", rule.problem, example=rule.example, limit=POSTAL_LIMIT)
        return found

    def _region(self, value: str) -> str | None:
        if not has_region_choices(self._layout.country):
            return self._label_text("region", value, "region")
        found = find_region(self._layout.country, value)
        if found is None:
            self._report("region", "unknown_region")
        return found

    def _report(self, name: str, problem: str, **params: object) -> None:
        self.problems.append(FieldProblem(name, PROBLEMS[problem], params))

    def _report_missing(self, name: str) -> None:
        label = self._layout.labels[name]
        if name == "region" and not has_region_choices(self._layout.country):
            label = "free_region"
        self.problems.append(FieldProblem(name, MISSING.get(label) or MISSING.get(name) or MISSING[""]))

    def _report_too_long(self, name: str, shown_at: str) -> None:
        limit = field_limit(self._layout, name)
        if name in self._layout.widths and name != "latin_name" and not self._layout.is_latin_only:
            self._report(shown_at, "too_wide", wide=limit // 2, narrow=limit)
        else:
            self._report(shown_at, "too_long", limit=limit)
