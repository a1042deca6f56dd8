"""Currency, destination and language of this browser, kept in plain cookies: catalogue pages need no session for them."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote

from flask import Blueprint, Response, make_response, render_template, request

from storefront.core.values.language import LANGUAGES
from storefront.shop.context import (
    COUNTRY_COOKIE,
    CURRENCY_COOKIE,
    LANG_COOKIE,
    cookie_name,
    current_lang,
    current_shop,
    extension,
)
from storefront.shop.csrf import from_catalogue
from storefront.shop.hx import redirect_to
from storefront.shop.paths import own_path
from storefront.shop.preferences.countries import ANOTHER, COUNTRIES

preferences = Blueprint("preferences", __name__)
KEPT = timedelta(days=365)


@preferences.get("/<lang:lang>/preferences")
def show() -> Response:
    """All destinations, for those that the footer leaves out."""
    return make_response(render_template("preferences/page.html", next_path=_next(request.args)))


@preferences.post("/<lang:lang>/preferences")
@from_catalogue
def save() -> Response:
    """Keeps what is one of the offered choices, passes over the rest, and goes back to where the form was; for another
    country than the footer offers by way of the page that has them all."""
    currency, country, path = request.form.get("currency", ""), request.form.get("country"), _next(request.form)
    response = redirect_to(f"/{current_lang()}/preferences?next={quote(path)}" if country == ANOTHER else path)
    if currency in current_shop().currency_codes:
        keep_preference(response, CURRENCY_COOKIE, currency)
    if country in COUNTRIES:
        keep_preference(response, COUNTRY_COOKIE, str(country))
    elif country == "":
        response.delete_cookie(cookie_name(COUNTRY_COOKIE), secure=extension().settings.https, samesite="Lax")
    if request.form.get("language") in LANGUAGES:
        keep_preference(response, LANG_COOKIE, request.form["language"])
    return response


def _next(given: Mapping[str, str]) -> str:
    return own_path(given.get("next", ""), f"/{current_lang()}/")


def keep_preference(response: Response, name: str, value: str) -> None:
    """Keep a choice in the cookie ``name`` for a year."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=KEPT,
        secure=extension().settings.https,
        httponly=name != LANG_COOKIE,  # the language links set that one too
        samesite="Lax",
    )
