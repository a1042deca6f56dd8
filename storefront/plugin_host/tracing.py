"""Which plugin was called during a request, for what, and how long it took. In development only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from storefront.core.contracts.calls import Watch


@dataclass(frozen=True, slots=True)
class Call:
    """``act``: the hook or the contract's method; ``seconds``: how long it took; ``error``: the kind of what it raised."""

    plugin: str
    act: str
    seconds: float
    error: str = ""


_calls: ContextVar[list[Call] | None] = ContextVar("plugin_calls", default=None)


@contextmanager
def traced() -> Iterator[list[Call]]:
    """Inside, every call of a plugin is noted in the list."""
    found: list[Call] = []
    token = _calls.set(found)
    try:
        yield found
    finally:
        _calls.reset(token)


def trace_calls(watch: Watch) -> None:
    """From now on ``watch`` notes its calls where somebody asks for them (``traced``). Once, at boot."""
    plain = watch.ask

    def ask(source: str, act: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        calls = _calls.get()
        if calls is None:
            return plain(source, act, function, arguments)
        started, error = perf_counter(), ""
        try:
            return plain(source, act, function, arguments)
        except BaseException as raised:
            error = type(raised).__name__
            raise
        finally:
            calls.append(Call(source, act, perf_counter() - started, error))

    watch.ask = ask  # type: ignore[method-assign]
