"""Rows of the database as a list of the back office: pages by cursor, so that the last page of a million rows costs what the
first one does; counts up to a cap; everything that matches, streamed for exports."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from storefront.core.contracts.manage import Ask, Found
from storefront.core.db import session

CAP = 1000
MAX_LIMIT = 200
MAX_QUESTION = 200
MAX_CURSOR = 1000
BATCH = 500
_MAX_INT = 2**63 - 1

Condition = Callable[[str], ColumnElement[bool] | None]


@dataclass(frozen=True, slots=True)
class QuerySource:
    """A ``ListSource`` over a select. Two statements a page, and what ``finish`` needs.

    ``rows()``: the select, without order; its columns are the fields of the list's rows. ``key``: a unique column of it,
    the tie breaker. ``sorts``: what may be sorted by; columns without NULLs (coalesce them) and, for long tables, with an
    index together with ``key``. ``order``: the sort when none was asked for, like ``Ask.sort``; "" = newest key first.
    ``filters``, ``search``: a condition for what was typed, ``None`` for what means nothing; what they are given is no
    longer than ``MAX_QUESTION``. ``finish(rows)``: the rows as the list shows them, in the same order."""

    rows: Callable[[], Select[Any]]
    key: Any
    sorts: Mapping[str, Any] = field(default_factory=dict)
    order: str = ""
    filters: Mapping[str, Condition] = field(default_factory=dict)
    search: Condition | None = None
    finish: Callable[[Sequence[Any]], Sequence[Any]] | None = None
    cap: int = CAP

    def page(self, ask: Ask) -> Found:
        matching, order = self._matching(ask), self._order(ask.sort)
        before = order.read(ask.before)
        after = None if before else order.read(ask.after)
        limit = min(max(ask.limit, 1), MAX_LIMIT)
        rows, more = self._slice(matching, order, after, before, limit)
        total = self._count(matching)
        return Found(
            rows=self._finished(rows),
            total=min(total, self.cap),
            capped=total > self.cap,
            next=order.write(rows[-1]) if rows and (more or before) else "",
            previous=order.write(rows[0]) if rows and (after or (before and more)) else "",
        )

    def stream(self, ask: Ask) -> Iterator[Any]:
        """In batches, each a read transaction of its own: a row that changes meanwhile is given as it is by then."""
        matching, order = self._matching(ask), self._order(ask.sort)
        after, more = None, True
        while more:
            rows, more = self._slice(matching, order, after, None, BATCH)
            after = order.place(rows[-1]) if rows else None
            finished = self._finished(rows)
            session.rollback()
            yield from finished

    def _matching(self, ask: Ask) -> Select[Any]:
        statement = self.rows()
        question = _plain(ask.q)
        conditions = [self.search(question)] if self.search is not None and question else []
        for key, value in ask.filters.items():
            if key in self.filters and _plain(value):
                conditions.append(self.filters[key](_plain(value)))
        wanted = [condition for condition in conditions if condition is not None]
        return statement.where(*wanted) if wanted else statement

    def _order(self, asked: str) -> "_Order":
        for sort in (asked, self.order):
            name = sort.removeprefix("-")
            if name in self.sorts:
                return _Order(self.sorts[name], self.key, descending=sort.startswith("-"))
        return _Order(None, self.key, descending=True)

    def _slice(
        self,
        matching: Select[Any],
        order: "_Order",
        after: "tuple[Any, ...] | None",
        before: "tuple[Any, ...] | None",
        limit: int,
    ) -> tuple[list[Any], bool]:
        """The rows in the list's order, and whether there are more in the direction that was asked for."""
        statement = order.marked(matching)
        if before is not None:
            statement = statement.where(order.beyond(before, backwards=True))
        elif after is not None:
            statement = statement.where(order.beyond(after))
        statement = order.sorted(statement, backwards=before is not None).limit(limit + 1)
        rows = list(session.execute(statement).all())
        more, rows = len(rows) > limit, rows[:limit]
        return (rows[::-1] if before is not None else rows), more

    def _count(self, matching: Select[Any]) -> int:
        some = matching.with_only_columns(self.key).order_by(None).limit(self.cap + 1).subquery()
        return session.scalar(select(func.count()).select_from(some)) or 0

    def _finished(self, rows: Sequence[Any]) -> Sequence[Any]:
        return self.finish(rows) if self.finish is not None and rows else rows


@dataclass(frozen=True, slots=True)
class _Order:
    """By ``column`` (``None``: by the key alone), then by key, both in the same direction."""

    column: Any
    key: Any
    descending: bool

    @property
    def _columns(self) -> tuple[Any, ...]:
        return (self.key,) if self.column is None else (self.column, self.key)

    def marked(self, statement: Select[Any]) -> Select[Any]:
        return statement.add_columns(*(c.label(f"cursor_{i}") for i, c in enumerate(self._columns)))

    def sorted(self, statement: Select[Any], *, backwards: bool) -> Select[Any]:
        descending = self.descending != backwards
        return statement.order_by(*(c.desc() if descending else c.asc() for c in self._columns))

    def beyond(self, cursor: tuple[Any, ...], *, backwards: bool = False) -> ColumnElement[bool]:
        descending = self.descending != backwards
        first, value = self._columns[0], cursor[0]
        past: ColumnElement[bool] = first < value if descending else first > value
        if len(cursor) == 1:
            return past
        tie = self.key < cursor[1] if descending else self.key > cursor[1]
        # The first half lets an index on the sort column skip to the place; the second decides ties.
        reached = first <= value if descending else first >= value
        return and_(reached, or_(past, and_(first == value, tie)))

    def place(self, row: Any) -> tuple[Any, ...]:
        """Where ``row``, a row of a ``marked`` statement, stands."""
        return tuple(getattr(row, f"cursor_{i}") for i in range(len(self._columns)))

    def write(self, row: Any) -> str:
        """Its place for an address; ``read`` takes it back."""
        text = json.dumps([v.isoformat() if isinstance(v, datetime) else v for v in self.place(row)])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def read(self, cursor: str) -> tuple[Any, ...] | None:
        """``None`` for no cursor, one of another order, or anything else: the list then begins at its beginning."""
        if not cursor or len(cursor) > MAX_CURSOR or not cursor.isascii():
            return None
        try:
            values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if not isinstance(values, list) or len(values) != len(self._columns):
                return None
            return tuple(_typed(v, c.type.python_type) for v, c in zip(values, self._columns, strict=True))
        except (binascii.Error, ValueError, TypeError, NotImplementedError, RecursionError):
            return None


def row_number(row_id: str) -> int | None:
    """The number a row is identified by in an address; ``None`` for what cannot be one."""
    return int(row_id) if row_id.isascii() and row_id.isdigit() and 0 < int(row_id[:19]) < 2**31 else None


def _plain(typed: str) -> str:
    return typed.replace("\0", "").strip()[:MAX_QUESTION]


def _typed(value: Any, wanted: type) -> Any:
    if wanted is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without its zone")
        return moment
    if type(value) is not wanted:
        raise ValueError("not a value of this column")
    if isinstance(value, int) and abs(value) > _MAX_INT or isinstance(value, str) and "\0" in value:
        raise ValueError("no value the database can have")
    return value


@dataclass(frozen=True, slots=True)
class RowsSource:
    """A ``ListSource`` over rows that are few: plugins, currencies, a plugin's own settings. ``rows()`` gives all of them in
    order. ``matches(row, question)`` and ``filters`` say which fit; sorting is by ``sorts``, each a function of a row."""

    rows: Callable[[], Sequence[Any]]
    sorts: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    filters: Mapping[str, Callable[[Any, str], bool]] = field(default_factory=dict)
    matches: Callable[[Any, str], bool] | None = None

    def page(self, ask: Ask) -> Found:
        """All that match: such lists have one page."""
        rows = list(self.stream(ask))
        return Found(rows=rows, total=len(rows))

    def stream(self, ask: Ask) -> Iterator[Any]:
        rows = [row for row in self.rows() if self._fits(row, ask)]
        name = ask.sort.removeprefix("-")
        if name in self.sorts:
            rows.sort(key=self.sorts[name], reverse=ask.sort.startswith("-"))
        return iter(rows)

    def _fits(self, row: Any, ask: Ask) -> bool:
        question = _plain(ask.q)
        if question and self.matches is not None and not self.matches(row, question):
            return False
        return all(self.filters[k](row, _plain(v)) for k, v in ask.filters.items() if k in self.filters and _plain(v))
