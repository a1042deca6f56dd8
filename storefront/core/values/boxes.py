"""The boxes that goods are packed into."""

from dataclasses import dataclass

from storefront.core.values.types import Dimensions


@dataclass(frozen=True, slots=True)
class Box:
    """A box, bag or envelope of the shop. Millimetres; ``weight``: its own, grams; ``most``: grams of goods it holds,
    ``None``: as much as fits."""

    name: str
    inner: Dimensions
    outer: Dimensions
    weight: int
    most: int | None = None
