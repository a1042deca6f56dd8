"""The tile a picture stands on, chosen by its colours."""

import math

from PIL import Image

# Hue in degrees of the tints of static/shop.css in the Oklab plane; 1 and 7 are the quiet ones.
HUES = {2: 29.0, 6: 85.0, 3: 121.0, 8: 157.0, 4: 214.0, 5: 300.0}
WARM, NEUTRAL = 1, 7
# Below this chroma a picture is grey; a little above it, warm greys (paper, wood) get the warm quiet tint.
GREY, FAINT = 0.012, 0.035


def nearest_tint(image: Image.Image) -> int:
    """The tint (1..8) whose hue is nearest to the picture's average colour. Only what is visible counts."""
    small = image.convert("RGBA").resize((32, 32), Image.Resampling.BOX)
    total = weight = 0.0
    a = b = 0.0
    data = small.tobytes()
    for red, green, blue, alpha in zip(data[::4], data[1::4], data[2::4], data[3::4], strict=True):
        if alpha:
            x, y = _oklab_plane(red / 255, green / 255, blue / 255)
            # Colourful places are what one remembers of a picture; white paper around them is not.
            share = alpha * (0.02 + math.hypot(x, y))
            a, b, weight = a + x * share, b + y * share, weight + share
            total += alpha
    if not total or not weight:
        return NEUTRAL
    a, b = a / weight, b / weight
    chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
    if chroma < GREY:
        return NEUTRAL
    if chroma < FAINT and 40 <= hue <= 130:
        return WARM
    return min(HUES, key=lambda tint: abs((hue - HUES[tint] + 180) % 360 - 180))


def _oklab_plane(red: float, green: float, blue: float) -> tuple[float, float]:
    """The two colour axes of Oklab (Björn Ottosson, 2020)."""
    r, g, b = (_linear(value) for value in (red, green, blue))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
