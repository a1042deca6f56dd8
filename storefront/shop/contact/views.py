"""How to reach the shop."""

from flask import Blueprint, render_template

from storefront.shop.context import current_shop
from storefront.shop.headers import cacheable

contact_pages = Blueprint("contact", __name__)


@contact_pages.get("/<lang:lang>/contact")
@cacheable
def contact() -> str:
    return render_template("contact/page.html", email=current_shop().policy("shop.email"))
