"""What a line in the log belongs to: the request or the job at hand. Ids only, never anything about a person."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[Mapping[str, str]] = ContextVar("log_context", default={})  # noqa: B039 - never changed in place


MAIL_ADDRESS = re.compile(r"[^\s@<>\"'(){}\[\],;:=]+@[^\s@<>\"'(){}\[\],;:=]+")
HIDDEN = "(mail address)"
# A name and a password before a host; a long word of letters and digits, as keys and tokens are.
_LOG_IN = re.compile(r"(?<=://)[^\s/@]+:[^\s/@]+@")
_KEY = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{33,}(?![\w-])")


def without_people(text: str) -> str:
    """Mail addresses come into a log by what mail servers and databases answer; nobody needs them there."""
    return MAIL_ADDRESS.sub(HIDDEN, text) if "@" in text else text


def without_secrets(text: str) -> str:
    """What others answered, fit to be kept and shown: without mail addresses, log-ins in addresses, and what looks like a
    key."""
    return _KEY.sub("…", without_people(_LOG_IN.sub("", text)))


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
