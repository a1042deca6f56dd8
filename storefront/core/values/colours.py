"""Colours as ``#rrggbb``, how well one is read on another (WCAG 2.2), and the nearest that is read well enough."""

import re
from collections.abc import Iterable
from functools import lru_cache

_HEX = re.compile(r"#?(?:[0-9a-f]{3}|[0-9a-f]{6})\Z")
# Lightness is looked through in so many steps from black to white.
STEPS = 250

RGB = tuple[float, float, float]


def read_colour(text: str) -> str:
    """``#rrggbb`` of a colour written with three or six hexadecimal digits. Raises ``ValueError``."""
    plain = text.strip().lower()
    if not _HEX.match(plain):
        raise ValueError(f"{text[:40]!r} is no colour")
    digits = plain.removeprefix("#")
    return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"


@lru_cache(maxsize=4096)
def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 (black) to 1 (white)."""
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white), whichever stands on which."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def passes(colour: str, grounds: Iterable[str], least: float) -> bool:
    """Whether the contrast with every one of ``grounds`` is at least ``least``."""
    return all(contrast(colour, ground) >= least for ground in grounds)


def nearest(colour: str, grounds: Iterable[str], least: float) -> str:
    """The colour of the same hue, as near in lightness as can be, that passes on all ``grounds``; "" where neither a
    lighter nor a darker one does."""
    all_grounds = tuple(grounds)
    if passes(colour, all_grounds, least):
        return colour
    lightness, a, b = _to_oklab(_linear(colour))
    steps = sorted(range(STEPS + 1), key=lambda step: abs(step / STEPS - lightness))
    for step in steps:
        found = _in_gamut(step / STEPS, a, b)
        if passes(found, all_grounds, least):
            return found
    return ""


def blended(colour: str, into: str, share: float) -> str:
    """``colour`` with ``share`` (0 to 1) of ``into`` in it."""
    pairs = zip(_channels(colour), _channels(into), strict=True)
    return _written(*(one + (other - one) * share for one, other in pairs))


def drawn_towards(colour: str, end: str, grounds: Iterable[str], least: float) -> str:
    """``colour`` with as little of ``end`` as makes it pass on all ``grounds``; ``end`` itself where no less does."""
    all_grounds = tuple(grounds)
    for step in range(20):
        found = blended(colour, end, step / 20)
        if passes(found, all_grounds, least):
            return found
    return end


def _channels(colour: str) -> RGB:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _written(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(min(max(value, 0.0), 1.0) * 255):02x}" for value in (red, green, blue))


def _linear(colour: str) -> RGB:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return red, green, blue


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _to_oklab(linear: RGB) -> RGB:
    red, green, blue = linear
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> RGB:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _in_gamut(lightness: float, a: float, b: float) -> str:
    """The colour with as much of its strength as a screen can show at this lightness."""
    for step in range(20, -1, -1):
        found = _from_oklab(lightness, a * step / 20, b * step / 20)
        if all(-1e-4 <= value <= 1 + 1e-4 for value in found):
            break
    return _written(*(_gamma(min(max(value, 0.0), 1.0)) for value in found))
