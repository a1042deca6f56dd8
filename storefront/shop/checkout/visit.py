"""Where a shopper stands between cart and order: what is stored, what it costs, which step is missing."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import flash, url_for

from storefront.core.cart.queries import CartView
from storefront.core.checkout.quote import CheckoutQuote, Choices, quote_cart
from storefront.core.checkout.service import CheckoutView, read_checkout
from storefront.core.db import utcnow
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.shop.cart.page import current_cart
from storefront.shop.context import current_lang, current_providers, current_rate, current_shop

STEPS = ("address", "delivery", "confirm")
ENDPOINTS = {"cart": "cart.show", **{step: f"checkout.{step}" for step in STEPS}}
LABELS = {"address": N_("Recipient"), "delivery": N_("Delivery and payment"), "confirm": N_("Confirm")}
DONE = N_("Done")


@dataclass(frozen=True, slots=True)
class Visit:
    """One shopper's cart and checkout as stored."""

    cart: CartView
    checkout: CheckoutView

    def quote(self, delivery: str | None = None, method: str | None = None) -> CheckoutQuote:
        """The price with the stored choices, or with these in their place."""
        checkout = self.checkout
        choices = Choices(
            destination=checkout.address.destination if checkout.address else None,
            delivery=checkout.delivery if delivery is None else delivery,
            method=checkout.method if method is None else method,
            inputs=checkout.inputs,
        )
        return quote_cart(
            self.cart,
            choices,
            current_shop(),
            current_providers(),
            rate=current_rate(),
            lang=current_lang(),
            now=utcnow(),
        )

    def quote_with_defaults(self, delivery: str = "", method: str = "") -> CheckoutQuote:
        """The price with the cheapest delivery, and the only method, where none is chosen that can be had."""
        quoted = self.quote(delivery or self.checkout.delivery, method or self.checkout.method)
        if quoted.delivery is None and quoted.deliveries and quoted.deliveries[0].choosable:
            delivery = quoted.deliveries[0].id
            quoted = self.quote(delivery, method or self.checkout.method)
        offered = [choice.key for choice in quoted.methods if choice.offered]
        if quoted.method is None and quoted.delivery is not None:
            # A method that is not offered may not leave its fee in the price.
            wanted = offered[0] if len(offered) == 1 else ""
            if wanted or quoted.context.method:
                quoted = self.quote(quoted.delivery.id, wanted)
        return quoted


def current_visit() -> Visit:
    cart = current_cart()
    return Visit(cart, read_checkout(cart.id))


def missing_step(visit: Visit, step: str) -> str:
    """The step to go to before ``step`` can be shown; "" when nothing is missing."""
    if not any(line.status.orderable for line in visit.cart.lines):
        return "cart"
    if step != "address" and visit.checkout.address is None:
        return "address"
    return ""


def unfinished(visit: Visit, quoted: CheckoutQuote) -> str:
    """The step where something must be mended before the order can be placed; "" when it can."""
    if any(not line.status.orderable or line.blocked for line in visit.cart.lines):
        return "cart"
    return "" if quoted.complete else "delivery"


def step_url(step: str) -> str:
    return url_for(ENDPOINTS[step])


def say_on_next_page(words: str) -> None:
    """A sentence for the page the browser is sent to."""
    if words:
        flash(words)


class StepLink(NamedTuple):
    label: str
    href: str


def step_links(visit: Visit, current: str) -> tuple[list[StepLink], int]:
    """The progress of the checkout; steps that are done are links."""
    links = [StepLink(_(LABELS[step]), step_url(step)) for step in STEPS]
    return [*links, StepLink(_(DONE), "")], STEPS.index(current)
