"""From a basket to the parcels a carrier is asked about: packed weight and outer size, by the shop's own boxes. Pure.

The core packs for every carrier; a carrier only says what a parcel of a service may be (``ParcelLimits``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from storefront.core.contracts.currency import in_base
from storefront.core.contracts.pricing import Basket, BasketLine, CurrencyRate
from storefront.core.contracts.shipping import Parcel, ParcelLimits
from storefront.core.shipping.fitting import Pieces, Sides, lay, sides_of
from storefront.core.values.boxes import Box
from storefront.core.values.money import Money
from storefront.core.values.types import Dimensions, LineKind

# What goes in more parcels than this is no order that a shop window can price.
MOST_PARCELS = 9
NO_LIMITS = ParcelLimits()


class Goods(NamedTuple):
    """Equal pieces. ``weight``: grams of one; ``sides``: millimetres, the longest first; ``None`` where nobody knows."""

    key: str
    quantity: int
    weight: int | None
    sides: Sides | None


class Rule(NamedTuple):
    """How the shop packs. ``filling``: grams added to each parcel; ``estimated``: where no box is known the packaging is
    estimated from the weight of the goods."""

    boxes: tuple[Box, ...] = ()
    filling: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class PackedParcel:
    """``weight``: packed grams; ``size``: outer; ``None`` where nobody knows. ``lines``: pieces by line key. ``box``: the
    name of its box, "" when it is wrapped as it is."""

    weight: int | None
    size: Dimensions | None
    lines: tuple[tuple[str, int], ...]
    box: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every piece of a basket in exactly one parcel. ``parcels``: the same as carriers are told, in the same order."""

    packed: tuple[PackedParcel, ...]
    parcels: tuple[Parcel, ...]


class Packing:
    """How a basket can be packed. What is computed is kept by its goods (``_one``, ``_several``), so that a page which
    prices one basket several times packs it once."""

    def __init__(
        self, basket: Basket, rate: CurrencyRate, policies: Mapping[str, Any], boxes: Sequence[Box] = ()
    ) -> None:
        self.lines = {line.key: line for line in goods_lines(basket)}
        self._goods = tuple(_goods(line) for line in self.lines.values())
        self._rate = rate
        self._rule = Rule(
            tuple(boxes),
            int(policies.get("shipping.packaging_weight") or 0),
            policies.get("shipping.unmeasured") == "estimated",
        )

    def whole(self, limits: ParcelLimits = NO_LIMITS) -> Plan | None:
        """All in one parcel that keeps to ``limits``; ``None`` when there is none, or nothing travels. Without limits
        there is one for whatever travels."""
        packed = _one(self._goods, self._rule, limits) if self._goods else None
        return self._plan((packed,)) if packed is not None else None

    def split(self, limits: ParcelLimits) -> Plan | None:
        """In as few parcels as are easily found that each keep to ``limits``; ``None`` when a piece by itself does not, a
        weight is unknown, or there would be too many."""
        packed = _several(self._goods, self._rule, limits) if self._goods else None
        return self._plan(packed) if packed is not None else None

    def rest(self, pieces: Mapping[str, int]) -> Plan | None:
        """The same for what is left of the lines."""
        goods = tuple(one._replace(quantity=pieces[one.key]) for one in self._goods if pieces.get(one.key))
        packed = _one(goods, self._rule, NO_LIMITS) if goods else None
        return self._plan((packed,)) if packed is not None else None

    def _plan(self, packed: tuple[PackedParcel, ...]) -> Plan:
        parcels, before = [], 0
        for one in packed:
            after = before + self._worth(one)
            # Converted at its end and its beginning: the parcels are worth together what the goods are.
            parcels.append(self._told(one, in_base(after, self._rate) - in_base(before, self._rate)))
            before = after
        return Plan(packed, tuple(parcels))

    def told(self, one: PackedParcel) -> Parcel:
        """A parcel by itself as carriers are told it; lines that are not in the basket are not spoken of."""
        known = replace(one, lines=tuple((key, count) for key, count in one.lines if key in self.lines))
        return self._told(known, in_base(self._worth(known), self._rate))

    def _told(self, one: PackedParcel, value: int) -> Parcel:
        return Parcel(
            weight=one.weight,
            value=Money(value, self._rate.base),
            size=one.size,
            restrictions=frozenset[str]().union(*(self.lines[key].restrictions for key, _count in one.lines)),
            piece_count=sum(count for _key, count in one.lines),
        )

    def _worth(self, one: PackedParcel) -> int:
        return sum(worth_of(self.lines[key]) * count for key, count in one.lines)


def goods_lines(basket: Basket) -> tuple[BasketLine, ...]:
    """The lines that travel: everything but services, as far as anything is left of them."""
    return tuple(line for line in basket.lines if line.kind is not LineKind.SERVICE and line.quantity > 0)


def keeps_to(limits: ParcelLimits, weight: int | None, size: Dimensions | None) -> bool:
    """Whether a parcel is within ``limits``; what nobody knows is not held against it."""
    if weight is not None and limits.weight is not None and weight > limits.weight:
        return False
    if size is None:
        return True
    longest, middle, least = sides_of(size.length, size.width, size.height)
    return (
        (limits.length is None or longest <= limits.length)
        and (limits.sides is None or longest + middle + least <= limits.sides)
        and (limits.girth is None or longest + 2 * (middle + least) <= limits.girth)
    )


def worth_of(line: BasketLine) -> int:
    """Of a piece, in the basket's currency: before discounts; what nobody has a price for yet adds nothing."""
    return line.unit_price if isinstance(line.unit_price, int) else 0


def _goods(line: BasketLine) -> Goods:
    size = line.size
    known = size is not None and min(size.length, size.width, size.height) > 0
    sides = sides_of(size.length, size.width, size.height) if size is not None and known else None
    return Goods(line.key, line.quantity, line.weight, sides)


@lru_cache(maxsize=1024)
def _one(goods: tuple[Goods, ...], rule: Rule, limits: ParcelLimits, boxed: bool = False) -> PackedParcel | None:
    """The lightest box that takes all and keeps to ``limits``, of two the smaller; without any box that takes them, the
    goods as they are, unless they are to be ``boxed``."""
    weight = _sum(goods)
    lines = tuple((kind.key, kind.quantity) for kind in goods)
    taken = False
    for box in sorted(rule.boxes, key=lambda box: (box.weight, _volume(box.outer), box.name)):
        packed = None if weight is None else weight + box.weight + rule.filling
        if taken and not keeps_to(limits, packed, box.outer):
            continue
        if _takes(box, goods, weight):
            taken = True
            if keeps_to(limits, packed, box.outer):
                return PackedParcel(packed, box.outer, lines, box.name)
    if taken or boxed:
        return None
    bare, size = _bare(weight, rule), _least_size(goods)
    return PackedParcel(bare, size, lines) if keeps_to(limits, bare, size) else None


def _takes(box: Box, goods: tuple[Goods, ...], weight: int | None) -> bool:
    if box.most is not None and weight is not None and weight > box.most:
        return False
    pieces = [Pieces(kind.sides, kind.quantity) for kind in goods if kind.sides is not None]
    if len(pieces) < len(goods):
        return False
    inner = sides_of(box.inner.length, box.inner.width, box.inner.height)
    return lay(pieces, inner) is not None


def _sum(goods: tuple[Goods, ...]) -> int | None:
    """``None`` as soon as one weight is unknown: a guess would be charged."""
    total = 0
    for kind in goods:
        if kind.weight is None:
            return None
        total += kind.weight * kind.quantity
    return total


def _bare(weight: int | None, rule: Rule) -> int | None:
    """The packed weight where no box says what it weighs."""
    if weight is None:
        return None
    estimate = max(weight + 200, -(-weight * 13 // 10)) if rule.estimated else weight
    return max(estimate, weight + rule.filling)


def _volume(size: Dimensions) -> int:
    return size.length * size.width * size.height


def _least_size(goods: tuple[Goods, ...]) -> Dimensions | None:
    """The least room that the pieces need, however they are packed: as long and wide as the longest and widest piece, as
    high as their volume demands. ``None`` when a size is unknown."""
    length = width = height = volume = 0
    for kind in goods:
        if kind.sides is None:
            return None
        high, middle, low = kind.sides
        length, width, height = max(length, high), max(width, middle), max(height, low)
        volume += low * middle * high * kind.quantity
    return Dimensions(length, width, max(height, -(-volume // (length * width))))


@lru_cache(maxsize=512)
def _several(goods: tuple[Goods, ...], rule: Rule, limits: ParcelLimits) -> tuple[PackedParcel, ...] | None:
    """First fit, the heaviest goods first: each parcel is filled with as many pieces as it takes before the next is begun."""
    if _sum(goods) is None:
        return None
    order = sorted(goods, key=lambda kind: (-(kind.weight or 0), tuple(-side for side in kind.sides or ()), kind.key))
    parcels: list[list[Goods]] = []
    for kind in order:
        left = kind.quantity
        # Goods that fit no box travel as they are; no others are tied to a bundle that no box takes.
        boxed = any(_takes(box, (kind._replace(quantity=1),), kind.weight) for box in rule.boxes)
        for inside in parcels:
            added = _most(inside, kind, left, rule, limits, boxed)
            if added:
                inside.append(kind._replace(quantity=added))
                left -= added
        while left:
            added = _most([], kind, left, rule, limits, boxed)
            if not added or len(parcels) == MOST_PARCELS:
                return None
            parcels.append([kind._replace(quantity=added)])
            left -= added
    found = [_one(tuple(inside), rule, limits) for inside in parcels]
    return tuple(one for one in found if one is not None)


def _most(inside: list[Goods], kind: Goods, left: int, rule: Rule, limits: ParcelLimits, boxed: bool) -> int:
    """How many of ``left`` more pieces a parcel takes: found by halving."""
    low, high = 0, left
    if limits.weight is not None and kind.weight:
        high = min(high, (limits.weight - (_sum(tuple(inside)) or 0)) // kind.weight)
    while low < high:
        middle = (low + high + 1) // 2
        if _one((*inside, kind._replace(quantity=middle)), rule, limits, boxed) is not None:
            low = middle
        else:
            high = middle - 1
    return max(low, 0)
