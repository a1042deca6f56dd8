"""The relay says in the database that it is alive, so that others can tell (``/readyz``, the back office)."""

from datetime import datetime, timedelta

from sqlalchemy import select

from storefront.core.db import session
from storefront.core.outbox.models import ScheduleSlot
from storefront.core.upsert import insert_for

NAME = "relay.heartbeat"
FRESH = timedelta(seconds=45)


def beat(now: datetime) -> None:
    """Inside the caller's unit; every few seconds."""
    statement = insert_for(ScheduleSlot).values(name=NAME, last_slot=now)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"last_slot": now}))


def heard_of(now: datetime) -> bool:
    """Whether some relay was alive a moment ago."""
    last = last_beat()
    return last is not None and last > now - FRESH


def last_beat() -> datetime | None:
    return session.scalar(select(ScheduleSlot.last_slot).where(ScheduleSlot.name == NAME))
