"""Starting, following and ending long acts. Verbs run inside the caller's unit of work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from storefront.core.audit.service import record
from storefront.core.db import lock_for_update, session, utcnow
from storefront.core.outbox.service import later
from storefront.core.tasks.models import Task

RUN = "task.run"
MAX_PROBLEMS = 200
FILE_DAYS = 7
ENDED = ("done", "stopped", "failed")


def start_task(
    kind: str, title: str, params: Mapping[str, Any], *, actor: str, locale: str, total: int | None = None
) -> Task:
    """Promise that a worker carries it out; one audit row, one outbox row."""
    task = Task(kind=kind, title=title[:300], params=dict(params), actor=actor, locale=locale, total=total)
    session.add(task)
    session.flush()
    later(RUN, subject=f"task:{task.id}", locale=locale, queue="slow", dedupe_key=f"{RUN}:{task.id}", task_id=task.id)
    record(actor, "task.start", ("task", task.id), kind=kind, title=task.title)
    return task


def lock_task(task_id: int) -> Task | None:
    return session.scalars(
        lock_for_update(select(Task).where(Task.id == task_id)).execution_options(populate_existing=True)
    ).first()


def begin(task: Task, now: datetime) -> bool:
    """A worker takes it up, for the first time or again; ``False`` when it has ended."""
    if task.state in ENDED:
        return False
    task.state = "running"
    task.started_at = task.started_at or now
    return True


def advance(task_id: int, *, done: int, failed: int, cursor: Mapping[str, Any], problems: list[Any]) -> None:
    """How far it came; in the unit of the step itself where the step is in the database. ``done``, ``failed``: of this
    step alone."""
    task = lock_task(task_id)
    if task is None:
        return
    task.done += done
    task.failed += failed
    task.cursor = {**task.cursor, **cursor}
    if problems and len(task.problems) < MAX_PROBLEMS:
        task.problems = [*task.problems, *problems][:MAX_PROBLEMS]


def end(task_id: int, state: str, now: datetime, *, file: str = "", problem: str = "") -> None:
    """It is over: done, stopped or failed."""
    task = lock_task(task_id)
    if task is None or task.state in ENDED:
        return
    task.state, task.finished_at, task.file = state, now, file
    if problem:
        task.problems = [*task.problems, {"row": "", "message": problem}][: MAX_PROBLEMS + 1]
    record(task.actor, f"task.{state}", ("task", task.id), kind=task.kind, done=task.done, failed=task.failed)


def stop(task_id: int, actor: str) -> bool:
    """Somebody wants no more of it: what was done stays done. Whether it was still running."""
    task = lock_task(task_id)
    if task is None or task.state in ENDED:
        return False
    task.state, task.finished_at = "stopped", utcnow()
    record(actor, "task.stop", ("task", task.id), kind=task.kind, done=task.done)
    return True


def is_stopped(task_id: int) -> bool:
    return session.scalar(select(Task.state).where(Task.id == task_id)) != "running"


def set_total(task_id: int, total: int) -> None:
    session.execute(update(Task).where(Task.id == task_id).values(total=total))


def forget_files(before: datetime, now: datetime) -> list[str]:
    """Names of the files of tasks that ended before then, whose rows know them no more."""
    old = select(Task).where(Task.file != "", Task.finished_at < before).order_by(Task.id)
    names = []
    for task in session.scalars(lock_for_update(old)):
        names.append(task.file)
        task.file, task.file_deleted_at = "", now
    return names
