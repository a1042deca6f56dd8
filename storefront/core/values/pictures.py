"""Names of pictures in the media folder.

A picture that was prepared is a folder of files, and its name says what is in it::

    0f3a9c12b7d4e856-1600x1067    200.avif 200.jpg 400.avif 400.jpg 800.avif 800.jpg 1600.avif 1600.jpg
    5d20e1f8a9b3c476-256x256c     200.avif 200.jpg 256.avif 256.jpg

Digits of the content, then width and height of the largest file, then ``c`` for one that is cut out (has a transparent
ground). So whoever holds the name (a card, a cart line, an order of three years ago) can show the picture in every width
without asking for anything else. A name with a suffix (``tea.webp``) is one public file that is shown as it is.
"""

import re
from functools import lru_cache
from typing import NamedTuple

WIDTHS = (200, 400, 800, 1600)
MAX_WIDTH, MAX_HEIGHT = 1600, 2400
DIGITS = 16

_PREPARED = re.compile(r"([0-9a-f]{16})-([1-9]\d{0,3})x([1-9]\d{0,3})(c?)")


class PreparedPicture(NamedTuple):
    """``width``, ``height``: of the largest file, in pixels."""

    name: str
    width: int
    height: int
    cut: bool

    @property
    def widths(self) -> tuple[int, ...]:
        return widths_for(self.width)

    def file(self, width: int, kind: str) -> str:
        """Path under the media folder. ``kind``: ``avif`` or ``jpg``."""
        return f"{self.name}/{width}.{kind}"

    def smallest(self, width: int) -> int:
        """The narrowest there is of at least ``width``, else the widest."""
        return next((each for each in self.widths if each >= width), self.width)


def widths_for(width: int) -> tuple[int, ...]:
    """The widths a picture of this width is kept in: never wider than it is."""
    return (*(each for each in WIDTHS if each < width), width)


def prepared_name(digest: str, width: int, height: int, cut: bool) -> str:
    return f"{digest[:DIGITS]}-{width}x{height}{'c' if cut else ''}"


@lru_cache(maxsize=8192)
def prepared(name: str) -> PreparedPicture | None:
    """What the name says; ``None`` for one public file, or for no picture at all."""
    found = _PREPARED.fullmatch(name)
    return PreparedPicture(name, int(found[2]), int(found[3]), bool(found[4])) if found else None


def jpeg_path(name: str, width: int) -> str:
    """One file for those who take a single address (mails, link previews): the JPEG of at least ``width`` pixels, or
    the public file itself. "" for no picture."""
    found = prepared(name)
    return found.file(found.smallest(width), "jpg") if found else name
