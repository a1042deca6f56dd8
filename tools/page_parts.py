"""What a page makes a browser load, read from its HTML. Frames are pages of their own: the only one shows a mail."""

import re
from html.parser import HTMLParser

# (points a page is wide, pixels a point): a phone, a desk.
SCREENS = ((360, 3), (1280, 1))
POINTS = {"px": 1.0, "rem": 16.0, "em": 16.0}


class Parts(HTMLParser):
    """What a browser loads for a page: paths by kind. Of a picture every file it may choose from, with the width in pixels
    (0: there is but one) and the attribute ``sizes``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.pictures: list[tuple[list[tuple[str, int]], str]] = []
        self.other: list[str] = []
        self._chosen = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and given.get("rel") == "stylesheet":
            self.styles.append(given["href"])
        elif tag == "link" and given.get("rel") in ("preload", "modulepreload", "prefetch", "manifest"):
            self.other.append(given["href"])
        elif tag == "link" and given.get("rel") == "icon":
            self.pictures.append(([(given["href"], 0)], ""))
        elif tag == "script" and "src" in given:
            self.scripts.append(given["src"])
        elif tag == "use":
            self.pictures.append(([(given["href"].partition("#")[0], 0)], ""))
        elif tag == "picture":
            self._chosen = False
        elif tag == "source":
            self._chosen = True
            self.pictures.append((_candidates(given["srcset"]), given.get("sizes", "")))
        elif tag == "img" and not self._chosen:
            self.pictures.append((_candidates(given.get("srcset") or given["src"]), given.get("sizes", "")))
        elif tag in ("video", "audio", "object", "embed") and given.get("src"):
            self.other.append(given["src"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "picture":
            self._chosen = False


def _candidates(srcset: str) -> list[tuple[str, int]]:
    found = []
    for each in srcset.split(","):
        path, _, width = each.strip().partition(" ")
        found.append((path, int(width.removesuffix("w")) if width.endswith("w") else 0))
    return found


def points_wide(sizes: str, screen: int) -> float:
    """How wide a picture with this attribute ``sizes`` is shown on a screen so many points wide."""
    for part in sizes.split(","):
        asked = re.fullmatch(r"\s*(?:\(min-width:\s*([\d.]+)(px|r?em)\)\s+)?([\d.]+)(px|r?em|vw)\s*", part)
        if asked is None:
            raise ValueError(f"sizes={sizes!r} is of a form this script does not read")
        least, unit, width, of = asked.groups()
        if least is None or screen >= float(least) * POINTS[unit]:
            return float(width) * (screen / 100 if of == "vw" else POINTS[of])
    return float(screen)


def chosen(candidates: list[tuple[str, int]], sizes: str) -> set[str]:
    """The files that our two screens take: the first wide enough, else the widest."""
    if len(candidates) == 1:
        return {candidates[0][0]}
    ordered = sorted(candidates, key=lambda each: each[1])
    needed = [points_wide(sizes, screen) * pixels for screen, pixels in SCREENS]
    return {next((path for path, width in ordered if width >= wanted), ordered[-1][0]) for wanted in needed}
