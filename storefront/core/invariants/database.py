"""The file itself: what SQLite can say about its own soundness. PostgreSQL keeps its constraints by itself."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text

from storefront.core.db import on_sqlite, session
from storefront.core.invariants.finding import Row, check, plain


@check("database.sound", "The database file is damaged, or a row breaks its table's rules. Restore a backup.")
def sound(now: datetime) -> Iterable[Row]:
    """RELIABILITY O4: ``quick_check``."""
    if not on_sqlite():
        return []
    said = session.scalars(text("PRAGMA quick_check")).all()
    return [{"said": line} for line in said if line != "ok"]


@check("database.foreign_keys", "A row refers to a row that does not exist.")
def foreign_keys(now: datetime) -> Iterable[Row]:
    """RELIABILITY O4: ``foreign_key_check``."""
    if not on_sqlite():
        return []
    return [plain(row) for row in session.execute(text("PRAGMA foreign_key_check")).mappings()]


CHECKS = (sound, foreign_keys)
