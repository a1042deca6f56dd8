"""The catalogues of translations: one domain for the core, one for each plugin, all in memory.

A domain is registered once, at boot; after that no lookup touches a file. English needs no catalogue: the message ids
are the English texts."""

import gettext
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from storefront.core.values.language import LANGUAGES, babel_id

CORE_DOMAIN = "messages"
CONTEXT_GLUE = "\x04"

_DOMAIN_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class CatalogueError(ValueError):
    """A domain name or a catalogue file that cannot be used; the text says which and why."""


def _english_plural(n: int) -> int:
    return int(n != 1)


@dataclass(frozen=True, slots=True)
class Messages:
    """One catalogue, ready for lookup. A message with a context is kept under ``context + "\\x04" + id``."""

    single: Mapping[str, str] = field(default_factory=dict)
    plural: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural_form: Callable[[int], int] = _english_plural


EMPTY = Messages()

_directories: dict[str, Path] = {}
_loaded: dict[tuple[str, str], Messages] = {}


def register_domain(name: str, directory: Path) -> None:
    """Load the catalogues ``<directory>/<babel id>/LC_MESSAGES/<name>.mo`` of all languages. Called at boot, for the
    core (``"messages"``) and for each installed plugin (its own name); registering again replaces.

    Where a ``.mo`` is missing or older than its ``.po``, the ``.po`` is compiled in memory. A language with neither
    file has no translations, which is no error. Raises ``CatalogueError`` for a bad name or an unreadable file; the
    domain then stays as it was."""
    if not _DOMAIN_NAME.match(name):
        raise CatalogueError(
            f"“{name}” cannot name a translation domain. Use small letters, digits and underscores, a letter first."
        )
    fresh = {(name, lang): _load(name, lang, directory) for lang in LANGUAGES}
    _loaded.update(fresh)
    _directories[name] = directory


def forget_domain(name: str) -> None:
    """Take a domain out again. For tests and for a plugin that turned out to be broken."""
    _directories.pop(name, None)
    for lang in LANGUAGES:
        _loaded.pop((name, lang), None)


def is_registered(name: str) -> bool:
    return name in _directories


def registered_domains() -> tuple[str, ...]:
    """All domains, the core's included, in alphabetical order."""
    return tuple(sorted(_directories))


def find(domain: str, lang: str, key: str) -> str | None:
    """The translation of ``key`` in ``domain``, else in the core's domain, else ``None``."""
    found = _loaded.get((domain, lang), EMPTY).single.get(key)
    if found is None and domain != CORE_DOMAIN:
        found = _loaded.get((CORE_DOMAIN, lang), EMPTY).single.get(key)
    return found


def find_plural(domain: str, lang: str, key: str, n: int) -> str | None:
    """The plural form of ``key`` for the count ``n``: each domain is asked with its own plural rule."""
    for name in (domain,) if domain == CORE_DOMAIN else (domain, CORE_DOMAIN):
        messages = _loaded.get((name, lang), EMPTY)
        forms = messages.plural.get(key)
        if forms:
            return forms[min(messages.plural_form(n), len(forms) - 1)]
    return None


def _load(domain: str, lang: str, directory: Path) -> Messages:
    folder = directory / babel_id(lang) / "LC_MESSAGES"
    ages = {path: _modified(path) for path in (folder / f"{domain}.mo", folder / f"{domain}.po")}
    mo_path, po_path = ages
    mo_age, po_age = ages[mo_path], ages[po_path]
    if mo_age is None and po_age is None:
        return EMPTY
    use_po = mo_age is None or (po_age is not None and po_age > mo_age)
    path, age = (po_path, po_age) if use_po else (mo_path, mo_age)
    return _read(path, age or 0, babel_id(lang))


def _modified(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None


@lru_cache(maxsize=256)
def _read(path: Path, _modified_ns: int, locale: str) -> Messages:
    # Cached by path and age: a process that builds many applications (the tests) parses each file once.
    try:
        with path.open("rb") as file:
            catalog = read_mo(file) if path.suffix == ".mo" else read_po(file, locale=locale, abort_invalid=True)
        return _messages(catalog)
    except Exception as error:  # parsers of damaged files raise whatever they stumble over
        raise CatalogueError(f"{path} cannot be read as a catalogue ({error}). Correct or compile it again.") from error


def _messages(catalog: Catalog) -> Messages:
    single: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if not message.id or message.fuzzy:
            continue
        first = message.id if isinstance(message.id, str) else message.id[0]
        key = f"{_decoded(message.context)}{CONTEXT_GLUE}{first}" if message.context else first
        if isinstance(message.id, str):
            if isinstance(message.string, str) and message.string:
                single[key] = message.string
            continue
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if forms and all(forms):
            plural[key] = forms
            single.setdefault(key, forms[0])
    return Messages(single, plural, gettext.c2py(catalog.plural_expr))


def _decoded(context: object) -> str:
    # Babel decodes everything it reads from a .mo except the context.
    return context.decode("utf-8") if isinstance(context, bytes) else str(context)
