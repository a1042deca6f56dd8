"""Keeping the documents. Inside the caller's unit of work."""

from collections.abc import Iterable

from storefront.core.db import session
from storefront.core.search.folding import fold
from storefront.core.search.models import SearchText
from storefront.core.upsert import insert_for

MAX_DOCUMENT = 40_000


def index_texts(product_id: int, texts: Iterable[str]) -> None:
    """Make the document of a product from all texts it shall be found by, in every language. Repeats are kept once."""
    # Words never reach over a line's end, and a folded word holds no newline.
    folded = dict.fromkeys(part for part in map(fold, texts) if part)
    document = "\n".join(folded)[:MAX_DOCUMENT]
    row = insert_for(SearchText).values(product_id=product_id, text=document)
    session.execute(row.on_conflict_do_update(index_elements=["product_id"], set_={"text": row.excluded.text}))
