"""Background work of plugins, as it was declared: jobs and handlers of events."""

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta

from storefront.core.contracts.background import EventHandler, PluginJob, job_name
from storefront.core.contracts.events import EVENTS
from storefront.core.db import in_unit_of_work, run_unit, utcnow
from storefront.core.outbox.service import later
from storefront.plugin_host.binding import Turn
from storefront.plugin_host.errors import PluginBroken
from storefront.plugin_host.names import check_unique

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
QUEUES = ("critical", "slow")
SHORTEST = timedelta(minutes=1)
HOURS = range(24)


def check_jobs(jobs: Iterable[object]) -> tuple[PluginJob, ...]:
    """A plugin's jobs by key. Raises ``PluginBroken``."""
    found: list[PluginJob] = []
    for job in jobs:
        if not isinstance(job, PluginJob):
            raise PluginBroken(f"storefront_jobs() returned {job!r}, which is no PluginJob.")
        if not isinstance(job.key, str) or not KEY.match(job.key):
            raise PluginBroken(f"The job key {job.key!r} must be small letters, digits and underscores.")
        _check_common(f"The job {job.key!r}", job.run, job.queue)
        if job.every is not None and job.daily_at is not None:
            raise PluginBroken(f"The job {job.key!r} has both every and daily_at. Give it one of them.")
        if job.every is not None and not (isinstance(job.every, timedelta) and job.every >= SHORTEST):
            raise PluginBroken(f"The job {job.key!r} runs every {job.every}. Use a minute or more.")
        if job.daily_at is not None and job.daily_at not in HOURS:
            raise PluginBroken(f"The job {job.key!r} runs daily at {job.daily_at!r}. Use an hour from 0 to 23.")
        found.append(job)
    check_unique((job.key for job in found), "job")
    return tuple(sorted(found, key=lambda job: job.key))


def check_handlers(handlers: Iterable[object]) -> tuple[EventHandler, ...]:
    """A plugin's handlers by event and key. Raises ``PluginBroken``."""
    found: list[EventHandler] = []
    for handler in handlers:
        if not isinstance(handler, EventHandler):
            raise PluginBroken(f"storefront_event_handlers() returned {handler!r}, which is no EventHandler.")
        event: object = handler.event
        if event not in EVENTS.values():
            known = ", ".join(sorted(kind.__name__ for kind in EVENTS.values()))
            raise PluginBroken(f"There is no event {event!r}. The events are: {known}.")
        if handler.key and not KEY.match(handler.key):
            raise PluginBroken(f"The handler key {handler.key!r} must be small letters, digits and underscores.")
        _check_common(f"The handler of {handler.event.name}", handler.run, handler.queue)
        found.append(handler)
    check_unique((f"{handler.event.name}:{handler.key}" for handler in found), "handler")
    return tuple(sorted(found, key=lambda handler: (handler.event.name, handler.key)))


def _check_common(what: str, run: object, queue: object) -> None:
    if not callable(run):
        raise PluginBroken(f"{what} has no function. Give it one as run.")
    if queue not in QUEUES:
        raise PluginBroken(f"{what} is for the queue {queue!r}. Use one of: {', '.join(QUEUES)}.")


def keep_turn(plugin: str, job: PluginJob, turn: Turn) -> None:
    """Write a promised turn into the outbox, in the unit of work that is open or in one of its own."""
    name = job_name(plugin, job.key)
    # Of any length, and nobody else's: the outbox keeps a digest.
    once = f"{name}:{hashlib.sha256(turn.once.encode()).hexdigest()[:40]}" if turn.once else None

    def write() -> None:
        later(
            name, subject=f"plugin:{plugin}", dedupe_key=once, queue=job.queue, available_at=utcnow() + turn.after,
            turn=dict(turn.args),
        )  # fmt: skip

    if in_unit_of_work():
        write()
    else:
        run_unit(write)
