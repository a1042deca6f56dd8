"""What a cart would cost with what the shopper chose so far: one function for cart, checkout pages and placing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from storefront.core.cart.queries import CartView, basket_of
from storefront.core.contracts.pricing import CurrencyRate, PriceContext, Quote
from storefront.core.contracts.providers import Providers
from storefront.core.pricing.methods import MethodChoice, find_method, method_choices
from storefront.core.pricing.price import price
from storefront.core.settings.calendar import ships_on
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.deliveries import DeliveryChoice, delivery_choices, find_choice
from storefront.core.shipping.permission import Closed, closed_for
from storefront.core.values.types import CustomerView, Destination


@dataclass(frozen=True, slots=True)
class Choices:
    """What the shopper chose. ``delivery``: ``carrier:service``; ``inputs``: adjusters' forms by plugin name."""

    destination: Destination | None = None
    delivery: str = ""
    method: str = ""
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    customer: CustomerView | None = None


@dataclass(frozen=True, slots=True)
class CheckoutQuote:
    """``delivery`` and ``method`` are set when the chosen one is offered. ``closed``: what may not go there."""

    cart: CartView
    context: PriceContext
    quote: Quote
    deliveries: tuple[DeliveryChoice, ...] = ()
    delivery: DeliveryChoice | None = None
    methods: tuple[MethodChoice, ...] = ()
    method: MethodChoice | None = None
    closed: tuple[Closed, ...] = ()

    @property
    def blocked_lines(self) -> bool:
        """Some line cannot be ordered as it stands: changed status, too few left, closed to the destination."""
        return bool(self.closed) or any(not line.status.orderable or line.blocked for line in self.cart.lines)

    @property
    def free(self) -> bool:
        return self.quote.due == 0

    @property
    def complete(self) -> bool:
        """Everything needed to place the order is there."""
        return (
            bool(self.cart.lines)
            and not self.blocked_lines
            and self.delivery is not None
            and self.quote.due is not None
            and (self.method is not None or self.free)
        )


def quote_cart(
    cart: CartView,
    choices: Choices,
    shop: ShopSnapshot,
    providers: Providers,
    *,
    rate: CurrencyRate,
    lang: str,
    now: datetime,
) -> CheckoutQuote:
    """Price ``cart``. Pure beside what carriers and adjusters compute; inside or outside a transaction. With one
    choosable delivery it is taken when none was chosen."""
    basket = basket_of(cart)
    destination = choices.destination
    deliveries: tuple[DeliveryChoice, ...] = ()
    delivery: DeliveryChoice | None = None
    closed: tuple[Closed, ...] = ()
    if destination is not None and basket.lines:
        closed = closed_for(destination, basket, shop.closed, shop.policies)
        if all(one.line_key for one in closed):  # a closed country or region has no postage either
            day = ships_on(now, shop.policies)
            deliveries = delivery_choices(
                basket, destination, providers.carriers(), rate, day, shop.policies, shop.boxes
            )
        delivery = find_choice(deliveries, choices.delivery) if choices.delivery else _only_one(deliveries)
    context = PriceContext(
        rate=rate,
        now=now,
        lang=lang,
        destination=destination,
        customer=choices.customer,
        carrier=delivery.carrier if delivery else "",
        shipping=delivery.quote if delivery else None,
        method=choices.method,
        inputs=choices.inputs,
        policies=shop.policies,
    )
    quote = price(basket, context, providers.adjusters())
    methods = method_choices(quote, context, providers.payment_methods()) if delivery else ()
    method = find_method(methods, choices.method)
    if method is None and choices.method:  # the fee of a method that is not offered must not show
        context = replace(context, method="")
        quote = price(basket, context, providers.adjusters())
    return CheckoutQuote(cart, context, quote, deliveries, delivery, methods, method, closed)


def _only_one(deliveries: tuple[DeliveryChoice, ...]) -> DeliveryChoice | None:
    choosable = [d for d in deliveries if d.quote is not None]
    return choosable[0] if len(choosable) == 1 else None
