"""Estimates of one product and of the cart: a part of their pages, asked for on demand, or a page of its own (SHP-9)."""

from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from storefront.core.cart.queries import CartLineView, CartView
from storefront.core.cart.service import set_country
from storefront.core.catalog.queries import product_page
from storefront.core.catalog.views import ProductPage, SkuView
from storefront.core.checkout.quote import CheckoutQuote
from storefront.core.contracts.pricing import Lane
from storefront.core.customers.addresses import is_country
from storefront.core.db import run_unit
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.types import SaleStatus
from storefront.shop.cart.page import cart_page, current_cart
from storefront.shop.cart.page import estimate as quote_to
from storefront.shop.cart.views import country_choices_with
from storefront.shop.catalog.views import chosen_sku
from storefront.shop.context import (
    COUNTRY_COOKIE,
    current_country,
    current_lang,
    current_rate,
    current_shop,
    fetched_ahead,
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
    # The variant of the link, then the one that is ticked by now.
    code = next(reversed(request.args.getlist("sku")), "")
    sku = chosen_sku(found.skus, code) if found is not None else None
    if found is None or sku is None or found.state == "withdrawn":
        abort(404)
    country, quantity = _country(current_country()), _quantity()
    cart = CartView(None, current_rate().currency, country, (_line(found, sku, quantity),))
    return _answer(
        _estimate(
            quote_to(cart, country),
            [Item(found.name, sku.status, cart.lines[0].weight)],
            url=url_for("estimate.of_product", slug=found.slug, sku=sku.code, quantity=quantity),
            back=url_for("catalog.product", slug=found.slug, sku=sku.code),
            subject=found.name,
            subject_lang=found.lang,
        )
    )


@estimates.get("/<lang:lang>/cart/delivery")
def of_cart() -> Response:
    """``country``: where to, kept with the cart; ``sort``: price or speed."""
    page = cart_page(current_cart(), _country(""))
    asked, cart_id = request.args.get("country", "").upper(), page.cart.id
    if cart_id is not None and asked == page.country != page.cart.country and not fetched_ahead():
        run_unit(lambda: set_country(cart_id, asked))
    return _answer(
        _estimate(
            page.quoted,
            [Item(line.name, line.status, line.weight) for line in page.cart.lines if line.status.orderable],
            url=url_for("estimate.of_cart"),
            back=url_for("cart.show"),
            subject=_("Cart"),
            chooses=not is_fragment(),
        )
    )


def _estimate(quoted: CheckoutQuote, items: list[Item], **about: Any) -> Estimate:
    destination = quoted.context.destination
    notes = uncertain(items)
    if quoted.quote.lane_sum(Lane.SHIPPING_DISCOUNT):
        notes = (*notes, _("Before what the cart takes off the postage."))
    return Estimate(
        country=destination.country if destination else "",
        sort=_sort(),
        rows=() if quoted.closed else rows_by(quoted.deliveries, _sort()),
        refused=refusals(quoted.deliveries),
        closed=closed_notes(quoted.closed),
        notes=notes,
        **about,
    )


def _line(product: ProductPage, sku: SkuView, quantity: int) -> CartLineView:
    """As a cart would hold it: what is sold out for now has its postage too."""
    return CartLineView(
        id=1,
        sku_id=sku.id,
        sku_code=sku.code,
        product_id=product.id,
        slug=product.slug,
        name=product.name,
        name_lang=product.lang,
        options=sku.label,
        picture="",
        tint=1,
        quantity=quantity,
        unit_price=sku.price,
        list_price=sku.list_price,
        seen_price=sku.price,
        seen_currency=current_rate().currency,
        status=sku.status if sku.status.orderable else SaleStatus.BACK_ORDER,
        available=None,
        release=sku.release,
        restrictions=frozenset(product.restrictions),
        weight=sku.weight if sku.weight is not None else product.weight,
        size=product.size,
        brand_id=product.brand.id if product.brand else None,
        category_ids=tuple(category.id for category in product.categories),
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
    if request.args.get("country") == estimate.country in COUNTRIES and not fetched_ahead():
        keep_preference(response, COUNTRY_COOKIE, estimate.country)
    return response
