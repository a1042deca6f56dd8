"""How a page of the back office is declared: a list, a form, or both. The core's own pages and those of plugins are declared
alike and look alike; what a declaration says, the back office shows, checks, stores, exports and logs.

Labels, titles and helps are English msgids in the domain of whoever declares the page. Rights are those of
``core/staff/rights.py``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from storefront.core.values.types import Problem

Choices = Mapping[str, str] | Callable[[], Iterable[tuple[str, str]]]

# --- lists ----------------------------------------------------------------------------------------------------------


class Show(StrEnum):
    """How the value of a column is shown and exported. ``MONEY``: a ``Money``; ``WEIGHT``: grams; ``DATE``: a date, or a
    text "YYYY-MM"; ``MOMENT``: an instant, shown in the shop's zone; ``STATUS``, ``CHOICE``: a key of ``Column.words``;
    ``TAGS``: several texts; ``PICTURE``: a name under the media folder."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    WEIGHT = "weight"
    DATE = "date"
    MOMENT = "moment"
    STATUS = "status"
    CHOICE = "choice"
    YES = "yes"
    TAGS = "tags"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Column:
    """``value``: of a row; default its attribute, or key, called ``key``. ``sort``: the source can sort by ``key``.
    ``link``: leads to the row's own page. ``words``: msgid per value, for ``STATUS`` and ``CHOICE``. ``lang``: of a row's
    text, where it is not the reader's."""

    key: str
    label: str
    show: Show = Show.TEXT
    value: Callable[[Any], Any] | None = None
    words: Mapping[str, str] | None = None
    sort: bool = False
    link: bool = False
    shown: bool = True
    exported: bool = True
    lang: Callable[[Any], str] | None = None

    def of(self, row: Any) -> Any:
        if self.value is not None:
            return self.value(row)
        return row[self.key] if isinstance(row, Mapping) else getattr(row, self.key)


@dataclass(frozen=True, slots=True)
class Filter:
    """A question above the list. ``choices``: (value, label) pairs, labels as msgids in a mapping or already translated
    by a callable; none: ``kind`` "text", "date_from", "date_to" or "yes"."""

    key: str
    label: str
    choices: Choices | None = None
    kind: str = "choice"


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody asked of a list: nothing in it is trusted. ``sort``: a column's key, "-" before it for descending, ""
    for the source's own order. ``after``, ``before``: cursors of ``Found``."""

    q: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    after: str = ""
    before: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A page of rows. ``total`` counts up to a cap; ``capped``: there are more. ``next``, ``previous``: cursors, "" at the
    ends. ``problems``: what of the question was not understood, so was not used."""

    rows: Sequence[Any]
    total: int = 0
    capped: bool = False
    next: str = ""
    previous: str = ""
    problems: tuple[Problem, ...] = ()


class ListSource(Protocol):
    """Where the rows come from. ``page``: in a fixed number of statements. ``stream``: all that match, in constant memory,
    for exports and acts on all of them; each call may use several read transactions."""

    def page(self, ask: Ask) -> Found: ...

    def stream(self, ask: Ask) -> Iterator[Any]: ...


class ActRefused(Exception):
    """A row that an act does not fit. ``problem`` says why; the other rows go on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message % problem.params if problem.params else problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act on many rows. ``run(row_id, actor)`` is called by a worker for each row, inside a unit of its own; it raises
    ``ActRefused``, or any error of core with a ``problem``, when the row does not fit, and nothing of that row is kept.
    ``confirm``: the sentence asked before; ``right``: who may. ``asks``: a ``CHOICE`` to be made before (into which
    category?); what was chosen is the third argument of ``run``."""

    key: str
    label: str
    right: str
    run: Callable[..., None]
    confirm: str = ""
    danger: bool = False
    asks: "Field | None" = None


@dataclass(frozen=True, slots=True)
class WayOn:
    """A link from a list or a row to what belongs to it elsewhere. ``label``: an msgid; ``right``: who sees it, "" for all."""

    label: str
    href: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class ListSpec:
    """``row_id``: what identifies a row in addresses and acts; default its ``id``. ``row_url``: its own page; default that
    of the page's form. ``search``: label of the search field, "" for none. ``empty``: the sentence of a list without
    rows. ``ways``: links above the list."""

    columns: tuple[Column, ...]
    source: ListSource
    row_id: Callable[[Any], str] | None = None
    row_url: Callable[[Any], str] | None = None
    filters: tuple[Filter, ...] = ()
    search: str = ""
    bulk: tuple[BulkAct, ...] = ()
    empty: str = ""
    per_page: int = 50
    export: bool = True
    ways: tuple[WayOn, ...] = ()

    def id_of(self, row: Any) -> str:
        if self.row_id is not None:
            return self.row_id(row)
        return str(row["id"] if isinstance(row, Mapping) else row.id)


# --- forms ----------------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What a field holds, and its value in Python. ``TEXT``, ``LINES`` (several lines), ``HTML`` (sanitised by whoever
    stores it), ``MAIL``, ``SECRET`` (write-only), ``CHOICE``, ``CODE`` (letters, digits and hyphens), ``COLOUR``
    ("#rrggbb"): ``str``. ``NUMBER``,
    ``WEIGHT`` (grams), ``LENGTH`` (millimetres): ``int`` or ``None``. ``MONEY``: minor units of ``Field.currency`` or
    ``None``. ``YES``: ``bool``. ``CHOICES``: ``tuple[str, ...]``. ``DATE``: ``date`` or ``None``. ``MOMENT``: aware
    ``datetime`` or ``None``, typed in the shop's zone. ``ROWS``: ``tuple[Mapping, ...]``, one per row of ``Field.fields``."""

    TEXT = "text"
    LINES = "lines"
    HTML = "html"
    MAIL = "mail"
    CODE = "code"
    COLOUR = "colour"
    SECRET = "secret"
    NUMBER = "number"
    WEIGHT = "weight"
    LENGTH = "length"
    MONEY = "money"
    YES = "yes"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    MOMENT = "moment"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Field:
    """``per_language``: one text per language, shown side by side; its value is a mapping from language to text, empty
    ones left out. ``currency``: of ``MONEY``; default the shop's base currency. ``check``: called with the value; raises
    ``BadValue``. ``right``: who may change it, where that is not the form's own right; others see it. ``fixed``: cannot be
    changed once stored. ``note``: stands beside ``help`` and is translated already. ``fields``, ``at_most``: of ``ROWS``;
    columns of a row have no rows of their own, a hidden ``id`` keeps a stored row apart from a new one; where more are
    stored than ``at_most`` they are only shown. ``grows``: rows can be added and taken out. ``needed``: may stay
    empty for now, and is not called optional. A problem of a row names its field ``<rows>.<number of the value, from 0>.<column>``."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    help: str = ""
    required: bool = False
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    choices: Choices | None = None
    per_language: bool = False
    currency: str = ""
    check: Callable[[Any], None] | None = None
    right: str = ""
    fixed: bool = False
    note: str = ""
    fields: "tuple[Field, ...]" = ()
    at_most: int = 50
    grows: bool = True
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    fields: tuple[Field, ...]
    help: str = ""


class BadValue(ValueError):
    """A value of a field that cannot be used; the message is an English msgid with named placeholders."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message, self.params = message, params


class FormRefused(Exception):
    """Values that cannot be stored together. Each problem's ``field_name`` names its field, "" stands above the form."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Trial:
    """A button beside "Save" that tries the values out and stores nothing. ``run(values, actor)``: with values that are
    valid each for itself, in no unit; answers the path to go on to, or "" to show the form again as it was typed; raises
    like ``save``. Without ``run`` the form is shown again, with what ``FormSpec.aside`` makes of the values."""

    key: str
    label: str
    run: Callable[[Mapping[str, Any], str], str] | None = None


@dataclass(frozen=True, slots=True)
class FormSpec:
    """``load(row_id)``: the values as they are, ``None`` when there is no such row; called inside the unit that saves,
    so it should lock its row then, and outside any unit to show the form. ``save(row_id, values, actor)``: inside the
    unit; stores all ``values`` (those nobody changed are as ``load`` just gave them), writes its audit row, returns the
    row's id; raises ``FormRefused`` or any error of core with a ``problem``. ``new``: the values a new row begins with;
    ``None``: no new rows here. ``remove(row_id, actor)``: inside the unit; ``None``: cannot be removed. ``heading``: of the
    values, for the page's title; default the page's. ``subject(row_id)``: kind and id by which the audit log knows the
    row; the form then leads to its history. ``ways(row_id, values)``: what else there is of a stored row.
    ``aside(values)``: name and context of a template that stands under the fields and says something of the values as they
    were typed (of those that cannot be read: as they are stored). ``trials``: buttons that try the values out; ``draft``:
    values that somebody tries out just now, which the form begins with."""

    sections: tuple[Section, ...]
    load: Callable[[str], Mapping[str, Any] | None]
    save: Callable[[str | None, Mapping[str, Any], str], str]
    new: Callable[[], Mapping[str, Any]] | None = None
    remove: Callable[[str, str], None] | None = None
    heading: Callable[[Mapping[str, Any]], str] | None = None
    subject: Callable[[str], tuple[str, str]] | None = None
    ways: Callable[[str, Mapping[str, Any]], Iterable[WayOn]] | None = None
    aside: Callable[[Mapping[str, Any]], tuple[str, Mapping[str, Any]]] | None = None
    trials: tuple[Trial, ...] = ()
    draft: Callable[[], Mapping[str, Any] | None] | None = None
    # Of one row for all (settings): there is no list and ``load`` ignores its argument.
    single: bool = False
    # Stored rows are only to look at: there is no way to save them. New ones are made where ``new`` says so.
    readonly: bool = False

    def fields(self) -> Iterator[Field]:
        for section in self.sections:
            yield from section.fields


@dataclass(frozen=True, slots=True)
class ManagePage:
    """A page of the back office, with a list, a form or both. ``key`` names it in addresses. ``view``, ``edit``: the rights
    to see it and to change what it shows; ``create``: to add and remove rows, default ``edit``. ``intro``: a sentence
    under the title. ``menu``: it has an entry there."""

    key: str
    title: str
    view: str
    edit: str
    rows: ListSpec | None = None
    form: FormSpec | None = None
    intro: str = ""
    new_label: str = ""
    create: str = ""
    menu: bool = True

    @property
    def adds(self) -> str:
        """The right to add and remove rows."""
        return self.create or self.edit
