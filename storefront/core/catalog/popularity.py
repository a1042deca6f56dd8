"""How popular a product is: where it stands among hits."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from storefront.core.catalog.indexing import SHOWN
from storefront.core.catalog.models import Product, ShelfEntry
from storefront.core.catalog.offers import WORST_ORDERABLE
from storefront.core.db import session

SOLD_WITHIN = timedelta(days=90)
NEW_FOR = 30  # days
# One piece sold in the last 90 days counts as much as ten days of being new, or as ten of the owner's own points.
PER_PIECE, PER_NEW_DAY, PER_POINT = 10, 1, 1
MOST_PIECES, MOST_POINTS = 1_000_000, 1_000_000


def scores(product_ids: Sequence[int], sold: Mapping[int, int], now: datetime) -> dict[int, int]:
    """The score of each of these products that is shown. ``sold``: pieces by product within ``SOLD_WITHIN``. What cannot
    be ordered counts a quarter. Two statements."""
    rows = session.execute(
        select(Product.id, Product.popularity, Product.created_at).where(Product.id.in_(product_ids), *SHOWN)
    ).all()
    orderable = set(
        session.scalars(
            select(ShelfEntry.product_id).where(
                ShelfEntry.category_id == 0,  # the shelf of everything
                ShelfEntry.product_id.in_(product_ids),
                ShelfEntry.state <= WORST_ORDERABLE,
            )
        )
    )
    found = {}
    for id_, popularity, created_at in rows:
        new = max(0, NEW_FOR - (now - created_at).days)
        score = min(sold.get(id_, 0), MOST_PIECES) * PER_PIECE + new * PER_NEW_DAY
        score += min(max(popularity, 0), MOST_POINTS) * PER_POINT
        found[id_] = score if id_ in orderable else score // 4
    return found
