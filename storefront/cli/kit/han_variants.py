"""Which Chinese characters are simplified only, which traditional only.

The national character sets of 1980 and 1984 are the table: GB 2312 holds the characters of simplified writing, Big5
those of traditional writing. A character that stands in one alone belongs to that one. What both sets hold, although
one of the two scripts no longer writes it so, is listed by hand."""

from collections.abc import Callable

# In Big5 under an old or rare meaning, in today's traditional texts a simplified leftover.
SIMPLIFIED_WITHIN_BIG5 = frozenset(
    "价体网机优万与厂适胜党么听种几夸儿圣宁岭怀怜惊愿扑扰据极构柜气洁洒涂确离苹荐虫触赶坏复异"
)

# In GB 2312 for names and old texts, in today's simplified texts a traditional leftover.
TRADITIONAL_WITHIN_GB2312 = frozenset("後於")

# Written in simplified texts too, though GB 2312 came too early for them.
ALSO_SIMPLIFIED = frozenset("囍瞭啰")


def simplified_only(text: str) -> str:
    """The characters of ``text`` that a traditional text must not hold, each once, in their order."""
    return _each_once(text, _is_simplified_only)


def traditional_only(text: str) -> str:
    """The characters of ``text`` that a simplified text must not hold."""
    return _each_once(text, _is_traditional_only)


def _is_simplified_only(character: str) -> bool:
    if character in SIMPLIFIED_WITHIN_BIG5:
        return True
    return _fits(character, "gb2312") and not _fits(character, "big5")


def _is_traditional_only(character: str) -> bool:
    if character in TRADITIONAL_WITHIN_GB2312:
        return True
    return character not in ALSO_SIMPLIFIED and _fits(character, "big5") and not _fits(character, "gb2312")


def _each_once(text: str, test: Callable[[str], bool]) -> str:
    return "".join(dict.fromkeys(c for c in text if "\u4e00" <= c <= "\u9fff" and test(c)))


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
