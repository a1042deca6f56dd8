"""What every page of the shop knows: language, shop, currency, plugins, session. Read lazily, once per request."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask, current_app, g, has_app_context, has_request_context, request
from werkzeug.routing import BaseConverter

from storefront.config import Settings
from storefront.core.catalog.views import BrandView, ShelfBrand
from storefront.core.contracts.events import Event
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.contracts.providers import Providers
from storefront.core.i18n.translate import use_language
from storefront.core.outbox.telling import Listener
from storefront.core.settings.snapshot import ShopSnapshot, SnapshotCache, VersionedCache
from storefront.core.values.language import LANGUAGES, negotiate
from storefront.plugin_host.host import PluginHost
from storefront.shop.kept import CARDS, FRAMES, Fragments
from storefront.shop.navigation import Menus
from storefront.shop.session import row_session, shop_session
from storefront.shop.themes.shelf import ThemeShelf

__all__ = ["current_country", "current_lang", "current_providers", "current_rate", "current_shop", "shop_session"]

LANG_COOKIE, CURRENCY_COOKIE, COUNTRY_COOKIE = "lang", "currency", "country"


@dataclass(frozen=True, slots=True)
class ShopExtension:
    """``app.extensions["storefront"]``. ``navigation``: categories and pages as the menus show them; ``frames``,
    ``cards``: kept parts of pages; ``brands``: makers by slug and language;
    ``shelf_brands``: the makers of a category; ``themes``: which there are; ``sheets``: theirs with the owner's colours."""

    settings: Settings
    host: PluginHost
    snapshots: SnapshotCache
    navigation: VersionedCache[Mapping[str, Menus]]
    themes: ThemeShelf
    frames: Fragments = field(default_factory=lambda: Fragments(FRAMES))
    cards: Fragments = field(default_factory=lambda: Fragments(CARDS))
    brands: VersionedCache[dict[tuple[str, str], BrandView]] = field(
        default_factory=lambda: VersionedCache(lambda _version: {})
    )
    shelf_brands: VersionedCache[dict[str, tuple[ShelfBrand, ...]]] = field(
        default_factory=lambda: VersionedCache(lambda _version: {})
    )
    sheets: VersionedCache[dict[object, Any]] = field(default_factory=lambda: VersionedCache(lambda _version: {}))


class LanguageConverter(BaseConverter):
    """``/<lang:lang>/``: the four tags and nothing else."""

    regex = "|".join(LANGUAGES)


def listeners(event: type[Event]) -> Sequence[Listener]:
    """Who is told of an event, as the shop is now; nobody where no shop is open (``core/outbox/telling``)."""
    if not has_app_context():
        return ()
    shop = extension()
    return shop.host.listeners(event, shop.snapshots.current)


def extension() -> ShopExtension:
    return cast(ShopExtension, current_app.extensions["storefront"])


def cookie_name(name: str) -> str:
    """With ``__Host-`` exactly when the shop is served by https (A2)."""
    return f"__Host-{name}" if extension().settings.https else name


def preference(name: str) -> str:
    """A choice the browser keeps for us, unchecked; "" when it keeps none."""
    return request.cookies.get(cookie_name(name), "")


def current_shop() -> ShopSnapshot:
    """The owner's decisions for this request: one statement, which is the session's where there is one; more when they
    changed."""
    return cast(ShopSnapshot, _once("shop", _read_shop))


def _read_shop() -> ShopSnapshot:
    if not has_request_context():  # a worker that writes a list to a file
        return extension().snapshots.current()
    version = row_session().load().shop_version
    snapshots = extension().snapshots
    return snapshots.current() if version is None else snapshots.at(version)


def current_navigation() -> Menus:
    """The menus in the language of the page."""
    return extension().navigation.at(current_shop().version)[current_lang()]


def current_providers() -> Providers:
    """What the enabled plugins offer; from here on, to the end of the request, they can read their settings."""
    return cast(Providers, _once("providers", lambda: g.scopes.enter_context(extension().host.bind(current_shop()))))


def fetched_ahead() -> bool:
    """Whether a browser asks for the page before anybody wants it: nothing of that is kept or counted."""
    return "Sec-Purpose" in request.headers


def current_lang() -> str:
    """The language of this page, as URL tag."""
    return cast(str, g.lang)


def current_rate() -> CurrencyRate:
    """The currency the shopper chose, as long as the shop sells in it; else the base currency."""
    return cast(CurrencyRate, _once("rate", lambda: current_shop().rate(preference(CURRENCY_COOKIE))))


def current_country() -> str:
    """The destination the shopper chose for estimates; "" when none or unknown."""
    chosen = preference(COUNTRY_COOKIE)
    return chosen if len(chosen) == 2 and chosen.isascii() and chosen.isupper() else ""


def negotiated_language() -> str:
    """Cookie, then header, then the shop's default."""
    chosen = preference(LANG_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return _language_of_header() or current_shop().policy("shop.default_language")


def _once(key: str, make: Callable[[], Any]) -> Any:
    if key not in g:
        setattr(g, key, make())
    return g.get(key)


def _language_of_header() -> str:
    return negotiate(request.headers.get("Accept-Language", ""))


def _language_of_path() -> str:
    first = request.path.lstrip("/").partition("/")[0]
    return first if first in LANGUAGES else ""


def init_context(app: Flask) -> None:
    app.url_map.converters["lang"] = LanguageConverter

    @app.url_value_preprocessor
    def take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
        """Views do not take the language; they ask ``current_lang()``."""
        named = values.pop("lang", None) if values else None
        g.lang = named or _language_of_path() or row_session().language() or _language_of_header() or "en"

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and "lang" in g and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = g.lang

    @app.before_request
    def speak() -> None:
        g.scopes = ExitStack()
        g.scopes.enter_context(use_language(g.lang))

    @app.teardown_request
    def fall_silent(_error: BaseException | None) -> None:
        scopes = g.pop("scopes", None)
        if scopes is not None:
            scopes.close()


def localized(texts: Mapping[str, str]) -> str:
    """The owner's words in the page's language, else English, else any."""
    return texts.get(current_lang()) or texts.get("en") or next(iter(texts.values()), "")
