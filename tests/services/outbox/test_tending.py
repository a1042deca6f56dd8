"""Jobs that were given up: tried again or dropped by hand, once, with an audit row."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.outbox.claiming import claim, fail
from storefront.core.outbox.errors import NotDead, ReasonMissing
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.core.outbox.queries import dead_kinds, standing
from storefront.core.outbox.service import later
from storefront.core.outbox.tending import drop, retry, retry_all
from storefront.testing.databases import Database

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def dead(*names: str) -> list[str]:
    with unit_of_work():
        for name in names:
            later(name, queue="mail", available_at=NOW)
    rows = claim(len(names), NOW)
    for row in rows:
        run_unit(lambda row=row: fail(row, "550 no such box", NOW, permanent=True))
    return [row.id for row in sorted(rows, key=lambda row: row.name)]


def state_of(row_id: str) -> str:
    session.rollback()
    return session.scalars(select(OutboxRow.state).where(OutboxRow.id == row_id)).one()


def audit() -> list[tuple[str, str, str]]:
    session.rollback()
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(row.act, row.actor, row.reason) for row in rows]


def test_what_is_dropped_stays_dropped_and_says_why(db: Database) -> None:
    (one,) = dead("mail.a")
    with pytest.raises(ReasonMissing):
        run_unit(lambda: drop(one, " \0 ", "staff:1"))
    run_unit(lambda: drop(one, "the shop knows", "staff:1", NOW))
    with pytest.raises(NotDead):
        run_unit(lambda: drop(one, "once more", "staff:1"))
    with pytest.raises(NotDead):
        run_unit(lambda: retry(one, NOW, "staff:1"))
    assert state_of(one) == OutboxState.DROPPED and claim(9, NOW) == []
    assert audit() == [("job.drop", "staff:1", "the shop knows")]
    session.rollback()
    assert (dead_kinds(), standing(NOW).by_state["dead"]) == ([], 0)


def test_all_of_a_kind_are_tried_again_and_no_other(db: Database) -> None:
    first, second, other = dead("mail.a", "mail.a", "mail.b")
    session.rollback()
    assert [(kind.name, kind.count) for kind in dead_kinds()] == [("mail.a", 2), ("mail.b", 1)]
    assert run_unit(lambda: retry_all("mail.a", "staff:1", NOW)) == 2
    assert run_unit(lambda: retry_all("mail.a", "staff:1", NOW)) == 0
    assert [state_of(one) for one in (first, second, other)] == ["new", "new", "dead"]
    assert {(row.id, row.attempts) for row in claim(9, NOW)} == {(first, 1), (second, 1)}
    assert audit() == [("job.retry_all", "staff:1", "")]
    assert session.scalars(select(AuditEntry)).one().data == {"count": 2}


def test_how_queues_stand_is_told_for_each(db: Database) -> None:
    with unit_of_work():
        later("a", queue="mail", available_at=NOW)
        later("b", queue="mail", available_at=NOW.replace(minute=5))
        later("c", queue="slow", available_at=NOW.replace(minute=2))
    found = standing(NOW.replace(minute=3))
    assert found.due_by_queue == {"mail": 1, "slow": 1}
    assert found.oldest_by_queue == {"mail": NOW, "slow": NOW.replace(minute=2)}
    assert found.oldest_seconds == 180
