"""Parts of pages that are kept in the process, since making them anew would take most of a page's time.

Nothing kept can be stale, because its key holds all it is made of: a card its whole content; a part of the frame (menus,
foot, calendar) the shop's version, the language, the shop's day and whatever else its template is given. Whole pages are
not kept: they hold what is true for one moment and one visitor."""

from collections.abc import Hashable, Iterable
from typing import Any

from flask import current_app
from markupsafe import Markup

from storefront.core.catalog.views import Card
from storefront.core.db import utcnow
from storefront.core.settings.calendar import shop_date
from storefront.shop.context import current_lang, current_navigation, current_rate, current_shop, extension


def product_cards(cards: Iterable[Card], heading: str = "h3", first: bool = False) -> Markup:
    """``components/card.html`` for each of ``cards``. ``heading``: h2 in a list, h3 under a section's title; ``first``:
    the first of them is what a visitor sees first."""
    lang, currency, store = current_lang(), current_rate().currency, extension().cards
    found = []
    for card in cards:
        key = (card, heading, first, lang, currency)
        kept = store.get(key)
        if kept is None:
            template: Any = current_app.jinja_env.get_template("components/card.html")
            kept = store.keep(key, Markup(template.module.card(card, heading, first)))
        found.append(kept)
        first = False
    return Markup("").join(found)


def icon(name: str, small: bool = False) -> Markup:
    """``components/icon.html``: one of ``static/icons.svg``."""
    key = ("icon", name, small)
    frames = extension().frames
    kept = frames.get(key)
    if kept is None:
        template: Any = current_app.jinja_env.get_template("components/icon.html")
        kept = Markup(template.module.icon(name, small))
        if not current_app.debug:
            frames.keep(key, kept)
    return kept


def frame(name: str, **given: Hashable) -> Markup:
    """The part of the frame in template ``name``. It may ask for anything that is a function of the shop's version, the
    language and the day; whatever differs between visitors or pages it must be ``given``."""
    shop, lang = current_shop(), current_lang()
    key = (name, shop.version, lang, shop_date(utcnow(), shop.policies), *given.items())
    frames = extension().frames
    kept = frames.get(key)
    if kept is None:
        template = current_app.jinja_env.get_template(name)
        kept = frames.keep(key, Markup(template.render(nav=current_navigation(), **given)))
    return kept
