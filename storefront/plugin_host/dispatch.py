"""Calling hooks. pluggy registers and validates; we call, because there one raising implementation ends the whole call.

Five call styles (DESIGN B3): register and guard are called here, render by the pages (``shop/slots.py``), notify by the outbox
(``jobs/plugin_work.py``); first comes with its user.
"""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import pluggy
from pluggy import HookImpl

from storefront.core.contracts.calls import Watch
from storefront.core.contracts.hookspecs import PROJECT
from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem

# The style of every hook: docs and tests compare with it.
STYLES = {
    "storefront_payment_methods": "register",
    "storefront_shipping_carriers": "register",
    "storefront_adjusters": "register",
    "storefront_settings": "register",
    "storefront_manage_pages": "register",
    "storefront_blueprints": "register",
    "storefront_cli": "register",
    "storefront_slots": "register",
    "storefront_jobs": "register",
    "storefront_event_handlers": "register",
    "storefront_checks": "guard",
}

UNANSWERED = N_(
    "The plugin could not check itself: %(error)s. Its own log line says where; it stays off until that is mended."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An implementation raised. ``error``: its last line; ``traceback``: the whole text."""

    error: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one plugin's implementation of a hook returned, or how it failed."""

    plugin: str
    value: Any = None
    failure: Failure | None = None


# Implementations of each hook as pluggy had them, and in our order: they change when a plugin comes or goes.
_sorted: WeakKeyDictionary[pluggy.PluginManager, dict[str, tuple[list[HookImpl], list[HookImpl]]]] = WeakKeyDictionary()


def implementations(manager: pluggy.PluginManager, hook: str, only: str | None = None) -> list[HookImpl]:
    """The implementations of ``hook`` by plugin name (of one plugin when ``only``), whatever order they came in."""
    found = getattr(manager.hook, hook).get_hookimpls()
    kept = _sorted.setdefault(manager, {}).get(hook)
    if kept is None or kept[0] != found:
        kept = _sorted[manager][hook] = (found, sorted(found, key=lambda i: i.plugin_name))
    return kept[1] if only is None else [i for i in kept[1] if i.plugin_name == only]


def register(manager: pluggy.PluginManager, hook: str, *, only: str | None = None) -> Iterator[Answer]:
    """Style register: everybody is asked, each failure stays with its plugin."""
    for implementation in implementations(manager, hook, only):
        yield _ask(implementation, {})


def guard(
    manager: pluggy.PluginManager, hook: str, watch: Watch, *, only: str | None = None, **arguments: Any
) -> tuple[Problem, ...]:
    """Style guard: all problems of all; an exception, or an answer that is no list of problems, is a problem too."""
    problems: list[Problem] = []
    for implementation in implementations(manager, hook, only):
        source = implementation.plugin_name
        chosen = tuple([arguments[name] for name in implementation.argnames])
        try:
            answer: object = watch.ask(source, hook, implementation.function, chosen)
        except Exception as error:  # plugin code: noted under its name
            problems.append(Problem(UNANSWERED, {"error": failure_of(error).error}, code="check_failed"))
            continue
        given = problems_in(answer)
        if given is None:
            watch.blame(source, hook, TypeError(f"{type(answer).__name__} is no list of Problem"), nonsense=True)
            problems.append(Problem(UNANSWERED, {"error": f"{answer!r}, no list of Problem"}, code="check_failed"))
            continue
        problems.extend(given)
    return tuple(problems)


def failure_of(error: BaseException) -> Failure:
    """An exception as text, for the plugin list and the log."""
    last = "".join(traceback.format_exception_only(error)).strip().splitlines()
    return Failure(last[-1] if last else type(error).__name__, "".join(traceback.format_exception(error)))


def new_manager() -> pluggy.PluginManager:
    return pluggy.PluginManager(PROJECT)


def _ask(implementation: HookImpl, arguments: dict[str, Any]) -> Answer:
    try:
        chosen = [arguments[name] for name in implementation.argnames]
        return Answer(implementation.plugin_name, implementation.function(*chosen))
    except (Exception, SystemExit) as error:  # plugin code: whatever it raises stays with it
        return Answer(implementation.plugin_name, failure=failure_of(error))


def problems_in(value: Any) -> list[Problem] | None:
    """What a check answered, as problems; ``None`` when it is no list of them."""
    if value is None or value == []:
        return []
    try:
        listed = list(value)
    except TypeError:
        return None
    return listed if all(isinstance(item, Problem) for item in listed) else None
