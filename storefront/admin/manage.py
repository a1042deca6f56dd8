"""The wiring of the back office: its areas, its declared pages, its menu."""

from dataclasses import dataclass

from flask import Blueprint, Flask

from storefront.admin.audit.pages import AUDIT
from storefront.admin.background.listing import DEAD_JOBS
from storefront.admin.background.views import background
from storefront.admin.content.announcements import ANNOUNCEMENTS
from storefront.admin.content.pages import OWN_PAGES
from storefront.admin.content.translations import TRANSLATIONS
from storefront.admin.declared import add_page, plugin_blueprint
from storefront.admin.files.exporting import export_pages
from storefront.admin.files.importing import import_pages
from storefront.admin.goods.brands import BRANDS
from storefront.admin.goods.categories import CATEGORIES
from storefront.admin.goods.category_picture import category_picture
from storefront.admin.goods.pictures import picture_pages
from storefront.admin.goods.products import PRODUCTS
from storefront.admin.goods.stock import STOCK
from storefront.admin.goods.stock_page import stock_pages
from storefront.admin.guard import MANAGE, Member, find_member, init_guard, is_manage
from storefront.admin.look.form import LOOK
from storefront.admin.look.pictures import look_pictures_page
from storefront.admin.look.views import look_pages
from storefront.admin.mails.listing import MAILS
from storefront.admin.mails.preview import mail_preview
from storefront.admin.mails.views import mail_log
from storefront.admin.orders.acts import order_acts
from storefront.admin.orders.customs import customs_desk
from storefront.admin.orders.listing import ORDERS
from storefront.admin.orders.parcels import parcel_acts
from storefront.admin.orders.views import order_pages
from storefront.admin.plugins.own_pages import init_own_pages
from storefront.admin.plugins.views import PLUGINS, plugin_admin
from storefront.admin.registry import plugin_pages, register_pages
from storefront.admin.search.questions import QUESTIONS
from storefront.admin.search.views import search_pages
from storefront.admin.settings.boxes import BOXES
from storefront.admin.settings.currencies import CURRENCIES
from storefront.admin.settings.destinations import DESTINATIONS
from storefront.admin.settings.policies import POLICIES
from storefront.admin.staff import STAFF, staff_pages
from storefront.admin.tasks.views import task_pages
from storefront.admin.today.views import today_page
from storefront.core.contracts.manage import ManagePage
from storefront.core.i18n.translate import N_, domain_gettext
from storefront.core.i18n.translate import gettext as _
from storefront.shop.context import current_shop, extension

__all__ = ["MANAGE", "init_manage"]

PAGES: tuple[ManagePage, ...] = (
    ORDERS,
    PRODUCTS,
    STOCK,
    CATEGORIES,
    BRANDS,
    TRANSLATIONS,
    QUESTIONS,
    OWN_PAGES,
    ANNOUNCEMENTS,
    POLICIES,
    LOOK,
    CURRENCIES,
    DESTINATIONS,
    BOXES,
    PLUGINS,
    STAFF,
    AUDIT,
    MAILS,
    DEAD_JOBS,
)
BLUEPRINTS: tuple[Blueprint, ...] = (
    today_page,
    order_pages,
    order_acts,
    parcel_acts,
    customs_desk,
    staff_pages,
    task_pages,
    search_pages,
    stock_pages,
    picture_pages,
    category_picture,
    import_pages,
    export_pages,
    plugin_admin,
    plugin_blueprint,
    background,
    mail_log,
    mail_preview,
    look_pages,
    look_pictures_page,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu, for those with ``right``. ``path``: under ``/manage/``."""

    label: str
    path: str
    right: str


MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        N_("Shop"),
        (
            Entry(N_("Today"), "", "today.view"),
            Entry(N_("Orders"), "orders/", "orders.view"),
            Entry(N_("Pack list"), "orders/pack-list", "shipments.edit"),
            Entry(N_("Mails"), "mails/", "customers.view"),
        ),
    ),
    (
        N_("Goods"),
        (
            Entry(N_("Products"), "products/", "catalog.view"),
            Entry(N_("Stock"), "stock/", "stock.view"),
            Entry(N_("Categories"), "categories/", "catalog.view"),
            Entry(N_("Brands"), "brands/", "catalog.view"),
            Entry(N_("Translations"), "translations/", "catalog.view"),
            Entry(N_("Searched for"), "questions/", "catalog.view"),
            Entry(N_("Import"), "imports/", "import"),
            Entry(N_("Export"), "export/", "export"),
        ),
    ),
    (
        N_("Content"),
        (
            Entry(N_("Pages"), "pages/", "pages.view"),
            Entry(N_("Announcements"), "announcements/", "pages.view"),
        ),
    ),
    (
        N_("Set-up"),
        (
            Entry(N_("Settings"), "settings/", "settings.view"),
            Entry(N_("Look"), "look/", "settings.view"),
            Entry(N_("Currencies"), "currencies/", "settings.view"),
            Entry(N_("Closed destinations"), "destinations/", "settings.view"),
            Entry(N_("Boxes"), "boxes/", "settings.view"),
            Entry(N_("Plugins"), "plugins/", "plugins.view"),
            Entry(N_("Staff"), "staff/", "staff.view"),
            Entry(N_("Preview of mails"), "mail-preview/", "pages.view"),
            Entry(N_("Background work"), "background/", "jobs.view"),
            Entry(N_("Audit log"), "audit/", "audit.view"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class MenuLink:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class MenuGroup:
    title: str
    links: tuple[MenuLink, ...]


def menu() -> list[MenuGroup]:
    """What the member may open, in their language; groups without an entry are left out."""
    member = find_member()
    if member is None:
        return []
    groups = [
        MenuGroup(_(title), tuple(MenuLink(_(e.label), f"/manage/{e.path}") for e in entries if member.may(e.right)))
        for title, entries in MENU
    ]
    groups.append(MenuGroup(_("Plugins"), _plugin_links(member)))
    return [group for group in groups if group.links]


def _plugin_links(member: Member) -> tuple[MenuLink, ...]:
    links = []
    for page in plugin_pages(extension().host, current_shop()):
        if page.spec.menu and member.may(page.spec.view):
            links.append(MenuLink(domain_gettext(page.source)(page.spec.title), f"{page.root}/"))
    return tuple(links)


def init_manage(app: Flask) -> None:
    init_guard(app)
    declared = Blueprint(MANAGE, __name__)
    for page in register_pages(PAGES):
        add_page(declared, page)
    app.register_blueprint(declared)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    init_own_pages(app)
    app.jinja_env.globals.update(manage_menu=menu, member=find_member, page_frame=page_frame)


def page_frame() -> str:
    """What an error page stands in."""
    return "manage/base.html" if is_manage() and find_member() is not None else "base.html"
