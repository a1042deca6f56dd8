"""Parts of pages that are kept in the process, since making them anew would take most of a page's time.

Nothing kept can be stale, because its key holds all it is made of: a card its whole content; a part of the frame (menus,
foot, calendar) the shop's version, the language, the theme, the shop's day and whatever else its template is given. Whole pages are
not kept: they hold what is true for one moment and one visitor."""

from collections.abc import Hashable, Iterable
from typing import Any

from flask import current_app
from markupsafe import Markup

from storefront.core.catalog.views import Card
from storefront.core.db import utcnow
from storefront.core.settings.calendar import shop_date
from storefront.shop.context import current_lang, current_navigation, current_rate, current_shop, extension
from storefront.shop.slots import card_badges, in_use
from storefront.shop.themes.worn import worn_key


def product_cards(cards: Iterable[Card], heading: str = "h3", first: bool = False) -> Markup:
    """``components/card.html`` for each of ``cards``. ``heading``: h2 in a list, h3 under a section's title; ``first``:
    the first of them is what a visitor sees first."""
    found = []
    badges = in_use("product.card.badges")
    for card in cards:
        more = (card_badges(card),) if badges else ()
        found.append(kept("components/card.html", "card", card, heading, first, *more))
        first = False
    return Markup("").join(found)


def kept(name: str, macro: str, *given: Hashable) -> Markup:
    """What ``macro`` of template ``name`` makes of ``given``. It may depend on nothing else but the language, the currency
    and the theme of the page."""
    key = (name, macro, current_lang(), current_rate().currency, worn_key(), *given)
    store = extension().cards
    fragment = store.get(key)
    if fragment is None:
        module: Any = current_app.jinja_env.get_template(name).module
        fragment = store.keep(key, Markup(getattr(module, macro)(*given)))
    return fragment


def icon(name: str, small: bool = False) -> Markup:
    """``components/icon.html``: one of ``static/icons.svg``."""
    return kept("components/icon.html", "icon", name, small)


def frame(name: str, **given: Hashable) -> Markup:
    """The part of the frame in template ``name``. It may ask for anything that is a function of the shop's version, the
    language and the day; whatever differs between visitors or pages it must be ``given``."""
    shop, lang = current_shop(), current_lang()
    key = (name, shop.version, lang, shop_date(utcnow(), shop.policies), worn_key(), *given.items())
    frames = extension().frames
    fragment = frames.get(key)
    if fragment is None:
        template = current_app.jinja_env.get_template(name)
        fragment = frames.keep(key, Markup(template.render(nav=current_navigation(), **given)))
    return fragment
