"""Turning a quote into the rows of one revision of an order."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import update

from storefront.core.contracts.pricing import Applied, Lane, Quote
from storefront.core.db import session
from storefront.core.orders.models import Charge, ChargeShare, Order, OrderLine, OrderRevision

KIND_OF_LANE = {
    Lane.LINE: "discount",
    Lane.ORDER: "discount",
    Lane.SHIPPING: "shipping",
    Lane.SHIPPING_DISCOUNT: "shipping",
    Lane.FEE: "fee",
    Lane.TAX: "tax",
}

Translate = Callable[[str, str, Mapping[str, object]], str]


def write_revision(
    order: Order,
    quote: Quote,
    lines: Mapping[str, OrderLine],
    *,
    translate: Translate,
    actor: str,
    reason: str,
    now: datetime,
    postage: Applied | None,
) -> list[Charge]:
    """Write the charges and the total of ``order.revision``, inside the caller's unit; charges of earlier revisions are
    marked superseded. ``lines``: order lines by the quote's line keys (flushed: they have ids). ``postage``: the chosen
    service. ``translate(source, msgid, params)`` gives labels in the order's language."""
    if order.revision > 1:
        earlier = update(Charge).where(Charge.order_id == order.id, Charge.superseded_at.is_(None))
        session.execute(earlier.values(superseded_at=now))
    applied = [a for a in quote.applied if a.lane not in (Lane.TENDER, Lane.SHIPPING)]
    if postage is not None:
        applied.append(postage)
    charges = _charges(order, sorted(applied, key=lambda a: a.lane), lines, translate)
    session.add(
        OrderRevision(
            order_id=order.id,
            revision=order.revision,
            items=quote.items,
            total=quote.total,
            trace=[[t.lane, t.source, t.before, t.after, t.note] for t in quote.trace],
            actor=actor,
            reason=reason,
            created_at=now,
        )
    )
    return charges


def _charges(
    order: Order, applied: Sequence[Applied], lines: Mapping[str, OrderLine], translate: Translate
) -> list[Charge]:
    """One charge per adjustment with its shares by line, flushed."""
    charges = [
        Charge(
            order_id=order.id,
            revision=order.revision,
            kind=KIND_OF_LANE[a.lane],
            source=a.source,
            key=a.key,
            amount=a.amount,
            label=a.label,
            label_params=dict(a.label_params),
            label_text=translate(a.source, a.label, a.label_params)[:300],
            data={**a.data, "lane": a.lane.name},
        )
        for a in applied
    ]
    session.add_all(charges)
    session.flush()
    for charge, a in zip(charges, applied, strict=True):
        for key, amount in a.shares:
            if amount:
                session.add(ChargeShare(charge_id=charge.id, order_line_id=lines[key].id, amount=amount))
    return charges
