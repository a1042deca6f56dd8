"""Plain text as a reader of mail sees it: lines of no more than 78 columns, a wide character taking two."""

import re
import unicodedata

COLUMNS = 78
# Never at the beginning of a line, never at its end.
NOT_FIRST = frozenset("、。，．・：；？！ー々〉》」』】〕）］｝”’,.:;?!)]}%")
NOT_LAST = frozenset("〈《「『【〔（［｛“‘([{")
_LEAD = re.compile(r"\s*(?:[-*] )?")
_ADDRESS = re.compile(r"\S*://\S*")


def width(text: str) -> int:
    """In columns. Combining marks take none."""
    return sum(_width(c) for c in text)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, columns: int = COLUMNS) -> str:
    """Each line of ``text`` broken at spaces and between wide characters; what follows a list's dash stays indented.
    Addresses of pages are never broken, nor is a word that is longer than a line."""
    return "\n".join(part for line in text.split("\n") for part in _lines(line, columns))


def _lines(line: str, columns: int) -> list[str]:
    if width(line) <= columns:
        return [line]
    lead = _LEAD.match(line)
    first = lead.group() if lead else ""
    indent = " " * width(first)
    found, now = [], first
    for piece in _pieces(line[len(first) :]):
        if width(now + piece.rstrip()) > columns and now.strip(" -*"):
            found.append(now.rstrip())
            now = indent + piece.lstrip()
        else:
            now += piece
    return [*found, now.rstrip()]


def _pieces(text: str) -> list[str]:
    """What may not be broken, each with the spaces after it."""
    found: list[str] = []
    for word in re.findall(r"\S+\s*|\s+", text):
        found += [word] if _ADDRESS.match(word) else _split(word)
    return found


def _split(word: str) -> list[str]:
    parts = [word[:1]]
    for before, char in zip(word, word[1:], strict=False):
        wide = _width(char) == 2 or _width(before) == 2
        if wide and not char.isspace() and char not in NOT_FIRST and before not in NOT_LAST:
            parts.append(char)
        else:
            parts[-1] += char
    return parts
