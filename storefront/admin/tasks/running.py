"""The worker's side of a long act. A worker that dies is followed by another: acts on rows go on at the row it stopped at,
an export begins anew."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from storefront.admin.lists.asking import from_params
from storefront.admin.lists.files import Writer, writer_for
from storefront.admin.registry import Registered, find_page
from storefront.admin.words import problems_of, sentence
from storefront.core.contracts.manage import BulkAct, ListSpec
from storefront.core.db import new_secret, run_unit, session, utcnow
from storefront.core.i18n.translate import N_, domain_gettext, use_language
from storefront.core.i18n.translate import gettext as _
from storefront.core.outbox.claiming import LEASE, prolong
from storefront.core.tasks import service as tasks
from storefront.core.tasks.models import Task
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work
from storefront.shop.context import extension

log = logging.getLogger(__name__)

EXPORT, BULK = "export", "bulk"
STEP = 200
ALIVE_EVERY = timedelta(seconds=15)
CLOSING = timedelta(minutes=15)
FILES_KEPT = timedelta(days=tasks.FILE_DAYS)


class Taken(Exception):
    """Another worker took the task up, or somebody stopped it: this one lets go of it."""


class Started(NamedTuple):
    """A task as it was when this worker began; the row itself is another transaction's matter."""

    id: int
    kind: str
    params: dict[str, Any]
    cursor: dict[str, Any]
    actor: str
    locale: str


Carrier = Callable[[Started, Work], None]
_carriers: dict[str, Carrier] = {}


def carries(kind: str) -> Callable[[Carrier], Carrier]:
    """The function below carries out tasks of ``kind``: it is called without an open unit, in the language of whoever
    started the task, and ends it."""

    def register(carrier: Carrier) -> Carrier:
        if kind in _carriers:
            raise ValueError(f"two carry out tasks called {kind!r}")
        _carriers[kind] = carrier
        return carrier

    return register


@job(tasks.RUN, "slow", outside=True)
def run_task(work: Work) -> None:
    task = run_unit(lambda: _begin(int(work.row.args["task_id"])))
    if task is None:
        return
    with use_language(task.locale):
        try:
            _carriers.get(task.kind, _of_a_list)(task, work)
        except Taken:
            session.rollback()
            log.info("task %d was stopped or taken up elsewhere", task.id)


def _of_a_list(task: Started, work: Work) -> None:
    page = find_page(str(task.params["page"]), extension().host, work.shop)
    session.rollback()
    if page is None or page.spec.rows is None:
        end_task(task.id, "failed", problem=_("The page this belongs to is gone, or its plugin is switched off."))
    elif task.kind == EXPORT:
        _export(task, page, page.spec.rows, work)
    else:
        _act(task, page.spec.rows, work)


def _begin(task_id: int) -> Started | None:
    task = tasks.lock_task(task_id)
    if task is None or not tasks.begin(task, utcnow()):
        return None
    return _as_started(task)


def _as_started(task: Task) -> Started:
    return Started(task.id, task.kind, dict(task.params), dict(task.cursor), task.actor, task.locale)


def end_task(task_id: int, state: str, *, file: str = "", problem: str = "") -> None:
    """It is over; with no unit open. ``file``: its name in the export folder."""
    session.rollback()
    run_unit(lambda: tasks.end(task_id, state, utcnow(), file=file, problem=problem))


class Alive:
    """Says now and then that the job is still being worked on, and learns whether it still should be."""

    def __init__(self, work: Work, task_id: int) -> None:
        self._work, self._task_id, self._next = work, task_id, utcnow() + ALIVE_EVERY

    def __call__(self, now: datetime | None = None, *, always: bool = False, lease: timedelta = LEASE) -> None:
        """Raises ``Taken``. With no unit open."""
        now = now or utcnow()
        if not always and now < self._next:
            return
        self._next = now + ALIVE_EVERY
        session.rollback()
        if not run_unit(lambda: prolong(self._work.row, now, lease)) or tasks.is_stopped(self._task_id):
            raise Taken
        session.rollback()


# --- exports ------------------------------------------------------------------------------------------------------------


def export_folder() -> Path:
    folder = extension().settings.data_dir / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@job("tasks.purge", "slow")
def purge(work: Work) -> None:
    """Files that were made a while ago: they hold names and addresses, and whoever wanted them has them. A run that dies
    in between is done again, since the rows know them until the unit commits."""
    now = utcnow()
    for name in tasks.forget_files(now - FILES_KEPT, now):
        (export_folder() / name).unlink(missing_ok=True)


def _export(task: Started, page: Registered, spec: ListSpec, work: Work) -> None:
    alive, words = Alive(work, task.id), domain_gettext(page.source)
    zone = str(work.shop.policy("shop.time_zone"))
    columns = tuple(column for column in spec.columns if column.exported)
    name = f"{page.spec.key}-{task.id}-{new_secret()}.{task.params['format']}"
    path = export_folder() / name
    begin_anew(task.id)
    try:
        with writer_for(path, columns, words, zone) as writer:
            _write_all(task, spec, writer, alive)
            # Closing a large workbook takes its time, and says nothing meanwhile.
            alive(always=True, lease=CLOSING)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    end_task(task.id, "done", file=name)


def begin_anew(task_id: int) -> None:
    """What a worker that died had counted counts no more."""

    def work() -> None:
        task = tasks.lock_task(task_id)
        if task is not None:
            task.done = task.failed = 0

    run_unit(work)


def _write_all(task: Started, spec: ListSpec, writer: Writer, alive: Callable[..., None]) -> None:
    waiting = 0
    for row in spec.source.stream(from_params(task.params)):
        writer.add(row)
        waiting += 1
        if waiting == STEP * 5:
            count_on(task.id, waiting)
            waiting = 0
            alive()
    count_on(task.id, waiting)


def count_on(task_id: int, rows: int) -> None:
    """So many more are done; with no unit open."""
    session.rollback()
    run_unit(lambda: tasks.advance(task_id, done=rows, failed=0, cursor={}, problems=[]))


# --- acts on many rows --------------------------------------------------------------------------------------------------


def _act(task: Started, spec: ListSpec, work: Work) -> None:
    act = next((a for a in spec.bulk if a.key == task.params.get("act")), None)
    if act is None:
        end_task(task.id, "failed", problem=_("This act does not exist any more."))
        return
    alive = Alive(work, task.id)
    alive(always=True)
    for position, row_id in _left(task):
        _one(task, act, position, row_id)
        alive()
    end_task(task.id, "done")


def _left(task: Started) -> Iterator[tuple[int, str]]:
    ids = task.params.get("ids", [])
    start = int(task.cursor.get("at", 0))
    yield from ((position, str(ids[position])) for position in range(start, len(ids)))


def _one(task: Started, act: BulkAct, position: int, row_id: str) -> None:
    """The act and the note that it was done are one unit: whatever dies, no row is acted on twice."""

    def work() -> None:
        chosen = () if act.asks is None else (str(task.params.get("value", "")),)
        act.run(row_id, task.actor, *chosen)
        tasks.advance(task.id, done=1, failed=0, cursor={"at": position + 1}, problems=[])

    try:
        run_unit(work)
    except Exception as error:
        session.rollback()
        problems = problems_of(error)
        if not problems:
            log.exception("the act %s on row %s failed", act.key, row_id)
        said = " ".join(sentence(p) for p in problems) or _(UNEXPECTED)
        problem = {"row": row_id, "message": said}
        run_unit(lambda: tasks.advance(task.id, done=1, failed=1, cursor={"at": position + 1}, problems=[problem]))


UNEXPECTED = N_("This row could not be done; that is our fault. It was left as it was.")
