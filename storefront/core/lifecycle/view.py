"""One frozen view of an order for every door: order page, mails, command line, back office."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storefront.core.billing.models import Bill, BillTender
from storefront.core.contracts.payments import AttemptView, PaymentMethod
from storefront.core.contracts.providers import Providers, Registered
from storefront.core.contracts.shipping import ShippingCarrier
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.labels import labels_in
from storefront.core.lifecycle.pay import attempt_view
from storefront.core.orders.models import Charge, Order, OrderEvent, OrderLine
from storefront.core.orders.queries import current_revision, live_charges
from storefront.core.orders.service import lines_of
from storefront.core.payments.models import PaymentAttempt, PaymentEvent
from storefront.core.payments.service import attempts_of
from storefront.core.payments.states import LIVE
from storefront.core.shipping.models import Shipment, ShipmentLine
from storefront.core.values.address import Address


@dataclass(frozen=True, slots=True)
class LineView:
    """``quantity``: live pieces (of a cancelled order: those ordered). ``total`` ``None`` while the price is unknown. ``state``: the item state."""

    id: int
    position: int
    title: str
    title_lang: str
    sku_code: str
    options: str
    picture: str
    quantity: int
    cancelled: int
    unit_price: int | None
    total: int | None
    state: str
    release: str
    customs_description: str
    origin: str
    hs_code: str


@dataclass(frozen=True, slots=True)
class ChargeView:
    kind: str
    label: str
    amount: int
    id: int = 0


@dataclass(frozen=True, slots=True)
class BillView:
    """``rest``: what is still to come. ``method``/``source``: of its newest attempt. ``instructions``: plain lines in
    the order's language, while money is waited for."""

    number: str
    secret: str
    kind: str
    state: str
    amount: int
    tendered: int
    paid: int
    rest: int
    due_at: datetime | None
    settled_at: datetime | None
    method: str = ""
    source: str = ""
    method_title: str = ""
    attempt_state: str = ""
    instructions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """``lines``: (position, title, pieces)."""

    id: int
    state: str
    carrier: str
    service: str
    tracking: str
    tracking_url: str
    weight: int | None
    handed_over_at: datetime | None
    lines: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MovedView:
    """The order went to another service than the one that was chosen (SHP-3). Texts in the order's language. ``postage``:
    what is charged for it now; ``None``: it was paid before, and nothing more is to be paid."""

    before: str
    after: str
    reason: str
    postage: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedParcel:
    """A parcel as the postage was quoted for. ``weight``: grams; ``size``: millimetres, the outer sides; ``lines``: pieces
    by position."""

    box: str
    weight: int | None
    size: tuple[int, ...] | None
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class EventView:
    name: str
    at: datetime
    actor: str
    from_state: str
    to_state: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """``total`` ``None`` while a part is unknown. ``status``: what the shopper sees, derived: awaiting_payment,
    payment_checked, pending, processing, partly_shipped, shipped, completed, cancelled, draft. ``delivery_note``: what
    the carrier says about the service, in the order's language."""

    id: int
    number: str
    secret: str
    state: str
    status: str
    cancel_reason: str
    locale: str
    currency: str
    email: str
    address: Address
    placed_at: datetime | None
    created_at: datetime
    revision: int
    lines: tuple[LineView, ...]
    items: int
    charges: tuple[ChargeView, ...]
    total: int | None
    bills: tuple[BillView, ...]
    shipments: tuple[ShipmentView, ...]
    events: tuple[EventView, ...]
    carrier: str
    service: str
    delivery_title: str
    delivery_note: str = ""
    moved: MovedView | None = None
    planned: tuple[PlannedParcel, ...] = ()

    @property
    def open_bill(self) -> BillView | None:
        return next((b for b in self.bills if b.state == "open"), None)

    @property
    def piece_count(self) -> int:
        return sum(line.quantity for line in self.lines)


def order_view(
    order: Order, providers: Providers, *, history: bool = False, lines: list[OrderLine] | None = None
) -> OrderView:
    """Everything about one order, in a fixed number of statements. Providers: for instructions and tracking links, also
    of plugins that are switched off. ``history``: with its events. ``lines``: its lines, where they were read already."""
    lines = lines_of(order.id) if lines is None else lines
    charges = live_charges(order.id)
    bills = _bills(order, providers)
    shipments = _shipments(order, lines, providers)
    revision = current_revision(order)
    postage = next((c for c in charges if c.data.get("lane") == "SHIPPING"), None)
    moved = _moved(order)
    return OrderView(
        id=order.id,
        number=order.number,
        secret=order.secret,
        state=order.state,
        status=_status(order, bills, shipments),
        cancel_reason=order.cancel_reason,
        locale=order.locale,
        currency=order.currency,
        email=order.email,
        address=Address.from_json(order.address),
        placed_at=order.placed_at,
        created_at=order.created_at,
        revision=order.revision,
        lines=tuple(_line(line, whole=order.state == "cancelled") for line in lines),
        items=revision.items,
        charges=tuple(ChargeView(c.kind, _label(c, order.locale), c.amount, c.id) for c in charges),
        total=revision.total,
        bills=bills,
        shipments=shipments,
        events=_events(order.id) if history else (),
        carrier=order.carrier,
        service=order.service,
        delivery_note=_note(order, postage),
        delivery_title=moved.after if moved else postage.label_text if postage else "",
        moved=moved,
        planned=tuple(
            PlannedParcel(
                one["box"],
                one["weight"],
                tuple(one["size"]) if one["size"] else None,
                tuple((position, pieces) for position, pieces in one["lines"]),
            )
            for one in order.shipping_quote.get("parcels", ())
        ),
    )


def _moved(order: Order) -> MovedView | None:
    kept = order.shipping_quote.get("moved")
    if not kept:
        return None
    return MovedView(kept["before"], kept["after"], kept["reason"], kept["postage"])


def _label(charge: Charge, locale: str) -> str:
    """The kept text; postage says that it is postage, as on the checkout pages."""
    if charge.data.get("lane") != "SHIPPING":
        return charge.label_text
    return labels_in(locale)("", N_("Postage (%(service)s)"), {"service": charge.label_text})


def _note(order: Order, postage: Charge | None) -> str:
    """What its carrier says about the service, in the order's language."""
    note = str(order.shipping_quote.get("note") or "")
    source = str(order.shipping_quote.get("source") or (postage.source if postage is not None else ""))
    return labels_in(order.locale)(source, note, {}) if note else ""


def _line(line: OrderLine, *, whole: bool) -> LineView:
    """``whole``: the order is cancelled; its lines are shown as they were ordered, beside the sums of that time."""
    live = line.quantity - (0 if whole else line.cancelled_quantity)
    return LineView(
        id=line.id,
        position=line.position,
        title=line.title,
        title_lang=line.title_locale,
        sku_code=line.sku_code,
        options=line.options,
        picture=line.picture,
        quantity=live,
        cancelled=line.cancelled_quantity,
        unit_price=line.unit_price,
        total=None if line.unit_price is None else line.unit_price * live,
        state=line.item_state,
        release=line.release,
        customs_description=line.customs_description,
        origin=line.origin,
        hs_code=line.hs_code,
    )


def _bills(order: Order, providers: Providers) -> tuple[BillView, ...]:
    rows = list(session.scalars(select(Bill).where(Bill.order_id == order.id).order_by(Bill.id)))
    ids = [b.id for b in rows]
    attempts = attempts_of(ids)
    tenders = list(session.scalars(select(BillTender).where(BillTender.bill_id.in_(ids)))) if ids else []
    events = (
        list(session.scalars(select(PaymentEvent).where(PaymentEvent.attempt_id.in_([a.id for a in attempts]))))
        if attempts
        else []
    )
    return tuple(_bill(order, bill, attempts, tenders, events, providers) for bill in rows)


def _bill(
    order: Order,
    bill: Bill,
    attempts: list[PaymentAttempt],
    tenders: list[BillTender],
    events: list[PaymentEvent],
    providers: Providers,
) -> BillView:
    own = [a for a in attempts if a.bill_id == bill.id]
    tendered = sum(t.amount for t in tenders if t.bill_id == bill.id and t.state != "returned")
    own_ids = {a.id for a in own}
    paid = sum(e.amount for e in events if e.attempt_id in own_ids and e.kind == "captured")
    newest = own[-1] if own else None
    registered = providers.payment_methods(installed=True).get(newest.method) if newest else None
    instructions: tuple[str, ...] = ()
    if newest is not None and registered is not None and bill.state == "open" and newest.state in LIVE:
        instructions = _instructions(registered, attempt_view(newest, ""), order.locale)
    return BillView(
        number=bill.number,
        secret=bill.secret,
        kind=bill.kind,
        state=bill.state,
        amount=bill.amount,
        tendered=tendered,
        paid=paid,
        rest=max(bill.amount - tendered - paid, 0) if bill.state == "open" else 0,
        due_at=bill.due_at,
        settled_at=bill.settled_at,
        method=newest.method if newest else "",
        source=newest.source if newest else "",
        method_title=registered.value.title if registered else "",
        attempt_state=newest.state if newest else "",
        instructions=instructions,
    )


def _instructions(registered: Registered[PaymentMethod], attempt: AttemptView, lang: str) -> tuple[str, ...]:
    """What the payer must do. The order stays readable when its plugin fails."""
    try:
        lines: object = registered.ask("instructions", attempt, lang)
    except Exception:  # plugin code: noted under its name
        return ()
    if not isinstance(lines, tuple | list) or not all(isinstance(line, str) for line in lines):
        registered.blame("instructions", TypeError(f"expected lines of text, got {type(lines).__name__}"))
        return ()
    return tuple(lines)


def _tracking_url(registered: Registered[ShippingCarrier], number: str, lang: str) -> str:
    """A page that follows the parcel; "" where there is none or its plugin fails."""
    try:
        url: object = registered.ask("tracking_url", number, lang)
    except Exception:  # plugin code: noted under its name
        return ""
    if not isinstance(url, str) or (url and not url.startswith(("https://", "http://"))):
        registered.blame("tracking_url", TypeError(f"expected an address, got {type(url).__name__}"))
        return ""
    return url


def _shipments(order: Order, lines: list[OrderLine], providers: Providers) -> tuple[ShipmentView, ...]:
    rows = list(session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id)))
    if not rows:
        return ()
    packed = list(session.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id.in_([s.id for s in rows]))))
    titles = {line.id: (line.position, line.title) for line in lines}
    carriers = providers.carriers(installed=True)
    views = []
    for s in rows:
        registered = carriers.get(s.carrier)
        url = _tracking_url(registered, s.tracking, order.locale) if registered and s.tracking else ""
        content = tuple(sorted((*titles[p.order_line_id], p.quantity) for p in packed if p.shipment_id == s.id))
        views.append(
            ShipmentView(s.id, s.state, s.carrier, s.service, s.tracking, url, s.weight, s.handed_over_at, content)
        )
    return tuple(views)


def _events(order_id: int) -> tuple[EventView, ...]:
    rows = session.scalars(select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id))
    return tuple(EventView(e.name, e.at, e.actor, e.from_state, e.to_state, e.reason) for e in rows)


def _status(order: Order, bills: tuple[BillView, ...], shipments: tuple[ShipmentView, ...]) -> str:
    left = any(s.state in ("handed_over", "delivered") for s in shipments)
    if order.state == "processing" and left:
        return "partly_shipped"
    if order.state != "pending":
        return order.state
    if any(b.state == "open" and b.attempt_state == "pending" for b in bills):
        return "payment_checked"
    if any(b.state == "open" and b.rest > 0 for b in bills):
        return "awaiting_payment"
    return "pending"
