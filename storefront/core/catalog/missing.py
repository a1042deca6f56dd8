"""Which texts are missing in which language: kept in step with the texts, so that lists of work cost the same in a shop
with a hundred thousand products."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from storefront.core.catalog.models import BrandText, CategoryText, MissingText, PageText, ProductText
from storefront.core.db import session
from storefront.core.values.language import LANGUAGES

KINDS: Mapping[str, tuple[Any, str, tuple[str, ...]]] = {
    "product": (
        ProductText,
        "product_id",
        ("name", "summary", "body", "contents", "ingredients", "notes", "seo_title", "seo_description"),
    ),
    "category": (CategoryText, "category_id", ("name", "description")),
    "brand": (BrandText, "brand_id", ("name", "description")),
    "page": (PageText, "page_id", ("title", "body")),
}


def note_missing(kind: str, ids: Sequence[int]) -> None:
    """After every change of the texts of these, inside the same unit; changed rows must be flushed."""
    if not ids:
        return
    wanted = {(id_, lang): fields for id_, by_lang in _missing(kind, ids).items() for lang, fields in by_lang.items()}
    present = {
        (row.subject_id, row.locale): row.fields
        for row in session.execute(
            select(MissingText.subject_id, MissingText.locale, MissingText.fields).where(
                MissingText.kind == kind, MissingText.subject_id.in_(ids)
            )
        )
    }
    if present == wanted:
        return
    if present:
        forget_missing(kind, ids)
    rows = [
        {"kind": kind, "subject_id": id_, "locale": lang, "fields": fields} for (id_, lang), fields in wanted.items()
    ]
    if rows:
        session.execute(insert(MissingText), rows)


def forget_missing(kind: str, ids: Iterable[int]) -> None:
    """They are gone."""
    session.execute(delete(MissingText).where(MissingText.kind == kind, MissingText.subject_id.in_(list(ids))))


def _missing(kind: str, ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    model, owner, names = KINDS[kind]
    # Whether there is a text is all that matters: long bodies stay in the database.
    there = [(getattr(model, name) != "").label(name) for name in names]
    texts: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = session.execute(select(getattr(model, owner), model.locale, *there).where(getattr(model, owner).in_(ids)))
    for id_, locale, *found in rows:
        for name, is_there in zip(names, found, strict=True):
            if is_there:
                texts[id_][name].add(locale)
    missing: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for id_, by_name in texts.items():
        for lang in LANGUAGES:
            fields = [name for name in names if by_name[name] and lang not in by_name[name]]
            if fields:
                missing[id_][lang] = fields
    return missing
