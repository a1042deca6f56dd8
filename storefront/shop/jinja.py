"""What templates can ask for. Functions only: a page that does not ask costs nothing."""

from collections.abc import MutableMapping
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Flask, request
from flask.templating import Environment
from jinja2 import Template
from markupsafe import Markup
from werkzeug.local import LocalProxy

from storefront.core.db import utcnow
from storefront.core.i18n.formats import country_name, format_weight, money_parts
from storefront.core.i18n.jinja import install
from storefront.core.settings.calendar import shop_date
from storefront.core.values.language import FALLBACKS, LANGUAGES, OWN_NAMES, html_lang
from storefront.shop import fragments, labels, pictures
from storefront.shop.assets import static_url
from storefront.shop.context import (
    current_country,
    current_lang,
    current_navigation,
    current_rate,
    current_shop,
    localized,
)
from storefront.shop.csrf import has_token
from storefront.shop.indexing import indexing
from storefront.shop.paths import in_language
from storefront.shop.preferences.countries import country_choices, short_choices
from storefront.shop.session import current_session
from storefront.shop.slots import slot
from storefront.shop.structured import absolute, describe, json_ld
from storefront.shop.themes.previewing import is_previewing
from storefront.shop.themes.sheet import favicon_link, sheet_url
from storefront.shop.themes.worn import ThemedTemplate, load, worn

# Pages shown on each side of the current one.
NEAR = 2


class ShopEnvironment(Environment):
    """Jinja's, with the globals of each template in one mapping: comparing those of two templates, as every import of a
    macro does, then takes no time. So globals are set at boot, before the first template is read. Under a theme all
    templates are kept apart from the shop's: a macro of the theme may be bound in any of them."""

    template_class = ThemedTemplate

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        dress = worn()
        return super()._load_template(name, globals) if dress is None else load(self, dress, name, globals)


class LanguageLink(NamedTuple):
    lang: str
    tag: str
    name: str
    href: str
    current: bool


class Words(NamedTuple):
    """A text of the owner and the language it is really in."""

    words: str
    lang: str


def init_jinja(app: Flask) -> None:
    install(app.jinja_env)
    app.jinja_env.globals.update(
        announcements=announcements,
        cart_count=lambda: current_session().load().cart_count,
        cart_url=lambda: f"/{current_lang()}/cart",
        closed_days=lambda: labels.closed_days(current_shop()),
        count_words=labels.count_words,
        country=current_country,
        country_choices=lambda: country_choices(current_lang()),
        short_country_choices=lambda chosen: short_choices(current_lang(), chosen),
        country_name=lambda code: country_name(code, current_lang()),
        currency=lambda: current_rate().currency,
        currency_codes=lambda: current_shop().currency_codes,
        describe=describe,
        has_csrf_token=has_token,
        here=here,
        here_path=lambda: request.path,
        base_currency=lambda: current_shop().base_currency,
        page_frame=lambda: "base.html",
        icon=fragments.icon,
        favicon_link=favicon_link,
        is_previewing=is_previewing,
        shop_mark=shop_mark,
        html_lang=lambda: html_lang(current_lang()),
        indexing=indexing,
        json_ld=json_ld,
        lang_mark=lang_mark,
        lang=LocalProxy(current_lang),
        languages=language_links,
        localized=localized,
        frame=fragments.frame,
        money_parts=page_money_parts,
        money_text=lambda amount, currency=None: "".join(page_money_parts(amount, currency)),
        navigation=current_navigation,
        order_button=labels.order_button,
        page_numbers=page_numbers,
        picture_shown=pictures.shown,
        preview_url=lambda name: absolute(pictures.preview(name)),
        kept=fragments.kept,
        product_cards=fragments.product_cards,
        product_url=product_url,
        products_url=lambda: f"/{current_lang()}/products/",
        release_words=labels.release_words,
        shop_name=shop_name,
        shop_seal=lambda: current_shop().policy("shop.seal") or shop_name()[:1],
        slot=slot,
        sheet_url=sheet_url,
        static_url=static_url,
        status_explained=labels.status_explained,
        status_words=labels.status_words,
        this_year=lambda: shop_date(utcnow(), current_shop().policies).year,
        weight_words=lambda grams: format_weight(grams, current_lang()),
    )


def product_url(slug: str) -> str:
    return f"/{current_lang()}/products/{quote(slug)}"


def shop_name() -> str:
    return localized(current_shop().policy("shop.name"))


def shop_mark() -> Markup:
    """What stands for the shop at the head of its pages: its logo, else its seal and name."""
    shop = current_shop()
    logo, dark = shop.pictures.get("logo"), shop.pictures.get("logo_dark")
    if logo is None:
        return fragments.kept("components/brand.html", "name", shop.policy("shop.seal") or shop_name()[:1], shop_name())
    alt = localized(logo.alt) or shop_name()
    return fragments.kept("components/brand.html", "logo", logo.file, dark.file if dark else "", alt)


def page_money_parts(amount: int, currency: str | None = None) -> tuple[str, str, str]:
    return money_parts(amount, currency or current_rate().currency, current_lang())


def lang_mark(lang: str | None) -> str:
    """`` lang="ja"`` for a text that is not in the language of the page, else nothing."""
    if not lang or lang == current_lang():
        return ""
    return Markup(' lang="{}"').format(html_lang(lang) if lang in LANGUAGES else lang)


def here() -> str:
    """This page's own address with its query, as a browser sends it."""
    path = quote(request.path, safe="/:@!$&'()*+,;=~-._")
    query = request.query_string.decode("ascii", "replace")
    return f"{path}?{query}" if query and query.isascii() else path


def language_links() -> list[LanguageLink]:
    """The same page in every language."""
    return [
        LanguageLink(lang, html_lang(lang), OWN_NAMES[lang], in_language(here(), lang), lang == current_lang())
        for lang in ("ja", "en", "zh-hans", "zh-hant")
    ]


def announcements(place: str) -> list[Words]:
    found = []
    for notice in current_shop().notices(place, utcnow()):
        lang = next((lang for lang in FALLBACKS[current_lang()] if notice.text.get(lang)), "")
        if lang:
            found.append(Words(notice.text[lang], lang))
    return found


def page_numbers(page: int, pages: int) -> list[int | None]:
    """First, last, and those near the current one; ``None`` for a gap: ``1 … 4 5 6 7 8 … 20``."""
    wanted = sorted({1, pages, *range(max(1, page - NEAR), min(pages, page + NEAR) + 1)})
    numbers: list[int | None] = []
    for number in wanted:
        last = numbers[-1] if numbers else None
        if last is not None and number - last > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers
