"""From a basket to the parcels a carrier is asked about. Pure; splitting is the core's strategy: all in one parcel."""

from collections.abc import Mapping
from typing import Any

from storefront.core.contracts.currency import in_base
from storefront.core.contracts.pricing import Basket, BasketLine, CurrencyRate
from storefront.core.contracts.shipping import Parcel
from storefront.core.values.money import Money
from storefront.core.values.types import Dimensions, LineKind


def goods_lines(basket: Basket) -> tuple[BasketLine, ...]:
    """The lines that travel: everything but services, as far as anything is left of them."""
    return tuple(line for line in basket.lines if line.kind is not LineKind.SERVICE and line.quantity > 0)


def goods_value(basket: Basket, rate: CurrencyRate) -> Money:
    """What the goods are worth on the parcel, in the base currency: unit prices before discounts; a line whose price
    nobody knows yet adds nothing."""
    amount = sum(line.unit_price * line.quantity for line in goods_lines(basket) if isinstance(line.unit_price, int))
    return Money(in_base(amount, rate), rate.base)


def parcels_of(basket: Basket, value: Money, policies: Mapping[str, Any]) -> tuple[Parcel, ...]:
    """The parcels for ``basket``; none when nothing in it travels.

    ``value``: of the goods, base currency (``goods_value``). Weight is the sum of the goods plus the policy
    ``shipping.packaging_weight`` (grams), or ``None`` as soon as one weight is unknown: a guess would be charged."""
    lines = goods_lines(basket)
    if not lines:
        return ()
    restrictions: frozenset[str] = frozenset()
    return (
        Parcel(
            weight=_weight(lines, int(policies.get("shipping.packaging_weight", 0))),
            value=value,
            size=_least_size(lines),
            restrictions=restrictions.union(*(line.restrictions for line in lines)),
            piece_count=sum(line.quantity for line in lines),
        ),
    )


def _weight(lines: tuple[BasketLine, ...], packaging: int) -> int | None:
    total = packaging
    for line in lines:
        if line.weight is None:
            return None
        total += line.weight * line.quantity
    return total


def _least_size(lines: tuple[BasketLine, ...]) -> Dimensions | None:
    """The least box that the pieces need, however they are packed: as long and wide as the longest and widest piece,
    as high as their volume demands. ``None`` when a size is unknown."""
    length = width = height = volume = 0
    for line in lines:
        if line.size is None:
            return None
        low, middle, high = sorted((line.size.length, line.size.width, line.size.height))
        length, width, height = max(length, high), max(width, middle), max(height, low)
        volume += low * middle * high * line.quantity
    if length <= 0 or width <= 0:
        return None
    return Dimensions(length, width, max(height, -(-volume // (length * width))))
