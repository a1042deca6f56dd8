"""From texts to tokens: the one place that decides what is a word, for what is stored and for what is asked.

A run ABCD of Han, kana or hangul becomes ``AB BC CD D``: words of two characters are found at any place in it, one
character by its beginning, and the single character at the end keeps a phrase from reaching into the next text.
Everything else is words. Tokens hold no space and, of ASCII, only letters, digits and a few signs, so that both
databases keep them as they are."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from storefront.core.search.folding import fold
from storefront.core.search.romaji import readings

EXACT = "="  # before a code, barcode or number that is asked for whole
BACKWARDS = "<"  # before digits in reverse order: found by their end
FACET = ":"  # before what a list is narrowed by
BEGINS = ">"  # before the first character of a word
MAX_TOKENS = 4000
MAX_WORD = 60
MAX_CODE = 80

CJK = (
    "\u0e00-\u0eff\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u303c\u3041-\u3096"
    "\u309d-\u309f\u30a1-\u30fa\u30fc-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Groups: a run of CJK; words held together by a joiner; a sign that means something by itself.
_CHUNK = re.compile(
    f"([{CJK}]+)|((?:(?![{CJK}_])\\w)+(?:[-._'’/](?:(?![{CJK}_])\\w)+)*)|([%&+#@$*^]|(?![{CJK}])[^\\s\\w\\x00-\\x7f])"
)
_WORD = re.compile(r"[^\W_]+")
# General punctuation, CJK punctuation and full stops: they separate and are not searched for.
_SEPARATES = re.compile("[\u00a1-\u00bf\u2000-\u206f\u3000-\u303f\u30a0\u30fb\uff00-\uffef]")
_MEASURE = re.compile(r"(\d+)(g|kg|mg|ml|cl|dl|l|mm|cm|m|oz|lb|gb|mb|tb|w|v|inch|in)\Z")
UNITS = frozenset(
    ["g", "kg", "mg", "ml", "cl", "dl", "l", "mm", "cm", "m", "oz", "lb", "gb", "mb", "tb", "w", "v", "inch", "in"]
)
_LOOSE = str.maketrans("ぁぃぅぇぉゃゅょゎゕゖ", "あいうえおやゆよわかけ", "ーっ")


def chunks(folded: str) -> Iterator[tuple[bool, str]]:
    """The parts of a folded text: whether it is a run of CJK, and what it is. Words held together by a hyphen, a point
    or an apostrophe are one part."""
    for match in _CHUNK.finditer(folded):
        run, words, sign = match.groups()
        if sign is None:
            yield (True, run) if run else (False, words)
        elif not _SEPARATES.match(sign):
            yield False, sign


def words_in(part: str) -> list[str]:
    """The single words of a part that is no run of CJK."""
    return [word[:MAX_WORD] for word in _WORD.findall(part)] or [part[:MAX_WORD]]


def bigrams(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def plain(text: str) -> str:
    """A folded text without punctuation, its parts a space apart: what titles and questions are compared by."""
    return " ".join(part if cjk else " ".join(words_in(part)) for cjk, part in chunks(fold(text)))


def loosen(run: str) -> str:
    """A folded run of kana without long vowels and doubled consonants, small kana as large."""
    return run.translate(_LOOSE)


def singular(word: str) -> str:
    """An English word without its plural ending; "" where it has none."""
    if len(word) < 4 or not word.isascii() or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return ""
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("xes", "ches", "shes", "sses", "zes")) else word[:-1]


def code_token(code: str) -> str:
    """The token of a whole code, barcode, number or address: its letters and digits; "" when it has none."""
    joined = "".join(character for character in fold(code) if character.isalnum())[:MAX_CODE]
    return EXACT + joined if joined else ""


def ending_token(number: str) -> str:
    """The token by whose beginning a number is found by its end; "" for less than four digits."""
    digits = "".join(character for character in fold(number) if character in "0123456789")
    return BACKWARDS + digits[::-1] if len(digits) >= 4 else ""


def facet_token(kind: str, value: str = "") -> str:
    """The token of something a list is narrowed by. ``kind``: one lower-case letter; ``value``: a slug."""
    return f"{FACET}{kind}{value.lower()}"


def beginnings(tokens: Iterable[str]) -> list[str]:
    """A token for each character that words among ``tokens`` begin with: PostgreSQL would put together the lists of all
    words with that beginning, each time somebody asks for one character."""
    marks = (EXACT, BACKWARDS, FACET)
    return [BEGINS + first for first in dict.fromkeys(token[0] for token in tokens) if first not in marks]


def document(texts: Iterable[str], *, codes: Iterable[str] = (), marks: Iterable[str] = ()) -> tuple[str, ...]:
    """All tokens of a document, in order. ``codes``: found whole and by their beginning, kept apart from words so that
    none of the many beginnings of words leads into them; ``marks``: tokens as they are (facets, endings)."""
    tokens: list[str] = [mark for mark in dict.fromkeys(marks) if mark]
    extras: dict[str, None] = dict.fromkeys(filter(None, map(code_token, codes)))
    for text in dict.fromkeys(texts):
        if not text:
            continue
        for cjk, part in (parts := list(chunks(fold(text)))):
            tokens += [*bigrams(part), part[-1]] if cjk else words_in(part)
        extras.update(dict.fromkeys(_extras(text, parts)))
    for extra in extras:
        tokens += extra.split(" ")
    return tuple(tokens[:MAX_TOKENS])


def _extras(text: str, parts: list[tuple[bool, str]]) -> Iterator[str]:
    """Other writings under which a text is found: each a token, or tokens that follow each other."""
    before = ""
    for cjk, part in parts:
        if cjk:
            loose = loosen(part)
            if loose and loose != part:
                yield " ".join([*bigrams(loose), loose[-1]])
        else:
            words = words_in(part)
            if len(words) > 1 and (joined := "".join(words)).isalpha():
                yield joined[:MAX_WORD]
            for word in words:
                yield from filter(None, (singular(word), *_MEASURE.sub(r"\1", word).split(word)))
                if before.isdigit() and word in UNITS:
                    yield before + word
                before = word
    if not text.isascii():
        yield from readings(text)
