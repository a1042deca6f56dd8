"""Pictures as whoever looks after the goods sees them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from storefront.core.catalog.models import Picture, ProductPicture
from storefront.core.catalog.picturing.errors import PARAMS
from storefront.core.db import session
from storefront.core.values.types import Problem


@dataclass(frozen=True, slots=True)
class PictureRow:
    """``state``: ``remote`` (known by its address only), ``waiting``, ``ready``, ``refused``; a picture that stood in
    the media folder before is ``ready``. ``problem``: why it was refused or could not be fetched. ``file`` may be shown
    already while it waits; "" when there is nothing to show."""

    id: int
    position: int
    state: str
    file: str
    width: int
    height: int
    tint: int
    alt: Mapping[str, str]
    source_url: str
    problem: Problem | None


def pictures_of(product_id: int) -> tuple[PictureRow, ...]:
    """A product's pictures in order, one statement."""
    rows = session.execute(
        select(ProductPicture, Picture.state, Picture.reason)
        .outerjoin(Picture, Picture.id == ProductPicture.picture_id)
        .where(ProductPicture.product_id == product_id)
        .order_by(ProductPicture.position, ProductPicture.id)
    ).all()
    return tuple(_row(row, state, reason) for row, state, reason in rows)


def _row(row: ProductPicture, state: str | None, reason: str | None) -> PictureRow:
    sentence = reason or row.fetch_problem
    return PictureRow(
        id=row.id,
        position=row.position,
        state=state or ("ready" if row.file else "remote"),
        file=row.file,
        width=row.width,
        height=row.height,
        tint=row.tint,
        alt=row.alt,
        source_url=row.source_url,
        problem=Problem(sentence, PARAMS) if sentence else None,
    )


def remote_urls(limit: int | None = None, *, again: bool = False) -> list[str]:
    """Addresses of pictures that are not here yet, as they were written down; ``again``: also those that could not be
    had before."""
    statement = (
        select(ProductPicture.source_url)
        .where(ProductPicture.picture_id.is_(None), ProductPicture.file == "", ProductPicture.source_url != "")
        .group_by(ProductPicture.source_url)
        .order_by(func.min(ProductPicture.id))
        .limit(limit)
    )
    if not again:
        statement = statement.where(ProductPicture.fetch_problem == "")
    return list(session.scalars(statement))


def count_pictures() -> dict[str, int]:
    """How many originals wait, are ready, were refused; ``remote``: how many pictures are known by address only."""
    counted = dict.fromkeys(("waiting", "ready", "refused"), 0)
    for state, count in session.execute(select(Picture.state, func.count()).group_by(Picture.state)):
        counted[state] = count
    remote = select(func.count()).where(ProductPicture.picture_id.is_(None), ProductPicture.file == "")
    return {**counted, "remote": session.scalar(remote) or 0}
