"""Completing what customs want to know of an order's lines (SHP-7). Descriptions only: values and the kind of the parcel are
what they are, and no verb changes them."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from storefront.core.audit.service import record
from storefront.core.catalog.checking import MAX_WEIGHT, check_customs
from storefront.core.catalog.errors import ProductNotFound
from storefront.core.catalog.service import describe_for_customs
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.orders.customs import follow_customs
from storefront.core.orders.service import lines_of, live_lines, lock_order, note_event


@dataclass(frozen=True, slots=True)
class Described:
    """``hs_code``: with or without points. ``origin``: a country's code. ``weight``: grams a piece. What is not known
    is empty."""

    description: str = ""
    hs_code: str = ""
    origin: str = ""
    weight: int | None = None


def describe_lines(
    number: str,
    wanted: Mapping[int, Described],
    *,
    home: str,
    actor: str,
    now: datetime,
    products: bool = False,
    reason: str = "",
) -> int:
    """Write what is known of the lines (by position) of order ``number`` on the order, with ``products`` also on the
    products they were of, inside the caller's unit. ``home``: the country parcels leave from. How many lines changed.
    Raises ``UnknownOrder``, ``NotPossible``, ``BadProduct`` for what customs would not take."""
    order = lock_order(number)
    if order.state not in ("pending", "processing"):
        raise NotPossible(
            N_("Order %(number)s has left or ended; its customs data stay. Nothing was changed."), number=number
        )
    lines = {line.position: line for line in live_lines(lines_of(order.id))}
    changed: dict[str, list[str]] = {}
    for position, facts in sorted(wanted.items()):
        line = lines.get(position)
        if line is None:
            raise NotPossible(N_("Line %(line)d of order %(number)s is not there."), line=position, number=number)
        _check(facts)
        new = {
            "customs_description": facts.description,
            "hs_code": facts.hs_code,
            "origin": facts.origin,
            "weight": facts.weight,
        }
        fields = sorted(name for name, value in new.items() if getattr(line, name) != value)
        for name in fields:
            setattr(line, name, new[name])
        if fields:
            changed[str(position)] = fields
        if products and line.product_id is not None:
            # One that left the catalogue meanwhile needs nothing; the order keeps its own.
            with suppress(ProductNotFound):
                describe_for_customs(line.product_id, asdict(facts), actor, sku_id=line.sku_id)
    session.flush()
    if changed:
        follow_customs(order, home, now)
        note_event(order, "customs_changed", actor, reason=reason, now=now)
        record(actor, "order.customs", ("order", order.number), reason, lines=changed)
    return len(changed)


def _check(facts: Described) -> None:
    check_customs(facts.description, facts.hs_code)
    if facts.weight is not None and not 0 < facts.weight <= MAX_WEIGHT:
        raise NotPossible(N_("A weight of %(weight)d g is not possible."), weight=facts.weight)
