"""The owner's own pages: about us, how to pay, legal notice."""

from flask import Blueprint, abort, render_template, url_for

from storefront.core.catalog.queries import page as find_page
from storefront.shop.context import current_lang
from storefront.shop.headers import cacheable
from storefront.shop.indexing import index_as
from storefront.shop.structured import list_data

pages = Blueprint("pages", __name__)


@pages.get("/<lang:lang>/pages/<slug>")
@cacheable
def page(slug: str) -> str:
    found = find_page(slug, current_lang())
    if found is None:
        abort(404)
    path = url_for("pages.page", slug=slug)
    index_as(path, languages=found.languages)
    return render_template("pages/page.html", page=found, data_blocks=list_data(found.title, path))
