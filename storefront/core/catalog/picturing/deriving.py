"""Preparing pictures for pages: one is taken (a unit), rendered by a process of its own (no unit), settled (a unit).

Killed anywhere in between, the next run finds the picture still waiting and does the same again: files are named by their
content and appear all at once. A picture that took its process with it three times is refused.
"""

import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from storefront.core.catalog.models import Category, Picture, ProductPicture
from storefront.core.catalog.picturing.errors import REASONS
from storefront.core.catalog.picturing.limits import MAX_SECONDS
from storefront.core.catalog.picturing.originals import original_path
from storefront.core.db import lock_for_update, session
from storefront.core.settings.models import LookPicture
from storefront.core.settings.service import touch

log = logging.getLogger(__name__)

MAX_TRIES = 3
RENDERING = "storefront.core.catalog.picturing.rendering"


class RenderingFailed(Exception):
    """It was not the picture's fault (a full disk, a process that was ended): to be tried again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A picture that was taken to be prepared."""

    id: int
    digest: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of it: its public name, or (``refused``) a key of ``errors.REASONS``."""

    file: str = ""
    width: int = 0
    height: int = 0
    tint: int = 0
    refused: str = ""


def take_next() -> Waiting | None:
    """The picture that waits longest, its try counted; ``None`` when none waits. Inside the caller's unit."""
    while True:
        row = session.scalars(
            lock_for_update(select(Picture).where(Picture.state == "waiting").order_by(Picture.id).limit(1))
        ).first()
        if row is None:
            return None
        if row.tries < MAX_TRIES:
            row.tries += 1
            session.flush()
            return Waiting(row.id, row.digest, row.suffix)
        _refuse(row, "broken")
        session.flush()


def give_back(picture: Waiting) -> None:
    """The try does not count after all. Inside the caller's unit."""
    session.execute(
        update(Picture)
        .where(Picture.id == picture.id, Picture.state == "waiting", Picture.tries > 0)
        .values(tries=Picture.tries - 1)
    )


def render(picture: Waiting, originals: Path, media: Path) -> Rendered:
    """Write the public files of a picture into ``media``, in a process of its own; call with no unit open. Raises
    ``RenderingFailed``; ``OSError`` where the disk is at fault."""
    original = original_path(originals, picture.digest, picture.suffix)
    if not original.is_file():
        raise RenderingFailed(f"The original of picture {picture.id} is not at {original}.")
    media.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", RENDERING, str(original), str(media)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Rendered(refused="slow")
    try:
        answer = Rendered(**json.loads(done.stdout)) if done.returncode == 0 else None
    except (ValueError, TypeError):
        answer = None
    if answer is None:
        last = "".join(done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:])
        if done.returncode == os.EX_IOERR:
            raise OSError(last)
        raise RenderingFailed(f"Picture {picture.id}: code {done.returncode}. {last}")
    return answer


def settle(picture: Waiting, result: Rendered) -> None:
    """Write what became of it and show it wherever it stands. Inside the caller's unit; does nothing to a picture that
    was taken away meanwhile."""
    row = session.scalars(lock_for_update(select(Picture).where(Picture.id == picture.id))).first()
    if row is None:
        return
    if result.refused:
        _refuse(row, result.refused)
        return
    before = row.file
    row.state, row.reason = "ready", ""
    row.file, row.width, row.height, row.tint = result.file, result.width, result.height, result.tint
    for place in session.scalars(select(ProductPicture).where(ProductPicture.picture_id == row.id)):
        show(place, row)
    session.flush()
    its = (Category.picture_id == row.id) | ((Category.picture == before) & (Category.picture != ""))
    session.execute(update(Category).where(its).values(picture=row.file))
    session.execute(update(LookPicture).where(LookPicture.picture_id == row.id).values(file=row.file))
    touch()


def show(place: ProductPicture, picture: Picture) -> None:
    """Let a product's place for a picture show this one, as far as it is ready."""
    place.picture_id, place.file, place.width, place.height = picture.id, picture.file, picture.width, picture.height
    place.tint = place.tint or picture.tint


def _refuse(row: Picture, code: str) -> None:
    row.state, row.reason = "refused", REASONS[code]
    log.warning("picture %d (%s) refused: %s", row.id, row.digest[:16], code)
