"""The whole report of an import as a CSV file: every line, every change, in constant memory."""

import csv
import io
import tempfile
from collections.abc import Iterator
from typing import IO

from storefront.admin.files.words import LINES, changes_of, column, reason
from storefront.admin.lists.cells import defused
from storefront.core.catalog.importing.models import CatalogImportLine
from storefront.core.catalog.importing.runs import report_lines
from storefront.core.db import session
from storefront.core.i18n.translate import gettext as _

BATCH = 500
# A shorter report never leaves memory.
IN_MEMORY = 1_000_000


def write_report(run_id: str, currency: str) -> IO[bytes]:
    """A file that is gone when it is closed, at its beginning. Reads in batches, each a read transaction of its own."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")  # type: ignore[type-var]
    out = csv.writer(text)
    out.writerow(
        (_("Outcome"), _("Row"), _("Product"), _("Variant or language"), _("What"), _("Before"), _("After"), _("Why"))
    )
    for line in _all(run_id):
        for cells in _rows(line, currency):
            out.writerow([defused(cell) for cell in cells])
    text.flush()
    text.detach()
    file.seek(0)
    return file


def _all(run_id: str) -> Iterator[CatalogImportLine]:
    for kind in LINES:
        last = 0
        while lines := report_lines(run_id, kind, BATCH, last):
            last = lines[-1].id
            yield from lines
            session.expunge_all()
            session.rollback()


def _rows(line: CatalogImportLine, currency: str) -> Iterator[tuple[str | int, ...]]:
    outcome = _(LINES[line.kind])
    if not line.changes:
        yield outcome, line.row_number, line.handle, "", column(line), "", "", reason(line)
    for change in changes_of(line, currency, whole=True):
        yield outcome, line.row_number, line.handle, change.where, change.field, change.old, change.new, ""
