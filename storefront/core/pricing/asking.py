"""Asking adjusters, and believing nothing they say unchecked: a plugin's bug closes the checkout, not the shop."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storefront.core.contracts.pricing import Adjuster, Adjustment, Lane, PriceContext, Quote
from storefront.core.contracts.providers import Registered
from storefront.core.i18n.translate import N_
from storefront.core.values.money import MAX_AMOUNT
from storefront.core.values.types import Problem

logger = logging.getLogger(__name__)

# Postage is the core's own: it comes from the chosen carrier, not from adjusters.
OPEN_LANES = frozenset(Lane) - {Lane.SHIPPING}


class BadAnswer(ValueError):
    """An adjuster answered something that cannot be a change of a price."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An adjuster in its place. ``key`` and the rest are read once: an order must not move while it is used."""

    lane: Lane
    priority: int
    source: str
    key: str
    registered: Registered[Adjuster]

    @property
    def place(self) -> tuple[int, int, str, str]:
        return (self.lane, self.priority, self.source, self.key)


def in_order(adjusters: Iterable[Registered[Adjuster]]) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Adjusters by (lane, priority, source, key), whatever order they came in, and a problem for each that does not
    say properly where it belongs. Raises ``ValueError`` when two claim the same place: keys are unique in a shop."""
    entries: list[Entry] = []
    misplaced: list[str] = []
    for registered in adjusters:
        try:
            entries.append(_entry(registered))
        except Exception as error:  # plugin code: attributes may be properties that raise
            registered.blame("key, lane and priority", error)
            misplaced.append(registered.source)
    entries.sort(key=lambda entry: entry.place)
    for first, second in zip(entries, entries[1:], strict=False):
        if first.place == second.place:
            raise ValueError(f"the adjuster {first.key!r} of {first.source!r} is registered twice")
    return tuple(entries), tuple(failed(source) for source in sorted(misplaced))


def ask(entry: Entry, quote: Quote, context: PriceContext) -> tuple[Adjustment, ...] | None:
    """The checked answer of one adjuster; ``None`` when it raised or answered nonsense (noted under its source): the
    checkout is closed then."""
    try:
        given = entry.registered.ask("adjust", quote, context)
    except Exception:  # plugin code: whatever it raises is noted and stays here
        return None
    try:
        answer = tuple(given or ())
        _check(answer, entry.lane, quote)
    except Exception as error:
        entry.registered.blame("adjust", error)
        return None
    return answer


def failed(source: str) -> Problem:
    """The sentence for a price that an adjuster of ``source`` broke."""
    return Problem(
        N_(
            "A part of the price could not be worked out. This is our fault: your cart is kept, and ordering is "
            "closed until it is mended."
        ),
        {"plugin": source},
        code="adjuster_failed",
    )


def _entry(registered: Registered[Adjuster]) -> Entry:
    adjuster = registered.value
    lane, priority, key = adjuster.lane, adjuster.priority, adjuster.key
    if not isinstance(lane, Lane) or lane not in OPEN_LANES:
        raise BadAnswer(f"the lane {lane!r} is not open to adjusters")
    if type(priority) is not int or not isinstance(key, str) or not key:
        raise BadAnswer("priority must be an int and key a text")
    return Entry(lane, priority, registered.source, key, registered)


def _check(answer: Sequence[object], lane: Lane, quote: Quote) -> None:
    targets = {line.key for line in quote.basket.lines} if lane is Lane.LINE else {""}
    seen: set[tuple[str, str]] = set()
    for adjustment in answer:
        if not isinstance(adjustment, Adjustment):
            raise BadAnswer(f"expected an Adjustment, got {type(adjustment).__name__}")
        _check_parts(adjustment)
        if adjustment.target not in targets:
            raise BadAnswer(f"{adjustment.key!r} is about {adjustment.target!r}, which lane {lane.name} does not have")
        if (adjustment.key, adjustment.target) in seen:
            raise BadAnswer(f"{adjustment.key!r} was answered twice")
        seen.add((adjustment.key, adjustment.target))


def _check_parts(adjustment: Adjustment) -> None:
    # An exact type: True is an int too, and NaN compares with nothing.
    if type(adjustment.amount) is not int:
        raise BadAnswer(f"an amount is a whole number of minor units, not {adjustment.amount!r}")
    if abs(adjustment.amount) > MAX_AMOUNT:
        raise BadAnswer("an amount is beyond what the shop can count")
    texts = (adjustment.key, adjustment.label, adjustment.target, adjustment.kind, adjustment.exclusive_group)
    if not all(isinstance(text, str) for text in texts) or not adjustment.key:
        raise BadAnswer("key, label, target, kind and exclusive_group are texts, and key is not empty")
    # dict() refuses what is not a mapping; taken here so that applying cannot fail later.
    dict(adjustment.label_params)
    dict(adjustment.data)
