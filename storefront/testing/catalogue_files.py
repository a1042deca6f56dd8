"""Catalogue files for tests: made from rows, read back, and what an import said of them."""

import csv
import io

from storefront.core.catalog.importing.report import ImportReport


def as_csv(*rows: dict[str, str], header: tuple[str, ...] = ()) -> bytes:
    """Rows as a file; without ``header`` with all columns any of them has."""
    names = header or tuple(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def reasons(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(row.row_number, row.handle, row.sentence()) for row in report.refused]
