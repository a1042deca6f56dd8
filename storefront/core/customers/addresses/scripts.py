"""Which characters a label can show. A carrier refuses or prints "???" for all others."""

import re
from collections.abc import Iterable
from functools import cache
from unicodedata import category

_RANGES = {
    "latin": " -~\u00aa\u00b0\u00b7\u00ba\u00bf\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f\u0218-\u021b",
    "latin_additional": "\u01a0\u01a1\u01af\u01b0\u1e00-\u1eff",
    "han": "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af",
    "kana": "\u3041-\u3096\u309d\u309e\u30a1-\u30fe",
    "hangul": "\u3131-\u3163\uac00-\ud7a3",
    "cjk_marks": "\u3001\u3002\u300a-\u300f\u3010\u3011\u3012\u301c\u30fb\u2022\u2027",
}
_NATIVE = re.compile("[" + _RANGES["han"] + _RANGES["kana"] + _RANGES["hangul"] + "]")
_UNPRINTABLE_NAMES = frozenset(["Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zl", "Zp"])


@cache
def _outside(scripts: frozenset[str]) -> re.Pattern[str]:
    return re.compile("[^" + "".join(_RANGES[script] for script in sorted(scripts)) + "]")


def first_unprintable(text: str, scripts: Iterable[str]) -> str | None:
    """The first character outside the scripts (names of `_RANGES`), or None when the label can show them all."""
    found = _outside(frozenset(scripts)).search(text)
    return found[0] if found else None


def is_native(text: str) -> bool:
    """Whether the text holds Han characters, kana or Hangul."""
    return _NATIVE.search(text) is not None


def shown_character(character: str) -> str:
    """The character as a message can show it: itself, or U+… where nothing would be seen."""
    return f"U+{ord(character):04X}" if category(character) in _UNPRINTABLE_NAMES else character
