"""Imports that run by themselves: a file is kept, a row says how far it is, and a job carries it out. A job that was
killed goes on where it was: what a batch wrote and that it did are one unit."""

import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import delete, func, insert, select, update

from storefront.core.audit.service import record
from storefront.core.catalog.importing.formats import AUTO
from storefront.core.catalog.importing.models import CatalogImport, CatalogImportLine, ImportState
from storefront.core.catalog.importing.report import ImportRefused, RefusedRow, Tally
from storefront.core.catalog.importing.running import Following, import_catalog
from storefront.core.catalog.markup import clean_text
from storefront.core.db import lock_for_update, new_id, run_unit, session, utcnow
from storefront.core.i18n.translate import N_
from storefront.core.outbox.service import later
from storefront.core.values.types import Problem

log = logging.getLogger(__name__)

JOB = "catalog.import"
# Files of imports that ended are kept so long, for whoever wants to look again.
KEPT = timedelta(days=30)
TERMS = frozenset({"currency", "rate", "lang", "default_lang", "tax", "pictures_at", "media"})
FILE_GONE = N_("The file is not there any more: files are kept for a month. Please choose it again.")


class Stopped(Exception):
    """Somebody stopped the import: the batch at hand is rolled back."""


def keep_file(folder: Path, source: BinaryIO) -> str:
    """Put an uploaded file into the folder for imports; its name there. Outside any unit."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{new_id()}.csv"
    beside = folder / f".{name}"
    with beside.open("wb") as target:
        shutil.copyfileobj(source, target, 1_048_576)
    beside.replace(folder / name)
    return name


def is_kept(folder: Path, name: str) -> bool:
    """Whether the file of an import still lies in the folder."""
    return (folder / name).is_file()


def plan_import(
    file: str,
    file_name: str,
    actor: str,
    *,
    kind: str = AUTO,
    dry_run: bool = False,
    trial_id: str | None = None,
    **terms: str,
) -> str:
    """Promise the import of a kept file, inside the caller's unit; the id of its row. ``terms``: see ``TERMS`` and
    ``import_catalog``. A trial run and the real one are two imports of one file."""
    unknown = set(terms) - TERMS
    if unknown:
        raise ValueError(f"no such terms of an import: {', '.join(sorted(unknown))}")
    row = CatalogImport(
        id=new_id(),
        file=file,
        file_name=clean_text(file_name)[-200:],
        kind=kind,
        terms=terms,
        dry_run=dry_run,
        trial_id=trial_id,
        actor=actor,
    )
    session.add(row)
    session.flush()
    later(JOB, queue="slow", subject=f"catalog_import:{row.id}", dedupe_key=f"{JOB}:{row.id}", run=row.id)
    record(actor, "catalog.import.start", ("catalog_import", row.id), file=row.file_name, trial=dry_run)
    return row.id


def import_tried(trial_id: str, actor: str) -> tuple[str, bool]:
    """Promise the real import of what a trial run looked at, with the same terms, inside the caller's unit: the id of its
    row, and whether it was promised now. Asked again, by anybody, it is the same row. Raises ``ImportRefused`` while the
    trial run has not ended well."""
    trial = _locked(trial_id)
    present = session.scalar(select(CatalogImport.id).where(CatalogImport.trial_id == trial_id))
    if present is not None:
        return present, False
    if trial is None or not trial.dry_run or trial.state != ImportState.DONE:
        message = N_("Only a trial run that has come to its end can be imported.")
        raise ImportRefused(Problem(message, code="trial"))
    run_id = plan_import(trial.file, trial.file_name, actor, kind=trial.kind, trial_id=trial.id, **trial.terms)
    return run_id, True


def stop_import(run_id: str, actor: str) -> bool:
    """Somebody wants no more of it, inside the caller's unit: products that were written stay. Whether it was still to
    be done."""
    row = _locked(run_id)
    if row is None or row.state not in (ImportState.WAITING, ImportState.RUNNING):
        return False
    row.state, row.finished_at = ImportState.STOPPED, utcnow()
    record(actor, "catalog.import.stop", ("catalog_import", run_id), done=row.done, trial=row.dry_run)
    return True


def _locked(run_id: str) -> CatalogImport | None:
    statement = lock_for_update(select(CatalogImport).where(CatalogImport.id == run_id))
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def find_run(run_id: str) -> CatalogImport | None:
    """An import as it stands now."""
    return session.get(CatalogImport, run_id, populate_existing=True)


def real_run(trial_id: str) -> CatalogImport | None:
    """The import that followed a trial run."""
    return session.scalars(select(CatalogImport).where(CatalogImport.trial_id == trial_id)).first()


def latest_runs(limit: int = 20, before: str = "") -> Sequence[CatalogImport]:
    """Newest first, which their ids are in the order of; ``before``: the id of the last one seen."""
    statement = select(CatalogImport).order_by(CatalogImport.id.desc()).limit(limit)
    return session.scalars(statement.where(CatalogImport.id < before) if before else statement).all()


def report_lines(
    run_id: str, kind: str, limit: int = 200, after: int = 0, before: int = 0
) -> Sequence[CatalogImportLine]:
    """Lines of one kind in the order of the file. ``after``: the id of the last line seen; ``before``: of the first one,
    for the lines that stand before it."""
    line = CatalogImportLine
    statement = select(line).where(line.import_id == run_id, line.kind == kind).limit(limit)
    if before:
        return session.scalars(statement.where(line.id < before).order_by(line.id.desc())).all()[::-1]
    return session.scalars(statement.where(line.id > after).order_by(line.id)).all()


def line_counts(run_id: str) -> dict[str, int]:
    """How many lines of each kind its report has."""
    statement = select(CatalogImportLine.kind, func.count()).where(CatalogImportLine.import_id == run_id)
    return dict(session.execute(statement.group_by(CatalogImportLine.kind)).all())


def carry_out(run_id: str, folder: Path, base_currency: str, alive: Callable[[], None] = lambda: None) -> None:
    """Do the import, or what is left of it. Called without an open unit. ``alive`` is called after each batch, and may
    raise to stop. A file that is refused as a whole is an answer, not an error."""
    row = run_unit(lambda: _begin(run_id))
    if row is None:
        return
    path, skip = folder / row.file, row.done
    if not path.is_file():
        run_unit(
            lambda: _end(run_id, ImportState.REFUSED, problem={"message": FILE_GONE, "params": {}, "code": "file"})
        )
        return
    terms, kind, dry_run, actor = dict(row.terms), row.kind, row.dry_run, row.actor
    session.rollback()
    following = Following(
        progress=lambda done, total: alive(),
        keep=lambda tally, done, total: _keep(run_id, tally, done, total),
        skip=skip,
    )
    try:
        report = import_catalog(
            path,
            base_currency=base_currency,
            actor=actor,
            kind=kind,
            following=following,
            dry_run=dry_run,
            **terms,
        )
    except ImportRefused as refused:
        problem = {
            "message": refused.problem.message,
            "params": dict(refused.problem.params),
            "code": refused.problem.code,
        }
        run_unit(lambda: _end(run_id, ImportState.REFUSED, problem=problem))
    except Stopped:
        session.rollback()
        log.info("the import %s was stopped", run_id)
    else:
        run_unit(lambda: _end(run_id, ImportState.DONE, rows=report.rows, kind=report.kind))


def _begin(run_id: str) -> CatalogImport | None:
    row = find_run(run_id)
    if row is None or row.state not in (ImportState.WAITING, ImportState.RUNNING):
        return None
    row.state = ImportState.RUNNING
    if not row.done:  # whatever was told before the first product is told again
        session.execute(delete(CatalogImportLine).where(CatalogImportLine.import_id == run_id))
        row.created = row.updated = row.unchanged = row.refused = 0
    row.started_at = row.started_at or utcnow()
    session.flush()
    session.refresh(row)
    session.expunge(row)
    return row


def _end(run_id: str, state: ImportState, **values: Any) -> None:
    session.execute(
        update(CatalogImport)
        .where(CatalogImport.id == run_id, CatalogImport.state == ImportState.RUNNING)
        .values(state=state, finished_at=utcnow(), **values)
        .execution_options(synchronize_session=False)
    )


def _keep(run_id: str, tally: Tally, done: int, total: int) -> None:
    counts = {name: getattr(CatalogImport, name) + count for name, count in tally.counts.items()}
    moved = session.execute(
        update(CatalogImport)
        .where(CatalogImport.id == run_id, CatalogImport.state == ImportState.RUNNING)
        .values(done=done, total=total, refused=CatalogImport.refused + tally.refused_count, **counts)
        .execution_options(synchronize_session=False)
        .returning(CatalogImport.id)
    ).first()
    if moved is None:
        raise Stopped(run_id)
    lines = [_line(run_id, "refused", row) for row in tally.refused]
    lines += [_line(run_id, "note", row) for row in tally.notes]
    lines += [
        {
            "import_id": run_id,
            "kind": each.outcome,
            "row_number": each.row_number,
            "handle": each.handle[:200],
            "message": "",
            "params": {},
            "changes": [[change.where, change.field, change.old, change.new] for change in each.changes],
        }
        for each in tally.differences
    ]
    if lines:
        session.execute(insert(CatalogImportLine), lines)


def _line(run_id: str, kind: str, row: RefusedRow) -> dict[str, Any]:
    return {
        "import_id": run_id,
        "kind": kind,
        "row_number": row.row_number,
        "handle": row.handle[:200],
        "message": row.reason.message,
        "params": dict(row.reason.params),
        "changes": [],
    }


def purge_files(folder: Path, now: datetime) -> int:
    """Remove files that no waiting or running import needs and that lay here long enough; how many. Inside a unit that
    reads; what a file said stays in the report."""
    needed = set(
        session.scalars(
            select(CatalogImport.file).where(CatalogImport.state.in_((ImportState.WAITING, ImportState.RUNNING)))
        )
    )
    removed = 0
    for path in folder.glob("*.csv") if folder.is_dir() else ():
        if path.name not in needed and path.stat().st_mtime < (now - KEPT).timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
