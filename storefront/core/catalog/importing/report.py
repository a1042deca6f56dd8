"""What came of an import: every row that was refused is named, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from storefront.core.catalog.data import Change
from storefront.core.values.types import Problem

# So many rows of a kind are kept in a report; all are counted, and all are told as they come.
MAX_KEPT = 5_000
OUTCOMES = ("created", "updated", "unchanged")


class ImportRefused(Exception):
    """The file as a whole cannot be read. ``problem`` says what is wrong with it and what to do; nothing was changed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message % problem.params)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """``row_number`` as a table programme counts: the header is row 1. ``handle``: the product it belongs to ("" when
    the row does not say)."""

    row_number: int
    handle: str
    reason: Problem

    def sentence(self) -> str:
        """The reason in English with its values; doors that speak another language translate ``reason``."""
        return self.reason.message % self.reason.params


@dataclass(frozen=True, slots=True)
class Difference:
    """A product (or, in the shop's own form, a category or brand) that became new or another. ``changes``: of an
    update, each field with what it was and is."""

    row_number: int
    handle: str
    outcome: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """``created``, ``updated``, ``unchanged`` count products (a product of which only the stock moved is updated).
    ``rows``: data rows read. ``refused``: rows that were left out, ``refused_count`` of them; ``notes``: rows that were
    taken, but not as they stand; ``differences``: what became new or another. Of each the first are kept.
    ``kind``: the format. ``dry_run``: nothing was written."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rows: int = 0
    refused: tuple[RefusedRow, ...] = ()
    notes: tuple[RefusedRow, ...] = ()
    differences: tuple[Difference, ...] = ()
    refused_count: int = 0
    kind: str = ""
    dry_run: bool = False

    @property
    def products(self) -> int:
        return self.created + self.updated + self.unchanged


@dataclass(slots=True)
class Tally:
    """Outcomes of one batch, or of all. ``units``: products that were looked at, refused ones among them."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[RefusedRow] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    refused_count: int = 0
    units: int = 0

    def refuse(self, rows: Sequence[RefusedRow]) -> None:
        self.refused += rows
        self.refused_count += len(rows)

    def add(self, other: "Tally") -> None:
        """Add the outcomes of a batch; of its rows as many as a report keeps."""
        for name, count in other.counts.items():
            self.counts[name] += count
        self.refused_count += other.refused_count
        self.units += other.units
        self.refused += other.refused[: MAX_KEPT - len(self.refused)]
        self.notes += other.notes[: MAX_KEPT - len(self.notes)]
        self.differences += other.differences[: MAX_KEPT - len(self.differences)]

    @property
    def wrote(self) -> bool:
        return self.counts["created"] + self.counts["updated"] + len(self.differences) > 0

    def report(self, kind: str, rows: int, dry_run: bool) -> ImportReport:
        return ImportReport(
            **self.counts,
            rows=rows,
            refused=tuple(sorted(self.refused, key=lambda row: row.row_number)),
            notes=tuple(sorted(self.notes, key=lambda row: row.row_number)),
            differences=tuple(self.differences),
            refused_count=self.refused_count,
            kind=kind,
            dry_run=dry_run,
        )
