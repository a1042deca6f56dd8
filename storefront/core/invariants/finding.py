"""What a check is, and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import RowMapping, bindparam, text

from storefront.core.db import UtcDateTime, session

# What a timed job mends by itself is no fault until one run of it was missed.
TICK = timedelta(minutes=2)
# Enough to see what is wrong; a check never fills the memory with the rows of a broken table.
MAX_ROWS = 100

# A product ``p`` that shoppers see, as ``catalog.indexing.SHOWN`` says it.
SHOWN = "(p.state = 'published' AND EXISTS (SELECT 1 FROM sku k WHERE k.product_id = p.id AND k.active))"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant that is broken. ``rows``: those that break it, plain JSON values, at most ``MAX_ROWS``."""

    check: str
    sentence: str
    rows: tuple[Row, ...]

    def __str__(self) -> str:
        more = " (and perhaps more)" if len(self.rows) == MAX_ROWS else ""
        lines = [", ".join(f"{name}={value}" for name, value in row.items()) for row in self.rows]
        return "\n  ".join([f"{self.check}: {self.sentence}{more}", *lines])


@dataclass(frozen=True, slots=True)
class Check:
    """``name``: subject and invariant, ``stock.movements``. ``sentence``: what is wrong when ``find`` gives rows."""

    name: str
    sentence: str
    find: Callable[[datetime], Iterable[Row]]

    def run(self, now: datetime) -> Finding | None:
        rows = tuple(islice(self.find(now), MAX_ROWS))
        return Finding(self.name, self.sentence, rows) if rows else None


def check(name: str, sentence: str) -> Callable[[Callable[[datetime], Iterable[Row]]], Check]:
    """Make a check of a function that returns the rows which break its invariant."""
    return lambda find: Check(name, sentence, find)


def broken(statement: str, **values: Any) -> list[Row]:
    """The first ``MAX_ROWS`` rows of one SELECT, written so that both databases understand it. ``values``: its
    parameters; instants are bound as they are stored."""
    bound = text(statement).bindparams(
        *(bindparam(name, type_=UtcDateTime()) for name, value in values.items() if isinstance(value, datetime))
    )
    return [plain(row) for row in session.execute(bound, values).mappings().fetchmany(MAX_ROWS)]


def plain(row: RowMapping) -> Row:
    """JSON values: PostgreSQL sums whole numbers to ``Decimal``."""
    return {name: int(value) if isinstance(value, Decimal) else value for name, value in row.items()}
