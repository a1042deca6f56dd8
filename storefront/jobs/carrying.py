"""Carrying out one row, whoever does it: a worker that was told about it, or the relay itself. There is no second way."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from storefront.core.db import run_unit, session, utcnow
from storefront.core.log_context import logged_as, without_secrets
from storefront.core.mail.transports import MailFailed
from storefront.core.outbox.claiming import (
    ClaimedRow,
    NotYet,
    PermanentFailure,
    done_before,
    enter,
    fail,
    finish,
    put_off,
)
from storefront.core.outbox.handing import keep
from storefront.jobs.plugin_work import PluginWorkFailed, find_plugin_work
from storefront.jobs.registry import find_job
from storefront.jobs.runtime import Runtime, Work

log = logging.getLogger(__name__)

KEEP_SECONDS = 15.0
# No job of a queue may take longer; a worker ends it then, and nobody says for it any more that it is alive.
TIME_LIMITS: Mapping[str, timedelta] = {
    "critical": timedelta(minutes=10),
    "mail": timedelta(minutes=2),
    "slow": timedelta(hours=2),
}
LONGEST = max(TIME_LIMITS.values())


class UnknownJob(Exception):
    """No handler of this name here: a newer or older release wrote it."""


# Their sentences say all; anything else is a mistake, and its traceback goes to the log.
SELF_EXPLAINING = (MailFailed, PermanentFailure, PluginWorkFailed, UnknownJob)


def carry_out(row: ClaimedRow, runtime: Runtime) -> None:
    """Run the handler of a row this process claimed, inside ``runtime.scope()`` and with no unit open. Never raises for
    what the handler did wrong: that is kept with the row."""
    with logged_as(job_id=row.id, job=row.name), _kept(row, runtime):
        try:
            _run(row, runtime)
        except NotYet as error:
            session.rollback()
            reason = str(error)
            state = run_unit(lambda: put_off(row, reason, utcnow()))
            log.info("job %s %s waits: now %s: %s", row.name, row.id, state, reason)
        except Exception as error:
            session.rollback()
            reason, permanent = _reason(error), isinstance(error, PermanentFailure)
            state = run_unit(lambda: fail(row, reason, utcnow(), permanent=permanent))
            expected = isinstance(error, SELF_EXPLAINING)
            log.warning(
                "job %s %s, attempt %d: now %s: %s",
                row.name, row.id, row.attempts, state, reason, exc_info=not expected,
            )  # fmt: skip


def _run(row: ClaimedRow, runtime: Runtime) -> None:
    shop = runtime.snapshots.current()
    with runtime.bind(shop) as providers:
        found = find_job(row.name) or find_plugin_work(row.name, providers)
        if found is None:
            raise UnknownJob(f"There is no job called {row.name!r} in this release.")
        work = Work(row, runtime, shop, providers)
        if found.outside:
            known = done_before(row.id, row.name)
            session.rollback()  # no connection is held while the world is acted on
            if not known:
                found.run(work)
            run_unit(lambda: _close(work))
            return

        def effect_and_mark() -> None:
            if enter(row.id, row.name):
                found.run(work)
            finish(row.id, row.name)

        run_unit(effect_and_mark)


def _close(work: Work) -> None:
    for write in work.afterwards:
        write()
    finish(work.row.id, work.row.name)


def _reason(error: Exception) -> str:
    """For the owner: no statement with its values, no mail address, no word that may be a key."""
    said = str(error) if isinstance(error, SELF_EXPLAINING) else f"{type(error).__name__}: {error}"
    return without_secrets(said.partition("[SQL:")[0].strip())


@contextmanager
def _kept(row: ClaimedRow, runtime: Runtime) -> Iterator[None]:
    """Meanwhile another thread says that the process is alive. It ends with the process, however that ends, and then the
    lease runs out within a minute."""
    ended = threading.Event()
    thread = threading.Thread(target=_say_alive, args=(row, runtime, ended), name=f"keep-{row.queue}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _say_alive(row: ClaimedRow, runtime: Runtime, ended: threading.Event) -> None:
    until = utcnow() + TIME_LIMITS.get(row.queue, LONGEST)
    while not ended.wait(KEEP_SECONDS) and utcnow() < until:
        try:
            with runtime.scope():
                run_unit(lambda: keep(row, utcnow()))
        except Exception:
            log.warning("job %s %s: it could not be noted that it is still worked on", row.name, row.id, exc_info=True)
