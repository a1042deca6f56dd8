"""The translators' list of work: what is missing in which language, over goods, categories, brands and pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from storefront.admin.goods.choices import language_choices
from storefront.admin.goods.words import KINDS, TEXTS
from storefront.core.catalog.missing import KINDS as SOURCES
from storefront.core.catalog.models import MissingText
from storefront.core.catalog.texts import pick
from storefront.core.contracts.manage import Column, Filter, ListSpec, ManagePage, Show
from storefront.core.db import session
from storefront.core.i18n.translate import N_, current_language, gettext
from storefront.core.paging import QuerySource
from storefront.core.values.language import LANGUAGES, OWN_NAMES

FORMS = {"product": "products", "category": "categories", "brand": "brands", "page": "pages"}


@dataclass(frozen=True, slots=True)
class MissingRow:
    """``name``: what it is called, in the nearest language it has a name in."""

    id: int
    kind: str
    subject_id: int
    locale: str
    fields: Sequence[str]
    name: str
    lang: str

    @property
    def language(self) -> str:
        return OWN_NAMES.get(self.locale, self.locale)

    @property
    def missing(self) -> list[str]:
        return [gettext(TEXTS.get(name, name)) for name in self.fields]


def _rows() -> Select[Any]:
    return select(MissingText.id, MissingText.kind, MissingText.subject_id, MissingText.locale, MissingText.fields)


def _finish(rows: Sequence[Any]) -> list[MissingRow]:
    """One statement a kind."""
    names = {kind: _names(kind, {row.subject_id for row in rows if row.kind == kind}) for kind in SOURCES}
    found = []
    for row in rows:
        name = pick(names[row.kind].get(row.subject_id, {}), current_language())
        found.append(
            MissingRow(
                row.id, row.kind, row.subject_id, row.locale, row.fields, name.text or f"#{row.subject_id}", name.lang
            )
        )
    return found


def _names(kind: str, ids: set[int]) -> Mapping[int, Mapping[str, str]]:
    model, owner, fields = SOURCES[kind]
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if ids:
        name = getattr(model, fields[0])
        of = getattr(model, owner)
        for id_, locale, text in session.execute(select(of, model.locale, name).where(of.in_(sorted(ids)))):
            found[id_][locale] = text
    return found


def _by_language(value: str) -> ColumnElement[bool] | None:
    return MissingText.locale == value if value in LANGUAGES else None


def _by_kind(value: str) -> ColumnElement[bool] | None:
    return MissingText.kind == value if value in KINDS else None


TRANSLATIONS = ManagePage(
    key="translations",
    title=N_("Translations"),
    view="catalog.view",
    edit="texts.edit",
    intro=N_("Texts that exist in one language and are missing in another."),
    rows=ListSpec(
        columns=(
            Column("name", N_("What"), lang=lambda row: row.lang, link=True),
            Column("kind", N_("Kind"), Show.CHOICE, words=KINDS),
            Column("language", N_("Language")),
            Column("missing", N_("Missing"), Show.TAGS),
        ),
        source=QuerySource(_rows, MissingText.id, filters={"language": _by_language, "kind": _by_kind}, finish=_finish),
        row_url=lambda row: f"/manage/{FORMS[row.kind]}/{row.subject_id}",
        filters=(Filter("language", N_("Language"), language_choices), Filter("kind", N_("Kind"), KINDS)),
        empty=N_("Every text is there in every language."),
    ),
)
