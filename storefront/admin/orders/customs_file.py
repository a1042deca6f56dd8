"""The worker's side of the file with customs data: orders that are complete, the others named with what they lack."""

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from storefront.admin.lists.cells import defused
from storefront.admin.orders.words import GAPS
from storefront.admin.tasks.running import Alive, Started, begin_anew, carries, end_task, export_folder
from storefront.core.audit.service import record
from storefront.core.db import new_secret, run_unit, session
from storefront.core.desk.customs import customs_view
from storefront.core.desk.customs_file import (
    ENCODINGS,
    FileColumn,
    Unwritable,
    check_writable,
    columns_of,
    rows_of,
)
from storefront.core.i18n.translate import gettext as _
from storefront.core.orders.queries import find_order
from storefront.core.tasks import service as tasks
from storefront.jobs.runtime import Work

CUSTOMS_FILE = "customs"
STEP = 50


@carries(CUSTOMS_FILE)
def write_customs_file(task: Started, work: Work) -> None:
    """A worker that died is followed by one that begins anew. Each order whose data are in the file has an audit row."""
    alive, name = Alive(work, task.id), f"customs-{task.id}-{new_secret()}.csv"
    columns = columns_of(work.shop.policy("customs.file_columns"))
    encoding = str(work.shop.policy("customs.file_encoding"))
    path = export_folder() / name
    try:
        head = _head(columns, encoding)
    except Unwritable as error:
        end_task(task.id, "failed", problem=_unwritable(error))
        return
    begin_anew(task.id)
    alive(always=True)
    try:
        with path.open("w", encoding=ENCODINGS[encoding], newline="") as file:
            out = csv.writer(file)
            out.writerow(head)
            for numbers in _steps(task.params.get("ids", [])):
                _write(task, work, numbers, columns, encoding, out)
                alive()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    end_task(task.id, "done", file=name)


def _head(columns: Sequence[FileColumn], encoding: str) -> list[str]:
    """Titles are the owner's; ``Unwritable`` as ``check_writable`` raises it."""
    titles = [column.title for column in columns]
    check_writable([titles], columns, encoding)
    return [defused(title) for title in titles]


def _steps(numbers: Sequence[Any]) -> Iterator[list[str]]:
    for start in range(0, len(numbers), STEP):
        yield [str(number) for number in numbers[start : start + STEP]]


def _write(
    task: Started, work: Work, numbers: Sequence[str], columns: Sequence[FileColumn], encoding: str, out: Any
) -> None:
    problems, written = [], []
    for number in numbers:
        rows, problem = _of_order(number, work, columns, encoding)
        session.rollback()
        if problem:
            problems.append({"row": number, "message": problem})
            continue
        written.append(number)
        out.writerows([defused(cell) for cell in row] for row in rows)

    def unit() -> None:
        for number in written:
            record(task.actor, "customs.export", ("order", number), task=task.id)
        tasks.advance(task.id, done=len(numbers), failed=len(problems), cursor={}, problems=problems)

    run_unit(unit)


def _of_order(
    number: str, work: Work, columns: Sequence[FileColumn], encoding: str
) -> tuple[list[list[str]], str]:  # fmt: skip
    """The rows of an order, or why there are none."""
    order = find_order(number)
    if order is None:
        return [], _("There is no such order.")
    view = customs_view(order, work.shop, work.providers)
    if not view.abroad:
        return [], _("It stays in the country.")
    if not view.complete:
        lacks = sorted({_(GAPS[gap]) for gaps in view.gaps.values() for gap in gaps})
        return [], _("Missing for customs: %(what)s.", what=", ".join(lacks))
    rows = rows_of(view, work.shop, columns)
    if not rows:
        return [], _("All its parcels have left.")
    try:
        check_writable(rows, columns, encoding)
    except Unwritable as error:
        return [], _unwritable(error)
    return rows, ""


def _unwritable(error: Unwritable) -> str:
    return _(
        "“%(character)s” in “%(column)s” cannot be written in this encoding. Choose UTF-8 in the settings, or correct it.",
        character=error.character,
        column=error.column,
    )
