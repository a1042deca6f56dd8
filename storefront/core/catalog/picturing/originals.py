"""Where originals lie: a folder that is never served, each under its SHA-256, so that the same bytes are there once."""

import hashlib
import io
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from storefront.core.catalog.pictures import picture_kind, picture_size
from storefront.core.catalog.picturing.errors import PictureRefused
from storefront.core.catalog.picturing.limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE

CHUNK = 256 * 1024
# A file that was handed in and never taken over: its process ended in between.
FORGOTTEN_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Handed:
    """A picture that was handed in and lies beside the originals; ``service.receive_picture`` takes it over."""

    path: Path
    folder: Path
    digest: str
    suffix: str
    size: int


def original_path(folder: Path, digest: str, suffix: str) -> Path:
    return folder / digest[:2] / f"{digest}.{suffix}"


def hand_in(source: BinaryIO | bytes, folder: Path) -> Handed:
    """Write what ``source`` holds beside the originals in ``folder``; call with no unit open, since it may take as long
    as the sender likes. Looks at the first bytes only: whether it can be opened is found out by the job. Raises
    ``PictureRefused`` (nothing is left then), ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = folder / f".{secrets.token_hex(8)}"
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with beside.open("xb") as target:
            for chunk in _chunks(source):
                if size == 0:
                    head = chunk
                    _check_head(head)
                size += len(chunk)
                if size > MAX_BYTES:
                    raise PictureRefused("too_heavy")
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        if size == 0:
            raise PictureRefused("empty")
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return Handed(beside, folder, digest.hexdigest(), picture_kind(head), size)


def _chunks(source: BinaryIO | bytes) -> Iterator[bytes]:
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    while chunk := stream.read(CHUNK):
        yield chunk


def _check_head(head: bytes) -> None:
    if not picture_kind(head):
        raise PictureRefused("unknown")
    width, height = picture_size(head)
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise PictureRefused("too_large")


def take_over(handed: Handed) -> None:
    """Put the file in its place among the originals. The same again changes nothing."""
    target = original_path(handed.folder, handed.digest, handed.suffix)
    if handed.path.exists():
        target.parent.mkdir(exist_ok=True, mode=0o700)
        handed.path.replace(target)


def discard(handed: Handed) -> None:
    """For a picture that was not taken over after all: its unit ended with an error."""
    handed.path.unlink(missing_ok=True)


def sweep_forgotten(folder: Path, now: float | None = None) -> int:
    """Remove what was handed in or half written more than a day ago and never taken over; how many files."""
    oldest = (now or time.time()) - FORGOTTEN_SECONDS
    found = [path for path in folder.glob(".*") if path.is_file() and path.stat().st_mtime < oldest]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
