"""Currency, destination and language of this browser, kept in plain cookies: catalogue pages need no session for them."""

from datetime import timedelta

from flask import Blueprint, Response, request

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
from storefront.shop.preferences.countries import COUNTRIES

preferences = Blueprint("preferences", __name__)
KEPT = timedelta(days=365)


@preferences.post("/<lang:lang>/preferences")
@from_catalogue
def save() -> Response:
    """Keeps what is one of the offered choices, passes over the rest, and goes back to where the form was."""
    response = redirect_to(own_path(request.form.get("next", ""), f"/{current_lang()}/"))
    currency, country = request.form.get("currency", ""), request.form.get("country")
    if currency in current_shop().currency_codes:
        _keep(response, CURRENCY_COOKIE, currency)
    if country in COUNTRIES:
        _keep(response, COUNTRY_COOKIE, str(country))
    elif country == "":
        response.delete_cookie(cookie_name(COUNTRY_COOKIE), secure=extension().settings.https, samesite="Lax")
    if request.form.get("language") in LANGUAGES:
        _keep(response, LANG_COOKIE, request.form["language"])
    return response


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=KEPT,
        secure=extension().settings.https,
        httponly=name != LANG_COOKIE,  # the language links set that one too
        samesite="Lax",
    )
