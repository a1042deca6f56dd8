"""Placing an order: from the confirm page to a draft that holds its goods (CHK-2, CHK-7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from storefront.core.billing.service import bills_of
from storefront.core.cart.models import Cart, CartLine
from storefront.core.cart.queries import CartView, load_cart
from storefront.core.checkout.models import Checkout
from storefront.core.checkout.quote import CheckoutQuote, Choices, quote_cart
from storefront.core.contracts.pricing import CurrencyRate, Lane, ReservationRefused
from storefront.core.contracts.providers import Providers
from storefront.core.db import lock_for_update, session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.drafting import DraftRequest, write_draft
from storefront.core.lifecycle.effects import reserve_all
from storefront.core.lifecycle.errors import CheckoutIncomplete, TokenExpired, TotalChanged
from storefront.core.lifecycle.promote import settle
from storefront.core.lifecycle.release import MONEY_MAY_MOVE, lapse
from storefront.core.orders.errors import LimitExceeded
from storefront.core.orders.limits import claim, holders_of
from storefront.core.orders.models import Order, OrderLine
from storefront.core.orders.service import lock_order_by_id
from storefront.core.payments import service as payments
from storefront.core.payments.states import AttemptState
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.stock import service as stock
from storefront.core.stock.errors import OutOfStock
from storefront.core.values.address import Address
from storefront.core.values.types import CustomerView, Problem


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """What travels with the confirm form. ``shown_total``: minor units the shopper saw."""

    session_id: int
    token: str
    shown_total: int
    lang: str
    rate: CurrencyRate
    customer_id: int | None = None
    actor: str = "shopper"


@dataclass(frozen=True, slots=True)
class Placed:
    """``attempt_id``: the payment to start now, outside the unit (safe to start twice); ``None`` when nothing is left to
    start. ``again``: the token had made this order before."""

    order_id: int
    number: str
    secret: str
    attempt_id: int | None
    again: bool = False


def choices_of(checkout: Checkout, customer: CustomerView | None = None) -> Choices:
    """The choices of a checkout row as the quote takes them."""
    address = Address.from_json(checkout.address) if checkout.address else None
    return Choices(
        destination=address.destination if address else None,
        delivery=checkout.delivery,
        method=checkout.method,
        inputs=checkout.inputs,
        customer=customer,
    )


def place(request: PlaceRequest, shop: ShopSnapshot, providers: Providers, now: datetime) -> Placed:
    """Turn the session's cart into a draft order with its goods reserved, one bill and one attempt to pay it.

    Inside one unit that the caller opened before any read. The same token again returns the same order. Raises
    ``TokenExpired``, ``CheckoutIncomplete``, ``TotalChanged``; whatever was half done is rolled back by the unit.
    """
    cart_row = session.scalars(lock_for_update(select(Cart).where(Cart.session_id == request.session_id))).first()
    earlier = session.scalars(select(Order).where(Order.checkout_token == request.token)).first()
    if earlier is not None:
        return _again(earlier, cart_row, request, shop, providers, now)
    if cart_row is None:
        raise TokenExpired
    checkout = session.scalars(
        select(Checkout).where(Checkout.cart_id == cart_row.id, Checkout.token == request.token)
    ).first()
    if checkout is None:
        raise TokenExpired
    return _place_new(cart_row.id, checkout, request, shop, providers, now)


def _again(
    order: Order,
    cart: Cart | None,
    request: PlaceRequest,
    shop: ShopSnapshot,
    providers: Providers,
    now: datetime,
) -> Placed:
    """The token was used before: the order it made. A draft that still waits for its payment is made anew when the
    shopper came back from the gateway to order differently or by another method."""
    if cart is None or order.cart_id not in (None, cart.id):
        raise TokenExpired
    if order.state != "draft":
        return Placed(order.id, order.number, order.secret, None, again=True)
    order = lock_order_by_id(order.id)
    attempts = payments.attempts_of([b.id for b in bills_of(order.id, "open")])
    new = next((a for a in attempts if a.state == AttemptState.NEW), None)
    if new is not None:  # a double click, or a crash in between: begin this very attempt (again), by the same key
        return Placed(order.id, order.number, order.secret, new.id, again=True)
    checkout = session.scalars(select(Checkout).where(Checkout.token == request.token)).first()
    if checkout is None or any(a.state in MONEY_MAY_MOVE for a in attempts):
        return Placed(order.id, order.number, order.secret, None, again=True)
    leaving = next((a for a in attempts if a.state == AttemptState.REDIRECTED), None)
    if leaving is not None and leaving.amount == request.shown_total and _same_order(order, checkout, request):
        return Placed(order.id, order.number, order.secret, leaving.id, again=True)
    return _place_new(cart.id, checkout, request, shop, providers, now)


def _same_order(order: Order, checkout: Checkout, request: PlaceRequest) -> bool:
    """The shopper wants what the draft is: a late second click, or a look at the gateway and back."""
    chosen = (checkout.address, checkout.delivery, checkout.method, checkout.inputs)
    ordered = (order.address, f"{order.carrier}:{order.service}", order.method, order.inputs)
    if chosen != ordered or (request.lang, request.rate.currency) != (order.locale, order.currency):
        return False
    in_cart = session.execute(select(CartLine.sku_id, CartLine.quantity).where(CartLine.cart_id == checkout.cart_id))
    lines = session.execute(select(OrderLine.sku_id, OrderLine.quantity).where(OrderLine.order_id == order.id))
    return sorted(map(tuple, in_cart)) == sorted(map(tuple, lines))


def _place_new(
    cart_id: int,
    checkout: Checkout,
    request: PlaceRequest,
    shop: ShopSnapshot,
    providers: Providers,
    now: datetime,
) -> Placed:
    _drop_earlier_draft(cart_id, providers, now)
    cart = load_cart(request.session_id, request.lang, request.rate, shop.policies)
    quoted = quote_cart(cart, choices_of(checkout), shop, providers, rate=request.rate, lang=request.lang, now=now)
    address = _check(cart, checkout, quoted)
    if quoted.quote.due != request.shown_total:
        raise TotalChanged(request.shown_total, quoted)
    draft = DraftRequest(
        quote=quoted,
        address=address,
        token=request.token,
        cart_id=cart_id,
        customer_id=request.customer_id,
        lang=request.lang,
        rate=request.rate,
        now=now,
        actor=request.actor,
        inputs=dict(checkout.inputs),
    )
    order, lines, bill = write_draft(draft, shop)
    _take(order, lines, quoted, address, shop, providers, now)
    checkout.order_id = order.id
    amount = bill.amount + quoted.quote.lane_sum(Lane.TENDER)
    if amount == 0:
        settle(order, bill, shop, providers, request.actor, now)
        return Placed(order.id, order.number, order.secret, None)
    assert quoted.method is not None
    attempt = payments.open_attempt(bill, amount, quoted.method.key, quoted.method.source)
    return Placed(order.id, order.number, order.secret, attempt.id)


def _drop_earlier_draft(cart_id: int, providers: Providers, now: datetime) -> None:
    """A cart has one live draft. What it held is given back first, so that nobody is blocked by their own hold."""
    earlier = session.scalars(select(Order.id).where(Order.cart_id == cart_id, Order.state == "draft")).first()
    if earlier is None:
        return
    order = lock_order_by_id(earlier)
    if not lapse(order, providers, actor="shopper", reason="ordered anew", now=now):
        raise CheckoutIncomplete(
            "confirm",
            Problem(
                N_("A payment for this cart is being checked. Please wait a minute and reload this page."),
                code="payment_running",
            ),
        )
    session.flush()  # the token is free again before the next order takes it


def _check(cart: CartView, checkout: Checkout, quoted: CheckoutQuote) -> Address:
    """Everything an order needs, or the step where it is to be mended."""
    if not cart.lines:
        raise CheckoutIncomplete("cart", Problem(N_("Your cart is empty."), code="empty"))
    if not checkout.address:
        raise CheckoutIncomplete("address", Problem(N_("Please tell us where to send your order."), code="address"))
    if quoted.blocked_lines:
        raise CheckoutIncomplete(
            "cart",
            Problem(N_("Something in your cart changed. Please look at the marked items."), code="lines"),
        )
    if quoted.delivery is None:
        raise CheckoutIncomplete("delivery", Problem(N_("Please choose how to send your order."), code="delivery"))
    if quoted.quote.due is None:
        raise CheckoutIncomplete(
            "delivery",
            Problem(N_("The price cannot be worked out just now. Nothing was ordered."), code="price"),
        )
    if quoted.method is None and not quoted.free:
        raise CheckoutIncomplete("delivery", Problem(N_("Please choose how to pay."), code="method"))
    return Address.from_json(checkout.address)


def _take(
    order: Order,
    lines: list[OrderLine],
    quoted: CheckoutQuote,
    address: Address,
    shop: ShopSnapshot,
    providers: Providers,
    now: datetime,
) -> None:
    """Reserve every scarce thing, each in one fixed order: stock by SKU, limits by product, adjusters by lane."""
    until = now + timedelta(minutes=int(shop.policy("checkout.hold_minutes")))
    try:
        stock.reserve_new(
            [stock.NewLine(ln.sku_id, ln.id, ln.quantity, ln.mode) for ln in lines if ln.sku_id is not None], until
        )
        wanted: dict[int, tuple[int, int, str]] = {}
        for view in quoted.cart.lines:
            if view.purchase_limit:
                before = wanted.get(view.product_id, (0, 0, ""))[0]
                wanted[view.product_id] = (before + view.quantity, view.purchase_limit, view.name)
        if wanted:
            claim(
                order.id,
                wanted,
                holders_of(customer_id=order.customer_id, email=order.email, phone=address.phone),
            )
        reserve_all(order.id, quoted.quote.applied, providers)
    except OutOfStock as error:
        raise CheckoutIncomplete(
            "cart",
            Problem(
                N_("%(title)s has just been sold. Please look at your cart; nothing was ordered."),
                {"title": next((row.title for row in lines if row.sku_id == error.sku_id), "")},
                code="out_of_stock",
            ),
        ) from error
    except LimitExceeded as error:
        raise CheckoutIncomplete("cart", error.problem) from error
    except ReservationRefused as error:
        raise CheckoutIncomplete("delivery", error.problem) from error
