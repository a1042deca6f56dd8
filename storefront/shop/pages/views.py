"""The owner's own pages: about us, how to pay, legal notice."""

from flask import Blueprint, abort, render_template

from storefront.core.catalog.queries import page as find_page
from storefront.shop.context import current_lang
from storefront.shop.headers import cacheable

pages = Blueprint("pages", __name__)


@pages.get("/<lang:lang>/pages/<slug>")
@cacheable
def page(slug: str) -> str:
    found = find_page(slug, current_lang())
    if found is None:
        abort(404)
    return render_template("pages/page.html", page=found)
