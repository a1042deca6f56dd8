"""Whether pieces go into a box, and where each would lie. Pure, whole millimetres, no clock: the same pieces always get the
same answer, and the effort is counted, so that a cart of any size is answered in some milliseconds.

A box begins as one free space. The largest pieces go first, flat or upright, each into the smallest space that takes one,
equal pieces as a block; what is left of the space is cut into three. That finds no packing that needs skill: it may say no
where a patient packer finds a way, and never yes where there is none (``docs/decisions/0020``)."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

Sides = tuple[int, int, int]

# Looks at a space with a piece, for one question; a hundred different pieces need a thousand or two.
MOST_LOOKS = 2_500


class Pieces(NamedTuple):
    """Equal pieces. ``sides``: the longest first."""

    sides: Sides
    quantity: int


class Block(NamedTuple):
    """``quantity`` pieces of kind ``kind`` (its place in what was asked), turned so that they measure ``sides``: side by side
    from ``at``, along the length, then the width, then upwards, ``grid`` of them each way at most."""

    kind: int
    at: Sides
    sides: Sides
    grid: Sides
    quantity: int


class _Space(NamedTuple):
    volume: int
    at: Sides
    sides: Sides


def sides_of(length: int, width: int, height: int) -> Sides:
    """The longest first."""
    low, middle, high = sorted((length, width, height))
    return high, middle, low


def lay(pieces: Sequence[Pieces], inner: Sides) -> tuple[Block, ...] | None:
    """Where the pieces lie in a box of this inner size; ``None`` when no place was found for all of them."""
    room = sum(volume_of(kind.sides) * kind.quantity for kind in pieces)
    box = sides_of(*inner)
    if room > volume_of(box) or any(not _inside(kind.sides, box) for kind in pieces):
        return None
    looks = iter(range(MOST_LOOKS))
    for measure in MEASURES:
        # Of equal ones the first comes first.
        order = sorted(range(len(pieces)), key=[-measure(kind.sides) for kind in pieces].__getitem__)
        for upright in (False, True):
            found = _laid(pieces, order, box, upright, looks)
            if found is not None:
                return found
    return None


def volume_of(sides: Sides) -> int:
    return sides[0] * sides[1] * sides[2]


def _length_of(sides: Sides) -> int:
    return sides[0]


def _area_of(sides: Sides) -> int:
    return sides[0] * sides[1]


# By what "the largest first" is tried.
MEASURES: tuple[Callable[[Sides], int], ...] = (volume_of, _length_of, _area_of)


def _inside(piece: Sides, box: Sides) -> bool:
    return piece[0] <= box[0] and piece[1] <= box[1] and piece[2] <= box[2]


def _laid(
    pieces: Sequence[Pieces], order: Sequence[int], box: Sides, upright: bool, looks: Iterator[int]
) -> tuple[Block, ...] | None:
    spaces = [_Space(volume_of(box), (0, 0, 0), box)]
    blocks: list[Block] = []
    for kind in order:
        sides, left = pieces[kind]
        turns = _turns(sides)[::-1] if upright else _turns(sides)
        place = bisect_left(spaces, volume_of(sides), key=lambda space: space.volume)
        while left:
            if place == len(spaces) or next(looks, None) is None:
                return None
            block = _block(kind, turns, left, spaces[place])
            if block is None:
                place += 1
                continue
            space = spaces.pop(place)
            for rest in _rest(space, block):
                insort(spaces, rest)
            blocks.append(block)
            left -= block.quantity
            place = bisect_left(spaces, volume_of(sides), key=lambda space: space.volume)
    return tuple(blocks)


def _turns(sides: Sides) -> list[Sides]:
    """The ways a piece can lie, flat ones first."""
    a, b, c = sides
    return list(dict.fromkeys(((a, b, c), (b, a, c), (a, c, b), (c, a, b), (b, c, a), (c, b, a))))


def _block(kind: int, turns: list[Sides], left: int, space: _Space) -> Block | None:
    """As many of ``left`` pieces as one way of lying takes; of two ways that take as many the flatter."""
    length, width, height = space.sides
    best: Block | None = None
    for turn in turns:
        grid = (length // turn[0], width // turn[1], height // turn[2])
        count = min(left, grid[0] * grid[1] * grid[2])
        if count and (best is None or count > best.quantity):
            along = min(grid[0], count)
            aside = min(grid[1], -(-count // along))
            best = Block(kind, space.at, turn, (along, aside, -(-count // (along * aside))), count)
    return best


def _rest(space: _Space, block: Block) -> list[_Space]:
    """What is free after the block: above it, and beside it, cut so that the larger of the two is as large as it can be."""
    (x, y, z), (length, width, height) = space.at, space.sides
    used = [side * count for side, count in zip(block.sides, block.grid, strict=True)]
    above = ((x, y, z + used[2]), (used[0], used[1], height - used[2]))
    if (length - used[0]) * width >= length * (width - used[1]):
        beside = ((x + used[0], y, z), (length - used[0], width, height))
        before = ((x, y + used[1], z), (used[0], width - used[1], height))
    else:
        beside = ((x + used[0], y, z), (length - used[0], used[1], height))
        before = ((x, y + used[1], z), (length, width - used[1], height))
    return [_Space(volume_of(sides), at, sides) for at, sides in (above, beside, before) if volume_of(sides)]
