"""gettext in the current language: works alike in a request, a job and the command line.

Parameters are ``%(name)s``. Without parameters a text is returned as it stands, a ``%`` in it included. A translation
whose placeholders do not fit never raises: the message id is shown instead and the mistake is logged."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from storefront.core.i18n.catalogues import CONTEXT_GLUE, CORE_DOMAIN, find, find_plural
from storefront.core.values.language import LANGUAGES

log = logging.getLogger(__name__)

_language: ContextVar[str] = ContextVar("storefront_language", default="en")

FORMAT_ERRORS = (KeyError, ValueError, TypeError, OverflowError)


@contextmanager
def use_language(lang: str) -> Iterator[None]:
    """Everything inside speaks ``lang``. ``ValueError`` for a language the shop does not have."""
    if lang not in LANGUAGES:
        raise ValueError(f"{lang!r} is not a language of the shop: {', '.join(LANGUAGES)}")
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


def current_language() -> str:
    return _language.get()


def N_(msgid: str) -> str:  # noqa: N802 - the name every gettext tool knows
    """Mark a message for the catalogues where it is written; whoever shows it translates it."""
    return msgid


def fill(text: str, msgid: str, params: Any) -> str:
    """``text`` with its placeholders filled; the filled ``msgid`` when they do not fit; else the bare ``msgid``."""
    for candidate in (text, msgid):
        try:
            filled: str = candidate % params
            return filled
        except FORMAT_ERRORS as error:
            log.warning("placeholders of %r do not fit what is filled in: %r", candidate, error)
    return msgid


class Translator:
    """The gettext functions for one domain, looked up there first, then in the core's. Calling it is ``gettext``."""

    __slots__ = ("domain",)

    def __init__(self, domain: str) -> None:
        self.domain = domain

    def __repr__(self) -> str:
        return f"Translator({self.domain!r})"

    def gettext(self, msgid: str, /, **params: Any) -> str:
        text = find(self.domain, _language.get(), msgid) or msgid
        return fill(text, msgid, params) if params else text

    __call__ = gettext

    def pgettext(self, context: str, msgid: str, /, **params: Any) -> str:
        """``gettext`` for a text that means different things in different places ("Order" the noun, the verb)."""
        text = find(self.domain, _language.get(), f"{context}{CONTEXT_GLUE}{msgid}") or msgid
        return fill(text, msgid, params) if params else text

    def ngettext(self, singular: str, plural: str, n: int, /, **params: Any) -> str:
        """The form for the count ``n``, which is also the parameter ``%(num)s`` (and ``%(n)s``) unless given."""
        msgid = singular if n == 1 else plural
        text = find_plural(self.domain, _language.get(), singular, n) or msgid
        return fill(text, msgid, {"num": n, "n": n, **params})

    def npgettext(self, context: str, singular: str, plural: str, n: int, /, **params: Any) -> str:
        msgid = singular if n == 1 else plural
        text = find_plural(self.domain, _language.get(), f"{context}{CONTEXT_GLUE}{singular}", n) or msgid
        return fill(text, msgid, {"num": n, "n": n, **params})

    def lazy_gettext(self, msgid: str, /, **params: Any) -> "LazyText":
        """``gettext`` at the moment of showing: for texts written at import (forms, tables of labels)."""
        return LazyText(self, msgid, params)


class LazyText:
    """A text that is translated each time it is read. Equal to another one of the same message, never to a ``str``."""

    __slots__ = ("_translator", "_msgid", "_params")

    def __init__(self, translator: Translator, msgid: str, params: Mapping[str, Any]) -> None:
        self._translator = translator
        self._msgid = msgid
        self._params = params

    def __str__(self) -> str:
        return self._translator.gettext(self._msgid, **self._params)

    def __repr__(self) -> str:
        return f"LazyText({self._msgid!r})"

    def __mod__(self, params: Any) -> str:
        # WTForms fills the messages of its validators this way.
        return fill(str(self), self._msgid, params)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __bool__(self) -> bool:
        return bool(self._msgid)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LazyText):
            return NotImplemented
        return (self._translator.domain, self._msgid, self._params) == (
            other._translator.domain,
            other._msgid,
            other._params,
        )

    def __hash__(self) -> int:
        return hash(self._msgid)


_core = Translator(CORE_DOMAIN)

gettext = _core.gettext
ngettext = _core.ngettext
pgettext = _core.pgettext
npgettext = _core.npgettext
lazy_gettext = _core.lazy_gettext


def domain_gettext(domain: str) -> Translator:
    """The translator of a plugin's domain. The domain need not be registered yet, nor ever: then the core answers."""
    return Translator(domain)
