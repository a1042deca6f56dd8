"""The relay's decision, each second: which queues are looked after by workers, and which it must look after itself."""

import logging
import time

from storefront.core.db import utcnow
from storefront.core.outbox.handing import SentRow, give_back, hand_over, overdue, still_waiting
from storefront.jobs.registry import QUEUES
from storefront.jobs.rq_queues import UNUSABLE, RqQueues, connect, job_id
from storefront.jobs.runtime import Runtime

log = logging.getLogger(__name__)

BATCH = 200
# No more than so many wait in a queue of Redis, enough for a second and more: the rest wait in the table, in their order, so that
# what a dead worker had at hand is not queued behind thousands.
HIGH_WATER = 300
SWEEP_SECONDS = 10.0


class Handover:
    """``listening``: the queues that workers take from. Empty without Redis, and while it cannot be used."""

    def __init__(self, runtime: Runtime) -> None:
        self.listening: frozenset[str] = frozenset()
        self._runtime = runtime
        self._queues = RqQueues(connect(runtime.redis_url)) if runtime.redis_url else None
        self._sweep_at = 0.0

    def turn(self) -> int:
        """Look who listens, hand over what is due, sweep what was lost. Returns how many rows were handed over."""
        self._look()
        handed = 0
        for name in QUEUES:
            if name in self.listening:
                handed += self._hand_over(name)
        if time.monotonic() >= self._sweep_at:
            self._sweep_at = time.monotonic() + SWEEP_SECONDS
            self.sweep()
        return handed

    def _look(self) -> None:
        try:
            listening = self._queues.listening() if self._queues else frozenset()
        except UNUSABLE as error:
            self._lose(error)
            return
        if listening != self.listening:
            log.info("workers look after: %s", ", ".join(sorted(listening)) or "nothing; the relay works itself")
        self.listening = listening

    def _lose(self, error: Exception) -> None:
        if self.listening:
            log.warning("Redis cannot be used (%s); the relay works itself", type(error).__name__)
        self.listening = frozenset()

    def _hand_over(self, name: str) -> int:
        assert self._queues is not None
        handed = 0
        try:
            room = HIGH_WATER - self._queues.depths()[name]
        except UNUSABLE as error:
            self._lose(error)
            return 0
        while room > 0:
            with self._runtime.scope():
                rows = hand_over(min(room, BATCH), utcnow(), (name,))
                try:
                    self._queues.put(rows)
                except UNUSABLE as error:
                    self._lose(error)
                    # Some may have arrived. The first to take a row wins, so that telling twice does no harm.
                    give_back(rows, utcnow())
                    return handed
            handed += len(rows)
            room -= len(rows)
            if len(rows) < BATCH:
                break
        return handed

    def sweep(self) -> int:
        """Rows that were handed over a while ago and are in no queue that a worker takes from: given back. Returns how
        many."""
        with self._runtime.scope():
            late = overdue(utcnow())
            if not late:
                return 0
            waiting = self._waiting({row.queue for row in late})
            there = [row for row in late if job_id(row.id, row.attempts) in waiting]
            lost: list[SentRow] = [row for row in late if job_id(row.id, row.attempts) not in waiting]
            still_waiting(there, utcnow())
            given = give_back(lost, utcnow())
            if given:
                log.warning("%d row(s) were handed over and lost; they are due again", given)
            return given

    def _waiting(self, names: set[str]) -> frozenset[str]:
        found: set[str] = set()
        try:
            for name in names & self.listening:
                assert self._queues is not None
                found |= self._queues.waiting(name)
        except UNUSABLE as error:
            self._lose(error)
            return frozenset()
        return frozenset(found)
