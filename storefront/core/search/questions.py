"""What shoppers searched for, for the owner: counted by day, language and words, never by person."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select

from storefront.core.db import session
from storefront.core.search.asking import MAX_QUESTION
from storefront.core.search.folding import fold
from storefront.core.search.models import SearchQuestion
from storefront.core.upsert import insert_for

KEEP = timedelta(days=180)
# So many different questions are kept of one day; whoever types nonsense all day fills no disk.
MAX_A_DAY = 5000
# A telephone number, a card: such a row of digits is kept only when it is a barcode or a code that was found.
_DIGITS = re.compile(r"\d[\d\s()+.-]{5,}\d")


class AskedKey(NamedTuple):
    day: date
    lang: str
    question: str


@dataclass(slots=True)
class AskedCount:
    """``hits``: of the last time."""

    asked: int = 0
    hits: int = 0


@dataclass(frozen=True, slots=True)
class AskedRow:
    """``lang`` "" when summed over languages."""

    question: str
    asked: int
    hits: int


def key_of(question: str, lang: str, day: date, hits: int) -> AskedKey | None:
    """How ``question`` is counted; ``None`` for one that says nothing or looks like somebody's address or number."""
    folded = fold(question[:MAX_QUESTION])[:MAX_QUESTION]
    if not folded or "@" in folded or (not hits and _DIGITS.search(folded)):
        return None
    return AskedKey(day, lang, folded)


def add_questions(counts: Iterable[tuple[AskedKey, AskedCount]]) -> None:
    """Add counts to the days', inside the caller's unit. What is new on a full day is left out."""
    rows = sorted(counts, key=lambda pair: pair[0])
    kept: dict[date, int] = {}
    for key, count in rows:
        if key.day not in kept:
            kept[key.day] = session.scalar(select(func.count()).where(SearchQuestion.day == key.day)) or 0
        if kept[key.day] >= MAX_A_DAY and session.get(SearchQuestion, tuple(key)) is None:
            continue
        row = insert_for(SearchQuestion).values(**key._asdict(), asked=count.asked, hits=count.hits)
        session.execute(
            row.on_conflict_do_update(
                index_elements=["day", "lang", "question"],
                set_={"asked": SearchQuestion.asked + row.excluded.asked, "hits": row.excluded.hits},
            )
        )
        kept[key.day] += 1


def asked_most(since: date, *, without_hits: bool = False, limit: int = 100) -> list[AskedRow]:
    """What was searched for most often since that day (UTC), over all languages; ``without_hits``: only what found
    nothing the last time. For the back office; one statement."""
    asked, hits = func.sum(SearchQuestion.asked), func.max(SearchQuestion.hits)
    rows = (
        select(SearchQuestion.question, asked.label("asked"), hits.label("hits"))
        .where(SearchQuestion.day >= since)
        .group_by(SearchQuestion.question)
        .order_by(asked.desc(), SearchQuestion.question)
        .limit(limit)
    )
    if without_hits:
        rows = rows.having(hits == 0)
    return [AskedRow(row.question, int(row.asked), int(row.hits)) for row in session.execute(rows)]


def forget_questions(today: date) -> None:
    """Drop the days that are too old, inside the caller's unit."""
    session.execute(delete(SearchQuestion).where(SearchQuestion.day < today - KEEP))
