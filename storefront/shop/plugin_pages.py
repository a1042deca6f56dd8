"""Pages of plugins in the shop: each behind a gate that lets nothing of a failing or disabled plugin through."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, make_response
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from storefront.core.contracts.calls import CallFailed
from storefront.core.contracts.pages import GoTo, Page
from storefront.core.db import session
from storefront.core.i18n.translate import gettext as _
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.routes import Route
from storefront.shop.context import current_providers, current_shop, extension
from storefront.shop.errors import error_page
from storefront.shop.hx import redirect_to, render_page

PAGE = "page"


def init_plugin_templates(app: Flask, host: PluginHost, core: str) -> None:
    """Templates of plugins are found under their names, the shop's own everywhere else: none stands in for another."""
    own = {}
    for name in host.plugins:
        folder = host.folder(name, "templates")
        if folder is not None and (folder / name).is_dir():
            own[name] = FileSystemLoader(folder / name)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(core), PrefixLoader(own)])  # type: ignore[misc]


def init_plugin_pages(app: Flask) -> None:
    """The addresses of what plugins bring for shoppers. What says for nobody whom it is for is for nobody."""
    host: PluginHost = app.extensions["storefront"].host
    for plugin, routes in host.routes():
        for route in routes:
            if not route.for_staff:
                app.add_url_rule(
                    f"/<lang:lang>/{plugin}{route.rule}",
                    f"{plugin}.{route.endpoint}",
                    _shown_to_all(plugin, route) if route.audience else _shown_to_nobody(plugin),
                    methods=list(route.methods),
                )


def _shown_to_all(plugin: str, route: Route) -> Callable[..., Response]:
    def view(**values: Any) -> Response:
        only_enabled(plugin)
        return show(plugin, route, values)

    return view


def _shown_to_nobody(plugin: str) -> Callable[..., Response]:
    def view(**_values: Any) -> Response:
        only_enabled(plugin)
        abort(403)

    return view


def only_enabled(plugin: str) -> None:
    """End the request with 404 unless the plugin takes part in the shop just now."""
    if not extension().host.is_enabled(plugin, current_shop()):
        abort(404)


def show(plugin: str, route: Route, values: dict[str, Any]) -> Response:
    """Call the view and show what it answers. A failing one is counted, and its page says that it does not work."""
    current_providers()  # from here on the plugin can read its settings
    registered = extension().host.watch
    try:
        answer: Response = registered.ask(plugin, PAGE, _rendered, (plugin, route, values))
    except CallFailed:
        return _out_of_order()
    except Exception as error:
        if hasattr(error, "get_response"):  # abort(404) and the like
            raise
        session.rollback()
        return _out_of_order()
    return answer


def _out_of_order() -> Response:
    return error_page(503, _("This page does not work at the moment. Everything else in the shop does."))


def _rendered(plugin: str, route: Route, values: dict[str, Any]) -> Response:
    answer = route.view(**values)
    if isinstance(answer, GoTo):
        return redirect_to(answer.path)
    if isinstance(answer, Page):
        part = answer.part or answer.template
        for template in (answer.template, part):
            if not template.startswith(f"{plugin}/"):
                raise ValueError(f"the template {template!r} is not one of the plugin: it must begin with {plugin}/")
        return render_page(answer.template, part, status=answer.status, **answer.context)
    response = make_response(answer)
    assert isinstance(response, Response)
    return response
