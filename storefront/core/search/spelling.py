"""Which spelling somebody may have meant, when a question found next to nothing."""

from sqlalchemy import bindparam, select

from storefront.core.db import session
from storefront.core.search.asking import MAX_QUESTION
from storefront.core.search.folding import fold
from storefront.core.search.models import SearchWord
from storefront.core.search.service import MAX_SPELLED, MIN_SPELLED
from storefront.core.search.tokens import chunks, singular

# So many words with the same first letter and nearly the same length are compared.
MAX_COMPARED = 5000

_WORD = SearchWord.__table__
_ALIKE = (
    select(_WORD.c.word, _WORD.c.uses)
    .where(
        _WORD.c.initial == bindparam("initial"),
        _WORD.c.length.between(bindparam("shortest"), bindparam("longest")),
    )
    .order_by(_WORD.c.uses.desc())
    .limit(MAX_COMPARED)
)


def respelled(question: str) -> str:
    """``question`` folded, with every Latin word that no product's name holds replaced by the nearest one that does; ""
    when there is none, or nothing to replace. One statement a word."""
    folded = fold(question[:MAX_QUESTION])
    words = [part for cjk, part in chunks(folded) if not cjk and _may_be_misspelt(part)]
    changed = folded
    for word in dict.fromkeys(words):
        near = _nearest(word)
        if near and near != word:
            changed = " ".join(near if part == word else part for part in changed.split(" "))
    return changed if changed != folded else ""


def _may_be_misspelt(word: str) -> bool:
    return MIN_SPELLED < len(word) <= MAX_SPELLED and word.isascii() and word.isalpha()


def _nearest(word: str) -> str:
    """The word in use that is nearest, "" when none is near; ``word`` itself when it is in use."""
    reach = 1 if len(word) < 6 else 2
    lengths = {"shortest": len(word) - reach, "longest": len(word) + reach}
    rows = session.execute(_ALIKE, {"initial": word[0], **lengths}).all()
    known = {row.word for row in rows}
    if word in known or singular(word) in known:
        return word
    best = (reach + 1, 0, "")
    letters = set(word)
    for other, uses in rows:
        # Each step changes at most two letters of the set: most words are out before anything is computed.
        if len(letters.symmetric_difference(other)) <= 2 * reach:
            steps = distance(word, other, best[0] if best[0] <= reach else reach)
            best = min(best, (steps, -uses, other)) if steps <= reach else best
    return best[2]


def distance(one: str, other: str, limit: int) -> int:
    """How many letters must be put in, left out, changed or swapped with a neighbour; ``limit + 1`` when more than
    ``limit``."""
    before, last = list[int](), list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            steps = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                steps = min(steps, before[j - 2] + 1)
            row.append(steps)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)
