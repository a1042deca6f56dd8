"""Where a question stands in a text, to mark it there as it is written."""

import unicodedata
from typing import NamedTuple

from storefront.core.search.asking import MAX_QUESTION
from storefront.core.search.folding import fold
from storefront.core.search.tokens import chunks, words_in

# Half-width marks that belong to the kana before them.
_JOINED = "\uff9e\uff9f"


class Piece(NamedTuple):
    text: str
    marked: bool


def marked(text: str, question: str) -> list[Piece]:
    """``text`` in pieces, those that the question's words stand in marked: a run of CJK anywhere, a word at the beginning
    of one. Whatever the two are written in; the pieces together are ``text``."""
    folded, places = _folded_with_places(text)
    found = [False] * len(text)
    for cjk, part in chunks(fold(question[:MAX_QUESTION])):
        for word in (part,) if cjk else words_in(part):
            at = folded.find(word)
            while at >= 0:
                if cjk or at == 0 or not folded[at - 1].isalnum():
                    first, last = places[at][0], places[at + len(word) - 1][1]
                    found[first:last] = [True] * (last - first)
                at = folded.find(word, at + 1)
    pieces: list[Piece] = []
    for character, is_marked in zip(text, found, strict=True):
        if pieces and pieces[-1].marked == is_marked:
            pieces[-1] = Piece(pieces[-1].text + character, is_marked)
        else:
            pieces.append(Piece(character, is_marked))
    return pieces


def _folded_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters from where to where it stands in ``text``."""
    folded: list[str] = []
    places: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (unicodedata.combining(text[end]) or text[end] in _JOINED):
            end += 1
        part = fold(text[start:end]) or " "
        folded.append(part)
        places += [(start, end)] * len(part)
        start = end
    return "".join(folded), places
