"""From declared pages to addresses: each gets its views, and each view names the right it needs."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort

from storefront.admin.forms.views import remove_row, save_form, show_form
from storefront.admin.guard import decides_itself, needs, require
from storefront.admin.lists.views import act_on_rows, export_list, show_list
from storefront.admin.plugins.settings import SETTINGS_KEY, settings_page
from storefront.admin.registry import Registered, plugin_pages
from storefront.shop.context import current_providers, current_shop, extension

plugin_blueprint = Blueprint("plugin_pages", __name__, url_prefix="/manage/plugins/<plugin>/<key>")


def add_page(blueprint: Blueprint, page: Registered) -> None:
    """The addresses of one of the core's pages. ``blueprint``: without a prefix."""
    spec, root, name = page.spec, page.root, page.spec.key

    def route(rule: str, endpoint: str, right: str, view: Callable[..., Response], *methods: str) -> None:
        def bound(**arguments: Any) -> Response:
            return view(page, **arguments)

        blueprint.add_url_rule(f"{root}{rule}", f"{name}{endpoint}", needs(right)(bound), methods=methods)

    if spec.rows is not None:
        route("/", "", spec.view, show_list, "GET")
        if spec.rows.bulk:
            route("/act", "_act", spec.view, act_on_rows, "POST")
        if spec.rows.export:
            route("/export", "_export", "export", export_list, "POST")
    if spec.form is None:
        return
    if spec.form.single:
        route("/", "_form", spec.view, lambda p: show_form(p, ""), "GET")
        route("/", "_save", spec.edit, lambda p: save_form(p, ""), "POST")
        return
    if spec.form.new is not None:
        route("/new", "_new", spec.adds, lambda p: show_form(p, None), "GET")
        route("/new", "_create", spec.adds, lambda p: save_form(p, None), "POST")
    route("/<row_id>", "_form", spec.view, show_form, "GET")
    if not spec.form.readonly:
        route("/<row_id>", "_save", spec.edit, save_form, "POST")
    if spec.form.remove is not None:
        route("/<row_id>/remove", "_remove", spec.adds, remove_row, "POST")


# --- plugins' pages: enabled and disabled without a restart, so found at each request -------------------------------------


def _found(plugin: str, key: str) -> Registered:
    current_providers()  # from here on the plugin can read its settings
    if key == SETTINGS_KEY:
        found = settings_page(extension().host, current_shop(), plugin)
        return found or abort(404)
    for page in plugin_pages(extension().host, current_shop()):
        if page.source == plugin and page.spec.key == key:
            return page
    abort(404)


def _seen(plugin: str, key: str) -> Registered:
    page = _found(plugin, key)
    require(page.spec.view)
    return page


def _changed(plugin: str, key: str) -> Registered:
    page = _found(plugin, key)
    require(page.spec.edit)
    return page


def _added(plugin: str, key: str) -> Registered:
    page = _found(plugin, key)
    require(page.spec.adds)
    return page


@plugin_blueprint.get("/")
@decides_itself
def home(plugin: str, key: str) -> Response:
    page = _seen(plugin, key)
    return show_list(page) if page.spec.rows is not None else show_form(page, "")


@plugin_blueprint.post("/")
@decides_itself
def save_single(plugin: str, key: str) -> Response:
    page = _changed(plugin, key)
    if page.spec.form is None or not page.spec.form.single:
        abort(405)
    return save_form(page, "")


@plugin_blueprint.post("/act")
@decides_itself
def act(plugin: str, key: str) -> Response:
    return act_on_rows(_seen(plugin, key))


@plugin_blueprint.post("/export")
@decides_itself
def export(plugin: str, key: str) -> Response:
    return export_list(_seen(plugin, key))


@plugin_blueprint.get("/new")
@decides_itself
def new(plugin: str, key: str) -> Response:
    return show_form(_added(plugin, key), None)


@plugin_blueprint.post("/new")
@decides_itself
def create(plugin: str, key: str) -> Response:
    return save_form(_added(plugin, key), None)


@plugin_blueprint.get("/<row_id>")
@decides_itself
def form(plugin: str, key: str, row_id: str) -> Response:
    return show_form(_seen(plugin, key), row_id)


@plugin_blueprint.post("/<row_id>")
@decides_itself
def save(plugin: str, key: str, row_id: str) -> Response:
    return save_form(_changed(plugin, key), row_id)


@plugin_blueprint.post("/<row_id>/remove")
@decides_itself
def remove(plugin: str, key: str, row_id: str) -> Response:
    return remove_row(_added(plugin, key), row_id)
