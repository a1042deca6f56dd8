"""Postal codes: one normal form per country, whatever separators were typed."""

import re
from dataclasses import dataclass

POSTAL_LIMIT = 20
"""Characters; no country comes near. Longer input is refused before any pattern is tried."""

_SEPARATORS = re.compile(r"[\s\-.〒]+")
_TAKES = {"9": str.isdigit, "A": str.isalpha, "X": str.isalnum}


@dataclass(frozen=True, slots=True)
class PostalRule:
    """`pattern` describes the normal form. A shape is that form with 9 for a digit, A for a letter and X for either; its
    other characters are put in where they were not typed. `prefixes` may be typed before the code and are dropped
    ("D-10115"); `lead` belongs to every code and is added when missing ("LV-"). `problem` is a key of PROBLEMS."""

    pattern: re.Pattern[str]
    shapes: tuple[str, ...]
    example: str
    problem: str
    prefixes: tuple[str, ...] = ()
    lead: str = ""


def _fill(shape: str, compact: str) -> str | None:
    characters = iter(compact)
    filled: list[str] = []
    for mark in shape:
        if mark not in _TAKES:
            filled.append(mark)
            continue
        character = next(characters, "")
        if not _TAKES[mark](character):
            return None
        filled.append(character)
    return "".join(filled) if next(characters, None) is None else None


def normal_postal_code(text: str, rule: PostalRule) -> str | None:
    """The code in its normal form ("sw1a1aa" -> "SW1A 1AA"), or None when it does not fit the country.

    `text` is folded (`fold_code`) and at most POSTAL_LIMIT characters long."""
    upper = text.upper()
    if not upper.isascii() and not upper.startswith("〒"):
        return None
    compact = _SEPARATORS.sub("", upper)
    candidates = [compact]
    candidates += [compact.removeprefix(prefix) for prefix in rule.prefixes if compact.startswith(prefix)]
    if rule.lead and not compact.startswith(_SEPARATORS.sub("", rule.lead)):
        candidates.append(_SEPARATORS.sub("", rule.lead) + compact)
    for candidate in candidates:
        for shape in rule.shapes:
            filled = _fill(shape, candidate)
            if filled is not None and rule.pattern.fullmatch(filled):
                return filled
        if rule.pattern.fullmatch(candidate):
            return candidate
    return upper if rule.pattern.fullmatch(upper) else None
