"""What a catalogue must satisfy before it ships. Every function yields sentences; no sentence means no fault."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from storefront.cli.kit.han_variants import simplified_only, traditional_only

Key = tuple[str, str | tuple[str, ...]]

_NAMED = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?([a-zA-Z])")
_POSITIONAL = re.compile(r"%[sdrifx]\b")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_WORD = re.compile(r"[A-Za-z]+")
MAX_LATIN_WORDS = 3


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the shop and how each language says it: one of several where the sentence decides."""

    name: str
    pattern: re.Pattern[str]
    translations: dict[str, tuple[str, ...]]


def read_glossary(path: Path) -> tuple[Term, ...]:
    """The terms of ``glossary.toml``: ``match`` (whole words, plural included), ``unless`` (phrases that mean
    something else) and one text or a list of texts per language. ``ValueError`` for an entry of another shape."""
    terms = []
    for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        unknown = set(entry) - {"match", "unless", "ja", "zh_Hans", "zh_Hant"}
        if unknown or not entry.get("match"):
            raise ValueError(f"{path}: [{name}] needs “match” and knows no {sorted(unknown)}")
        words = "|".join(re.escape(word) for word in entry["match"])
        exceptions = [rf"\b{re.escape(phrase)}s?\b" for phrase in entry.get("unless", ())]
        # An exception is consumed first, so that the term inside it is not met.
        pattern = re.compile("|".join([*exceptions, rf"(?P<term>\b(?:{words})s?\b)"]), re.IGNORECASE)
        translations = {
            locale: (value,) if isinstance(value, str) else tuple(value)
            for locale, value in entry.items()
            if locale in ("ja", "zh_Hans", "zh_Hant")
        }
        terms.append(Term(name, pattern, translations))
    return tuple(terms)


def key_of(message: Message) -> Key:
    ident = message.id if isinstance(message.id, str) else tuple(message.id)
    return (message.context or "", ident)


def keys(catalog: Catalog) -> set[Key]:
    return {key_of(message) for message in catalog if message.id}


def label(message: Message) -> str:
    first = _ids(message)[0]
    context = f" (context “{message.context}”)" if message.context else ""
    return f"“{first}”{context}"


def same_messages(catalog: Catalog, fresh: Catalog) -> Iterator[str]:
    """The catalogue holds exactly what the sources say today, and nothing kept as obsolete."""
    for context, ident in sorted(keys(fresh) - keys(catalog), key=str):
        yield f"{_text(context, ident)} stands in the sources but not in the catalogue; run “update”"
    for context, ident in sorted(keys(catalog) - keys(fresh), key=str):
        yield f"{_text(context, ident)} no longer stands in the sources; run “update”"
    for message in catalog.obsolete.values():
        yield f"{label(message)} is kept as obsolete; run “update”"


def source_faults(catalog: Catalog) -> Iterator[str]:
    """Faults of the message ids themselves."""
    for message in catalog:
        for text in _ids(message) if message.id else ():
            if _POSITIONAL.search(_NAMED.sub("", text).replace("%%", "")):
                yield f"{label(message)} has a placeholder without a name; write %(name)s"
            elif _is_filled(message) and _has_lone_percent(text):
                yield f"{label(message)} has a bare % beside placeholders; write %%"


def translation_faults(catalog: Catalog, locale: str, glossary: tuple[Term, ...]) -> Iterator[str]:
    """Faults of the translations in ``locale`` (a Babel id)."""
    for message in catalog:
        if not message.id:
            continue
        strings = _strings(message)
        if message.fuzzy:
            yield f"{label(message)} is fuzzy"
        if len(strings) < _forms_wanted(message, catalog) or not all(s.strip() for s in strings):
            yield f"{label(message)} is not translated"
            continue
        for string in strings:
            for fault in _faults(message, string, locale, glossary):
                yield f"{label(message)}: {fault}"
    for message, errors in catalog.check():
        # Babel takes "10% discount" for a placeholder; only messages that are filled are its business.
        if _is_filled(message) and all(_strings(message)):
            yield from (f"{label(message)}: {error}" for error in errors)


def _faults(message: Message, string: str, locale: str, glossary: tuple[Term, ...]) -> Iterator[str]:
    ids = _ids(message)
    if all(_placeholders(string) != _placeholders(i) for i in _comparable(ids, locale)):
        yield f"“{string}” does not have the same placeholders"
    if _is_filled(message) and _has_lone_percent(string):
        yield f"“{string}” has a bare % beside placeholders; write %%"
    if all(Counter(_TAG.findall(string)) != Counter(_TAG.findall(i)) for i in ids):
        yield f"“{string}” does not have the same tags"
    bare = _TAG.sub(" ", _NAMED.sub(" ", string))
    if bare.isascii() and len(_WORD.findall(bare)) > MAX_LATIN_WORDS:
        yield f"“{string}” looks untranslated"
    if locale == "zh_Hant" and (found := simplified_only(string)):
        yield f"“{string}” has simplified characters: {found}"
    if locale == "zh_Hans" and (found := traditional_only(string)):
        yield f"“{string}” has traditional characters: {found}"
    for term in glossary:
        wanted = term.translations.get(locale, ())
        if wanted and _uses(term, ids) and not any(text in string for text in wanted):
            yield f"“{string}” does not say {' or '.join(wanted)} for “{term.name}” (glossary)"


def _comparable(ids: tuple[str, ...], locale: str) -> tuple[str, ...]:
    # Chinese and Japanese have one form for all counts, so it must carry what the English plural carries.
    return ids[-1:] if locale in ("ja", "zh_Hans", "zh_Hant") else ids


def _uses(term: Term, ids: tuple[str, ...]) -> bool:
    text = _TAG.sub(" ", _NAMED.sub(" ", ids[-1]))
    return any(match.group("term") for match in term.pattern.finditer(text))


def _is_filled(message: Message) -> bool:
    """Whether the text passes through % formatting: it has named placeholders, or it counts."""
    return not isinstance(message.id, str) or bool(_NAMED.search(message.id))


def _has_lone_percent(text: str) -> bool:
    return "%" in _NAMED.sub("", text).replace("%%", "")


def _placeholders(text: str) -> set[tuple[str, str]]:
    return {(match[0], match[1]) for match in _NAMED.findall(text)}


def _forms_wanted(message: Message, catalog: Catalog) -> int:
    return 1 if isinstance(message.id, str) else int(catalog.num_plurals)


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    if isinstance(message.string, str):
        return (message.string,)
    return tuple(string or "" for string in message.string or ())


def _text(context: str, ident: str | tuple[str, ...]) -> str:
    first = ident if isinstance(ident, str) else ident[0]
    return f"“{first}”" + (f" (context “{context}”)" if context else "")
