"""A worker: one process, one queue (only then RQ hands over without losing). It runs what the outbox says, never what a
message says: names of functions, callbacks and web hooks in Redis are not looked at."""

import logging
import os
import re
import secrets
import socket
import threading
from collections.abc import Mapping
from typing import Any, ClassVar

from redis import Redis
from rq import SimpleWorker, worker_registration
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker.base import StopRequested

from storefront.core.db import utcnow
from storefront.core.outbox.handing import take
from storefront.jobs.carrying import carry_out
from storefront.jobs.rq_queues import UNUSABLE
from storefront.jobs.runtime import Runtime

log = logging.getLogger(__name__)

MAINTENANCE_SECONDS = 30
# A worker that is not heard of for so long (and RQ's own minute more) is not counted on any more.
TTL_SECONDS = 30
PAUSES = (1.0, 2.0, 5.0, 10.0)
IDS = re.compile(r"\A([0-9a-f]{32})-([0-9]{1,4})\Z")
KNOWN_FIELDS = frozenset(
    b"created_at data origin description enqueued_at started_at ended_at last_heartbeat timeout result_ttl failure_ttl "
    b"status worker_name ttl".split()
)


def perform(row_id: str, attempt: int, runtime: Runtime) -> bool:
    """Carry out a row that was handed over; ``False`` when it is nobody's any more to carry out."""
    with runtime.scope():
        row = take(row_id, attempt, utcnow())
        if row is None:
            return False
        carry_out(row, runtime)
    return True


class OutboxJob(Job):
    """A message about an outbox row. What it says beyond its own id is ignored."""

    runtime: ClassVar[Runtime]

    def restore(self, raw_data: Mapping[bytes, bytes]) -> Any:
        return super().restore({name: value for name, value in raw_data.items() if name in KNOWN_FIELDS})

    def _execute(self) -> bool:
        found = IDS.match(self.id)
        if found is None:
            log.warning("a message that is no row of the outbox was dropped")
            return False
        return perform(found[1], int(found[2]), self.runtime)


class QueueWorker(SimpleWorker):
    """Runs jobs in its own process, one after the other; finishes the one at hand when it is asked to stop."""

    in_job = False
    stopping = False

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        # Redis may have been emptied: without this the relay would not know any more that somebody listens.
        worker_registration.register(self, pipeline)

    def execute_job(self, job: Job, queue: Any) -> None:
        self.in_job = True
        try:
            super().execute_job(job, queue)
        finally:
            self.in_job = False

    def _shutdown(self) -> None:
        self.stopping = True
        if not self.in_job:
            raise StopRequested
        self._stop_requested = True


def work_forever(runtime: Runtime, queue: str, redis_url: str, stop: threading.Event) -> None:
    """Until ``stop`` is set or the process is asked to end. A Redis that is away is waited for: meanwhile the relay does
    the work."""
    logging.getLogger("rq").setLevel(logging.WARNING)
    job_class = type("ShopJob", (OutboxJob,), {"runtime": runtime})
    tries = 0
    while not stop.is_set():
        worker = None
        try:
            worker = _new_worker(queue, redis_url, job_class)
            tries = 0
            worker.work(logging_level="WARNING")
        except StopRequested:  # between two workers: the handlers of the last one are still there
            return
        except UNUSABLE as error:
            if not tries:
                log.warning("Redis cannot be used (%s); the worker of %s waits for it", type(error).__name__, queue)
        if worker is not None and worker.stopping:
            return
        try:
            stop.wait(PAUSES[min(tries, len(PAUSES) - 1)])
        except StopRequested:
            return
        tries += 1


def _new_worker(queue: str, redis_url: str, job_class: type[OutboxJob]) -> QueueWorker:
    return QueueWorker(
        [queue],
        name=f"{queue}-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}",
        connection=Redis.from_url(redis_url),
        job_class=job_class,
        serializer=JSONSerializer,
        maintenance_interval=MAINTENANCE_SECONDS,
        worker_ttl=TTL_SECONDS,
        log_job_description=False,
    )
