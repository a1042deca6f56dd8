"""Claiming, finishing, failing: what the outbox promises whoever works on it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.outbox.claiming import (
    BACK_OFF,
    JITTER,
    MAX_ATTEMPTS,
    ClaimedRow,
    claim,
    done_before,
    enter,
    fail,
    finish,
)
from storefront.core.outbox.errors import NotDead
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.core.outbox.service import later
from storefront.core.outbox.tending import retry
from storefront.testing.databases import Database

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def promise(name: str = "test.job", **values: object) -> None:
    with unit_of_work():
        later(name, available_at=NOW, **values)  # type: ignore[arg-type]


def row_of(row_id: str) -> OutboxRow:
    session.rollback()
    return session.scalars(select(OutboxRow).where(OutboxRow.id == row_id)).one()


def test_a_unit_that_rolls_back_leaves_no_promise(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        later("test.job", available_at=NOW)
        later("test.job", available_at=NOW, dedupe_key="once")
        session.flush()
        raise ZeroDivisionError
    assert claim(10, NOW) == []


def test_the_same_dedupe_key_twice_is_one_promise(db: Database) -> None:
    promise(dedupe_key="mail:1", order_id=1)
    promise(dedupe_key="mail:1", order_id=2)
    assert [row.args for row in claim(10, NOW)] == [{"order_id": 1}]


def test_only_due_rows_are_claimed_and_the_longest_due_come_first(db: Database) -> None:
    with unit_of_work():
        later("late", available_at=NOW - timedelta(seconds=1))
        later("future", available_at=NOW + timedelta(seconds=1))
        later("first", available_at=NOW - timedelta(hours=1))
    assert [row.name for row in claim(10, NOW)] == ["first", "late"]


def test_the_limit_and_the_queue_bound_what_is_claimed(db: Database) -> None:
    with unit_of_work():
        for number in range(3):
            later(f"mail.{number}", queue="mail", available_at=NOW)
        later("slow.1", queue="slow", available_at=NOW)
    assert len(claim(2, NOW, queues=("mail",))) == 2
    assert [row.queue for row in claim(9, NOW, queues=("mail",))] == ["mail"]
    assert [row.name for row in claim(9, NOW)] == ["slow.1"]


def test_a_claimed_row_is_nobody_elses_until_its_lease_runs_out(db: Database) -> None:
    promise()
    (row,) = claim(10, NOW)
    assert claim(10, NOW + timedelta(seconds=59)) == []
    (again,) = claim(10, NOW + timedelta(seconds=61))
    assert (again.id, again.attempts) == (row.id, 2)


def test_a_row_that_kills_its_process_every_time_ends_dead(db: Database) -> None:
    promise()
    moment = NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (row,) = claim(10, moment)
        assert row.attempts == attempt
        moment += timedelta(seconds=61)
    assert claim(10, moment) == []
    assert row_of(row.id).state == OutboxState.DEAD
    assert "ended before it was done" in row_of(row.id).last_error


def test_a_failed_row_waits_longer_each_time_and_then_is_dead(db: Database) -> None:
    promise()
    moment, waits = NOW, []
    for _ in range(MAX_ATTEMPTS):
        (row,) = claim(1, moment)
        run_unit(lambda row=row, moment=moment: fail(row, "no route", moment, chance=lambda: 0.0))
        stored = row_of(row.id)
        waits.append(stored.available_at - moment)
        assert stored.last_error == "no route"
        session.rollback()
        assert claim(1, moment) == []
        moment = max(stored.available_at, moment)
    assert tuple(waits[:-1]) == BACK_OFF
    assert row_of(row.id).state == OutboxState.DEAD
    session.rollback()
    assert claim(1, moment + timedelta(days=9)) == []


def test_chance_lengthens_a_wait_by_a_fifth_at_most(db: Database) -> None:
    promise()
    (row,) = claim(1, NOW)
    run_unit(lambda: fail(row, "x", NOW, chance=lambda: 1.0))
    assert row_of(row.id).available_at == NOW + BACK_OFF[0] * (1 + JITTER)


def test_a_permanent_failure_is_parked_at_once_and_the_others_flow(db: Database) -> None:
    promise("bad")
    promise("good")
    bad, good = claim(2, NOW)
    state = run_unit(lambda: fail(bad, "550 no such box", NOW, permanent=True))
    run_unit(lambda: finish(good.id, good.name))
    assert state == OutboxState.DEAD
    assert (row_of(bad.id).state, row_of(good.id).state) == (OutboxState.DEAD, OutboxState.DONE)


def test_a_dead_row_can_be_retried_and_nothing_else_can(db: Database) -> None:
    promise()
    (row,) = claim(1, NOW)
    with pytest.raises(NotDead):
        run_unit(lambda: retry(row.id, NOW))
    run_unit(lambda: fail(row, "gone", NOW, permanent=True))
    run_unit(lambda: retry(row.id, NOW))
    (again,) = claim(1, NOW)
    assert (again.id, again.attempts) == (row.id, 1)


def test_a_failure_reported_late_does_not_touch_the_next_claimers_row(db: Database) -> None:
    promise()
    (slow,) = claim(1, NOW)
    (quick,) = claim(1, NOW + timedelta(minutes=2))
    run_unit(lambda: fail(slow, "too late", NOW + timedelta(minutes=2), permanent=True))
    assert row_of(quick.id).state == OutboxState.CLAIMED
    run_unit(lambda: finish(quick.id, quick.name))
    assert row_of(quick.id).state == OutboxState.DONE


def test_the_inbox_lets_an_effect_in_once_per_job_and_handler(db: Database) -> None:
    assert run_unit(lambda: enter("job1", "award")) is True
    assert run_unit(lambda: enter("job1", "award")) is False
    assert run_unit(lambda: enter("job1", "other")) is True
    assert done_before("job1", "award") and not done_before("job2", "award")


def test_an_effect_that_rolls_back_is_let_in_again(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        assert enter("job1", "award")
        raise ZeroDivisionError
    assert run_unit(lambda: enter("job1", "award")) is True


def test_claimers_at_once_never_hold_the_same_row(db: Database) -> None:
    with unit_of_work():
        for number in range(24):
            later("test.job", available_at=NOW, number=number)
    taken: list[list[ClaimedRow]] = []
    start = threading.Barrier(4)

    def work() -> None:
        with db.thread_session():
            start.wait()
            mine: list[ClaimedRow] = []
            while rows := claim(2, NOW):
                mine += rows
            taken.append(mine)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    ids = [row.id for rows in taken for row in rows]
    assert len(taken) == 4 and len(ids) == 24 and len(set(ids)) == 24
