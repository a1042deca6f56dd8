"""A packed parcel that its service does not take: the order moves to one that does (SHP-3)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.billing import service as billing
from storefront.core.contracts.pricing import Basket, CurrencyRate
from storefront.core.contracts.providers import Providers, Registered
from storefront.core.contracts.shipping import ShippingCarrier, ShippingRequest, Speed
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.edit import reprice
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.labels import labels_in
from storefront.core.lifecycle.ordered import basket_of_order, keep_delivery, rate_of
from storefront.core.lifecycle.promote import promise_mail
from storefront.core.lifecycle.release import refuse_while_money_moves
from storefront.core.lifecycle.repay import methods_for
from storefront.core.lifecycle.ship import HERE, lines_in, pack
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.queries import live_charges
from storefront.core.orders.service import lines_of, lock_order_by_id, note_event
from storefront.core.payments import service as payments
from storefront.core.pricing.methods import find_method
from storefront.core.settings.calendar import ships_on
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.deliveries import DeliveryChoice, find_choice
from storefront.core.shipping.models import Shipment
from storefront.core.shipping.parcels import PackedParcel, Packing, keeps_to
from storefront.core.shipping.rows import limits_of, rows_of
from storefront.core.values.address import Address
from storefront.core.values.types import Dimensions

TOO_MUCH = N_("The packed parcel is heavier or larger than this service takes.")
# Where an order goes on when its own class has nothing: to one that is not slower first.
NEXT_CLASS: Mapping[str, tuple[str, ...]] = {
    Speed.EXPRESS: (Speed.EXPRESS, Speed.AIR, Speed.ECONOMY),
    Speed.AIR: (Speed.AIR, Speed.EXPRESS, Speed.ECONOMY),
    Speed.ECONOMY: (Speed.ECONOMY, Speed.AIR, Speed.EXPRESS),
}


@dataclass(frozen=True, slots=True)
class Words:
    """An msgid in the domain of ``source``."""

    message: str
    params: Mapping[str, Any]
    source: str

    def within(self, lang: str) -> str:
        return labels_in(lang)(self.source, self.message, self.params)


@dataclass(frozen=True, slots=True)
class Move:
    """From the chosen service to ``delivery``, and why. ``before``: "carrier:service". ``difference``: what the new one
    costs more than is charged now, minor units of the order. ``paid``: the bill is settled, so the shop bears it."""

    before: str
    before_title: Words
    delivery: DeliveryChoice
    reason: Words
    difference: int
    currency: str
    paid: bool

    @property
    def title(self) -> Words:
        return Words(self.delivery.title, self.delivery.title_params, self.delivery.source)


class MoveWanted(NotPossible):
    """The parcel can only go by another service; nothing was done until somebody agrees to ``move``."""

    def __init__(self, move: Move) -> None:
        super().__init__(TOO_MUCH)
        self.move = move


class NothingFits(NotPossible):
    """No service of the shop takes the parcel: the owner's task."""


def pack_checked(
    shipment_id: int,
    weight: int | None,
    shop: ShopSnapshot,
    providers: Providers,
    *,
    actor: str,
    now: datetime,
    size: Dimensions | None = None,
    agreed: str = "",
) -> Shipment:
    """``ship.pack``, and a look whether the chosen service takes the parcel as it is now. If not the order moves to the
    first service that does, once ``agreed`` names it ("carrier:service"). Inside the caller's unit. Raises ``MoveWanted``
    before that, ``NothingFits``, ``NotPossible``."""
    shipment = pack(shipment_id, weight, actor=actor, now=now, size=size)
    session.flush()
    order = lock_order_by_id(shipment.order_id)
    move = wanted_move(order, shop, providers, now)
    if move is not None and move.delivery.id != agreed:
        raise MoveWanted(move)
    if move is not None:
        carry_out(order, move, shop, providers, actor=actor, now=now)
    return shipment


def wanted_move(order: Order, shop: ShopSnapshot, providers: Providers, now: datetime) -> Move | None:
    """Where a (locked) order must go on, by the parcels that are weighed; ``None`` while its service takes them, or its
    carrier cannot say. Raises ``NothingFits``."""
    basket, rate = basket_of_order(lines_of(order.id)), rate_of(order)
    packed, request = _request(order, basket, rate, shop, now)
    if not request.parcels:
        return None
    own_carrier = providers.carriers(installed=True).get(order.carrier)
    reason = _refusal(order, own_carrier, request, rate, basket) if own_carrier is not None else None
    if own_carrier is None or reason is None:
        return None
    offered = [
        row
        for key, registered in providers.carriers().items()
        for row in rows_of(registered, key, request, rate, basket.lines, packed)
    ]
    own = f"{order.carrier}:{order.service}"
    delivery = _first_that_fits(order, [row for row in offered if row.id != own], shop)
    if delivery is None:
        raise NothingFits(
            N_(
                "No delivery service takes a parcel of order %(number)s like this. Nothing was kept: pack it into several"
                " parcels, or agree with the shopper what to send."
            ),
            number=order.number,
        )
    charged = sum(c.amount for c in live_charges(order.id) if c.data.get("lane") == "SHIPPING")
    kept = order.shipping_quote
    return Move(
        before=own,
        before_title=Words(str(kept.get("title") or own), kept.get("title_params") or {}, own_carrier.source),
        delivery=delivery,
        reason=reason,
        difference=(delivery.price or 0) - charged,
        currency=order.currency,
        paid=_paid(order),
    )


def carry_out(order: Order, move: Move, shop: ShopSnapshot, providers: Providers, *, actor: str, now: datetime) -> None:
    """Move the (locked) order and its parcels that are here. Before its bill is settled the postage is priced anew, after
    that nothing more is charged. The shopper gets a mail. Inside the caller's unit. Raises ``NotPossible``."""
    refuse_while_money_moves(order)
    lines, lang = lines_of(order.id), order.locale
    keep_delivery(order, lines, move.delivery)
    reason = move.reason.within(lang)
    told = {
        "before": move.before_title.within(lang),
        "after": move.title.within(lang),
        "reason": reason,
        "postage": None if move.paid else move.delivery.price,
    }
    order.shipping_quote = {**order.shipping_quote, "moved": told}
    for shipment in session.scalars(select(Shipment).where(Shipment.order_id == order.id, Shipment.state.in_(HERE))):
        shipment.carrier, shipment.service = order.carrier, order.service
    session.flush()
    if not move.paid:
        _reprice(order, lines, move, shop, providers, actor, now)
    event = note_event(
        order,
        "delivery_changed",
        actor,
        reason=reason,
        now=now,
        before=move.before,
        after=move.delivery.id,
    )
    session.flush()
    promise_mail("delivery_changed", order, key=str(event.id))
    record(
        actor, "order.delivery", ("order", order.number),
        before=move.before, after=move.delivery.id, difference=move.difference, paid=move.paid,
    )  # fmt: skip


def _reprice(
    order: Order,
    lines: list[OrderLine],
    move: Move,
    shop: ShopSnapshot,
    providers: Providers,
    actor: str,
    now: datetime,
) -> None:
    reprice(order, lines, shop, providers, actor=actor, reason="another service", now=now, delivery=move.delivery)
    if order.method and find_method(methods_for(order, providers, now), order.method) is None:
        raise NotPossible(
            N_("Order %(number)s cannot be paid as chosen with another delivery service. Nothing was changed."),
            number=order.number,
        )


def _paid(order: Order) -> bool:
    bills = billing.bills_of(order.id, "open", "settled")
    return all(bill.state == "settled" for bill in bills) or any(payments.captured_sum(bill.id) for bill in bills)


def _request(
    order: Order, basket: Basket, rate: CurrencyRate, shop: ShopSnapshot, now: datetime
) -> tuple[tuple[PackedParcel, ...], ShippingRequest]:
    """The parcels that were weighed as they are, and how the rest would be packed, where that is known."""
    packing = Packing(basket, rate, shop.policies, shop.boxes)
    packed = list(_weighed(order.id))
    parcels = [packing.told(one) for one in packed]
    left = Counter({line.key: line.quantity for line in basket.lines})
    for one in packed:
        left.subtract(dict(one.lines))
    rest = packing.rest({key: pieces for key, pieces in left.items() if pieces > 0}) if packed else None
    if rest is not None and all(parcel.weight is not None for parcel in rest.parcels):
        packed += rest.packed
        parcels += rest.parcels
    destination = Address.from_json(order.address).destination
    return tuple(packed), ShippingRequest(
        destination, tuple(parcels), ships_on(now, shop.policies), order.base_currency
    )


def _weighed(order_id: int) -> Iterator[PackedParcel]:
    sent = (*HERE, "handed_over", "delivered")
    rows = select(Shipment).where(Shipment.order_id == order_id, Shipment.state.in_(sent), Shipment.weight.is_not(None))
    for row in session.scalars(rows.order_by(Shipment.id)):
        size = Dimensions(row.length, row.width, row.height) if row.length and row.width and row.height else None
        yield PackedParcel(row.weight, size, tuple((f"line:{line.id}", pieces) for line, pieces in lines_in(row.id)))


def _refusal(
    order: Order, registered: Registered[ShippingCarrier], request: ShippingRequest, rate: CurrencyRate, basket: Basket
) -> Words | None:
    """Why the order's own service does not take the parcels; ``None`` when it does, or its carrier cannot say."""
    rows = rows_of(registered, order.carrier, request, rate, basket.lines)
    if find_choice(rows, f"{order.carrier}:{order.service}") is not None:
        return None
    own = (f"{order.carrier}:{order.service}", f"{order.carrier}:")
    row = next((row for row in rows if row.id in own and row.reason and not row.core_reason), None)
    if row is not None:
        return Words(row.reason, row.params, row.source)
    most = limits_of(registered, request).get(order.service)
    if most is not None and not all(keeps_to(most, parcel.weight, parcel.size) for parcel in request.parcels):
        return Words(TOO_MUCH, {}, "")
    return None


def _first_that_fits(order: Order, rows: list[DeliveryChoice], shop: ShopSnapshot) -> DeliveryChoice | None:
    """By the policy's list; without one the cheapest of the same class, then of the next."""
    wanted = [str(one) for one in shop.policy("shipping.move_to")]
    if wanted:
        return next((row for one in wanted for row in rows if row.id == one and row.choosable), None)
    choosable = [row for row in rows if row.quote is not None and not row.variant_of]
    cheapest = sorted(choosable, key=lambda row: (row.price or 0, row.id))
    classes = NEXT_CLASS.get(str(order.shipping_quote.get("speed") or ""), ("",))
    in_class = (row for speed in classes for row in cheapest if row.quote is not None and row.quote.speed == speed)
    return next(in_class, next(iter(cheapest), None))
