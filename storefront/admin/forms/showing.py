"""A form as its template shows it: sections, fields, inputs, each with its error and with what somebody else stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from storefront.admin.forms.building import (
    ManageForm,
    Surroundings,
    changeable,
    choices_of,
    empty_of,
    inputs_of,
    row_of,
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
    """``prefix``: of its inputs, and the value of the button that drops it. ``columns``: the inputs of each column."""

    prefix: str
    row_id: str
    columns: tuple[tuple[InputView, ...], ...]
    errors: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[InputView, ...]:
        return tuple(each for column in self.columns for each in column)


@dataclass(frozen=True, slots=True)
class FieldView:
    """``shown``: the value as text of a field its reader may not change, else ``None``; ``table``: of rows, as texts."""

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
    table: tuple[tuple[str, ...], ...] = ()
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
) -> tuple[tuple[SectionView, ...], list[str]]:
    """The sections, and the sentences that belong to none of their fields. ``stored``: flat values as they are now.
    ``refused``: sentences per field name that only saving could find."""
    builder = _Builder(form, stored, around, new, clashes or {}, refused or {})
    sections = tuple(
        SectionView(
            around.words(section.title) if section.title else "",
            around.words(section.help) if section.help else "",
            tuple(builder.field(f) for f in section.fields),
        )
        for section in spec.sections
    )
    return sections, builder.unsaid()


def errors_of(sections: Sequence[SectionView]) -> list[tuple[str, str]]:
    """(id, label) of every input that needs another look, for the summary on top."""
    found: list[tuple[str, str]] = []
    for section in sections:
        for field in section.fields:
            inputs = [*field.inputs, *(i for row in field.rows for i in row.inputs)]
            found += [(row.prefix, field.label) for row in field.rows if row.errors]
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
    said: set[str] = default(default_factory=set)

    def unsaid(self) -> list[str]:
        return [text for name, texts in self.refused.items() if name not in self.said for text in texts]

    def _refusal(self, name: str) -> tuple[str, ...]:
        self.said.add(name)
        return tuple(self.refused.get(name, ()))

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
        }
        if not changeable(field, self.around, self.stored, new=self.new):
            return FieldView(**base, shown=self._words(field), table=self._table(field))
        base["errors"] = self._refusal(field.name)
        if field.kind is Kind.ROWS:
            base["errors"] += self._dropped(field)
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
        refused = () if lang not in ("", "en") else self._refusal(field.name)
        return InputView(
            id=name,
            name=name,
            label=self.around.words(field.label),
            lang=html_lang(lang) if lang else "",
            lang_name=OWN_NAMES[lang] if lang else "",
            value=_text_of(bound, field),
            chosen=_chosen(bound, field),
            errors=tuple(str(e) for e in bound.errors) + refused + (self._refusal(name) if lang else ()),
            theirs=self._show(field, self.clashes[name]) if name in self.clashes else None,
            missing=bool(lang and not bound.data and any(others)),
        )

    def _rows(self, field: Field) -> tuple[RowView, ...]:
        clashes = self.clashes.get(field.name, {})
        rows, number = [], 0
        for entry in self.form[field.name].entries:
            row_id = str(entry.form["id"].data or "")
            mine = row_of(field, entry)
            theirs = clashes.get(row_id) if row_id else None
            columns = tuple(
                tuple(self._cell(f, entry, f"{field.name}.{number}", name, lang, theirs) for name, lang in inputs_of(f))
                for f in field.fields
            )
            gone = row_id in clashes and theirs is None
            errors = (_("Somebody took this out meanwhile. Save again to put it back."),) if gone else ()
            rows.append(RowView(entry.name, row_id, columns, errors))
            number += mine is not None
        return tuple(rows)

    def _cell(
        self, field: Field, entry: Any, path: str, name: str, lang: str, theirs: Mapping[str, Any] | None
    ) -> InputView:
        bound = entry.form[name]
        others = [entry.form[n].data for n, _lang in inputs_of(field)] if lang else []
        typed = empty_of(field) if bound.data is None else bound.data
        differs = theirs is not None and theirs.get(name) != typed
        return InputView(
            id=bound.name,
            name=bound.name,
            label=self.around.words(field.label),
            lang=html_lang(lang) if lang else "",
            lang_name=OWN_NAMES[lang] if lang else "",
            value=_text_of(bound, field),
            chosen=_chosen(bound, field),
            errors=tuple(str(e) for e in bound.errors)
            + self._refusal(f"{path}.{name}")
            + (self._refusal(f"{path}.{field.name}") if lang in ("", "en") and field.name != name else ()),
            theirs=self._show(field, theirs[name]) if theirs is not None and differs else None,
            missing=bool(lang and not bound.data and any(others)),
        )

    def _dropped(self, field: Field) -> tuple[str, ...]:
        """Rows that are taken out here and were changed by somebody else meanwhile."""
        here = {str(entry.form["id"].data or "") for entry in self.form[field.name].entries}
        lost = [row for row_id, row in self.clashes.get(field.name, {}).items() if row and row_id not in here]
        return tuple(
            _(
                "Somebody changed “%(row)s” meanwhile. Save again to take it out all the same.",
                row=self._name(field, row),
            )
            for row in lost
        )

    def _name(self, field: Field, row: Mapping[str, Any]) -> str:
        shown = (self._show(f, row.get(name)) for f in field.fields for name, _lang in inputs_of(f))
        return next((text for text in shown if text), "")

    def _table(self, field: Field) -> tuple[tuple[str, ...], ...]:
        """Rows that are only shown: the titles of the columns, then a line for each."""
        rows = self.stored.get(field.name) or ()
        if field.kind is not Kind.ROWS or not rows:
            return ()
        columns = [(f, name, lang) for f in field.fields for name, lang in inputs_of(f)]
        heads = (
            f"{self.around.words(f.label)} ({OWN_NAMES[lang]})" if lang else self.around.words(f.label)
            for f, _, lang in columns
        )
        return (tuple(heads), *(tuple(self._show(f, row.get(name)) for f, name, _ in columns) for row in rows))

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
