"""Imports that run by themselves: planned with a row, carried out by the relay, followed by anybody, safe after a kill."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.importing import running, runs
from storefront.core.catalog.importing.models import CatalogImport, CatalogImportLine, ImportState
from storefront.core.catalog.importing.report import Tally
from storefront.core.catalog.models import Product
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.core.stock.models import StockItem
from storefront.jobs.relay import run_due
from storefront.jobs.runtime import Runtime
from storefront.testing.catalogue_files import as_csv


def goods(count: int) -> bytes:
    rows: list[dict[str, str]] = []
    for n in range(count):
        rows.append({"record": "product", "product": f"P{n}", "slug": f"p-{n}", "name_en": f"P {n}"})
        price = "x" if n == 1 else "5"
        rows.append(
            {"record": "variant", "product": f"P{n}", "sku": f"P{n}", "price": price, "currency": "JPY", "stock": "3"}
        )
    return as_csv(*rows)


def plan(data_dir: Path, data: bytes, **terms: Any) -> str:
    name = runs.keep_file(data_dir / "imports", io.BytesIO(data))
    with unit_of_work():
        return runs.plan_import(name, "my goods.csv", "staff:hanako", **terms)


def found(run_id: str) -> CatalogImport:
    row = runs.find_run(run_id)
    assert row is not None
    return row


@pytest.mark.req("CAT-9")
def test_a_trial_run_and_then_the_real_one(runtime: Runtime, data_dir: Path) -> None:
    trial = plan(data_dir, goods(3), dry_run=True)
    waiting = found(trial)
    assert (waiting.state, waiting.file_name) == (ImportState.WAITING, "my goods.csv")
    assert run_due(runtime) == 1
    done = found(trial)
    assert (done.state, done.done, done.total, done.created, done.refused, done.rows) == ("done", 3, 3, 2, 1, 6)
    assert done.started_at is not None and done.finished_at is not None and done.kind == "own"
    assert session.scalar(select(func.count()).select_from(Product)) == 0
    (refused,) = runs.report_lines(trial, "refused")
    assert (refused.row_number, refused.handle) == (5, "P1") and "not a price" in refused.message % refused.params
    assert [line.handle for line in runs.report_lines(trial, "created")] == ["P0", "P2"]
    file = done.file
    with unit_of_work():
        real = runs.plan_import(file, "my goods.csv", "staff:hanako")
    assert run_due(runtime) == 1
    assert found(real).state == "done" and session.scalar(select(func.count()).select_from(Product)) == 2
    assert [run.id for run in runs.latest_runs()] == [real, trial]
    assert session.scalars(select(AuditEntry.actor).where(AuditEntry.act == "catalog.import")).all() == ["staff:hanako"]


def test_a_file_that_cannot_be_read_ends_with_its_sentence(runtime: Runtime, data_dir: Path) -> None:
    run_id = plan(data_dir, b"a,b\n1,2\n")
    run_due(runtime)
    refused = found(run_id)
    assert refused.state == ImportState.REFUSED and "no columns the shop knows" in refused.problem["message"]
    assert session.scalars(select(OutboxRow.state)).all() == [OutboxState.DONE]


@pytest.mark.req("CAT-9")
def test_an_import_that_was_killed_goes_on_where_it_was(
    runtime: Runtime, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    run_id = plan(data_dir, goods(7))
    kept, seen = runs._keep, []

    def killed(run: str, tally: Tally, done: int, total: int) -> None:
        kept(run, tally, done, total)
        seen.append(done)
        if done == 6:  # inside the unit: nothing of this batch stays
            raise KeyboardInterrupt

    monkeypatch.setattr(runs, "_keep", killed)
    with pytest.raises(KeyboardInterrupt):
        run_due(runtime)
    session.rollback()
    here = found(run_id)
    assert (here.state, here.done, here.total, here.created, here.refused) == ("running", 4, 7, 3, 1)
    with unit_of_work():
        session.scalars(select(StockItem).order_by(StockItem.sku_id)).first().on_hand = 2  # sold meanwhile
        session.execute(update(OutboxRow).values(claimed_until=utcnow() - timedelta(seconds=1)))
    monkeypatch.setattr(runs, "_keep", kept)
    assert run_due(runtime) == 1
    end = found(run_id)
    assert (end.state, end.done, end.created, end.unchanged, end.refused) == ("done", 7, 6, 0, 1)
    assert session.scalar(select(func.count()).select_from(CatalogImportLine)) == 7
    assert session.scalars(select(StockItem.on_hand).order_by(StockItem.sku_id)).first() == 2, "not set once more"


def test_a_process_that_lost_its_import_to_another_stops(
    runtime: Runtime, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    run_id = plan(data_dir, goods(6))
    kept = runs._keep

    def slow(run: str, tally: Tally, done: int, total: int) -> None:
        kept(run, tally, done, total)
        if done == 2:  # as if this batch took an hour: another relay takes the job
            session.execute(update(OutboxRow).values(attempts=OutboxRow.attempts + 1))

    monkeypatch.setattr(runs, "_keep", slow)
    run_due(runtime, 1)
    session.rollback()
    assert (found(run_id).state, found(run_id).done) == (ImportState.RUNNING, 2)
    assert session.scalars(select(OutboxRow.state)).one() == OutboxState.CLAIMED, "it is the other's"


def test_old_files_are_removed_and_waiting_ones_kept(runtime: Runtime, data_dir: Path) -> None:
    run_id = plan(data_dir, goods(1))
    folder = data_dir / "imports"
    waiting = folder / found(run_id).file
    (folder / "old.csv").write_bytes(b"x")
    late = utcnow() + timedelta(days=40)
    assert runs.purge_files(folder, late) == 1 and waiting.exists()
    run_due(runtime)
    assert runs.purge_files(folder, utcnow()) == 0 and runs.purge_files(folder, late) == 1
