"""Keeping the documents. Inside the caller's unit of work."""

from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy import Table

from storefront.core.db import session
from storefront.core.search.folding import fold
from storefront.core.search.models import SearchText
from storefront.core.upsert import insert_for

MAX_DOCUMENT = 40_000


def index_texts(product_id: int, texts: Iterable[str]) -> None:
    """Make the document of a product from all texts it shall be found by, in every language. Repeats are kept once."""
    index_documents({product_id: texts})


def index_documents(documents: Mapping[int, Iterable[str]]) -> None:
    """``index_texts`` for many products in one statement."""
    if not documents:
        return
    row = insert_for(cast(Table, SearchText.__table__))
    statement = row.on_conflict_do_update(index_elements=["product_id"], set_={"text": row.excluded.text})
    session.execute(statement, [{"product_id": key, "text": _document(texts)} for key, texts in documents.items()])


def _document(texts: Iterable[str]) -> str:
    # Words never reach over a line's end, and a folded word holds no newline.
    folded = dict.fromkeys(part for part in map(fold, texts) if part)
    return "\n".join(folded)[:MAX_DOCUMENT]
