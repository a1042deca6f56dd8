"""A form as its template shows it: sections, fields, inputs, each with its error and with what somebody else stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storefront.admin.forms.building import (
    ManageForm,
    Surroundings,
    changeable,
    choices_of,
    inputs_of,
)
from storefront.admin.forms.fields import shower
from storefront.core.contracts.manage import Field, FormSpec, Kind
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.language import OWN_NAMES, html_lang

TYPES = {
    Kind.MAIL: "email",
    Kind.SECRET: "password",
    Kind.DATE: "date",
    Kind.MOMENT: "datetime-local",
}
MODES = {Kind.NUMBER: "numeric", Kind.WEIGHT: "numeric", Kind.LENGTH: "numeric", Kind.MONEY: "decimal"}


@dataclass(frozen=True, slots=True)
class InputView:
    """``chosen``: of ``CHOICES``, and ``("1",)`` of a ticked box. ``theirs``: what is stored now, where both changed it;
    ``None``: no clash. ``missing``: other languages have this text."""

    id: str
    name: str
    label: str
    lang: str = ""
    lang_name: str = ""
    value: str = ""
    chosen: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    theirs: str | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """``prefix``: of its inputs, and the value of the button that drops it."""

    prefix: str
    row_id: str
    inputs: tuple[InputView, ...]


@dataclass(frozen=True, slots=True)
class FieldView:
    """``shown``: the value as text of a field its reader may not change, else ``None``."""

    spec: Field
    label: str
    help: str
    kind: str
    type: str
    mode: str
    inputs: tuple[InputView, ...] = ()
    rows: tuple[RowView, ...] = ()
    columns: tuple["FieldView", ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    shown: str | None = None
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionView:
    title: str
    help: str
    fields: tuple[FieldView, ...]


def view_of(
    spec: FormSpec,
    form: ManageForm,
    stored: Mapping[str, Any],
    around: Surroundings,
    *,
    new: bool,
    clashes: Mapping[str, Any] | None = None,
    refused: Mapping[str, Sequence[str]] | None = None,
) -> tuple[SectionView, ...]:
    """``stored``: flat values as they are now. ``refused``: sentences per field name that only saving could find."""
    builder = _Builder(form, stored, around, new, clashes or {}, refused or {})
    return tuple(
        SectionView(
            around.words(section.title) if section.title else "",
            around.words(section.help) if section.help else "",
            tuple(builder.field(f) for f in section.fields),
        )
        for section in spec.sections
    )


def errors_of(sections: Sequence[SectionView]) -> list[tuple[str, str]]:
    """(id, label) of every input that needs another look, for the summary on top."""
    found: list[tuple[str, str]] = []
    for section in sections:
        for field in section.fields:
            inputs = [*field.inputs, *(i for row in field.rows for i in row.inputs)]
            found += [
                (i.id, f"{field.label} ({i.lang_name})" if i.lang_name else i.label or field.label)
                for i in inputs
                if i.errors or i.theirs is not None
            ]
            if field.errors and not any(i.errors for i in inputs):
                found.append((field.spec.name, field.label))
    return found


@dataclass(frozen=True, slots=True)
class _Builder:
    form: ManageForm
    stored: Mapping[str, Any]
    around: Surroundings
    new: bool
    clashes: Mapping[str, Any]
    refused: Mapping[str, Sequence[str]]

    def field(self, field: Field) -> FieldView:
        label, help_ = self.around.words(field.label), _help(field, self.around)
        base = {
            "spec": field,
            "label": label,
            "help": help_,
            "kind": field.kind.value,
            "type": TYPES.get(field.kind, "text"),
            "mode": MODES.get(field.kind, ""),
            "choices": tuple(choices_of(field, self.around)),
            "errors": tuple(self.refused.get(field.name, ())),
        }
        if not changeable(field, self.around, new=self.new):
            return FieldView(**base, shown=self._words(field))
        if field.kind is Kind.ROWS:
            return FieldView(**base, rows=self._rows(field), columns=tuple(self.column(f) for f in field.fields))
        return FieldView(**base, inputs=tuple(self._input(field, *each) for each in inputs_of(field)))

    def column(self, field: Field) -> FieldView:
        return FieldView(
            field,
            self.around.words(field.label),
            _help(field, self.around),
            field.kind.value,
            TYPES.get(field.kind, "text"),
            MODES.get(field.kind, ""),
            choices=tuple(choices_of(field, self.around)),
        )

    def _input(self, field: Field, name: str, lang: str) -> InputView:
        bound = self.form[name]
        others = [self.form[n].data for n, _lang in inputs_of(field)] if lang else []
        refused = () if lang not in ("", "en") else tuple(self.refused.get(field.name, ()))
        return InputView(
            id=name,
            name=name,
            label=self.around.words(field.label),
            lang=html_lang(lang) if lang else "",
            lang_name=OWN_NAMES[lang] if lang else "",
            value=_text_of(bound, field),
            chosen=_chosen(bound, field),
            errors=tuple(str(e) for e in bound.errors) + refused + tuple(self.refused.get(name, ()) if lang else ()),
            theirs=self._show(field, self.clashes[name]) if name in self.clashes else None,
            missing=bool(lang and not bound.data and any(others)),
        )

    def _rows(self, field: Field) -> tuple[RowView, ...]:
        rows = []
        for entry in self.form[field.name].entries:
            inputs = tuple(
                InputView(
                    id=entry.form[f.name].name,
                    name=entry.form[f.name].name,
                    label=self.around.words(f.label),
                    value=_text_of(entry.form[f.name], f),
                    chosen=_chosen(entry.form[f.name], f),
                    errors=tuple(str(e) for e in entry.form[f.name].errors),
                )
                for f in field.fields
            )
            rows.append(RowView(entry.name, str(entry.form["id"].data or ""), inputs))
        return tuple(rows)

    def _words(self, field: Field) -> str:
        values = [self._show(field, self.stored.get(name)) for name, _lang in inputs_of(field)]
        return " / ".join(text for text in values if text)

    def _show(self, field: Field, value: Any) -> str:
        if value in (None, "", ()):
            return ""
        if field.kind is Kind.YES:
            return _("Yes") if value else _("No")
        if field.kind in (Kind.CHOICE, Kind.CHOICES):
            words = dict(choices_of(field, self.around))
            return ", ".join(words.get(v, v) for v in ((value,) if isinstance(value, str) else value))
        if field.kind is Kind.ROWS:
            return _("%(count)s rows", count=len(value))
        return shower(field, currency=self.around.currency, zone=self.around.zone)(value)


def _help(field: Field, around: Surroundings) -> str:
    return " ".join(text for text in (around.words(field.help) if field.help else "", field.note) if text)


def _text_of(bound: Any, field: Field) -> str:
    if field.kind in (Kind.YES, Kind.CHOICES, Kind.SECRET):
        return ""
    if field.kind is Kind.CHOICE:
        return str(bound.data or "")
    return str(bound._value())


def _chosen(bound: Any, field: Field) -> tuple[str, ...]:
    if field.kind is Kind.YES:
        return ("1",) if bound.data else ()
    return tuple(bound.data or ()) if field.kind is Kind.CHOICES else ()
