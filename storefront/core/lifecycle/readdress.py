"""Another address for an order that has not left (ORD-4): by the owner, until the label is made."""

from datetime import datetime

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.billing import service as billing
from storefront.core.contracts.providers import Providers
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.edit import reprice
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.ordered import basket_of_order, keep_delivery, rate_of
from storefront.core.lifecycle.promote import promise_mail
from storefront.core.lifecycle.release import refuse_while_money_moves
from storefront.core.lifecycle.repay import methods_for
from storefront.core.orders.customs import follow_customs
from storefront.core.orders.finding import index_order
from storefront.core.orders.models import Order
from storefront.core.orders.service import lines_of, lock_order, note_event
from storefront.core.payments import service as payments
from storefront.core.pricing.methods import find_method
from storefront.core.settings.calendar import ships_on
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.deliveries import DeliveryChoice, delivery_choices, find_choice
from storefront.core.shipping.models import Shipment
from storefront.core.shipping.permission import closed_for
from storefront.core.values.address import Address

ENDED = N_("Order %(number)s is %(state)s; its address can no longer be changed. Nothing was changed.")
LABELLED = N_("A parcel of order %(number)s has its label or has left; its address stays. Nothing was changed.")
PAID = N_(
    "Order %(number)s is paid, and the postage was for %(country)s: an address there can be changed, not the country or "
    "region. Cancel the order and let it be placed anew. Nothing was changed."
)


def change_address(
    number: str,
    address: Address,
    shop: ShopSnapshot,
    providers: Providers,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
) -> Order:
    """Give order ``number`` another (checked) address, inside the caller's unit; the shopper gets a mail. Where the
    destination changes and nothing is paid yet, the postage and all else is priced anew and the bill replaced; after
    payment that is refused. Raises ``UnknownOrder``, ``NotPossible``."""
    order = lock_order(number)
    before = Address.from_json(order.address)
    if address == before:
        raise NotPossible(N_("This is the address already. Nothing was changed."))
    _check(order)
    moves = address.destination != before.destination
    delivery = _check_destination(order, address, shop, providers, now) if moves else None
    order.address, order.country, order.email = address.to_json(), address.country, address.email
    if delivery is not None:
        keep_delivery(order, lines_of(order.id), delivery)
        _reprice(order, shop, providers, actor, now)
    old, new = before.to_json(), address.to_json()
    fields = sorted(name for name in new if new[name] != old[name])
    event = note_event(
        order, "address_changed", actor, reason=reason, now=now, before={name: old[name] for name in fields}
    )
    session.flush()
    index_order(order)
    follow_customs(order, str(shop.policy("shop.country")), now)
    promise_mail("address_changed", order, key=str(event.id))
    record(actor, "order.address", ("order", order.number), reason, fields=fields)
    return order


def _check(order: Order) -> None:
    if order.state not in ("pending", "processing"):
        raise NotPossible(ENDED, number=order.number, state=order.state)
    refuse_while_money_moves(order)
    made = select(Shipment.id).where(
        Shipment.order_id == order.id, Shipment.state.in_(("labelled", "handed_over", "delivered"))
    )
    if session.scalar(made.limit(1)) is not None:
        raise NotPossible(LABELLED, number=order.number)


def _check_destination(
    order: Order, address: Address, shop: ShopSnapshot, providers: Providers, now: datetime
) -> DeliveryChoice:
    """How the parcel goes to the new place: by the service that was chosen, else by its carrier's cheapest one."""
    bills = billing.bills_of(order.id, "open", "settled")
    if any(bill.state == "settled" or payments.captured_sum(bill.id) for bill in bills):
        raise NotPossible(PAID, number=order.number, country=order.country)
    basket = basket_of_order(lines_of(order.id))
    shut = closed_for(address.destination, basket, shop.closed, shop.policies)
    if shut:
        raise NotPossible(shut[0].problem.message, **shut[0].problem.params)
    choices = delivery_choices(
        basket,
        address.destination,
        providers.carriers(installed=True),
        rate_of(order),
        ships_on(now, shop.policies),
        shop.policies,
        shop.boxes,
    )
    found = find_choice(choices, f"{order.carrier}:{order.service}") or next(
        (choice for choice in choices if choice.choosable and choice.carrier == order.carrier), None
    )
    if found is None:
        raise NotPossible(
            N_("The carrier of order %(number)s does not go to this address. Nothing was changed."),
            number=order.number,
        )
    return found


def _reprice(order: Order, shop: ShopSnapshot, providers: Providers, actor: str, now: datetime) -> None:
    offered = methods_for(order, providers, now)
    if order.method and find_method(offered, order.method) is None:
        raise NotPossible(
            N_("Order %(number)s cannot be paid as chosen at this address. Nothing was changed."), number=order.number
        )
    replaced = reprice(order, lines_of(order.id), shop, providers, actor=actor, reason="another address", now=now)
    if replaced is None:
        raise NotPossible(N_("The price cannot be worked out just now. Nothing was changed."))
