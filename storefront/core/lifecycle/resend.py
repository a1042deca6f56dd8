"""Sending a mail about an order again, because it was lost or its address was wrong (MSG-5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.billing.models import Bill
from storefront.core.customers.addresses.contact import normal_email
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.promote import promise_mail
from storefront.core.mail.kinds import KINDS, PREFIX
from storefront.core.mail.models import MailRecord, Outcome
from storefront.core.orders.finding import index_order
from storefront.core.orders.models import Order
from storefront.core.orders.service import lock_order, note_event
from storefront.core.outbox import tending
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.core.shipping.models import Shipment

ONCE_TRUE = N_("This mail does not fit order %(number)s as it is now. Nothing was sent.")


def resend_mail(
    number: str,
    kind: str,
    *,
    actor: str,
    now: datetime,
    shipment_id: int | None = None,
    bill_id: int | None = None,
) -> None:
    """Promise the mail ``kind`` once more, as the order is now, inside the caller's unit. About a parcel (``shipment_id``):
    ``order_shipped``, ``tracking_changed``; about a bill (``bill_id``): ``payment_received``; any other kind about the
    whole order. Raises ``UnknownOrder``, ``NotPossible`` when that never happened to the order, or is no longer true."""
    order = lock_order(number)
    ids: dict[str, Any] = {}
    if kind in ("order_shipped", "tracking_changed") and shipment_id is not None:
        ids = {"shipment_id": shipment_id}
    elif kind == "payment_received" and bill_id is not None:
        ids = {"bill_id": bill_id}
    if not _fits(order, kind, **ids):
        raise NotPossible(ONCE_TRUE, number=order.number)
    event = note_event(order, "mail_resent", actor, now=now, kind=kind, **ids)
    session.flush()
    promise_mail(kind, order, key=f"again:{event.id}", **ids)
    record(actor, "order.mail", ("order", order.number), kind=kind, **ids)


def _fits(order: Order, kind: str, shipment_id: int | None = None, bill_id: int | None = None) -> bool:
    """Whether it happened to the order, and says nothing wrong today."""
    if kind not in KINDS or order.placed_at is None or (order.state == "cancelled") != (kind == "order_cancelled"):
        return False
    if kind in ("order_shipped", "tracking_changed"):
        parcel = session.get(Shipment, shipment_id) if shipment_id else None
        fits = parcel is not None and parcel.order_id == order.id and parcel.handed_over_at is not None
        return fits and (kind == "order_shipped" or _was_promised(order, kind))
    if kind == "payment_received":
        bill = session.get(Bill, bill_id) if bill_id else None
        return bill is not None and bill.order_id == order.id and bill.state == "settled"
    return kind in ("order_accepted", "order_cancelled") or _was_promised(order, kind)


def _was_promised(order: Order, kind: str) -> bool:
    sent = select(OutboxRow.id).where(OutboxRow.subject == f"order:{order.id}", OutboxRow.name == f"{PREFIX}{kind}")
    return session.scalar(sent.limit(1)) is not None


def correct_email(number: str, email: str, *, actor: str, now: datetime) -> int:
    """The mail address of an order was refused, and this is the right one: it is stored, and every mail of the order that
    was given up leaves again. Inside the caller's unit; returns how many do. Raises ``UnknownOrder``, ``NotPossible``."""
    order = lock_order(number)
    address = normal_email(email)
    if address is None:
        raise NotPossible(N_("This is not a mail address. Nothing was changed."))
    if address == order.email:
        raise NotPossible(N_("This is the order's address already. Nothing was changed."))
    before = order.email
    order.email, order.address = address, {**order.address, "email": address}
    note_event(order, "email_corrected", actor, now=now, before=before, after=address)
    session.flush()
    index_order(order)
    record(actor, "order.email", ("order", order.number))
    dead = session.scalars(
        select(OutboxRow.id)
        .join(MailRecord, MailRecord.id == OutboxRow.id)
        .where(
            OutboxRow.subject == f"order:{order.id}",
            OutboxRow.state == OutboxState.DEAD,
            MailRecord.outcome == Outcome.REFUSED,
        )
        .order_by(OutboxRow.id)
    ).all()
    for row_id in dead:
        tending.retry(row_id, now, actor)
    return len(dead)
