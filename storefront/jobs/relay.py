"""Carrying out what the outbox promised, one row after the other (DESIGN B7)."""

import logging
import threading
from collections.abc import Callable, Sequence

from flask import Flask

from storefront.core.db import run_unit, session, utcnow
from storefront.core.mail.transports import MailFailed
from storefront.core.outbox.claiming import ClaimedRow, PermanentFailure, claim, done_before, enter, fail, finish
from storefront.jobs import (  # their handlers register themselves
    cards,
    catalog,
    clock,
    mails,
    orders,
    payments,
    pictures,
    sessions,
    staff_mails,
)
from storefront.jobs.registry import QUEUES, Job, find_job
from storefront.jobs.runtime import Runtime, Work, runtime_of

log = logging.getLogger(__name__)

HANDLERS = (cards, catalog, clock, mails, orders, payments, pictures, sessions, staff_mails)
WAKE_SECONDS = 1.0


class UnknownJob(Exception):
    """No handler of this name here: a newer or older release wrote it, or its plugin is not installed."""


# Their sentences say all; anything else is a mistake, and its traceback goes to the log.
SELF_EXPLAINING = (MailFailed, PermanentFailure, UnknownJob)


def run_due(app: Flask | Runtime, limit: int = 100, queues: Sequence[str] = ()) -> int:
    """Carry out up to ``limit`` due rows and return how many were tried. Rows are taken one at a time, so that a slow one
    never lets the lease of those behind it run out. Call with no unit open."""
    runtime = runtime_of(app) if isinstance(app, Flask) else app
    tried = 0
    while tried < limit:
        with runtime.scope():
            rows = claim(1, utcnow(), queues=queues)
            for row in rows:
                _carry_out(row, runtime)
        if not rows:
            break
        tried += len(rows)
    return tried


def _carry_out(row: ClaimedRow, runtime: Runtime) -> None:
    try:
        found = find_job(row.name)
        if found is None:
            raise UnknownJob(f"There is no job called {row.name!r} in this release, nor in an installed plugin.")
        _run(found, row, runtime)
    except Exception as error:
        session.rollback()
        reason, permanent = _reason(error), isinstance(error, PermanentFailure)
        state = run_unit(lambda: fail(row, reason, utcnow(), permanent=permanent))
        expected = isinstance(error, SELF_EXPLAINING)
        log.warning(
            "job %s %s, attempt %d: now %s: %s", row.name, row.id, row.attempts, state, reason, exc_info=not expected
        )


def _run(found: Job, row: ClaimedRow, runtime: Runtime) -> None:
    shop = runtime.snapshots.current()
    with runtime.bind(shop) as providers:
        work = Work(row, runtime, shop, providers)
        if found.outside:
            known = done_before(row.id, row.name)
            session.rollback()  # no connection is held while the world is acted on
            if not known:
                found.run(work)
            run_unit(lambda: finish(row.id, row.name))
            return

        def effect_and_mark() -> None:
            if enter(row.id, row.name):
                found.run(work)
            finish(row.id, row.name)

        run_unit(effect_and_mark)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, SELF_EXPLAINING) else f"{type(error).__name__}: {error}"


def relay_forever(app: Flask | Runtime, stop: threading.Event | None = None) -> None:
    """Until ``stop`` is set: one thread per queue, so that a slow gateway holds up no mail, and the clock. What is due
    begins within ``WAKE_SECONDS`` of being committed. A job that is running is finished first."""
    stop = stop or threading.Event()
    runtime = runtime_of(app) if isinstance(app, Flask) else app
    threads = [
        threading.Thread(target=_keep_running, args=(runtime, queue, stop), name=f"relay-{queue}", daemon=True)
        for queue in QUEUES
    ]
    for thread in threads:
        thread.start()
    while not stop.is_set():
        _contained("the clock", lambda: clock.insert_due_in(runtime))
        stop.wait(WAKE_SECONDS)
    for thread in threads:
        thread.join(timeout=25)


def _keep_running(runtime: Runtime, queue: str, stop: threading.Event) -> None:
    while not stop.is_set():
        done = _contained(f"the queue {queue}", lambda: run_due(runtime, 1, (queue,)))
        if not done:
            stop.wait(WAKE_SECONDS)


def _contained(what: str, act: Callable[[], int]) -> int:
    """Whatever goes wrong (the database is away, the disk is full), the relay goes on and tries again."""
    try:
        return act()
    except Exception:
        log.exception("%s could not be looked after; trying again", what)
        return 0
