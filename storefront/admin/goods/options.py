"""Options of variants as people write them: "Colour: Red", one a line, each word once more with its four languages.

A variant stores every option with all its texts. In a form that would be the same words again and again; so a row holds
one text of each word, by which the word is known, and a list beside it holds each word in every language."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from storefront.core.contracts.manage import BadValue
from storefront.core.i18n.translate import N_
from storefront.core.values.language import LANGUAGES

Texts = Mapping[str, str]
Option = Mapping[str, Mapping[str, str]]
MAX_OPTIONS = 6
MAX_WORD = 100
# The text by which a word is known.
KNOWN_BY = ("en", "ja", "zh-hant", "zh-hans")
_SEPARATOR = re.compile(r"\s*[:：]\s*")


def label(texts: Texts) -> str:
    return next((texts[lang] for lang in KNOWN_BY if texts.get(lang)), "")


def as_lines(options: Iterable[Option]) -> str:
    return "\n".join(f"{label(option.get('name', {}))}: {label(option.get('value', {}))}" for option in options)


def words_of(variants: Iterable[Iterable[Option]]) -> dict[str, dict[str, str]]:
    """Every word of the options once, by its label, in the order in which they come."""
    found: dict[str, dict[str, str]] = {}
    for options in variants:
        for option in options:
            for texts in (option.get("name", {}), option.get("value", {})):
                if label(texts):
                    known = found.setdefault(label(texts), {})
                    known.update({lang: text for lang, text in texts.items() if text and lang not in known})
    return found


def read_lines(text: str) -> list[tuple[str, str]]:
    """Raises ``BadValue``."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        parts = _SEPARATOR.split(line, maxsplit=1)
        if len(parts) != 2 or not all(parts):
            raise BadValue(N_("Please write one option a line, with a colon: “Colour: Red”."))
        name, value = parts
        if len(name) > MAX_WORD or len(value) > MAX_WORD:
            raise BadValue(N_("At most %(longest)s characters on each side of the colon."), longest=MAX_WORD)
        found.append((name, value))
    names = [name for name, _value in found]
    if len(set(names)) < len(names):
        raise BadValue(N_("An option is named twice."))
    if len(found) > MAX_OPTIONS:
        raise BadValue(N_("At most %(most)s options a variant are possible."), most=MAX_OPTIONS)
    return found


def check_lines(text: str) -> None:
    read_lines(text or "")


class Glossary:
    """What each word is in every language. ``rows``: as the form's list of words gives them, their ids being the labels
    they had before. ``lang``: of whoever writes new words."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], lang: str) -> None:
        self._before = {str(row["id"]): _clean(row["word"]) for row in rows if row["id"]}
        self._now = {label(texts): texts for texts in self._before.values() if texts}
        self._lang = lang

    def options(self, lines: str) -> tuple[Option, ...]:
        return tuple({"name": self._texts(name), "value": self._texts(value)} for name, value in read_lines(lines))

    def _texts(self, word: str) -> dict[str, str]:
        known = self._before.get(word) or self._now.get(word)
        return dict(known) if known else {self._language_of(word): word}

    def _language_of(self, word: str) -> str:
        if word.isascii():
            return "en"
        return self._lang if self._lang != "en" else "ja"


def _clean(texts: Texts) -> dict[str, str]:
    return {lang: texts[lang].strip() for lang in LANGUAGES if texts.get(lang, "").strip()}
