"""The wiring list: what the web part of the shop is made of, in order."""

from collections.abc import Iterable

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from storefront.admin.manage import MANAGE, init_manage
from storefront.admin.session import StaffSession
from storefront.config import Settings, settings_from_environment
from storefront.core.i18n.catalogues import CORE_DOMAIN, register_domain
from storefront.core.outbox.telling import use_listeners
from storefront.core.settings.snapshot import SnapshotCache, VersionedCache
from storefront.extensions import htmx, init_database, login
from storefront.plugin_host.host import build_host
from storefront.plugin_host.quarantine import keeper
from storefront.shop.addresses import ShopApp
from storefront.shop.assets import assets
from storefront.shop.cart.views import cart_pages
from storefront.shop.catalog.views import catalog
from storefront.shop.checkout.confirm import checkout_pages
from storefront.shop.contact.views import contact_pages
from storefront.shop.context import ShopExtension, init_context, listeners
from storefront.shop.csrf import init_csrf
from storefront.shop.dev.tracing import init_tracing
from storefront.shop.dev.views import dev_pages
from storefront.shop.errors import init_errors
from storefront.shop.estimate.views import estimates
from storefront.shop.folders import data_folder
from storefront.shop.headers import init_headers
from storefront.shop.home.views import home_pages
from storefront.shop.hx import init_hx
from storefront.shop.jinja import ShopEnvironment, init_jinja
from storefront.shop.mails.views import mail_pages
from storefront.shop.navigation import load_navigation
from storefront.shop.orders.views import order_pages
from storefront.shop.pages.views import pages
from storefront.shop.payments.bills import bill_pages
from storefront.shop.payments.views import payment_pages
from storefront.shop.plugin_pages import init_plugin_pages, init_plugin_templates
from storefront.shop.preferences.views import preferences
from storefront.shop.service.sitemaps import sitemaps
from storefront.shop.service.views import media, service
from storefront.shop.session import RowSessions, ShopSession
from storefront.shop.themes.sheet import theme_pages
from storefront.shop.themes.shelf import ThemeShelf
from storefront.shop.themes.worn import init_themes

BLUEPRINTS = (
    assets,
    media,
    service,
    sitemaps,
    home_pages,
    catalog,
    pages,
    contact_pages,
    mail_pages,
    preferences,
    theme_pages,
    cart_pages,
    checkout_pages,
    order_pages,
    estimates,
    bill_pages,
    payment_pages,
)


def create_app(settings: Settings | None = None, plugins: Iterable[object] | None = None) -> Flask:
    """The WSGI application. ``settings``: default from the environment; ``plugins``: modules to use instead of the
    installed ones (tests). Raises ``ConfigError``."""
    settings = settings or settings_from_environment()
    settings.check()
    app = ShopApp("storefront", static_folder=None, template_folder=str(data_folder("templates")))
    app.jinja_environment = ShopEnvironment
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["SECRET_KEY_FALLBACKS"] = list(settings.secret_key_fallbacks)
    app.debug = settings.debug
    app.session_interface = RowSessions({"": ShopSession, MANAGE: StaffSession}, https=settings.https)

    init_database(app, settings)
    htmx.init_app(app)
    login.init_app(app)
    host = build_host(
        plugins,
        secret_key=settings.secret_key,
        secret_key_fallbacks=settings.secret_key_fallbacks,
        safe_mode=settings.safe_mode,
        environment=settings.plugin_settings,
        data_dir=settings.data_dir,
    )
    snapshots = SnapshotCache()
    host.watch.store = keeper(app.app_context, snapshots.current)
    use_listeners(listeners)
    themes = ThemeShelf(settings.data_dir, watched=settings.debug, off=settings.safe_mode)
    app.extensions["storefront"] = ShopExtension(settings, host, snapshots, VersionedCache(load_navigation), themes)
    register_domain(CORE_DOMAIN, data_folder("translations"))

    init_headers(app, settings)
    init_hx(app)
    init_context(app)
    init_themes(app)
    init_csrf(app, settings)
    init_plugin_templates(app, host, str(data_folder("templates")))
    init_jinja(app)
    init_errors(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    init_manage(app)
    init_plugin_pages(app)
    if settings.debug:
        app.register_blueprint(dev_pages)
        init_tracing(app, settings.data_dir)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
