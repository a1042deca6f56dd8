"""The front door: choosing a language, and the home page."""

from typing import NamedTuple

from flask import Blueprint, Response, redirect, render_template, url_for

from storefront.core.catalog.queries import home_shelves, list_products
from storefront.core.catalog.views import Card, ListQuery
from storefront.core.db import utcnow
from storefront.core.settings.calendar import shop_date
from storefront.shop.context import current_lang, current_rate, current_shop, negotiated_language
from storefront.shop.headers import cacheable
from storefront.shop.home.almanac import day_of
from storefront.shop.home.season import season_of
from storefront.shop.structured import home_data

home_pages = Blueprint("home", __name__)

CALENDAR_LENGTH = 4


class Release(NamedTuple):
    """One entry of the pre-order calendar: a big month. ``mark`` stands behind the number (月)."""

    card: Card
    year: str
    month: str
    mark: str


@home_pages.get("/")
def negotiate() -> Response:
    """Cookie, then header, then the shop's default. Never cached for all: it depends on who asks."""
    response = redirect(url_for("home.home", lang=negotiated_language()))
    assert isinstance(response, Response)
    response.headers["Cache-Control"] = "private, no-store"
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@home_pages.get("/<lang:lang>/")
@cacheable
def home() -> str:
    shop = current_shop()
    today, zone = shop_date(utcnow(), shop.policies), str(shop.policy("shop.time_zone"))
    shelves = home_shelves(current_lang(), current_rate(), shop.policies)
    return render_template(
        "home/page.html",
        season=season_of(today),
        day=day_of(today, zone, current_lang()),
        poster=_poster(),
        arrivals=shelves.arrivals,
        data_blocks=home_data(),
        preorders=[_release(card) for card in shelves.preorders if len(card.release) >= 7][:CALENDAR_LENGTH],
    )


def _poster() -> Card | None:
    """What is liked most of what can be sent now."""
    wanted = ListQuery(current_lang(), current_rate(), status="in_stock", per_page=1)
    return next(iter(list_products(wanted, current_shop().policies).cards), None)


def _release(card: Card) -> Release:
    mark = "" if current_lang() == "en" else "月"
    return Release(card, card.release[:4], str(int(card.release[5:7])), mark)
