"""Shopify product CSV, as the export writes it (CAT-9)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import SQLAlchemyError

from storefront.core.audit.service import record
from storefront.core.catalog.errors import CatalogError
from storefront.core.catalog.importing.booking import SOURCE, ProductBooker
from storefront.core.catalog.importing.report import ImportRefused, ImportReport, RefusedRow
from storefront.core.catalog.importing.shopify_rows import REQUIRED, Group, Terms, read_groups
from storefront.core.catalog.importing.table import read_table
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_
from storefront.core.settings.service import touch
from storefront.core.values.language import LANGUAGES
from storefront.core.values.money import BadAmount, rate_fraction
from storefront.core.values.types import Problem

log = logging.getLogger(__name__)

BATCH = 50


@dataclass(slots=True)
class _Tally:
    """Outcomes of one batch, or of all."""

    counts: dict[str, int] = field(default_factory=lambda: {"created": 0, "updated": 0, "unchanged": 0})
    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[RefusedRow] = field(default_factory=list)

    def add(self, other: "_Tally") -> None:
        for name, count in other.counts.items():
            self.counts[name] += count
        self.refused += other.refused
        self.notes += other.notes

    @property
    def wrote(self) -> bool:
        return self.counts["created"] + self.counts["updated"] > 0


class _Undo(Exception):  # noqa: N818 - not an error: how a trial run ends
    def __init__(self, tally: _Tally) -> None:
        self.tally = tally


def import_shopify(
    source: str | Path | BinaryIO,
    *,
    currency: str,
    rate: str,
    base_currency: str,
    lang: str,
    actor: str,
    progress: Callable[[int, int], None] | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Take over the products of a Shopify export.

    Called without an open unit of work: opens its own, one per 50 products; a product that cannot be stored is refused
    by name, the others stay. ``rate``: units of the base currency for one unit of ``currency``, decimal text; prices
    are rounded up to whole minor units. ``lang``: the language the file's texts are in. ``progress(done, total)`` is
    called after each batch, counting products. ``dry_run`` does everything and keeps nothing.

    Products are known by their Handle, variants by their options. The same file again changes nothing; of stock only
    the difference to the last import is booked. Tags are not taken over. Pictures keep their address, they are not
    fetched. Raises ``ImportRefused`` for a file that cannot be read at all, or terms that make no sense."""
    terms = _terms(currency, base_currency, rate, lang)
    table = read_table(source, REQUIRED, "Shopify product export")
    groups, refused, notes = read_groups(table.rows, terms)
    total = _Tally(refused=[*table.refused, *refused], notes=notes)
    for start in range(0, len(groups), BATCH):
        total.add(_run_batch(groups[start : start + BATCH], terms, actor, dry_run))
        if progress is not None:
            progress(min(start + BATCH, len(groups)), len(groups))
    if total.wrote and not dry_run:
        run_unit(
            lambda: record(
                actor, "catalog.import", ("catalog", SOURCE), products=total.counts, refused=len(total.refused)
            )
        )
    return ImportReport(
        **total.counts,
        rows=len(table.rows) + len(table.refused),
        refused=tuple(sorted(total.refused, key=lambda row: row.row_number)),
        notes=tuple(sorted(total.notes, key=lambda row: row.row_number)),
        dry_run=dry_run,
    )


def _terms(currency: str, base_currency: str, rate: str, lang: str) -> Terms:
    code = currency.strip().upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise ImportRefused(
            Problem(N_("“%(code)s” is not a currency. Write three letters such as USD."), {"code": currency[:20]})
        )
    try:
        rate_fraction(rate)
        usable = len(rate) <= 24
    except BadAmount:
        usable = False
    if not usable:
        raise ImportRefused(
            Problem(
                N_("“%(rate)s” is not a rate. Write how many %(base)s one %(code)s is, such as 150.5."),
                {"rate": rate[:40], "base": base_currency, "code": code},
            )
        )
    if lang not in LANGUAGES:
        raise ImportRefused(
            Problem(
                N_("“%(lang)s” is not a language of the shop: %(languages)s."),
                {"lang": lang[:20], "languages": ", ".join(LANGUAGES)},
            )
        )
    return Terms(code, base_currency, rate, lang)


def _run_batch(groups: Sequence[Group], terms: Terms, actor: str, dry_run: bool) -> _Tally:
    """One unit for all; when the database refuses, one for each, so that a single product cannot stop the others."""

    def work() -> _Tally:
        tally = _book_all(groups, terms, actor)
        if dry_run:
            raise _Undo(tally)
        return tally

    try:
        return run_unit(work)
    except _Undo as undo:
        return undo.tally
    except SQLAlchemyError as error:
        log.warning("an import batch of %d products was rolled back: %s", len(groups), error)
    if len(groups) > 1:
        total = _Tally()
        for group in groups:
            total.add(_run_batch([group], terms, actor, dry_run))
        return total
    message = N_("The product could not be stored; nothing of it was kept. Please look at its rows and try again.")
    (group,) = groups
    return _Tally(refused=[RefusedRow(group.row_number, group.handle, Problem(message, code="database"))])


def _book_all(groups: Sequence[Group], terms: Terms, actor: str) -> _Tally:
    tally = _Tally()
    booker = ProductBooker(terms, actor)
    for group in groups:
        try:
            with session.begin_nested():  # of a refused product nothing stays, its maker and category neither
                booked = booker.book(group)
        except CatalogError as error:
            tally.refused.append(RefusedRow(group.row_number, group.handle, error.problem))
            continue
        tally.counts[booked.outcome] += 1
        tally.notes += booked.notes
    if tally.wrote:
        touch()
    return tally
