"""Background work of plugins. Every job and every told event is one row of the outbox: it is kept until it is done, happens
once, is tried again when it fails, and is given up alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from storefront.core.contracts.events import Event

PREFIX = "plugin:"


class TryLater(Exception):
    """It cannot be done now, and nobody is to blame (the other side does not answer): it is tried again, later each time, six
    times in all. The words are shown to the owner: no secrets, nothing a shopper typed."""


class GiveUp(Exception):
    """Trying again cannot help: the work is given up at once and shown to the owner with these words."""


@dataclass(frozen=True, slots=True)
class JobTurn:
    """One turn of a job. ``id``: the same at every attempt, the key by which to do something once elsewhere. ``args``: what was
    given to ``enqueue``, empty for a timed turn. ``attempt``: from 1."""

    id: str
    args: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class PluginJob:
    """Work that the plugin promises with ``enqueue``, or that the clock does. ``key``: unique in the plugin. ``run``: called with a
    ``JobTurn``, the plugin's settings readable, inside the transaction that also marks it done; ``outside``: with none open,
    because it asks somebody else, and possibly again with the same id.

    Timed: ``every`` (a minute or more) or ``daily_at``, an hour of the shop's own day; only while the plugin is enabled. Turns that
    were missed are one. ``queue``: ``slow`` holds up nothing of the shop, ``critical`` is for quick work that money or goods
    wait for."""

    key: str
    run: Callable[[JobTurn], None]
    every: timedelta | None = None
    daily_at: int | None = None
    outside: bool = False
    queue: str = "slow"

    @property
    def timed(self) -> bool:
        return self.every is not None or self.daily_at is not None


@dataclass(frozen=True, slots=True)
class EventHandler:
    """Who is told of an event. ``run``: called with an instance of ``event`` after it happened, as ``PluginJob.run`` is
    (``outside``, ``queue``). ``key``: tells several handlers of one event apart. ``settles``: also told while the plugin is
    disabled, because it finishes what the plugin began (points of an order that is cancelled)."""

    event: type[Event]
    run: Callable[[Any], None]
    key: str = ""
    settles: bool = False
    outside: bool = False
    queue: str = "critical"


def job_name(plugin: str, key: str) -> str:
    """Under which the outbox keeps turns of a job."""
    return f"{PREFIX}{plugin}:{key}"


def handler_name(plugin: str, handler: EventHandler) -> str:
    """Under which the outbox keeps what a handler is told. Event names have a dot and job keys none, so the two never meet."""
    return f"{PREFIX}{plugin}:{handler.event.name}{f':{handler.key}' if handler.key else ''}"


def plugin_of(name: str) -> str:
    """The plugin a row of the outbox belongs to by its name; "" for the shop's own."""
    return name.removeprefix(PREFIX).partition(":")[0] if name.startswith(PREFIX) else ""
