"""Telling plugins what happened: one row for each handler, in the transaction of what is told (DESIGN B7).

Who listens is wired once (``use_listeners``), as the session is: an event may happen in any verb, also in those that need nothing
of plugins, and must never be lost for want of an argument.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from storefront.core.contracts.events import Event, event_data
from storefront.core.db import session
from storefront.core.outbox.service import later

T = TypeVar("T", bound=Event)


@dataclass(frozen=True, slots=True)
class Listener:
    """A handler. ``name``: under which the outbox keeps what it is told."""

    plugin: str
    name: str
    queue: str


_find: Callable[[type[Event]], Sequence[Listener]] | None = None


def use_listeners(find: Callable[[type[Event]], Sequence[Listener]]) -> None:
    """Wiring: who is to be told of an event, as the shop is now. ``find`` is called inside the unit of what is told."""
    global _find
    _find = find


def tell(kind: type[T], made: Callable[[], T]) -> int:
    """Promise, inside the caller's unit, that everybody who listens is told of the event; it is ``made`` only when somebody does.
    Returns how many are."""
    if _find is None:
        return 0
    # Whoever is called is in the middle of a change: it writes its rows when it is done, not now.
    with session.no_autoflush:
        listeners = _find(kind)
        data = event_data(made()) if listeners else {}
    for listener in listeners:
        later(listener.name, subject=f"plugin:{listener.plugin}", queue=listener.queue, event=data)
    return len(listeners)
