"""How pages show a picture: which widths, how large it will be on the screen."""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from storefront.core.values.pictures import PreparedPicture, jpeg_path, prepared

MEDIA = "/media/"
# What a picture of unknown size is taken for: tiles are square, so nothing moves when it arrives.
UNKNOWN_SIZE = 256


class Use(NamedTuple):
    """``widest``: file in pixels. ``cut``, ``full``: width on the screen of one without and with a ground, as the
    attribute ``sizes`` wants it ("" when one file fits all). ``choice``: the browser chooses among the widths. On a
    list of many it gets the widest, which screens of two pixels and more in a point need anyway, and the page stays
    small for all."""

    widest: int
    cut: str = ""
    full: str = ""
    choice: bool = True


# Widths of static/shop.css: a cut-out picture takes 60 % of its tile, any other the whole.
USES = {
    "card": Use(400, choice=False),
    "line": Use(400, "4.5rem", "7.5rem"),
    "thumb": Use(200),
    "big": Use(1600, "18rem", "(min-width:56.25em) 44rem,100vw"),
    "logo": Use(400, choice=False),
    "hero": Use(800, "16rem", "16rem"),
}


class Shown(NamedTuple):
    """Attributes of one ``<picture>``, harmless as they are: a list escapes none of them twenty-four times. ``avif`` "": there is but one file. ``full``: it has a ground of its own."""

    src: str
    width: int
    height: int
    avif: str = ""
    jpeg: str = ""
    sizes: str = ""
    full: bool = False


@lru_cache(maxsize=8192)
def shown(name: str, use: str) -> Shown:
    """How the picture with this name in the media folder is shown as ``use`` (one of ``USES``)."""
    found = prepared(name)
    if found is None:
        return Shown(Markup(MEDIA + quote(name)), UNKNOWN_SIZE, UNKNOWN_SIZE)  # quoted
    how = USES[use]
    widths = [width for width in found.widths if width <= how.widest] or [found.widths[0]]
    widths = widths if how.choice else widths[-1:]
    return Shown(
        src=Markup(MEDIA + found.file(widths[-1], "jpg")),  # of the name's pattern
        width=found.width,
        height=found.height,
        avif=_srcset(found, widths, "avif"),
        jpeg=_srcset(found, widths, "jpg") if len(widths) > 1 else "",
        sizes=(how.cut if found.cut else how.full) if len(widths) > 1 else "",
        full=not found.cut,
    )


def _srcset(picture: PreparedPicture, widths: list[int], kind: str) -> str:
    if len(widths) == 1:
        return Markup(MEDIA + picture.file(widths[0], kind))  # of the name's pattern
    return Markup(",".join(f"{MEDIA}{picture.file(width, kind)} {width}w" for width in widths))


def preview(name: str) -> str:
    """Path of the picture for link previews and structured data."""
    return MEDIA + quote(jpeg_path(name, 800))
