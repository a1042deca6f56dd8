"""What plugins show in pages: ``{{ slot("order.panels", order) }}`` in a template.

A place nobody uses costs a look into an empty mapping. In a used one every placement is called and rendered under the
plugin's name; whatever it does wrong leaves its own place empty and the page whole (style render, fails open).
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import current_app, has_request_context, request
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from storefront.core.cart.views import CartLineView
from storefront.core.catalog.views import Card, ProductPage, SkuView
from storefront.core.contracts.slots import (
    AdminOrderPanels,
    CardBadges,
    CartLineAfter,
    CartSummary,
    CheckoutDiscounts,
    CheckoutPayment,
    FooterLinks,
    Fragment,
    HeaderIcons,
    OrderPanels,
    ProductActions,
    ProductAfter,
    Slot,
)
from storefront.core.db import session
from storefront.core.lifecycle.view import OrderView
from storefront.core.values.money import Money
from storefront.plugin_host.slots import Filling, check_filling
from storefront.shop.checkout.summary import Summary
from storefront.shop.context import current_lang, current_providers, current_rate, current_shop, extension

log = logging.getLogger(__name__)

ACT = "slot"
NOTHING = Markup("")
OUTLINE_COOKIE = "dev_slots"


def slot(name: str, *given: Any) -> Markup:
    """What enabled plugins show in this place. ``given``: what the page has of the place (``GIVEN``)."""
    own = extension()
    fillings = own.host.slots(current_shop()).get(name, ())
    if not fillings and not (own.settings.debug and outlined()):
        return NOTHING
    return show(GIVEN[name](*given), fillings)


def in_use(name: str) -> bool:
    return name in extension().host.slots(current_shop()) or outlined()


def card_badges(card: Card) -> Markup:
    return slot(CardBadges.name, card)


def show(place: Slot, fillings: Iterable[Filling]) -> Markup:
    """The fragments of a place one after the other; in development with its outline where that is asked for."""
    current_providers()  # from here on plugins can read their settings
    parts = [(filling.source, shown) for filling in fillings if (shown := _one(filling, place))]
    if not outlined():
        return Markup("").join(shown for _, shown in parts)
    template: Any = current_app.jinja_env.get_template("dev/_outline.html").module
    return Markup(template.outline(place.name, parts))


def _one(filling: Filling, place: Slot) -> Markup:
    watch = extension().host.watch
    try:
        return Markup(watch.ask(filling.source, ACT, _rendered, (filling, place)))
    except Exception as error:  # plugin code: the watch noted it under its name
        log.debug("%s of %s is left out", place.name, filling.source)
        if isinstance(error, SQLAlchemyError):
            session.rollback()  # what failed must not fail the rest of the page too
        return NOTHING


def _rendered(filling: Filling, place: Slot) -> Markup:
    found = check_filling(filling.source, place, filling.fill(place))
    if found is None:
        return NOTHING
    if isinstance(found, Fragment):
        return Markup(current_app.jinja_env.get_template(found.template).render(**found.context))
    template: Any = current_app.jinja_env.get_template("components/lazy.html").module
    return Markup(template.lazy(found.url, found.label))


def outlined() -> bool:
    """In development: the places are drawn, also those that nobody uses (``/_dev/slots`` switches it)."""
    return current_app.debug and has_request_context() and request.cookies.get(OUTLINE_COOKIE) == "1"


# --- what a place is given, made only where somebody uses it


def _product(kind: type[ProductActions] | type[ProductAfter], page: ProductPage, sku: SkuView | None) -> Slot:
    price = Money(sku.price, current_rate().currency) if sku else None
    code, orderable = (sku.code, sku.status.orderable) if sku else ("", False)
    return kind(current_lang(), page.id, page.slug, page.name, code, price, orderable)


def _order(kind: type[OrderPanels] | type[AdminOrderPanels], order: OrderView) -> Slot:
    bill = order.open_bill
    return kind(
        lang=current_lang(),
        order_id=order.id,
        number=order.number,
        status=order.status,
        country=order.address.country,
        carrier=order.carrier,
        service=order.service,
        method=bill.method if bill else "",
        due=Money(bill.rest, order.currency) if bill else None,
        total=None if order.total is None else Money(order.total, order.currency),
    )


def _card(card: Card) -> Slot:
    return CardBadges(current_lang(), card.product_id, card.slug, card.name, Money(card.price, current_rate().currency))


def _line(line: CartLineView, currency: str) -> Slot:
    price = Money(line.unit_price, currency)
    return CartLineAfter(current_lang(), line.id, line.product_id, line.sku_code, line.quantity, price)


def _sums(summary: Summary) -> tuple[Money, Money | None]:
    total = None if summary.total is None else Money(summary.total, summary.currency)
    return Money(summary.so_far, summary.currency), total


GIVEN: Mapping[str, Callable[..., Slot]] = {
    HeaderIcons.name: lambda: HeaderIcons(current_lang()),
    FooterLinks.name: lambda: FooterLinks(current_lang()),
    CardBadges.name: _card,
    ProductActions.name: lambda page, sku: _product(ProductActions, page, sku),
    ProductAfter.name: lambda page, sku: _product(ProductAfter, page, sku),
    CartLineAfter.name: _line,
    CartSummary.name: lambda summary, country, pieces: CartSummary(current_lang(), country, pieces, *_sums(summary)),
    CheckoutDiscounts.name: lambda summary: CheckoutDiscounts(current_lang(), *_sums(summary)),
    CheckoutPayment.name: lambda method, country, summary: CheckoutPayment(
        current_lang(), method, country, _sums(summary)[0]
    ),
    OrderPanels.name: lambda order: _order(OrderPanels, order),
    AdminOrderPanels.name: lambda order: _order(AdminOrderPanels, order),
}
