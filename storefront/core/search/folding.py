"""One folding for what is stored and what is asked: two writings of one word become the same characters (CAT-7)."""

import re
import unicodedata
from pathlib import Path

_DATA = Path(__file__).with_name("data")


def _han_variants() -> dict[int, str]:
    """Traditional Chinese and Japanese characters and the simplified one each is compared as. Folding too much only
    finds more."""
    table: dict[int, str] = {}
    for name in ("han.txt", "han_own.txt"):
        for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                target = table.get(ord(line[0]), line[0])
                table.update((ord(variant), target) for variant in line[1:] if ord(variant) not in table)
    return table


_KATAKANA = {code: chr(code - 0x60) for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−〜"), "-")
_FOLD = {**_han_variants(), **_KATAKANA, **_DASHES}
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]+")
# Controls (NUL above all, which PostgreSQL refuses in text) and lone surrogates.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_LATIN_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
# A dash or tilde typed for the mark of a long vowel.
_LONG_VOWEL = re.compile("(?<=[ぁ-ゖー])[-~](?=[ぁ-ゖ]|\\s|$)")
_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """``text`` in the form in which texts are compared: compatibility characters unified (full and half width),
    letters lower-case and without accents, katakana as hiragana, Han characters in one form, spaces single."""
    # Whatever separated words goes on doing so: a control character (a line's end among them) becomes a space.
    clean = _CONTROL.sub(" ", text)
    if clean.isascii():
        return _SPACE.sub(" ", clean.lower()).strip()
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _ZERO_WIDTH.sub("", clean)).casefold())
    bare = _LATIN_ACCENTS.sub("", unicodedata.normalize("NFD", lowered))
    # NFD also took voiced kana apart; NFC puts them together again before they are mapped.
    mapped = unicodedata.normalize("NFC", bare).translate(_FOLD)
    return _SPACE.sub(" ", _LONG_VOWEL.sub("ー", mapped)).strip()
