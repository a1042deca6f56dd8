"""A CSV file from outside as rows with names: whatever is in it, the answer is rows or a sentence."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from storefront.core.catalog.importing.report import ImportRefused, RefusedRow
from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem

MAX_BYTES = 200_000_000
# Longer than any description; the csv module's own limit (128 KiB) is below what shops write.
MAX_CELL = 4_000_000
# So much of a file shows in what encoding it is.
_SAMPLE = 65_536
_OTHER_ENCODINGS = (("cp932", "Shift_JIS"), ("gb18030", "GB 18030"), ("big5", "Big5"))


@dataclass(frozen=True, slots=True)
class Row:
    """``number``: as a table programme counts, the header being 1. ``cells`` by column name in lower case, without
    outer spaces."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, "" where the file has no such column."""
        return self.cells.get(column.casefold(), "")


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    refused: tuple[RefusedRow, ...]


def read_table(source: str | Path | BinaryIO, required: Iterable[str], kind: str) -> Table:
    """Read a CSV file in UTF-8 (with or without a byte order mark), whole. ``required``: columns without which it is
    not a file of this ``kind``. Raises ``ImportRefused`` for a file that is not such a table; single bad rows are in
    ``refused``."""
    text = _decode(_load(source))
    records = _records(text)
    _, header = next(records, (0, []))
    if isinstance(header, Problem):
        raise ImportRefused(header)
    # Byte order marks, spaces and letter case differ from one programme to the next.
    columns = tuple(name.strip().strip("\ufeff") for name in header)
    known = {name.casefold() for name in columns}
    missing = [name for name in required if name.casefold() not in known]
    if missing:
        raise ImportRefused(
            Problem(
                N_("This is not a %(kind)s: the column %(columns)s is missing. The first row must name the columns."),
                {"kind": kind, "columns": ", ".join(missing)},
                code="columns",
            )
        )
    return _sort_out(columns, records)


def _sort_out(columns: tuple[str, ...], records: Iterator[tuple[int, list[str] | Problem]]) -> Table:
    rows: list[Row] = []
    refused: list[RefusedRow] = []
    for number, record in records:
        if isinstance(record, Problem):
            refused.append(RefusedRow(number, "", record))
        elif (problem := _row_problem(record, len(columns))) is not None:
            refused.append(RefusedRow(number, record[0].replace("\x00", "")[:80], problem))
        elif any(cell.strip() for cell in record):
            cells = (cell.strip() for cell in record)
            rows.append(Row(number, dict(zip(map(str.casefold, columns), cells, strict=False))))
    return Table(columns, tuple(rows), tuple(refused))


def _row_problem(record: list[str], width: int) -> Problem | None:
    if not any(cell.strip() for cell in record):
        return None
    if any("\x00" in cell for cell in record):
        return Problem(N_("The row holds NUL bytes and was left out. Please export the file again."), code="nul")
    extra = any(cell.strip() for cell in record[width:])
    if len(record) < width or extra:
        return Problem(
            N_(
                "The row has %(count)d of %(expected)d columns and was left out. A comma or a quotation mark may be wrong."
            ),
            {"count": len(record), "expected": width},
            code="columns",
        )
    return None


def _records(text: str) -> Iterator[tuple[int, list[str] | Problem]]:
    """Records with their numbers. A record that is no CSV is a problem; reading goes on after it."""
    before = csv.field_size_limit(MAX_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        number = 0
        while True:
            number += 1
            try:
                yield number, next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield (
                    number,
                    Problem(
                        N_("The row cannot be read: its quotation marks do not match, or a cell is too long."),
                        code="csv",
                    ),
                )
    finally:
        csv.field_size_limit(before)


def _load(source: str | Path | BinaryIO) -> bytes:
    if isinstance(source, str | Path):
        try:
            with Path(source).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise ImportRefused(
                Problem(
                    N_("The file %(name)s cannot be read: %(reason)s."),
                    {"name": str(source), "reason": error.strerror or type(error).__name__},
                    code="file",
                )
            ) from None
    else:
        data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ImportRefused(
            Problem(N_("The file is larger than %(limit)d MB. Please split it."), {"limit": MAX_BYTES // 1_000_000})
        )
    if not data.strip():
        raise ImportRefused(Problem(N_("The file is empty."), code="empty"))
    return data


def _decode(data: bytes) -> str:
    advice = N_("The file is in %(encoding)s, not in UTF-8. Please save it as “CSV UTF-8” and try again.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ImportRefused(Problem(advice, {"encoding": "UTF-16"}, code="encoding"))
    if data[:_SAMPLE].count(0) > len(data[:_SAMPLE]) // 20:
        raise ImportRefused(Problem(N_("This is not a text file. Please choose the CSV file."), code="binary"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise ImportRefused(_encoding_problem(data, advice))


def _encoding_problem(data: bytes, advice: str) -> Problem:
    for codec, name in _OTHER_ENCODINGS:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if text.isprintable() or "\n" in text and not any(ord(c) < 9 for c in text):
            return Problem(advice, {"encoding": name}, code="encoding")
    return Problem(N_("The file is not a text in UTF-8. Please save it as “CSV UTF-8” and try again."), code="encoding")
