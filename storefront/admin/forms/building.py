"""From a declaration to a WTForms form and back: flat names there, plain values here.

A field with languages becomes one input per language (``name_en``, ``name_zh_hans``…), rows become ``skus-0-code``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Optional, ValidationError

from storefront.admin.forms.fields import ChoiceField, ChoicesField, TypedField, YesField, parser, shower
from storefront.core.contracts.manage import BadValue, Field, FormSpec, Kind
from storefront.core.i18n.translate import Translator
from storefront.core.i18n.wtforms import FormTranslations, form_translations
from storefront.core.values.language import LANGUAGES

EMPTY: Mapping[Kind, Any] = {
    Kind.NUMBER: None,
    Kind.WEIGHT: None,
    Kind.LENGTH: None,
    Kind.MONEY: None,
    Kind.DATE: None,
    Kind.MOMENT: None,
}
ADD, DROP = "_add", "_drop"


class ManageForm(Form):
    class Meta:
        def get_translations(self, form: Form) -> FormTranslations:
            return form_translations()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What fields need of the shop and of their reader. ``words``: translates the declaration's msgids."""

    words: Translator
    currency: str
    zone: str
    may: Callable[[str], bool]


def flat_name(name: str, lang: str) -> str:
    return f"{name}_{lang.replace('-', '_')}"


def inputs_of(field: Field) -> Iterator[tuple[str, str]]:
    """(flat name, language) of each input a field has; language "" where it has none."""
    if field.per_language:
        yield from ((flat_name(field.name, lang), lang) for lang in LANGUAGES)
    else:
        yield field.name, ""


def flatten(spec: FormSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by flat name. Texts that are missing in a language are ""."""
    return _flat(spec.fields(), values)


def _flat(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for field in fields:
        value = values.get(field.name)
        if field.per_language:
            flat.update({flat_name(field.name, lang): (value or {}).get(lang, "") for lang in LANGUAGES})
        elif field.kind is Kind.ROWS:
            flat[field.name] = tuple(
                {"id": str(row.get("id") or ""), **_flat(field.fields, row)} for row in value or ()
            )
        else:
            flat[field.name] = empty_of(field) if value is None else value
    return flat


def unflatten(spec: FormSpec, flat: Mapping[str, Any]) -> dict[str, Any]:
    return _values(spec.fields(), flat)


def _values(fields: Iterable[Field], flat: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields:
        if field.per_language:
            texts = {lang: flat[flat_name(field.name, lang)] for lang in LANGUAGES}
            values[field.name] = {lang: text for lang, text in texts.items() if text}
        elif field.kind is Kind.ROWS:
            values[field.name] = tuple({"id": row["id"], **_values(field.fields, row)} for row in flat[field.name])
        else:
            values[field.name] = flat[field.name]
    return values


def empty_of(field: Field) -> Any:
    if field.kind in (Kind.CHOICES, Kind.ROWS):
        return ()
    return False if field.kind is Kind.YES else EMPTY.get(field.kind, "")


def changeable(field: Field, around: Surroundings, flat: Mapping[str, Any], *, new: bool) -> bool:
    if field.kind is Kind.ROWS and len(flat.get(field.name) or ()) > field.at_most:
        return False
    return (not field.right or around.may(field.right)) and (new or not field.fixed)


def build(
    spec: FormSpec, flat: Mapping[str, Any], around: Surroundings, *, new: bool, posted: MultiDict[str, str] | None
) -> ManageForm:
    """The form with ``flat`` as stored and, over it, what was posted. Only what its reader may change is in it."""
    members: dict[str, Any] = {}
    for field in spec.fields():
        if not changeable(field, around, flat, new=new):
            continue
        for name, lang in inputs_of(field):
            members[name] = _input(field, around, required=field.required and lang in ("", "en"), new=new)
    made: type[ManageForm] = type("Made", (ManageForm,), members)
    if posted is None:
        return made(data=_as_form_data(spec, flat))
    return made(formdata=_with_row_acts(spec, posted), data=_as_form_data(spec, flat))


def _as_form_data(spec: FormSpec, flat: Mapping[str, Any]) -> dict[str, Any]:
    rows = {f.name for f in spec.fields() if f.kind is Kind.ROWS}
    return {name: [dict(row) for row in value] if name in rows else value for name, value in flat.items()}


def values_of(spec: FormSpec, form: ManageForm) -> dict[str, Any]:
    """What the (valid) form says, by flat name, of the fields it has."""
    flat = {}
    for field in spec.fields():
        for name, _lang in inputs_of(field):
            if name in form:
                flat[name] = _rows_of(field, form[name]) if field.kind is Kind.ROWS else _value_of(field, form[name])
    return flat


def _value_of(field: Field, bound: Any) -> Any:
    if field.kind is Kind.CHOICES:
        return tuple(bound.data or ())
    return empty_of(field) if bound.data is None else bound.data


def _rows_of(field: Field, bound: Any) -> tuple[dict[str, Any], ...]:
    rows = (row_of(field, entry) for entry in bound.entries)
    return tuple(row for row in rows if row is not None)


def row_of(field: Field, entry: Any) -> dict[str, Any] | None:
    """What one row of the form says; ``None`` of an empty one, which is no row."""
    row = {name: _value_of(f, entry.form[name]) for f in field.fields for name, _lang in inputs_of(f)}
    if all(value in (None, "", False, ()) for value in row.values()):
        return None
    return {"id": str(entry.form["id"].data or ""), **row}


def _input(field: Field, around: Surroundings, *, required: bool, new: bool) -> Any:
    label = around.words(field.label)
    options: dict[str, Any] = {"validators": _validators(field, around, required)}
    match field.kind:
        case Kind.ROWS:
            columns = {
                name: _input(f, around, required=False, new=new) for f in field.fields for name, _lang in inputs_of(f)
            }
            row = type("Row", (ManageForm,), {"id": HiddenField(), **columns})
            return FieldList(FormField(row), label, max_entries=field.at_most)
        case Kind.YES:
            return YesField(label)
        case Kind.CHOICE:
            offered = {value for value, _label in choices_of(field, around)}
            return ChoiceField(label, offered=offered if required else offered | {""}, **options)
        case Kind.CHOICES:
            return ChoicesField(label, offered={value for value, _label in choices_of(field, around)}, **options)
        case Kind.SECRET:
            return PasswordField(label, **options)
        case _:
            read = parser(field, currency=around.currency, zone=around.zone)
            show = shower(field, currency=around.currency, zone=around.zone)
            return TypedField(label, parse=read, show=show, empty=empty_of(field), **options)


def choices_of(field: Field, around: Surroundings) -> list[tuple[str, str]]:
    if field.choices is None:
        return []
    if callable(field.choices):
        return [(value, label) for value, label in field.choices()]
    return [(value, around.words(label)) for value, label in field.choices.items()]


def _validators(field: Field, around: Surroundings, required: bool) -> list[Any]:
    found: list[Any] = [InputRequired()] if required else [Optional()]
    check = field.check
    if check is not None:

        def own(_form: Form, bound: Any) -> None:
            if bound.process_errors:
                return  # what cannot be read is not judged
            try:
                check(bound.data)
            except BadValue as error:
                raise ValidationError(around.words(error.message, **error.params)) from error

        found.append(own)
    return found


# --- rows: adding and dropping without script -----------------------------------------------------------------------------


def row_act(posted: Mapping[str, str]) -> bool:
    """Whether a button of a row was pressed: the form is shown again, nothing is saved."""
    return bool(posted.get(ADD) or posted.get(DROP))


def _with_row_acts(spec: FormSpec, posted: MultiDict[str, str]) -> MultiDict[str, str]:
    added, dropped = posted.get(ADD, ""), posted.get(DROP, "")
    changed = MultiDict(posted)
    for field in spec.fields():
        if field.kind is not Kind.ROWS or not field.grows:
            continue
        if dropped.startswith(f"{field.name}-"):
            for name in [n for n in changed if n.startswith(f"{dropped}-")]:
                changed.poplist(name)
        if added == field.name:
            changed[f"{field.name}-{_next_index(field.name, changed)}-id"] = ""
    return changed


def _next_index(name: str, posted: Mapping[str, str]) -> int:
    taken = [part for key in posted if key.startswith(f"{name}-") and (part := key[len(name) + 1 :].partition("-")[0])]
    return max((int(part) for part in taken if part.isascii() and part.isdigit() and len(part) < 6), default=-1) + 1
