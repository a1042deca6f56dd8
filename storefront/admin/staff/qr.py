"""A QR code as one path of an inline drawing: no picture to fetch, no style the page would have to trust."""

from dataclasses import dataclass

import segno

QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """``size``: edge of the square in modules; ``path``: its dark modules."""

    size: int
    path: str


def draw(text: str) -> Drawing:
    code = segno.make(text, error="m", micro=False)
    rows = list(code.matrix_iter(scale=1, border=QUIET_ZONE))
    parts = []
    for y, row in enumerate(rows):
        x, cells = 0, list(row)
        while x < len(cells):
            length = next((i for i, dark in enumerate(cells[x:]) if not dark), len(cells) - x)
            if length:
                parts.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length or 1
    return Drawing(len(rows), "".join(parts))
