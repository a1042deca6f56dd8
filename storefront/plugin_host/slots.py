"""The places in pages: what plugins put there, checked at boot and in order."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from storefront.core.contracts.slots import SLOTS, Fragment, Lazy, Placement, Slot
from storefront.core.values.money import Money
from storefront.plugin_host.errors import PluginBroken


@dataclass(frozen=True, slots=True)
class Filling:
    """A placement and the plugin it came from."""

    source: str
    fill: Callable[[Any], Any]


class BadFilling(ValueError):
    """What a plugin answered a place with cannot be shown; the message says what to change."""


def check_placements(answers: Iterable[object]) -> tuple[Placement, ...]:
    """Raises ``PluginBroken``."""
    found: list[Placement] = []
    for answer in answers:
        if isinstance(answer, str) or not isinstance(answer, Iterable):
            raise PluginBroken(f"storefront_slots() returned {answer!r}. Return a list of Placement(slot, function).")
        for placement in answer:
            if not isinstance(placement, Placement):
                raise PluginBroken(f"storefront_slots() returned {placement!r}, which is no Placement.")
            found.append(_checked(placement))
    return tuple(found)


def _checked(placement: Placement) -> Placement:
    slot: object = placement.slot
    if slot not in SLOTS.values():
        known = ", ".join(sorted(kind.__name__ for kind in SLOTS.values()))
        raise PluginBroken(f"There is no place {slot!r} in the shop's pages. The places are: {known}.")
    if not callable(placement.fill):
        raise PluginBroken(f"The placement in {placement.slot.name} has no function. Give it one that takes the slot.")
    if type(placement.priority) is not int:
        raise PluginBroken(f"The placement in {placement.slot.name} has the priority {placement.priority!r}. Use a whole number.")  # fmt: skip
    return placement


def fillings_of(placements: Iterable[tuple[str, Iterable[Placement]]]) -> Mapping[str, tuple[Filling, ...]]:
    """By the name of the place, in the order of priority, plugin name and position."""
    found: dict[str, list[tuple[int, str, int, Filling]]] = defaultdict(list)
    for source, given in placements:
        for position, placement in enumerate(given):
            row = (placement.priority, source, position, Filling(source, placement.fill))
            found[placement.slot.name].append(row)
    return {name: tuple(row[3] for row in sorted(rows, key=lambda row: row[:3])) for name, rows in found.items()}


def check_filling(source: str, slot: Slot, answer: object) -> Fragment | Lazy | None:
    """What a placement answered, as it can be shown. Raises ``BadFilling``."""
    if answer is None:
        return None
    if isinstance(answer, Fragment):
        folder, _, name = answer.template.partition("/")
        if folder != source or not name.endswith(".html"):
            raise BadFilling(f"{slot.name} is answered with the template {answer.template!r}: name it {source}/….html")
        return answer
    if isinstance(answer, Lazy):
        if not answer.url.startswith("/") or answer.url.startswith("//") or "\\" in answer.url:
            raise BadFilling(f"{slot.name} is answered with the address {answer.url!r}: give a path of this shop")
        return answer
    raise BadFilling(f"{slot.name} is answered with {type(answer).__name__}: return a Fragment, a Lazy or None")


# What a place would be given, by the name of the field: for the page that shows all places, and for tests of plugins.
EXAMPLE: Mapping[str, Any] = {
    "product_id": 1, "slug": "cherry-blossom-soap", "title": "Cherry blossom soap", "sku": "NKB-0080",
    "price": Money(1200, "JPY"), "orderable": True, "line_id": 1, "quantity": 2, "unit_price": Money(1200, "JPY"),
    "country": "JP", "pieces": 2, "so_far": Money(2400, "JPY"), "total": Money(2900, "JPY"), "method": "",
    "order_id": 1, "number": "26-0001", "status": "pending", "carrier": "shipping_courier", "service": "domestic",
    "due": Money(2900, "JPY"),
}  # fmt: skip


def example_of(slot: type[Slot], lang: str, **given: Any) -> Slot:
    """An instance of a place with ordinary values; ``given`` instead of some of them."""
    names = [field.name for field in fields(slot) if field.name != "lang"]
    return slot(lang=lang, **{**{name: EXAMPLE[name] for name in names}, **given})
