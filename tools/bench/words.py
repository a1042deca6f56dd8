"""Names and texts of generated goods in the four languages, from ``vocabulary.toml``."""

import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from storefront.core.values.language import LANGUAGES


class Word(NamedTuple):
    """One meaning in the four languages, in the order of ``LANGUAGES``."""

    en: str
    ja: str
    zh_hans: str
    zh_hant: str

    def by_language(self) -> dict[str, str]:
        return dict(zip(LANGUAGES, self, strict=True))


class Group(NamedTuple):
    word: Word
    kinds: tuple[Word, ...]


class Vocabulary(NamedTuple):
    groups: tuple[Group, ...]
    materials: tuple[Word, ...]
    styles: tuple[Word, ...]
    colours: tuple[Word, ...]
    sizes: tuple[Word, ...]
    colour: Word
    size: Word
    brands: tuple[Word, ...]
    sentences: tuple[Word, ...]


def _word(text: str) -> Word:
    return Word(*text.split("|"))


def _words(texts: list[str]) -> tuple[Word, ...]:
    return tuple(map(_word, texts))


@cache
def vocabulary() -> Vocabulary:
    found = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text("utf-8"))
    return Vocabulary(
        groups=tuple(Group(_word(head), _words(kinds)) for head, *kinds in found["groups"]),
        colour=_word(found["colour"]),
        size=_word(found["size"]),
        **{name: _words(found[name]) for name in ("materials", "styles", "colours", "sizes", "brands", "sentences")},
    )


def name_of(rnd: Random, kind: Word, number: int) -> Word:
    """“Oak round lamp 512”: one of 256 looks of this kind; one in three carries a model number."""
    words = vocabulary()
    look = int(rnd.random() * 256)
    material, style = words.materials[look & 15], words.styles[look >> 4]
    model = f" {number}" if number % 3 == 0 else ""
    return Word(
        f"{material.en.capitalize()} {style.en} {kind.en}{model}",
        f"{material.ja}{style.ja}{kind.ja}{model}",
        f"{material.zh_hans}{style.zh_hans}{kind.zh_hans}{model}",
        f"{material.zh_hant}{style.zh_hant}{kind.zh_hant}{model}",
    )


def prose(rnd: Random, least: int, most: int) -> Word:
    """Between ``least`` and ``most`` sentences, the same ones in every language."""
    sentences = vocabulary().sentences
    at, count = int(rnd.random() * len(sentences)), least + int(rnd.random() * (most - least + 1))
    chosen = [sentences[(at + 3 * i) % len(sentences)] for i in range(count)]
    return Word(" ".join(s.en for s in chosen), *("".join(s[i] for s in chosen) for i in (1, 2, 3)))
