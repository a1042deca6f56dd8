"""What a line in the log belongs to: the request or the job at hand. Ids only, never anything about a person."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[Mapping[str, str]] = ContextVar("log_context", default={})  # noqa: B039 - never changed in place


def log_fields() -> Mapping[str, str]:
    return _current.get()


def set_log_fields(**fields: str) -> None:
    """From here on, in this thread or request; replaces what was said before."""
    _current.set(fields)


@contextmanager
def logged_as(**fields: str) -> Iterator[None]:
    """Lines written inside carry ``fields``."""
    token = _current.set({**_current.get(), **fields})
    try:
        yield
    finally:
        _current.reset(token)
