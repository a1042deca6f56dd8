"""The relay: hands due rows to workers, and carries them out itself where no worker takes them (DESIGN B7)."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from flask import Flask

from storefront.core.db import run_unit, utcnow
from storefront.core.outbox.claiming import claim
from storefront.core.outbox.heartbeat import beat
from storefront.jobs import (  # their handlers register themselves
    cards,
    catalog,
    clock,
    mail_log,
    mails,
    orders,
    payments,
    pictures,
    plugins,
    search,
    sessions,
    staff_mails,
)
from storefront.jobs.carrying import carry_out
from storefront.jobs.handover import Handover
from storefront.jobs.registry import QUEUES
from storefront.jobs.runtime import Runtime, runtime_of

log = logging.getLogger(__name__)

HANDLERS = (
    cards,
    catalog,
    clock,
    mail_log,
    mails,
    orders,
    payments,
    pictures,
    plugins,
    search,
    sessions,
    staff_mails,
)
WAKE_SECONDS = 1.0
BEAT_SECONDS = 10.0


def run_due(app: Flask | Runtime, limit: int = 100, queues: Sequence[str] = ()) -> int:
    """Carry out up to ``limit`` due rows and return how many were tried. Rows are taken one at a time, so that a slow one
    never lets the lease of those behind it run out. Call with no unit open."""
    runtime = runtime_of(app) if isinstance(app, Flask) else app
    tried = 0
    while tried < limit:
        with runtime.scope():
            rows = claim(1, utcnow(), queues=queues)
            for row in rows:
                carry_out(row, runtime)
        if not rows:
            break
        tried += len(rows)
    return tried


def relay_forever(app: Flask | Runtime, stop: threading.Event | None = None) -> None:
    """Until ``stop`` is set: the clock, the hand-over to workers, and one thread per queue for what no worker takes, so
    that a slow gateway holds up no mail. What is due begins within ``WAKE_SECONDS`` of being committed. A job that is
    running is finished first."""
    stop = stop or threading.Event()
    runtime = runtime_of(app) if isinstance(app, Flask) else app
    handover, beat_at = Handover(runtime), 0.0
    _contained("the hand-over", handover.turn)
    threads = [
        threading.Thread(
            target=_keep_running, args=(runtime, queue, handover, stop), name=f"relay-{queue}", daemon=True
        )
        for queue in QUEUES
    ]
    for thread in threads:
        thread.start()
    while not stop.is_set():
        _contained("the clock", lambda: clock.insert_due_in(runtime))
        if time.monotonic() >= beat_at:
            beat_at = time.monotonic() + BEAT_SECONDS
            _contained("the heartbeat", lambda: _beat(runtime))
        _contained("the hand-over", handover.turn)
        stop.wait(WAKE_SECONDS)
    for thread in threads:
        thread.join(timeout=25)


def _keep_running(runtime: Runtime, queue: str, handover: Handover, stop: threading.Event) -> None:
    while not stop.is_set():
        done = 0
        if queue not in handover.listening:
            done = _contained(f"the queue {queue}", lambda: run_due(runtime, 1, (queue,)))
        if not done:
            stop.wait(WAKE_SECONDS)


def _beat(runtime: Runtime) -> int:
    with runtime.scope():
        run_unit(lambda: beat(utcnow()))
    return 1


def _contained(what: str, act: Callable[[], int]) -> int:
    """Whatever goes wrong (the database is away, the disk is full), the relay goes on and tries again."""
    try:
        return act()
    except Exception:
        log.exception("%s could not be looked after; trying again", what)
        return 0
