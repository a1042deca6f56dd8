"""What came of an import: every row that was refused is named, with the reason."""

from dataclasses import dataclass

from storefront.core.values.types import Problem


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
class ImportReport:
    """``created``, ``updated``, ``unchanged`` count products (a product of which only the stock moved is updated).
    ``rows``: data rows read. ``refused``: rows that were left out; ``notes``: rows that were taken, but not as they
    stand. ``dry_run``: nothing was written."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rows: int = 0
    refused: tuple[RefusedRow, ...] = ()
    notes: tuple[RefusedRow, ...] = ()
    dry_run: bool = False

    @property
    def products(self) -> int:
        return self.created + self.updated + self.unchanged
