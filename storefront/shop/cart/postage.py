"""What postage a product would take, asked on its page before anything is in a cart (SHP-9)."""

from flask import Blueprint, Response, abort, request

from storefront.core.cart.errors import BadQuantity
from storefront.core.cart.quantity import parse_quantity
from storefront.core.cart.views import CartLineView, CartView
from storefront.core.catalog.queries import product_page
from storefront.core.catalog.views import ProductPage, SkuView
from storefront.core.customers.addresses import is_country
from storefront.core.shipping.permission import line_problems
from storefront.core.values.types import SaleStatus
from storefront.shop.cart.page import LineNote, estimate
from storefront.shop.checkout.choosing import ChoiceRow, delivery_row
from storefront.shop.checkout.summary import Row, summary_of
from storefront.shop.checkout.words import closed_words
from storefront.shop.context import current_lang, current_rate, current_shop
from storefront.shop.hx import render_page
from storefront.shop.indexing import keep_out

postage_pages = Blueprint("postage", __name__)

# What is sent after it has arrived here: by then postage may be another.
AWAITED = (SaleStatus.PRE_ORDER, SaleStatus.PROVISIONAL, SaleStatus.TENTATIVE)
ONLY_LINE = 1


@postage_pages.get("/<lang:lang>/products/<slug>/postage")
def product_postage(slug: str) -> Response:
    """``sku``, ``quantity``, ``country``; of what cannot be understood the usual is taken. Nothing is kept."""
    found = product_page(slug, current_lang(), current_rate(), current_shop().policies)
    if found is None or found.state != "published":
        abort(404)
    keep_out()
    asked = request.args.get("country", "").upper()
    # The variant of the form, then the one that is ticked by now.
    code = next(reversed(request.args.getlist("sku")), "")
    country = asked if is_country(asked) else ""
    orderable = [sku for sku in found.skus if sku.status.orderable]
    chosen = next((sku for sku in orderable if sku.code == code), next(iter(orderable), None))
    rows, notes, less = _offers(found, chosen, country) if chosen and country else ((), (), None)
    return render_page(
        "products/postage.html",
        "products/_postage.html",
        p=found,
        chosen=chosen,
        destination=country,
        rows=rows,
        notes=notes,
        less=less,
        later=chosen is not None and chosen.status in AWAITED,
    )


def _offers(
    product: ProductPage, sku: SkuView, country: str
) -> tuple[tuple[ChoiceRow, ...], tuple[LineNote, ...], Row | None]:
    """Every service with its price or its reason; what forbids the goods there; what comes off the cheapest one."""
    line = _line(product, sku, _quantity())
    quoted = estimate(CartView(None, current_rate().currency, country, (line,)), country)
    closed = [one for found in line_problems(quoted.closed).values() for one in found]
    notes = tuple(LineNote(words, True, lang) for words, lang in map(closed_words, closed))
    if notes:
        return (), notes, None
    rows = tuple(delivery_row(choice, quoted) for choice in quoted.deliveries)
    # Behind the row of the postage stand those that take from it: it is free from a sum on, for example.
    less = [row for row in summary_of(quoted).rows if isinstance(row.value, int) and row.value < 0]
    return rows, (), next(iter(less), None)


def _quantity() -> int:
    try:
        return parse_quantity(request.args.get("quantity", "1"), int(current_shop().policy("cart.max_quantity"))) or 1
    except BadQuantity:
        return 1


def _line(product: ProductPage, sku: SkuView, quantity: int) -> CartLineView:
    """As a cart would hold it."""
    return CartLineView(
        id=ONLY_LINE,
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
        status=sku.status,
        available=None,
        release=sku.release,
        restrictions=frozenset(product.restrictions),
        weight=sku.weight or product.weight,
        size=product.size,
        brand_id=product.brand.id if product.brand else None,
        category_ids=tuple(category.id for category in product.categories),
    )
