"""One import from the first byte to the report (CAT-9)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import SQLAlchemyError

from storefront.core.audit.service import record
from storefront.core.catalog.errors import CatalogError
from storefront.core.catalog.importing.booking import Booker
from storefront.core.catalog.importing.formats import AUTO, FORMATS, JAPANESE, format_of
from storefront.core.catalog.importing.goods import Format, Found, Goods, Terms
from storefront.core.catalog.importing.own import declared_of, file_currency
from storefront.core.catalog.importing.places import Declared, Places
from storefront.core.catalog.importing.report import Difference, ImportReport, RefusedRow, Tally
from storefront.core.catalog.importing.spool import Spool
from storefront.core.catalog.importing.table import Row, Table, open_table
from storefront.core.catalog.importing.terms import checked_terms
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_
from storefront.core.settings.service import touch
from storefront.core.values.types import Problem

log = logging.getLogger(__name__)

BATCH = 200
DECLARED_BATCH = 200


@dataclass(frozen=True, slots=True)
class Following:
    """Who follows an import. ``progress(done, total)`` counts products, after each batch, outside any unit.
    ``keep(tally, done, total)`` is given what came of a batch inside the unit that wrote it (of a trial run: inside one
    of its own), so that what was done and that it was done are kept together. ``skip``: so many products were kept
    done by a run that did not end; they are read, and not booked again."""

    progress: Callable[[int, int], None] | None = None
    keep: Callable[[Tally, int, int], None] | None = None
    skip: int = 0


class _Undo(Exception):  # noqa: N818 - not an error: how a trial run ends
    def __init__(self, tally: Tally) -> None:
        self.tally = tally


def import_catalog(
    source: str | Path | BinaryIO,
    *,
    base_currency: str,
    actor: str,
    lang: str = "",
    default_lang: str = "en",
    kind: str = AUTO,
    currency: str = "",
    rate: str = "",
    tax: str = "",
    pictures_at: str = "",
    media: str = "",
    following: Following = Following(),
    dry_run: bool = False,
) -> ImportReport:
    """Take over the products of a CSV file: the shop's own form, or another system's export.

    Called without an open unit of work: opens its own, one per 200 products; a product that cannot be kept is refused
    by name, the others stay. ``source`` must be seekable; it is never whole in memory. ``kind``: ``auto``, ``own``,
    ``shopify``, ``woocommerce``, ``eccube``. ``currency``: of the prices, needed where the file names none; ``rate``:
    units of the base currency for one of it, decimal text, needed where they differ; prices are rounded up to whole
    minor units. ``tax``: percent to add to prices, needed where the format leaves it out of them. ``lang``: the language
    of the file's texts, where it is not said the format's own, else ``default_lang``. ``dry_run`` does everything and keeps nothing.

    The same file again changes nothing. Pictures keep their address, they are not fetched. Raises ``ImportRefused`` for
    a file that cannot be read at all, or terms that make no sense or are missing."""
    if kind != AUTO and kind not in FORMATS:
        raise ValueError(f"no such format: {kind}")
    with open_table(source, JAPANESE) as table, Spool() as spool:
        found = Found()
        layout = format_of(kind, table.columns)
        rows = _read_all(table, layout, spool, found)
        named = file_currency(spool) if not layout.source else ""
        spoken = lang or layout.lang or default_lang
        terms = checked_terms(layout, named, currency, base_currency, rate, spoken, tax)
        terms = replace(terms, pictures_at=pictures_at, media=media)
        run = _Run(layout, terms, actor, spool, following, dry_run)
        total = run.all(found)
    if total.wrote and not dry_run:
        run_unit(
            lambda: record(
                actor,
                "catalog.import",
                ("catalog", layout.name),
                products=total.counts,
                refused=total.refused_count,
            )
        )
    return total.report(layout.name, rows, dry_run)


def _read_all(table: Table, layout: Format, spool: Spool, found: Found) -> int:
    """All rows into the spool; how many there are."""
    rows = 0
    spool.columns = table.columns
    names = tuple(name.casefold() for name in table.columns)
    for number, record_ in table.records():
        rows += 1
        if isinstance(record_, Problem):
            begins = str(record_.params.get("begins", ""))
            found.refused.append(RefusedRow(number, begins, record_))
        else:
            layout.spool(spool, Row(number, dict(zip(names, record_, strict=True))), record_, found)
    spool.group()
    return rows


class _Run:
    def __init__(
        self, layout: Format, terms: Terms, actor: str, spool: Spool, following: Following, dry_run: bool
    ) -> None:
        self.layout, self.terms, self.actor, self.spool = layout, terms, actor, spool
        self.following, self.dry_run = following, dry_run
        self.declared: dict[tuple[str, str], Declared] = {}
        self.total = Tally()
        self.products = spool.count()

    def all(self, found: Found) -> Tally:
        self.declared = declared_of(self.spool, found)
        if not self.following.skip:
            first = Tally()
            first.refuse(found.refused)
            first.notes += found.notes
            self._finish(first, lambda tally: tally)
            entries = list(self.declared.values())
            for start in range(0, len(entries), DECLARED_BATCH):
                self._unit([], entries[start : start + DECLARED_BATCH], Found())
        groups = self.spool.groups()
        while chunk := list(islice(groups, BATCH)):
            self._chunk(chunk)
        return self.total

    def _chunk(self, chunk: Sequence[tuple[str, list[Row]]]) -> None:
        """Read and book some products; those that an earlier run kept done are only read."""
        batch: list[tuple[Goods | None, Found]] = []
        for ref, rows in chunk:
            found = Found()
            batch.append((self.layout.read(ref, rows, self.terms, self.spool, found), found))
        done = self.total.units + len(batch)
        if done <= self.following.skip:
            self.total.units = done
            return
        past = max(self.following.skip - self.total.units, 0)
        self.total.units += past
        batch = batch[past:]
        merged = Found()
        for _, found in batch:
            merged.refused += found.refused
            merged.notes += found.notes
        self._unit([goods for goods, _ in batch], [], merged)
        if self.following.progress is not None:
            self.following.progress(self.total.units, self.products)

    def _unit(self, batch: Sequence[Goods | None], entries: Sequence[Declared], found: Found) -> None:
        """One unit for all; when the database refuses, one for each, so that a single product cannot stop the others."""

        def work(tally: Tally) -> Tally:
            tally.units = len(batch)
            tally.refuse(found.refused)
            tally.notes += found.notes
            self._book(tally, [goods for goods in batch if goods is not None], entries)
            return tally

        try:
            self._finish(Tally(), work)
        except SQLAlchemyError as error:
            log.warning("an import batch of %d products was rolled back: %s", len(batch), error)
        else:
            return
        if len(batch) + len(entries) > 1:
            rest = found
            for goods in batch:
                self._unit([goods], [], rest)
                rest = Found()
            for entry in entries:
                self._unit([], [entry], Found())
            return
        self._finish(Tally(), lambda tally: _not_stored(tally, [*batch, *entries], found))

    def _finish(self, tally: Tally, work: Callable[[Tally], Tally]) -> None:
        def unit() -> Tally:
            fresh = replace(tally, counts=dict(tally.counts), refused=[*tally.refused], notes=[*tally.notes])
            written = work(fresh)
            if self.dry_run:
                raise _Undo(written)
            self._keep(written)
            return written

        try:
            written = run_unit(unit)
        except _Undo as undo:
            written = undo.tally
            if self.following.keep is not None:
                run_unit(lambda: self._keep(written))
        self.total.add(written)

    def _keep(self, tally: Tally) -> None:
        if self.following.keep is not None:
            self.following.keep(tally, self.total.units + tally.units, self.products)

    def _book(self, tally: Tally, batch: Sequence[Goods], entries: Sequence[Declared]) -> None:
        _write_places(tally, entries, Places(self.terms.lang, self.actor, self.declared))
        for booked in Booker(self.terms, self.actor, self.layout.source, self.declared).book(batch):
            goods = booked.goods
            if booked.refused is not None:
                tally.refuse([RefusedRow(goods.row_number, goods.key, booked.refused.problem)])
                continue
            tally.counts[booked.outcome] += 1
            tally.notes += booked.notes
            if booked.outcome != "unchanged":
                changes = tuple(booked.changes)
                tally.differences.append(Difference(goods.row_number, goods.key, booked.outcome, changes))
        if tally.wrote:
            touch()


def _write_places(tally: Tally, entries: Sequence[Declared], places: Places) -> None:
    for entry in entries:
        try:
            with session.begin_nested():
                outcome, changes = places.write(entry)
        except CatalogError as error:
            tally.refuse([RefusedRow(entry.row_number, entry.slug, error.problem)])
        else:
            if outcome != "unchanged":
                where = f"{entry.kind} {entry.slug}"
                tally.differences.append(Difference(entry.row_number, where, outcome, changes))


def _not_stored(tally: Tally, units: Sequence[Goods | Declared | None], found: Found) -> Tally:
    message = N_("The product could not be stored; nothing of it was kept. Please look at its rows and try again.")
    tally.units = sum(not isinstance(unit, Declared) for unit in units)
    tally.refuse(found.refused)
    tally.notes += found.notes
    for unit in units:
        if unit is not None:
            name = unit.key if isinstance(unit, Goods) else unit.slug
            tally.refuse([RefusedRow(unit.row_number, name, Problem(message, code="database"))])
    return tally
