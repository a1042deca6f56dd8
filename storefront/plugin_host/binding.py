"""What a plugin's objects see of the shop while it calls them: bound for a request, a job or a command.

Contract objects are made once per process and shared between threads; the owner changes settings while they live. So
they ask for settings when they are called, and a context variable answers.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from storefront.core.i18n.formats import format_datetime

T = TypeVar("T")

UTC_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of a job to be promised. ``after``: not before that much time has passed. ``once``: the same word twice is one turn."""

    args: Mapping[str, Any]
    after: timedelta = timedelta(0)
    once: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``settings``: a plugin's typed settings by its name. ``time_zone``: the shop's, an IANA name. ``base_currency``: the
    shop's. ``change``: sets some of a plugin's settings (name, values, actor). ``enqueue``: promises a
    turn of a plugin's job (name, job's key, turn)."""

    settings: Callable[[str], Any]
    time_zone: str = UTC_ZONE
    base_currency: str = "JPY"
    change: Callable[[str, Mapping[str, Any], str], None] | None = None
    enqueue: Callable[[str, str, "Turn"], None] | None = None


_current: ContextVar[Surroundings | None] = ContextVar("plugin_surroundings", default=None)


@contextmanager
def bound(surroundings: Surroundings) -> Iterator[None]:
    """Inside, plugins see ``surroundings``. May be nested; the innermost counts."""
    token = _current.set(surroundings)
    try:
        yield
    finally:
        _current.reset(token)


def plugin_settings(name: str, values: type[T]) -> Callable[[], T]:
    """An accessor for module level: ``settings = plugin_settings("payments_cod", CodSettings)``, later ``settings()``.

    Call the accessor whenever the shop calls the plugin, and keep nothing of it: the next request may see other values.
    Raises ``RuntimeError`` at import or boot, and where nothing was bound; ``SettingsInvalid`` when what is stored
    cannot be read.
    """

    def current() -> T:
        surroundings = _current.get()
        if surroundings is None:
            raise RuntimeError(
                f"The settings of {name} were asked for outside a request, job or command. Read them when the shop calls "
                "the plugin, not at import; in tests use storefront.testing.plugins.settings_bound()."
            )
        found = surroundings.settings(name)
        if not isinstance(found, values):
            raise RuntimeError(
                f"The settings of {name} are {type(found).__name__}, not {values.__name__}: use the class that "
                "storefront_settings() declares."
            )
        return found

    return current


def change_settings(name: str, values: Mapping[str, Any], actor: str) -> None:
    """Change some of the plugin ``name``'s own settings from a page or job of that plugin: JSON values by key, ``None`` =
    the default. Call it inside a unit of work (the ``save`` of a ``FormSpec`` is called in one); it writes the audit row.
    Raises what the shop shows as a sentence at the form; then nothing is changed."""
    surroundings = _current.get()
    if surroundings is None or surroundings.change is None:
        raise RuntimeError(f"The settings of {name} were to be changed outside a request, job or command.")
    surroundings.change(name, values, actor)


def enqueue(name: str, key: str, *, after: timedelta = timedelta(0), once: str = "", **args: Any) -> None:
    """Promise a turn of the job ``key`` of the plugin ``name``, which is given ``args``: what JSON can hold, ids rather than what
    people typed. Inside a unit of work (a post, an event, a job) it happens if and only if that commits; with none open it is
    written at once. ``once``: the same word again is the same turn, whether it is done already or not. Raises ``RuntimeError``
    outside the shop, and for a job that is not declared; ``TypeError`` for what JSON cannot hold."""
    surroundings = _current.get()
    if surroundings is None or surroundings.enqueue is None:
        raise RuntimeError(f"A job of {name} was promised outside a request, job or command.")
    surroundings.enqueue(name, key, Turn(json.loads(json.dumps(args)), after, once))


def base_currency() -> str:
    """The currency in which the owner sets every price; where no shop is bound, JPY."""
    surroundings = _current.get()
    return surroundings.base_currency if surroundings else "JPY"


def shop_today() -> date:
    """The date of this moment where the shop is: that of ``ShippingRequest.ship_on``. Where no shop is bound, in UTC. Not for
    what must be pure (``quote``, ``adjust``): that is told its date."""
    surroundings = _current.get()
    return datetime.now(ZoneInfo(surroundings.time_zone if surroundings else UTC_ZONE)).date()


def format_deadline(moment: datetime, lang: str) -> str:
    """An instant in the shop's own time zone, the zone named: ``29 November, 23:59 (Japan time)``. Where no shop is
    bound, in UTC."""
    surroundings = _current.get()
    return format_datetime(moment, surroundings.time_zone if surroundings else UTC_ZONE, lang)
