"""What makes a table of documents searchable and no class can say: raw statements for each database.

SQLite: an FTS5 table over the tokens, which triggers keep in step with the rows, also with rows that a foreign key
deletes; its row numbers are the ranks, so that hits come in order without sorting. PostgreSQL: one GIN index a tier, so
that a common word is looked for among the first documents before all others are touched."""

from typing import Any

from sqlalchemy import DDL, FromClause, Table, event

# Which share of all documents, by rank, the tiers but the last reach to.
REACH = (0.002, 0.02, 0.2)
TIERS = tuple(range(len(REACH) + 1))
# Of ASCII, the tokenizer takes letters and digits for tokens, and these; everything beyond ASCII is.
TOKEN_SIGNS = "=<:%&+#@$*^-_"
FULL_TEXT = "_fts"
TIER_INDEX = "_tokens_gin"


def create_statements(table: str) -> dict[str, tuple[str, ...]]:
    """By dialect: what stands beside ``table`` once it is there."""
    fts = f"{table}{FULL_TEXT}"
    remove = f"INSERT INTO {fts}({fts}, rowid, tokens) VALUES ('delete', old.rank, old.tokens);"
    add = f"INSERT INTO {fts}(rowid, tokens) VALUES (new.rank, new.tokens);"
    return {
        "sqlite": (
            f"CREATE VIRTUAL TABLE {fts} USING fts5(tokens, content='{table}', content_rowid='rank', columnsize=0, "
            f"prefix='1 2 3', tokenize=\"ascii tokenchars '{TOKEN_SIGNS}'\")",
            f"CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN {add} END",
            f"CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN {remove} END",
            f"CREATE TRIGGER {table}_changed AFTER UPDATE OF rank, tokens ON {table} "
            f"WHEN old.rank IS NOT new.rank OR old.tokens IS NOT new.tokens BEGIN {remove} {add} END",
        ),
        "postgresql": tuple(
            f"CREATE INDEX ix_{table}{TIER_INDEX}_{tier} ON {table} USING gin (tokens) "
            f"WITH (fastupdate = off) WHERE tier = {tier}"
            for tier in TIERS
        ),
    }


def drop_statements(table: str) -> dict[str, tuple[str, ...]]:
    """What must go before ``table`` does; triggers and indexes go with it."""
    return {"sqlite": (f"DROP TABLE IF EXISTS {table}{FULL_TEXT}",)}


SEARCHABLE: list[str] = []


def make_searchable(table: FromClause) -> None:
    """Create and drop the full text table and the indexes with ``table``."""
    assert isinstance(table, Table)
    SEARCHABLE.append(table.name)
    for moment, statements in (("after_create", create_statements), ("before_drop", drop_statements)):
        for dialect, each in statements(table.name).items():
            for statement in each:
                # DDL() writes the table's name where it finds a per cent sign.
                ddl: Any = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
                event.listen(table, moment, ddl.execute_if(dialect=dialect))


def is_full_text(name: str) -> bool:
    """Whether a table or an index is one of these, which Alembic must not compare with classes."""
    tables = tuple(f"{table}{FULL_TEXT}" for table in SEARCHABLE)
    return name in tables or name.startswith(tuple(f"{table}_" for table in tables)) or TIER_INDEX in name
