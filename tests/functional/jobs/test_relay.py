"""How jobs are run, and the clock."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from storefront.core.customers.models import ShopperSession
from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.outbox.models import InboxRow, OutboxRow, OutboxState, ScheduleSlot
from storefront.core.outbox.service import later
from storefront.jobs import clock, registry
from storefront.jobs.clock import TIMED, Timed, insert_due, slot_of
from storefront.jobs.registry import find_job, job
from storefront.jobs.relay import run_due
from storefront.jobs.runtime import Runtime, Work
from storefront.testing.databases import Database
from storefront.testing.factories import make_session

NOW = datetime(2026, 11, 22, 3, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Jobs of a test are gone after it."""
    monkeypatch.setattr(registry, "_jobs", dict(registry._jobs))
    yield


def count(what: type[OutboxRow] | type[InboxRow] | type[ShopperSession]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(what)) or 0


def states() -> list[str]:
    session.rollback()
    return list(session.scalars(select(OutboxRow.state).order_by(OutboxRow.id)))


def test_a_job_in_the_database_commits_with_its_mark_or_not_at_all(db: Database, runtime: Runtime) -> None:
    attempts = []

    @job("test.effect")
    def effect(work: Work) -> None:
        make_session()
        attempts.append(work.row.id)
        if len(attempts) == 1:
            raise RuntimeError("first time wrong")

    with unit_of_work():
        later("test.effect")
    run_due(runtime)
    assert (count(ShopperSession), count(InboxRow), states()) == (0, 0, ["new"])
    with time_machine.travel(utcnow() + timedelta(minutes=1), tick=False):
        run_due(runtime)
    assert (count(ShopperSession), count(InboxRow), states()) == (1, 1, ["done"])


def test_what_went_wrong_is_kept_without_people_keys_and_statements(db: Database, runtime: Runtime) -> None:
    key = "sk1" + "a" * 40

    @job("test.chatty")
    def chatty(work: Work) -> None:
        raise RuntimeError(
            f"hanako@example.com at https://shop:open-sesame@pay.example/x with {key}: no [SQL: INSERT ('山田')]"
        )

    with unit_of_work():
        later("test.chatty")
    assert run_due(runtime) == 1
    session.rollback()
    kept = session.scalars(select(OutboxRow.last_error)).one()
    assert kept == "RuntimeError: (mail address) at https://pay.example/x with …: no"


def test_a_job_nobody_knows_waits_visibly_and_holds_up_no_other(db: Database, runtime: Runtime) -> None:
    ran = []
    job("test.known")(lambda work: ran.append(work.row.args["n"]))
    with unit_of_work():
        later("plugin.gone", available_at=utcnow() - timedelta(seconds=5))
        later("test.known", n=1)
    assert run_due(runtime) == 2
    assert ran == [1]
    session.rollback()
    row = session.scalars(select(OutboxRow).where(OutboxRow.name == "plugin.gone")).one()
    assert row.state == OutboxState.NEW and "no job called 'plugin.gone'" in row.last_error


def test_run_due_tries_no_more_than_its_limit_and_only_its_queues(db: Database, runtime: Runtime) -> None:
    job("test.known")(lambda work: None)
    with unit_of_work():
        for _ in range(3):
            later("test.known")
        later("test.known", queue="slow")
    assert run_due(runtime, 2) == 2
    assert run_due(runtime, 9, ("slow",)) == 1
    assert run_due(runtime) == 1


def test_two_jobs_of_one_name_are_refused() -> None:
    job("test.twice")(lambda work: None)
    with pytest.raises(ValueError, match=r"test\.twice"):
        job("test.twice")(lambda work: None)


def test_every_timed_job_has_a_handler() -> None:
    assert [name for name in TIMED if find_job(name) is None] == []


def test_each_slot_becomes_one_row(db: Database) -> None:
    timed = {"test.minute": Timed(timedelta(minutes=1)), "test.daily": Timed(timedelta(days=1))}
    assert insert_due(NOW, timed) == 2
    assert insert_due(NOW + timedelta(seconds=20), timed) == 0
    assert insert_due(NOW + timedelta(seconds=30), timed) == 1
    session.rollback()
    keys = list(session.scalars(select(OutboxRow.dedupe_key).order_by(OutboxRow.dedupe_key)))
    assert keys == ["test.daily:20261122T000000Z", "test.minute:20261122T030000Z", "test.minute:20261122T030100Z"]


def test_slots_missed_for_days_collapse_into_one(db: Database) -> None:
    timed = {"test.minute": Timed(timedelta(minutes=1))}
    insert_due(NOW, timed)
    assert insert_due(NOW + timedelta(days=3), timed) == 1
    assert count(OutboxRow) == 2


def test_a_clock_set_back_fires_nothing_twice(db: Database) -> None:
    timed = {"test.minute": Timed(timedelta(minutes=1))}
    insert_due(NOW, timed)
    assert insert_due(NOW - timedelta(days=1), timed) == 0
    session.rollback()
    assert session.scalars(select(ScheduleSlot.last_slot)).one() == slot_of(timed["test.minute"], NOW)


def test_two_clocks_at_once_write_each_slot_once(db: Database) -> None:
    start = threading.Barrier(4)

    def tick() -> None:
        with db.thread_session():
            start.wait()
            for minute in range(5):
                insert_due(NOW + timedelta(minutes=minute), {"test.minute": Timed(timedelta(minutes=1))})

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # A clock that comes late may find a later slot there already and leave its own out, but none comes twice.
    session.rollback()
    keys = list(session.scalars(select(OutboxRow.dedupe_key)))
    assert len(keys) == len(set(keys)) and "test.minute:20261122T030400Z" in keys


def test_a_slot_with_an_offset_begins_there() -> None:
    timed = Timed(timedelta(days=1), offset=timedelta(hours=18))
    assert slot_of(timed, datetime(2026, 11, 22, 17, 59, tzinfo=UTC)) == datetime(2026, 11, 21, 18, tzinfo=UTC)
    assert slot_of(timed, datetime(2026, 11, 22, 18, 0, tzinfo=UTC)) == datetime(2026, 11, 22, 18, tzinfo=UTC)


def test_the_timed_jobs_run_on_an_empty_shop(db: Database, runtime: Runtime) -> None:
    clock.insert_all(utcnow())
    assert run_due(runtime) == len(TIMED)
    assert set(states()) == {"done"}


def test_sessions_that_ended_are_purged_and_live_ones_stay(db: Database, runtime: Runtime) -> None:
    with unit_of_work():
        live, ended = make_session(), make_session()
        ended.expires_at = utcnow() - timedelta(days=1)
        session.flush()
        live_id = live.id
        later("sessions.purge", queue="slow")
    run_due(runtime)
    session.rollback()
    assert list(session.scalars(select(ShopperSession.id))) == [live_id]


def test_the_clocks_old_rows_are_purged_and_every_other_row_stays(db: Database, runtime: Runtime) -> None:
    job("test.known")(lambda work: None)
    with unit_of_work():
        later("test.known", subject="clock:test.known")
        later("test.known", subject="order:1")
    run_due(runtime)
    with time_machine.travel(utcnow() + timedelta(days=2), tick=False):
        run_unit(lambda: later("clock.purge", queue="slow", subject="clock:clock.purge"))
        run_due(runtime)
    session.rollback()
    assert sorted(session.scalars(select(OutboxRow.subject))) == ["clock:clock.purge", "order:1"]
    assert count(InboxRow) == 2
