"""Taking away what nothing shows any more."""

import shutil
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from storefront.core.catalog.models import Category, Picture, ProductPicture
from storefront.core.catalog.picturing.originals import FORGOTTEN_SECONDS, original_path, sweep_forgotten
from storefront.core.db import lock_for_update, session, utcnow
from storefront.core.settings.models import LookPicture
from storefront.core.values.pictures import prepared

BATCH = 100
# What was just handed in may be about to find its product.
YOUNGEST = timedelta(minutes=5)

StillShown = Callable[[Collection[str]], Collection[str]]


def sweep_unused(originals: Path, media: Path, still_shown: StillShown, after: int = 0) -> tuple[int, int]:
    """Remove up to ``BATCH`` pictures that no product, no category and not the shop itself has, with their files; inside the caller's unit,
    which holds their rows meanwhile, so that one that is handed in again waits and then finds nothing left of it.

    ``still_shown``: of these public names, those that something right of the catalogue (an order) shows. ``after``: the
    last id looked at so far. Returns how many were removed, and the new last id (0: that was all)."""
    unused = select(Picture).where(
        Picture.created_at < utcnow() - YOUNGEST,
        ~select(ProductPicture.id).where(ProductPicture.picture_id == Picture.id).exists(),
        ~select(ProductPicture.id).where(Picture.file != "", ProductPicture.file == Picture.file).exists(),
        ~select(Category.id).where(Category.picture_id == Picture.id).exists(),
        ~select(Category.id).where(Picture.file != "", Category.picture == Picture.file).exists(),
        ~select(LookPicture.place).where(LookPicture.picture_id == Picture.id).exists(),
    )
    rows = session.scalars(lock_for_update(unused.where(Picture.id > after).order_by(Picture.id).limit(BATCH))).all()
    # Whoever held one of these rows until now may have given it a product: asked again, with the rows in hand.
    left = session.scalars(unused.where(Picture.id.in_([row.id for row in rows]))).all()
    kept = set(still_shown([row.file for row in left if row.file]))
    gone = [row for row in left if not row.file or row.file not in kept]
    for row in gone:
        session.delete(row)
    session.flush()
    for row in gone:
        original_path(originals, row.digest, row.suffix).unlink(missing_ok=True)
        if prepared(row.file):
            shutil.rmtree(media / row.file, ignore_errors=True)
    return len(gone), rows[-1].id if len(rows) == BATCH else 0


def sweep_half_done(originals: Path, media: Path) -> int:
    """Remove what processes that were ended left behind a day ago; how many files and folders. Call with no unit open."""
    found = sweep_forgotten(originals)
    oldest = time.time() - FORGOTTEN_SECONDS
    for path in media.glob(".*-*x*.*"):
        if path.is_dir() and path.stat().st_mtime < oldest:
            shutil.rmtree(path, ignore_errors=True)
            found += 1
    return found
