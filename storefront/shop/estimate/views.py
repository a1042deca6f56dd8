"""Estimates of one product and of the cart: a part of their pages, asked for on demand, or a page of its own (SHP-9)."""

from flask import Blueprint, Response, abort, request, url_for

from storefront.core.cart.service import set_country
from storefront.core.catalog.queries import product_page
from storefront.core.catalog.views import ProductPage, SkuView
from storefront.core.contracts.pricing import Basket, BasketLine, Lane
from storefront.core.customers.addresses import is_country
from storefront.core.db import run_unit, utcnow
from storefront.core.i18n.translate import gettext as _
from storefront.core.settings.calendar import ships_on
from storefront.core.shipping.deliveries import delivery_choices
from storefront.core.shipping.permission import closed_for
from storefront.core.values.types import Destination
from storefront.shop.cart.page import CartPage, cart_page, current_cart
from storefront.shop.cart.views import country_choices_with
from storefront.shop.catalog.views import chosen_sku
from storefront.shop.context import (
    COUNTRY_COOKIE,
    current_country,
    current_lang,
    current_providers,
    current_rate,
    current_shop,
)
from storefront.shop.estimate.rows import PRICE, SPEED, Estimate, Item, closed_notes, refusals, rows_by, uncertain
from storefront.shop.hx import is_fragment, render_page
from storefront.shop.indexing import keep_out
from storefront.shop.preferences.countries import COUNTRIES
from storefront.shop.preferences.views import keep_preference

estimates = Blueprint("estimate", __name__)


@estimates.get("/<lang:lang>/products/<slug>/delivery")
def of_product(slug: str) -> Response:
    """``sku``, ``quantity``: which variant, and how many pieces; ``country``: where to; ``sort``: price or speed."""
    found = product_page(slug, current_lang(), current_rate(), current_shop().policies)
    sku = chosen_sku(found.skus, request.args.get("sku", "")) if found is not None else None
    if found is None or sku is None or found.state == "withdrawn":
        abort(404)
    country, quantity = _country(current_country()), _quantity()
    weight = sku.weight if sku.weight is not None else found.weight
    basket = Basket((_line(found, sku, weight, quantity),))
    destination, shop, rate = Destination(country), current_shop(), current_rate()
    closed = closed_for(destination, basket, shop.closed, shop.policies) if country else ()
    choices = ()
    if country and all(one.line_key for one in closed):
        choices = delivery_choices(
            basket,
            destination,
            current_providers().carriers(),
            rate,
            ships_on(utcnow(), shop.policies),
            shop.policies,
            shop.boxes,
        )
    return _answer(
        Estimate(
            country=country,
            sort=_sort(),
            url=url_for("estimate.of_product", slug=found.slug, sku=sku.code, quantity=quantity),
            back=url_for("catalog.product", slug=found.slug, sku=sku.code),
            subject=found.name,
            subject_lang=found.lang,
            rows=() if closed else rows_by(choices, _sort()),
            refused=refusals(choices),
            closed=closed_notes(closed),
            notes=uncertain([Item(found.name, sku.status, weight)]),
        )
    )


@estimates.get("/<lang:lang>/cart/delivery")
def of_cart() -> Response:
    """``country``: where to, kept with the cart; ``sort``: price or speed."""
    page = cart_page(current_cart(), _country(""))
    asked, cart_id = request.args.get("country", "").upper(), page.cart.id
    if cart_id is not None and asked == page.country != page.cart.country and _asked_for():
        run_unit(lambda: set_country(cart_id, asked))
    quoted, lines = page.quoted, [line for line in page.cart.lines if line.status.orderable]
    return _answer(
        Estimate(
            country=page.country,
            sort=_sort(),
            url=url_for("estimate.of_cart"),
            back=url_for("cart.show"),
            subject=_("Cart"),
            rows=() if quoted.closed else rows_by(quoted.deliveries, _sort()),
            refused=refusals(quoted.deliveries),
            closed=closed_notes(quoted.closed),
            notes=(
                *uncertain(Item(line.name, line.status, line.weight) for line in lines),
                *([_("Before what the cart takes off the postage.")] if _reduced(page) else ()),
            ),
            chooses=not is_fragment(),
        )
    )


def _reduced(page: CartPage) -> bool:
    return bool(page.quoted.quote.lane_sum(Lane.SHIPPING_DISCOUNT))


def _line(product: ProductPage, sku: SkuView, weight: int | None, quantity: int) -> BasketLine:
    return BasketLine(
        key=sku.code,
        quantity=quantity,
        unit_price=sku.price,
        sku_id=sku.id,
        product_id=product.id,
        title=product.name,
        weight=weight,
        size=product.size,
        restrictions=frozenset(product.restrictions),
    )


def _country(otherwise: str) -> str:
    asked = request.args.get("country", "").upper()
    return asked if is_country(asked) else otherwise if is_country(otherwise) else ""


def _quantity() -> int:
    text = request.args.get("quantity", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(number, 1), int(current_shop().policy("cart.max_quantity")))


def _sort() -> str:
    return SPEED if request.args.get("sort") == SPEED else PRICE


def _asked_for() -> bool:
    """By a person, not by a browser that fetches ahead."""
    return "Sec-Purpose" not in request.headers


def _answer(estimate: Estimate) -> Response:
    """A country that was chosen here is the one of the next estimate too."""
    keep_out()
    response = render_page(
        "estimate/page.html",
        "estimate/_estimate.html",
        estimate=estimate,
        countries=country_choices_with(estimate.country),
        sorts=((PRICE, _("Cheapest first")), (SPEED, _("Fastest first"))),
    )
    if request.args.get("country") == estimate.country in COUNTRIES and _asked_for():
        keep_preference(response, COUNTRY_COOKIE, estimate.country)
    return response
