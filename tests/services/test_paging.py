"""Lists by cursor: whatever they are sorted by, every row comes once, on pages and in a file."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from sqlalchemy import select

from storefront.core import paging
from storefront.core.audit.models import AuditEntry
from storefront.core.contracts.manage import Ask
from storefront.core.db import session, unit_of_work
from storefront.core.paging import QuerySource

BEGIN = datetime(2026, 11, 25, 3, 0, 0, 123456, tzinfo=UTC)
ROWS = 11


def source(order: str = "") -> QuerySource:
    return QuerySource(
        lambda: select(AuditEntry.id, AuditEntry.at, AuditEntry.act).where(AuditEntry.actor == "cli:paging"),
        AuditEntry.id,
        sorts={"at": AuditEntry.at, "act": AuditEntry.act, "id": AuditEntry.id},
        order=order,
    )


@pytest.fixture(autouse=True)
def entries(db: object) -> None:
    """Three at each moment and of each act, so that the order is decided by the key too."""
    with unit_of_work():
        for i in range(ROWS):
            at = BEGIN + timedelta(seconds=i // 3)
            session.add(AuditEntry(actor="cli:paging", act=f"list.{'早い'[i % 2]}", at=at))


SORTS = ("", "at", "-at", "act", "-act", "id")


@pytest.mark.parametrize("sort", SORTS)
def test_pages_lead_through_every_row_and_back(db: object, sort: str) -> None:
    wanted = [row.id for row in source().page(Ask(sort=sort, limit=100)).rows]
    assert len(set(wanted)) == ROWS
    found, pages = source().page(Ask(sort=sort, limit=4)), []
    while True:
        pages.append([row.id for row in found.rows])
        if not found.next or len(pages) > ROWS:
            break
        found = source().page(Ask(sort=sort, limit=4, after=found.next))
    assert [len(page) for page in pages] == [4, 4, 3] and sum(pages, []) == wanted
    for page in reversed(pages[:-1]):
        found = source().page(Ask(sort=sort, limit=4, before=found.previous))
        assert [row.id for row in found.rows] == page
    assert found.previous == ""


@pytest.mark.parametrize("sort", SORTS)
def test_a_stream_gives_every_row_once(db: object, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    wanted = [row.id for row in source().page(Ask(sort=sort, limit=100)).rows]
    monkeypatch.setattr(paging, "BATCH", 4)
    # One that began anew at each batch would never end.
    assert [row.id for row in islice(source().stream(Ask(sort=sort)), ROWS * 3)] == wanted


@pytest.mark.parametrize("cursor", ["", "x", "é", "W10", "WzEsMl0", "WyJ4IiwgMV0", "WyIyMDI2LTExLTI1IiwgMV0"])
def test_a_cursor_that_is_none_of_ours_begins_at_the_beginning(db: object, cursor: str) -> None:
    first = source().page(Ask(sort="at", limit=4))
    assert source().page(Ask(sort="at", limit=4, after=cursor)).rows == first.rows
