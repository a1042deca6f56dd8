"""A refused add without script: the product's page again, with the reason and what was typed."""

from flask import Response, abort
from sqlalchemy import select

from storefront.core.cart.errors import UnknownSku
from storefront.core.catalog.models import Product, Sku
from storefront.core.db import session
from storefront.shop.catalog.views import product_answer
from storefront.shop.checkout.words import problem_words

MAX_CODE = 120


def refused_on_product_page(sku: str, typed: str, words: str, status: int) -> Response:
    slug = _slug_of(sku)
    if slug is None:
        abort(404, problem_words(UnknownSku().problem))
    return product_answer(slug, sku=sku, quantity=typed, refusal=words, status=status)


def _slug_of(sku: str) -> str | None:
    """The page of the product with this variant; nobody's business before it is published."""
    if not sku or len(sku) > MAX_CODE or not sku.isprintable():
        return None
    return session.scalar(
        select(Product.slug).join(Sku, Sku.product_id == Product.id).where(Sku.code == sku, Product.state != "draft")
    )
