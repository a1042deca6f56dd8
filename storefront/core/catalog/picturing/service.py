"""What can be done to the pictures of products. Every verb runs inside the caller's unit of work, writes one audit row
for what changed and moves the product's and the shop's version.

A picture is handed in before the unit (``originals.hand_in``), taken over inside it, prepared by a job after it::

    handed = hand_in(upload.stream, settings.originals_dir)
    try:
        run_unit(lambda: add_picture(product_id, handed, actor, alt={"en": "A tea pot"}))
    except BaseException:
        discard(handed)
        raise

Until the job is done the product shows nothing in its place (a tinted tile).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from storefront.core.audit.service import record
from storefront.core.catalog.errors import ProductNotFound
from storefront.core.catalog.markup import clean_text
from storefront.core.catalog.models import Category, Picture, Product, ProductPicture
from storefront.core.catalog.picturing.deriving import show
from storefront.core.catalog.picturing.errors import BadPictureOrder, CategoryNotFound, PictureNotFound
from storefront.core.catalog.picturing.originals import Handed, take_over
from storefront.core.db import changed, lock_for_update, session, utcnow
from storefront.core.outbox.service import later
from storefront.core.settings.service import touch
from storefront.core.upsert import insert_for
from storefront.core.values.language import LANGUAGES

DERIVE, SWEEP = "pictures.derive", "pictures.sweep"
SUBJECT = "pictures"
# Pages that are open in a browser may still ask for a picture that was just taken away.
SWEEP_DELAY = timedelta(minutes=10)
MAX_ALT = 500


def receive_picture(handed: Handed) -> Picture:
    """Keep the original and promise that it is prepared; the same bytes twice are one picture."""
    picture = keep_original(handed)
    if picture.state == "waiting":
        promise_derivation()
    return picture


def keep_original(handed: Handed, shown: str = "") -> Picture:
    """Keep the original, and nothing else: for whoever hands in many and promises once (``promise_derivation``).
    ``shown``: a public file that may be shown while it waits. A picture that was refused is tried once more: the shop
    may have learned something."""
    row = _locked(handed.digest)
    while row is None:  # and again, when the sweeper took it away in between
        session.execute(
            insert_for(Picture)
            .values(digest=handed.digest, suffix=handed.suffix, size=handed.size, state="waiting", file=shown)
            .on_conflict_do_nothing(index_elements=["digest"])
        )
        row = _locked(handed.digest)
    take_over(handed)
    if row.state != "ready":
        row.state, row.reason, row.tries = "waiting", "", 0
    return row


def _locked(digest: str) -> Picture | None:
    statement = lock_for_update(select(Picture).where(Picture.digest == digest))
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def promise_derivation() -> None:
    later(DERIVE, queue="slow", subject=SUBJECT)


def add_picture(
    product_id: int, handed: Handed, actor: str, *, alt: Mapping[str, str] | None = None, tint: int = 0
) -> int:
    """The picture becomes the product's last; the id of its row. ``alt``: per language; ``tint`` 0: the one nearest to
    its colours. Raises ``ProductNotFound``."""
    product = _product(product_id)
    picture = receive_picture(handed)
    last = session.scalar(select(func.max(ProductPicture.position)).where(ProductPicture.product_id == product_id))
    row = ProductPicture(product_id=product_id, position=0 if last is None else last + 1)
    row.alt, row.source_url, row.fetch_problem = _alt(alt or {}), "", ""
    row.tint = _tint(tint)
    show(row, picture)
    session.add(row)
    session.flush()
    _changed(product, actor, "product.picture.add", picture=row.id, digest=picture.digest)
    return row.id


def attach_fetched(url: str, handed: Handed, actor: str) -> int:
    """The picture that was known by its address is here: every product that names the address has it now. How many."""
    picture = receive_picture(handed)
    rows = _only_known_as(url)
    for row in rows:
        row.fetch_problem = ""
        show(row, picture)
        _changed(_product(row.product_id), actor, "product.picture.fetch", picture=row.id, digest=picture.digest)
    return len(rows)


def note_fetch_problem(url: str, sentence: str) -> None:
    """Why the picture at this address could not be had (an English msgid), for whoever looks at the product."""
    for row in _only_known_as(url):
        row.fetch_problem = sentence


def _only_known_as(url: str) -> Sequence[ProductPicture]:
    statement = select(ProductPicture).where(
        ProductPicture.source_url == url, ProductPicture.picture_id.is_(None), ProductPicture.file == ""
    )
    return session.scalars(lock_for_update(statement.order_by(ProductPicture.id))).all()


def describe_picture(row_id: int, actor: str, *, alt: Mapping[str, str], tint: int) -> bool:
    """What the picture shows, per language, and the tile behind it (0: by its colours). Whether that changed anything.
    Raises ``PictureNotFound``."""
    row, product = _picture_and_product(row_id)
    wanted = _alt(alt), _tint(tint) or _own_tint(row)
    if (row.alt, row.tint) == wanted:
        return False
    row.alt, row.tint = wanted
    _changed(product, actor, "product.picture.describe", picture=row_id)
    return True


def reorder_pictures(product_id: int, row_ids: Sequence[int], actor: str) -> bool:
    """Show the product's pictures in this order; the first stands on its card. Whether that changed anything. Raises
    ``ProductNotFound``, ``BadPictureOrder`` when these are not exactly the pictures it has."""
    product = _product(product_id)
    present = session.scalars(
        select(ProductPicture.id)
        .where(ProductPicture.product_id == product_id)
        .order_by(ProductPicture.position, ProductPicture.id)
    ).all()
    if sorted(present) != sorted(row_ids):
        raise BadPictureOrder
    if list(present) == list(row_ids):
        return False
    _renumber(row_ids)
    _changed(product, actor, "product.picture.reorder", order=list(row_ids))
    return True


def remove_picture(row_id: int, actor: str) -> None:
    """Take the picture from its product. Its files go with a job, once nothing (no other product, no order) shows it.
    Raises ``PictureNotFound``."""
    row, product = _picture_and_product(row_id)
    picture_id = row.picture_id
    session.delete(row)
    session.flush()
    left = session.scalars(
        select(ProductPicture.id)
        .where(ProductPicture.product_id == product.id)
        .order_by(ProductPicture.position, ProductPicture.id)
    ).all()
    _renumber(left)
    _changed(product, actor, "product.picture.remove", picture=row_id, source=row.source_url)
    if picture_id is not None:
        later(SWEEP, queue="slow", subject=SUBJECT, available_at=utcnow() + SWEEP_DELAY)


def give_category_picture(category_id: int, handed: Handed | None, actor: str) -> None:
    """The picture stands before the category's name from now on (once it is prepared); ``None``: none does. Raises
    ``CategoryNotFound``."""
    row = session.scalars(lock_for_update(select(Category).where(Category.id == category_id))).first()
    if row is None:
        raise CategoryNotFound(category_id)
    before = row.picture_id
    picture = receive_picture(handed) if handed is not None else None
    row.picture_id, row.picture = (picture.id, picture.file) if picture else (None, "")
    if before is not None and before != row.picture_id:
        later(SWEEP, queue="slow", subject=SUBJECT, available_at=utcnow() + SWEEP_DELAY)
    record(actor, "category.picture", ("category", row.id), digest=picture.digest if picture else "")
    touch()


def _renumber(row_ids: Sequence[int]) -> None:
    """Positions are unique per product: out of the way first, then each into its place."""
    for offset in (1_000_000, 0):
        for position, row_id in enumerate(row_ids):
            session.execute(
                update(ProductPicture).where(ProductPicture.id == row_id).values(position=position + offset)
            )
        session.flush()
    products = select(ProductPicture.product_id).where(ProductPicture.id.in_(row_ids)).distinct()
    changed("product", *session.scalars(products))


def _own_tint(row: ProductPicture) -> int:
    if row.picture_id is None:
        return 0
    return session.scalar(select(Picture.tint).where(Picture.id == row.picture_id)) or 0


def _alt(texts: Mapping[str, str]) -> dict[str, str]:
    found = {lang: clean_text(texts.get(lang, "")).strip()[:MAX_ALT] for lang in LANGUAGES}
    return {lang: text for lang, text in found.items() if text}


def _tint(tint: int) -> int:
    return tint if 1 <= tint <= 8 else 0


def _product(product_id: int) -> Product:
    product = session.scalars(lock_for_update(select(Product).where(Product.id == product_id))).first()
    if product is None:
        raise ProductNotFound(product_id)
    return product


def _picture_and_product(row_id: int) -> tuple[ProductPicture, Product]:
    row = session.get(ProductPicture, row_id)
    if row is None:
        raise PictureNotFound(row_id)
    return row, _product(row.product_id)


def _changed(product: Product, actor: str, act: str, **details: Any) -> None:
    product.version += 1
    session.flush()
    record(actor, act, ("product", product.id), code=product.code, **details)
    touch()
