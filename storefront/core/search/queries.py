"""Finding documents. One statement a question; never an error for what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, Text, TextualSelect, bindparam, column, select, text

from storefront.core.db import dialect, session
from storefront.core.search.asking import Phrase, Question
from storefront.core.search.ddl import FULL_TEXT, TIERS
from storefront.core.search.matching import Facets, match_of
from storefront.core.search.service import SearchIndex, rank_of

# Counting stops here: "1,000+".
COUNTED = 1000
# So many of the first hits are put into a better order than popularity alone.
REORDERED = 200
# So many hits take part where a list is sorted or narrowed by what the index does not know.
MATCHED = 5000
MAX_EXACT = 20


@dataclass(frozen=True, slots=True)
class Hits:
    """``ids`` in order. ``total``: of all hits, at most ``COUNTED``; ``more``: there are more than that."""

    ids: tuple[int, ...] = ()
    total: int = 0
    more: bool = False


NOTHING = Hits()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The part of the hits that is asked for. ``lang``: titles in it count before those in other languages; ""
    keeps the order of the index. ``after``: only documents that come after this rank."""

    limit: int
    offset: int = 0
    lang: str = ""
    after: int | None = None
    facets: Facets = field(default=())


def find(index: SearchIndex, question: Question, wanted: Wanted) -> Hits:
    """The hits of ``question``: what bears it as a code first, then in the order of the index, of which the first
    ``REORDERED`` are ordered by where the words stand. One statement."""
    if not question.terms:
        return NOTHING
    reach = wanted.offset + wanted.limit
    whole = question.exact if wanted.after is None else ""
    values = {
        "terms": match_of(question.terms, wanted.facets, dialect()),
        "exact": match_of([((Phrase((whole,)),),)], wanted.facets, dialect()) if whole else "",
        "limit": max(reach, REORDERED) if wanted.lang else reach,
        "counted": COUNTED + 1,
        "after": wanted.after if wanted.after is not None else -1,
    }
    rows = session.execute(_statement(index, bool(whole)), values).all()
    if not rows:
        return NOTHING
    total = int(rows[0].total)
    first = {row.id: row.heads for row in rows if row.exact}
    others = {row.id: row.heads for row in rows if not row.exact and row.id not in first}
    ids = list(first)
    if wanted.lang:
        ids += _reordered(dict(list(others.items())[:REORDERED]), question.text, wanted.lang)
        ids += list(others)[REORDERED:]
    else:
        ids += list(others)
    # A code may be found whole beyond what was counted.
    total = max(total, len(first))
    return Hits(tuple(ids[wanted.offset : reach]), min(total, COUNTED), total > COUNTED)


def matching_ids(index: SearchIndex, question: Question, facets: Facets = (), limit: int = MATCHED) -> Select[int]:
    """The ids of the first ``limit`` hits as a SELECT, for a statement that sorts or narrows them further."""
    if not question.terms:
        return select(index.model.id).where(index.model.id.is_(None))
    # Unique, so that one statement may ask two indexes.
    ids = _ids_statement(index).bindparams(
        bindparam("search_terms", match_of(question.terms, facets, dialect()), unique=True),
        bindparam("search_limit", limit, unique=True),
    )
    found = ids.columns(column("id", Integer)).subquery("found")
    return select(found.c.id)


def after_document(document_id: int, score: int = 0) -> int:
    """For ``Wanted.after``: what comes after this document."""
    return rank_of(document_id, score)


def _statement(index: SearchIndex, exact: bool) -> TextualSelect:
    kind = (dialect(), index.table, exact)
    if kind not in _statements:
        build = _postgresql if kind[0] == "postgresql" else _sqlite
        _statements[kind] = text(build(index.table, exact)).columns(
            column("id", Integer), column("heads", Text), column("exact", Integer), column("total", BigInteger)
        )
    return _statements[kind]


_statements: dict[tuple[str, str, bool], TextualSelect] = {}


# Fewer hits than were asked for are all there are: only else they are counted, which looks for them once more.
_TOTAL = (
    "CASE WHEN (SELECT count(*) FROM found) < :limit THEN (SELECT count(*) FROM found) "
    "ELSE (SELECT count(*) FROM ({counted}) counted) END AS total"
)


def _sqlite(table: str, exact: bool) -> str:
    fts = f"{table}{FULL_TEXT}"
    found = f"SELECT rowid AS rank FROM {fts} WHERE {fts} MATCH :terms AND rowid > :after ORDER BY rowid LIMIT :limit"
    whole = f"SELECT rowid AS rank, 1 AS exact FROM {fts} WHERE {fts} MATCH :exact ORDER BY rowid LIMIT {MAX_EXACT}"
    hits = "SELECT rank, 0 AS exact FROM found" + (f" UNION ALL SELECT * FROM ({whole})" if exact else "")
    total = _TOTAL.format(counted=f"SELECT 1 FROM {fts} WHERE {fts} MATCH :terms LIMIT :counted")
    return (
        f"WITH found AS MATERIALIZED ({found}) SELECT d.id, d.heads, h.exact, {total} "
        f"FROM ({hits}) h JOIN {table} d ON d.rank = h.rank ORDER BY h.exact DESC, h.rank"
    )


def _postgresql(table: str, exact: bool) -> str:
    # rank + 0: the planner must not walk along the index of the ranks in the hope of an early hit. A tier is only
    # looked into when those before it gave too little: UNION ALL is read one part after the other, up to the limit.
    def tiers(columns: str, match: str, limit: str, rest: str) -> str:
        return " UNION ALL ".join(
            f"(SELECT {columns} FROM {table} WHERE tier = {tier} AND tokens @@ CAST({match} AS tsquery) {rest} {limit})"
            for tier in TIERS
        )

    found = tiers("id, heads, rank, 0 AS exact", ":terms", "LIMIT :limit", "AND rank > :after ORDER BY rank + 0")
    hits = "SELECT * FROM found"
    if exact:
        whole = tiers("id, heads, rank, 1 AS exact", ":exact", f"LIMIT {MAX_EXACT}", "ORDER BY rank + 0")
        hits += f" UNION ALL (SELECT * FROM ({whole}) whole LIMIT {MAX_EXACT})"
    total = _TOTAL.format(counted=f"SELECT 1 FROM ({tiers('1', ':terms', '', '')}) each LIMIT :counted")
    return (
        f"WITH found AS MATERIALIZED (SELECT * FROM ({found}) parts LIMIT :limit) "
        f"SELECT id, heads, exact, {total} FROM ({hits}) hits ORDER BY exact DESC, rank"
    )


def _ids_statement(index: SearchIndex) -> Any:
    table = index.table
    if dialect() == "postgresql":
        parts = " UNION ALL ".join(
            f"(SELECT id FROM {table} WHERE tier = {tier} AND tokens @@ CAST(:search_terms AS tsquery) "
            "ORDER BY rank + 0 LIMIT :search_limit)"
            for tier in TIERS
        )
        return text(f"SELECT id FROM ({parts}) parts LIMIT :search_limit")
    fts = f"{table}{FULL_TEXT}"
    return text(
        f"SELECT id FROM {table} WHERE rank IN (SELECT rowid FROM {fts} WHERE {fts} MATCH :search_terms "
        "ORDER BY rowid LIMIT :search_limit)"
    )


def _reordered(heads: Mapping[int, str], asked: str, lang: str) -> Sequence[int]:
    """By where the question stands: at the title's beginning, in the title, in that of another language, elsewhere.
    Of equals the order stays."""
    return sorted(heads, key=lambda id_: grade(heads[id_], asked, lang))


def grade(heads: str, asked: str, lang: str) -> int:
    """0: the title begins with what was asked. 1: it stands in the title. 2: all its words do. 3: in another language.
    4: elsewhere. Latin words count from their beginning, a run of characters anywhere."""
    start = 0 if heads.startswith(f"{lang}:") else heads.find(f"\n{lang}:") + 1
    if start or heads.startswith(f"{lang}:"):
        end = heads.find("\n", start)
        title = heads[start + len(lang) + 1 : end if end >= 0 else None]
        if title.startswith(asked):
            return 0
        if f" {asked}" in title or (asked in title and not asked[0].isascii()):
            return 1
        if " " in asked and all(word in title for word in asked.split(" ")):
            return 2
    elsewhere = f":{asked}" in heads or f" {asked}" in heads or (asked in heads and not asked[0].isascii())
    return 3 if elsewhere else 4
