"""Keeping the documents. Every verb runs inside the caller's unit of work; what it wrote is found when the unit commits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, select, text, update

from storefront.core.db import on_sqlite, session
from storefront.core.search.ddl import FULL_TEXT, REACH, TIERS
from storefront.core.search.models import SearchHidden, SearchOrder, SearchProduct, SearchWord
from storefront.core.search.tokens import beginnings, document, plain
from storefront.core.upsert import insert_for

MAX_SCORE = 2**30
_IDS = 2**32
MAX_HEADS = 2000
# A word that is offered as a spelling: long enough to be misspelt, short enough to be a word.
MIN_SPELLED, MAX_SPELLED = 3, 30


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """A kind of document with a table of its own."""

    model: type[SearchProduct] | type[SearchHidden] | type[SearchOrder]
    spelled: bool = False  # whether its words are offered when a question finds next to nothing

    @property
    def table(self) -> str:
        return str(self.model.__tablename__)


PRODUCTS = SearchIndex(SearchProduct, spelled=True)
HIDDEN = SearchIndex(SearchHidden)
ORDERS = SearchIndex(SearchOrder)
INDEXES = (PRODUCTS, HIDDEN, ORDERS)


@dataclass(frozen=True, slots=True)
class Document:
    """What one thing is found by. ``score``: the higher the sooner, 0 to ``MAX_SCORE``; of equal ones the newer id comes
    first. ``heads``: titles by language, compared with the question to order the first hits. ``texts``: all other words.
    ``codes``: what is asked for whole, and then comes first (to be found by its parts too, it stands in ``texts`` as
    well). ``marks``: facets and endings, made by ``tokens``."""

    id: int
    score: int = 0
    heads: Mapping[str, str] = field(default_factory=dict)
    texts: Sequence[str] = ()
    codes: Sequence[str] = ()
    marks: Sequence[str] = ()


def rank_of(document_id: int, score: int = 0) -> int:
    """The place of a document among the hits, ascending: by score, then the newest first. Never the same twice."""
    return (MAX_SCORE - min(max(score, 0), MAX_SCORE)) * _IDS + (_IDS - 1 - document_id)


def score_of(rank: int) -> int:
    return MAX_SCORE - rank // _IDS


def put(index: SearchIndex, documents: Iterable[Document], *, keep_rank: bool = False) -> None:
    """Add documents, or replace those with the same ids (of several with one id the last counts). ``keep_rank``: one that is there already stays where it is."""
    rows = rows_of({each.id: each for each in documents}.values())
    if not rows:
        return
    # SQLite begins a new piece of its index when a row comes before the one written last. On PostgreSQL two units that
    # write the same documents do so in one order, so that neither waits for the other in a ring.
    by = "rank" if on_sqlite() else "id"
    rows.sort(key=lambda row: int(row[by]))
    statement = insert_for(index.model)
    changes: dict[str, Any] = {"heads": statement.excluded.heads, "tokens": statement.excluded.tokens}
    if not keep_rank:
        changes["rank"] = statement.excluded.rank
    # With RETURNING the rows go in one statement: SQLite writes out what its index gathered after each.
    session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_=changes).returning(index.model.id), rows
    )
    if index.spelled:
        _learn_words(str(row["heads"]) for row in rows)


def rows_of(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """Documents as the values of their rows, for the database of the current session."""
    return [_row(each) for each in documents]


def remove(index: SearchIndex, ids: Collection[int]) -> None:
    """Take documents out; ids that are not there are no mistake."""
    if not ids:
        return
    session.execute(delete(index.model).where(index.model.id.in_(list(ids))))


def reorder(index: SearchIndex, scores: Mapping[int, int]) -> int:
    """Give documents new scores; how many of them moved."""
    present = session.execute(select(index.model.id, index.model.rank).where(index.model.id.in_(list(scores)))).all()
    moved = [(id_, rank_of(id_, scores[id_])) for id_, rank in present if rank != rank_of(id_, scores[id_])]
    for id_, rank in sorted(moved):
        session.execute(update(index.model).where(index.model.id == id_).values(rank=rank))
    return len(moved)


def tier_bounds(index: SearchIndex) -> tuple[int, ...]:
    """The last ranks of the tiers but the last, as the documents stand now. Reads only."""
    total = session.scalar(select(func.count()).select_from(index.model)) or 0
    bounds = []
    for share in REACH:
        place = int(total * share)
        rank = session.scalar(select(index.model.rank).order_by(index.model.rank).offset(place).limit(1))
        bounds.append(rank if rank is not None else 0)
    return tuple(bounds)


def move_tiers(index: SearchIndex, bounds: tuple[int, ...], limit: int) -> int:
    """Bring up to ``limit`` documents into the tiers their ranks belong to; how many. Those that move up are moved
    first, so that meanwhile nothing stands behind what it precedes for long. SQLite needs no tiers: nothing to do."""
    if on_sqlite():
        return 0
    model, moved = index.model, 0
    for tier in TIERS:
        here = [model.rank > bounds[tier - 1]] if tier else []
        here += [model.rank <= bounds[tier]] if tier < len(bounds) else []
        wrong = select(model.id).where(*here, model.tier != tier).limit(limit - moved)
        ids = list(session.scalars(wrong)) if moved < limit else []
        if ids:
            session.execute(update(model).where(model.id.in_(ids)).values(tier=tier))
            moved += len(ids)
    return moved


def rebuild_full_text(index: SearchIndex) -> None:
    """SQLite: make the full text table anew from the rows, in one go that keeps other writers waiting (3 seconds for
    100,000 products). For a file that was damaged; readers see the old one until the unit commits. PostgreSQL: nothing."""
    if on_sqlite():
        name = f"{index.table}{FULL_TEXT}"
        session.execute(text(f"INSERT INTO {name}({name}) VALUES ('rebuild')"))


def merge_segments(index: SearchIndex, pages: int = 2000) -> None:
    """SQLite: put together what many small changes left in pieces, as much as ``pages`` pages hold."""
    if on_sqlite():
        name = f"{index.table}{FULL_TEXT}"
        session.execute(text(f"INSERT INTO {name}({name}, rank) VALUES ('merge', :pages)"), {"pages": pages})


def spelled_words(heads: str) -> set[str]:
    """The words of a document's titles that are worth offering."""
    words = (word for line in heads.split("\n") for word in line.partition(":")[2].split(" "))
    return {word for word in words if MIN_SPELLED <= len(word) <= MAX_SPELLED and word.isascii() and word.isalpha()}


def write_words(uses: Mapping[str, int]) -> None:
    """Count words anew: ``uses`` by word."""
    rows = [{"word": w, "initial": w[0], "length": len(w), "uses": n} for w, n in sorted(uses.items())]
    if rows:
        statement = insert_for(SearchWord)
        counted = statement.on_conflict_do_update(index_elements=["word"], set_={"uses": statement.excluded.uses})
        session.execute(counted, rows)


def _learn_words(heads: Iterable[str]) -> None:
    words = sorted({word for each in heads for word in spelled_words(each)})
    if words:
        rows = [{"word": word, "initial": word[0], "length": len(word)} for word in words]
        session.execute(insert_for(SearchWord).on_conflict_do_nothing(), rows)


def _row(each: Document) -> dict[str, Any]:
    heads = "\n".join(f"{lang}:{plain(title)}" for lang, title in each.heads.items() if title)[:MAX_HEADS]
    tokens = document([*each.heads.values(), *each.texts], codes=each.codes, marks=each.marks)
    stored = " ".join(tokens) if on_sqlite() else _vector(tokens)
    return {"id": each.id, "rank": rank_of(each.id, each.score), "heads": heads, "tokens": stored}


def _vector(tokens: Sequence[str]) -> str:
    """Tokens with their places as PostgreSQL writes a ``tsvector``: no parser of the server has a say."""
    places: dict[str, list[str]] = {}
    for place, token in enumerate(tokens, start=1):
        places.setdefault(token, []).append(str(place))
    placed = [f"{quoted(token)}:{','.join(at)}" for token, at in places.items()]
    return " ".join([*placed, *map(quoted, beginnings(tokens))])


def quoted(token: str) -> str:
    """A token as a literal of ``tsvector`` and ``tsquery``."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
