"""Lists as files, row by row in constant memory: CSV with formula cells defused, XLSX with real numbers and texts that stay
texts."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from storefront.admin.lists.cells import defused, file_values, heads
from storefront.core.contracts.manage import Column
from storefront.core.i18n.translate import Translator

FORMATS = ("csv", "xlsx")
# A workbook cannot hold more.
MAX_XLSX_ROWS = 1_048_575
MAX_CELL = 32_000


class Writer(Protocol):
    def add(self, row: Any) -> None: ...


@contextmanager
def writer_for(path: Path, columns: Sequence[Column], words: Translator, zone: str) -> Iterator[Writer]:
    """A writer of the kind that ``path`` is called after; the file is complete when the block has ended."""
    if path.suffix == ".csv":
        # The mark at the beginning tells spreadsheets that the file is UTF-8.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            yield _Csv(csv.writer(file), columns, words, zone)
        return
    with xlsxwriter.Workbook(
        path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        yield _Xlsx(book, columns, words, zone)


class _Csv:
    def __init__(self, out: Any, columns: Sequence[Column], words: Translator, zone: str) -> None:
        self._out, self._columns, self._words, self._zone = out, columns, words, zone
        self._write(heads(columns, words))

    def add(self, row: Any) -> None:
        self._write(file_values(self._columns, row, self._words, self._zone))

    def _write(self, values: Iterable[Any]) -> None:
        self._out.writerow([defused(value) for value in values])


class _Xlsx:
    def __init__(self, book: Any, columns: Sequence[Column], words: Translator, zone: str) -> None:
        self._columns, self._words, self._zone = columns, words, zone
        self._sheet = book.add_worksheet()
        self._row = 0
        self._write(heads(columns, words))

    def add(self, row: Any) -> None:
        if self._row <= MAX_XLSX_ROWS:
            self._write(file_values(self._columns, row, self._words, self._zone))

    def _write(self, values: Iterable[Any]) -> None:
        for column, value in enumerate(values):
            if isinstance(value, str):
                self._sheet.write_string(self._row, column, value[:MAX_CELL])
            else:
                self._sheet.write_number(self._row, column, value)
        self._row += 1
