"""The relay says in the database that it is alive, so that others can tell (``/readyz``, the back office)."""

import time
from datetime import datetime, timedelta

from sqlalchemy import select

from storefront.core.db import run_unit, session, utcnow
from storefront.core.outbox.models import ScheduleSlot
from storefront.core.upsert import insert_for
from storefront.jobs.runtime import Runtime

NAME = "relay.heartbeat"
EVERY_SECONDS = 10.0
FRESH = timedelta(seconds=45)


class Heartbeat:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._next = runtime, 0.0

    def turn(self) -> int:
        """At most every ``EVERY_SECONDS``, in a unit of its own."""
        if time.monotonic() < self._next:
            return 0
        self._next = time.monotonic() + EVERY_SECONDS
        with self._runtime.scope():
            run_unit(lambda: beat(utcnow()))
        return 1


def beat(now: datetime) -> None:
    """Inside the caller's unit."""
    statement = insert_for(ScheduleSlot).values(name=NAME, last_slot=now)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"last_slot": now}))


def heard_of(now: datetime) -> bool:
    """Whether some relay was alive a moment ago."""
    last = session.scalar(select(ScheduleSlot.last_slot).where(ScheduleSlot.name == NAME))
    return last is not None and last > now - FRESH
