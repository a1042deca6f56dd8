"""Turning a quote into the rows of one revision of an order."""

from collections.abc import Callable, Mapping
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
    session.execute(
        update(Charge)
        .where(Charge.order_id == order.id, Charge.superseded_at.is_(None))
        .values(superseded_at=now)
    )
    applied = [a for a in quote.applied if a.lane != Lane.TENDER and a.lane != Lane.SHIPPING]
    if postage is not None:
        applied.append(postage)
    charges = []
    for a in sorted(applied, key=lambda a: a.lane):
        charge = Charge(
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
        charges.append(charge)
    session.add_all(charges)
    session.flush()
    shares = {(c.source, c.key): c for c in charges}
    for a in applied:
        for key, amount in a.shares:
            if amount:
                session.add(
                    ChargeShare(
                        charge_id=shares[(a.source, a.key)].id, order_line_id=lines[key].id, amount=amount
                    )
                )
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
