"""Brings typed text to the form that is stored: what a keyboard or a copied page adds is taken away.

All functions are idempotent. They expect text already cut to a sane length.
"""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Control and direction marks, variation selectors, lone surrogates. White space is kept for `fold_text`."""

_COMPATIBLE = re.compile("[\uff01-\uff9f\u2160-\u217f\u3231\u3232\u337f\u33a1\u2116]+")
"""Full-width ASCII, half-width kana, Roman numerals, ㈱: NFKC of a whole name would also change rare kanji."""

_DECOMPOSED = re.compile("(?s:.)[\u0300-\u036f\u3099\u309a]+|[\u1100-\u11ff]+")
_LONG_VOWEL_AS_HYPHEN = re.compile("(?<=[0-9])ー(?=[0-9])")
_DASHES_AND_QUOTES = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−﹣", "-"), **dict.fromkeys("‘’‛ʼ", "'"), **dict.fromkeys("“”‟", '"')}
)


def _nfkc(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def _nfc(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", found[0])


def fold_text(text: str) -> str:
    """For names and address lines: visible characters only, full-width ASCII and half-width kana at their usual
    width, decomposed letters composed, dashes and quotes as on a keyboard, single spaces."""
    text = _INVISIBLE.sub("", text)
    text = _COMPATIBLE.sub(_nfkc, text)
    text = _DECOMPOSED.sub(_nfc, text)
    text = text.translate(_DASHES_AND_QUOTES)
    text = _LONG_VOWEL_AS_HYPHEN.sub("-", text)
    return " ".join(text.split())


def fold_code(text: str) -> str:
    """For postal codes, telephone numbers and Latin names: as `fold_text`, but NFKC throughout."""
    return fold_text(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)))


def label_width(text: str) -> int:
    """Room the text takes on a label: 1 for a Latin letter, 2 for a full-width character."""
    return sum(2 if character >= "\u2e80" else 1 for character in text)
