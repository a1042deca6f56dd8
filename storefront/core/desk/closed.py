"""Lines of an order that may not go where it goes (SHP-11): the owner's rules, or the carrier's. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storefront.core.contracts.providers import Providers
from storefront.core.lifecycle.ordered import basket_of_order, rate_of
from storefront.core.orders.models import Order, OrderLine
from storefront.core.settings.calendar import ships_on
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.deliveries import delivery_choices
from storefront.core.shipping.permission import closed_for
from storefront.core.values.address import Address


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """``words``, ``lang``: the owner's own. Where there are none: ``message`` with ``params``, an msgid in the domain of
    ``source`` ("" of core)."""

    position: int
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    words: str = ""
    lang: str = ""


def closed_lines(
    order: Order, lines: Sequence[OrderLine], shop: ShopSnapshot, providers: Providers, now: datetime, lang: str
) -> dict[int, ClosedLine]:
    """By position: why a line that has not left may not go there; the others may. ``lang``: of the reader. Whole
    destinations that are closed are no matter of lines. No statement."""
    if order.state not in ("pending", "processing"):
        return {}
    basket = basket_of_order([line for line in lines if line.item_state != "shipped"])
    destination = Address.from_json(order.address).destination
    positions = {f"line:{line.id}": line.position for line in lines}
    found: dict[int, ClosedLine] = {}
    for one in closed_for(destination, basket, shop.closed, shop.policies):
        if one.line_key:
            own = one.words(lang) or ("", "")
            found.setdefault(
                positions[one.line_key],
                ClosedLine(positions[one.line_key], one.problem.message, one.problem.params, words=own[0], lang=own[1]),
            )
    titles = {line.title: positions[line.key] for line in basket.lines}
    choices = delivery_choices(
        basket,
        destination,
        providers.carriers(installed=True),
        rate_of(order),
        ships_on(now, shop.policies),
        shop.policies,
        shop.boxes,
    )
    chosen = next((choice for choice in choices if choice.id == f"{order.carrier}:{order.service}"), None)
    if chosen is not None and not chosen.choosable:
        for title in chosen.products:
            if title in titles:
                source = "" if chosen.core_reason else chosen.source
                line = ClosedLine(titles[title], chosen.reason, chosen.params, source)
                found.setdefault(line.position, line)
    return found
