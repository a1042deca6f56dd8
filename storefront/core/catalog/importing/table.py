"""A CSV file from outside, record by record: whatever is in it, the answer is records or a sentence. Never whole in
memory."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from storefront.core.catalog.importing.report import ImportRefused
from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem

MAX_BYTES = 2_000_000_000
# Longer than any description; the csv module's own limit (128 KiB) is below what shops write.
MAX_CELL = 4_000_000
MAX_LINE = 16_000_000
# So much of a file shows in what encoding it is.
_SAMPLE = 65_536
_CHUNK = 1_048_576
_OTHER_ENCODINGS = (("cp932", "Shift_JIS"), ("gb18030", "GB 18030"), ("big5", "Big5"))


@dataclass(frozen=True, slots=True)
class Row:
    """``number``: as a table programme counts, the header being 1. ``cells`` by column name in lower case."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell without outer spaces, "" where the file has no such column."""
        return self.cells.get(column.casefold(), "").strip()

    def whole(self, column: str) -> str:
        """The cell as it stands, outer spaces and all."""
        return self.cells.get(column.casefold(), "")

    def holds(self, column: str) -> bool:
        """Whether the file has such a column."""
        return column.casefold() in self.cells


class Table:
    """An open file. ``columns``: as the first row names them."""

    def __init__(self, columns: tuple[str, ...], records: Iterator[tuple[int, list[str] | Problem]]) -> None:
        self.columns = columns
        self._records = records

    def records(self) -> Iterator[tuple[int, list[str] | Problem]]:
        """Each record that holds anything, with its number: its cells, as many as there are columns, or what is wrong
        with it. Once."""
        width = len(self.columns)
        for number, record in self._records:
            if isinstance(record, Problem):
                yield number, record
            elif (problem := _record_problem(record, width)) is not None:
                yield number, problem
            elif any(cell and not cell.isspace() for cell in record):
                yield number, record[:width]


@contextmanager
def open_table(source: str | Path | BinaryIO, japanese: frozenset[str] = frozenset()) -> Iterator[Table]:
    """Open a CSV file in UTF-8, with or without a byte order mark. One in Shift_JIS is read where its first row names
    these ``japanese`` columns; else another encoding is refused. ``source`` must be seekable. Raises ``ImportRefused``
    for a file that is no such text: the whole of it is looked through first."""
    with _opened(source) as file:
        encoding = _encoding_of(file, japanese)
        file.seek(0)
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        try:
            records = _records(text)
            _, header = next(records, (0, []))
            if isinstance(header, Problem):
                raise ImportRefused(header)
            # Byte order marks and spaces differ from one programme to the next.
            yield Table(tuple(name.strip().strip("\ufeff") for name in header), records)
        finally:
            text.detach()


@contextmanager
def _opened(source: str | Path | BinaryIO) -> Iterator[BinaryIO]:
    if not isinstance(source, str | Path):
        yield source
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 - closed below; only the opening may be refused here
    except OSError as error:
        raise ImportRefused(
            Problem(
                N_("The file %(name)s cannot be read: %(reason)s."),
                {"name": str(source), "reason": error.strerror or type(error).__name__},
                code="file",
            )
        ) from None
    with file:
        yield file


def _record_problem(record: list[str], width: int) -> Problem | None:
    begins = record[0].replace("\x00", "")[:80] if record else ""
    if any("\x00" in cell for cell in record):
        message = N_("The row holds NUL bytes and was left out. Please export the file again.")
        return Problem(message, {"begins": begins}, code="nul")
    if len(record) == width or not any(cell.strip() for cell in record):
        return None
    if len(record) < width or any(cell.strip() for cell in record[width:]):
        return Problem(
            N_(
                "The row has %(count)d of %(expected)d columns and was left out. A comma or a quotation mark may be wrong."
            ),
            {"count": len(record), "expected": width, "begins": begins},
            code="columns",
        )
    return None


def _records(text: io.TextIOWrapper) -> Iterator[tuple[int, list[str] | Problem]]:
    """Records with their numbers. A record that is no CSV is a problem; reading goes on after it."""
    reader = csv.reader(_lines(text), strict=True)
    number = 0
    while True:
        number += 1
        before = csv.field_size_limit(MAX_CELL)  # of the process, so it is given back after each record
        try:
            record: list[str] | Problem = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = N_("The row cannot be read: its quotation marks do not match, or a cell is too long.")
            record = Problem(message, code="csv")
        finally:
            csv.field_size_limit(before)
        yield number, record


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines, none of them longer than memory likes: of one without end the rest is passed over, and a NUL stands in its
    place, which makes its record a bad one."""
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE and not line.endswith("\n"):
            while (rest := text.readline(MAX_LINE)) and not rest.endswith("\n"):
                pass
            line = "\x00\n"
        yield line


def _encoding_of(file: BinaryIO, japanese: frozenset[str]) -> str:
    sample = _sample(file)
    advice = N_("The file is in %(encoding)s, not in UTF-8. Please save it as “CSV UTF-8” and try again.")
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ImportRefused(Problem(advice, {"encoding": "UTF-16"}, code="encoding"))
    if sample.count(0) > len(sample) // 20:
        raise ImportRefused(Problem(N_("This is not a text file. Please choose the CSV file."), code="binary"))
    if _decodes(file, "utf-8-sig"):
        return "utf-8-sig"
    if japanese and _names_columns(sample, japanese) and _decodes(file, "cp932"):
        return "cp932"
    raise ImportRefused(_encoding_problem(file, advice))


def _sample(file: BinaryIO) -> bytes:
    file.seek(0, io.SEEK_END)
    if file.tell() > MAX_BYTES:
        message = N_("The file is larger than %(limit)d MB. Please split it.")
        raise ImportRefused(Problem(message, {"limit": MAX_BYTES // 1_000_000}, code="size"))
    file.seek(0)
    sample = file.read(_SAMPLE)
    if not sample.strip():
        raise ImportRefused(Problem(N_("The file is empty."), code="empty"))
    return sample


def _names_columns(sample: bytes, columns: frozenset[str]) -> bool:
    head = sample.split(b"\n", 1)[0].decode("cp932", "replace")
    return columns <= {name.strip().strip('"') for name in head.split(",")}


def _decodes(file: BinaryIO, encoding: str, pieces: int | None = None) -> bool:
    """Whether all of the file (or so many pieces of it) is text in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
            pieces = pieces - 1 if pieces is not None else None
            if pieces == 0:
                return True
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _encoding_problem(file: BinaryIO, advice: str) -> Problem:
    for codec, name in _OTHER_ENCODINGS:
        if not _decodes(file, codec, pieces=8):
            continue
        file.seek(0)
        text = file.read(_SAMPLE).decode(codec, "ignore")
        if text.isprintable() or ("\n" in text and not any(ord(c) < 9 for c in text)):
            return Problem(advice, {"encoding": name}, code="encoding")
    return Problem(N_("The file is not a text in UTF-8. Please save it as “CSV UTF-8” and try again."), code="encoding")
