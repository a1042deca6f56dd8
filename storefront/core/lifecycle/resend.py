"""Sending a mail about an order again, because it was lost or its address was wrong (MSG-5)."""

from datetime import datetime
from typing import Any

from storefront.core.audit.service import record
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.promote import promise_mail
from storefront.core.orders.service import lock_order, note_event
from storefront.core.shipping.models import Shipment

ONCE_TRUE = N_("This mail does not fit order %(number)s as it is now. Nothing was sent.")


def resend_mail(number: str, kind: str, *, actor: str, now: datetime, shipment_id: int | None = None) -> None:
    """Promise the mail ``kind`` once more, as the order is now, inside the caller's unit. Kinds: ``order_accepted`` (with
    how to pay, while it waits), ``order_shipped`` with ``shipment_id``, ``order_cancelled``. Raises ``UnknownOrder``,
    ``NotPossible`` when that never happened to the order."""
    order = lock_order(number)
    ids: dict[str, Any] = {}
    if kind == "order_accepted":
        fits = order.placed_at is not None and order.state != "cancelled"
    elif kind == "order_cancelled":
        fits = order.placed_at is not None and order.state == "cancelled"
    elif kind == "order_shipped" and shipment_id is not None:
        shipment = session.get(Shipment, shipment_id)
        fits = shipment is not None and shipment.order_id == order.id and shipment.handed_over_at is not None
        ids = {"shipment_id": shipment_id}
    else:
        fits = False
    if not fits:
        raise NotPossible(ONCE_TRUE, number=order.number)
    event = note_event(order, "mail_resent", actor, now=now, kind=kind, **ids)
    session.flush()
    promise_mail(kind, order, key=f"again:{event.id}", **ids)
    record(actor, "order.mail", ("order", order.number), kind=kind, **ids)
