"""The catalogues of one domain of translations: extracted from the sources, kept in step, compiled and checked.

The core is a domain, and each plugin is one; ``tools/catalogues.py`` does it for all of the repository, ``storefront plugins
translate`` for a plugin of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from jinja2 import TemplateSyntaxError
from jinja2.ext import babel_extract

from storefront.cli.kit.catalogue_checks import read_glossary, same_messages, source_faults, translation_faults

LOCALES = ("ja", "zh_Hans", "zh_Hant")  # English is the language of the ids and needs no catalogue

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
COMMENT_TAGS = ("Translators:",)

# How each kind of file is read. Jinja's extractor hides templates with errors unless told otherwise, and it wants
# the word as a text: the value False makes it crash.
METHODS: dict[str, tuple[Any, dict[str, str]]] = {
    ".py": ("python", {"encoding": "utf-8"}),
    ".html": (babel_extract, {"encoding": "utf-8", "silent": "false"}),
    ".txt": (babel_extract, {"encoding": "utf-8", "silent": "false"}),
    ".xml": (babel_extract, {"encoding": "utf-8", "silent": "false"}),
}
TEMPLATE_SUFFIXES = frozenset(METHODS) - {".py"}


class Unreadable(Exception):
    """A source or catalogue that cannot be read; the text names it."""


@dataclass(frozen=True, slots=True)
class Domain:
    """``code`` is searched for Python, ``templates`` for templates; ``folder`` holds the catalogues."""

    name: str
    code: Path
    templates: Path
    folder: Path

    @property
    def pot(self) -> Path:
        return self.folder / f"{self.name}.pot"

    def po(self, locale: str) -> Path:
        return self.folder / locale / "LC_MESSAGES" / f"{self.name}.po"


def extract(domain: Domain, root: Path) -> Catalog:
    """A fresh template of ``domain``. Raises ``Unreadable`` for a source with a syntax error."""
    catalog = Catalog(project="storefront", fuzzy=False)
    for path in _sources(domain):
        method, options = METHODS[path.suffix]
        place = path.relative_to(root).as_posix()
        try:
            found = extract_from_file(method, path, KEYWORDS, COMMENT_TAGS, options, strip_comment_tags=True)
            for _line, ident, comments, context in found:
                if ident:
                    # Without line numbers: moving code must not change a catalogue.
                    catalog.add(ident, None, [(place, 0)], auto_comments=comments, context=context)
        except (TemplateSyntaxError, SyntaxError, UnicodeDecodeError) as error:
            raise Unreadable(f"{place} cannot be read: {error}") from error
    return catalog


def _sources(domain: Domain) -> Iterator[Path]:
    paths = set(domain.code.rglob("*.py"))
    for suffix in TEMPLATE_SUFFIXES:
        paths |= set(domain.templates.rglob(f"*{suffix}"))
    # The test kit and what `plugins new` copies speak to developers, not in the shop's domain.
    skipped = {"testing", "scaffold", "__pycache__"}
    for path in sorted(paths):
        if not skipped & set(path.relative_to(domain.code.parent).parts):
            yield path


def read(path: Path, locale: str | None) -> Catalog:
    """A catalogue file as it stands. Raises ``Unreadable`` where it is not well formed."""
    try:
        with path.open("rb") as file:
            return read_po(file, locale=locale, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from error


def render(catalog: Catalog, locale: str | None) -> bytes:
    """The file of a catalogue. Its header holds no date, author or tool version: the same messages give the same
    bytes on any day."""
    header = ["Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit"]
    if locale:
        header += [f"Language: {locale}", f"Plural-Forms: {Catalog(locale=locale).plural_forms}"]
    lines = "".join(f'"{line}\\n"\n' for line in header)
    body = BytesIO()
    write_po(body, catalog, width=100, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode() + body.getvalue()


def write_if_changed(path: Path, content: bytes, quiet: bool = False) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if not quiet:
        print(f"wrote {path}")


def update(domain: Domain, root: Path, quiet: bool = False) -> None:
    """Bring the template and the .po of every language in step with the sources under ``root``."""
    fresh = extract(domain, root)
    write_if_changed(domain.pot, render(fresh, None), quiet)
    if not len(fresh):
        return
    for locale in LOCALES:
        path = domain.po(locale)
        catalog = read(path, locale) if path.exists() else Catalog(locale=locale)
        # No fuzzy guesses: a wrong text that looks finished is worse than a missing one.
        catalog.update(fresh, no_fuzzy_matching=True)
        write_if_changed(path, render(catalog, locale), quiet)


def compile_domain(domain: Domain, quiet: bool = False) -> None:
    """The .mo beside every .po."""
    for locale in LOCALES:
        path = domain.po(locale)
        if path.exists():
            compiled = BytesIO()
            write_mo(compiled, read(path, locale))
            write_if_changed(path.with_suffix(".mo"), compiled.getvalue(), quiet)


def check(domain: Domain, root: Path) -> list[str]:
    """Every fault of a domain, one sentence each; an empty list when it may ship."""
    try:
        return _faults(domain, root)
    except Unreadable as error:
        return [f"{domain.name}: {error}"]


def _faults(domain: Domain, root: Path) -> list[str]:
    fresh = extract(domain, root)
    faults = [f"{domain.name}: {fault}" for fault in source_faults(fresh)]
    if not len(fresh):
        return faults
    if domain.pot.exists():
        faults += [f"{domain.name}.pot: {fault}" for fault in same_messages(read(domain.pot, None), fresh)]
    else:
        faults.append(f"{domain.name}.pot is missing; run “extract”")
    glossary_path = root / "translations" / "glossary.toml"
    glossary = read_glossary(glossary_path) if glossary_path.exists() else ()
    for locale in LOCALES:
        path = domain.po(locale)
        if not path.exists():
            faults.append(f"{domain.name} {locale}: {path.relative_to(root)} is missing; run “update”")
            continue
        catalog = read(path, locale)
        found = [*same_messages(catalog, fresh), *translation_faults(catalog, locale, glossary)]
        faults += [f"{domain.name} {locale}: {fault}" for fault in found]
    return faults
