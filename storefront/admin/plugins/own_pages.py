"""Pages of plugins for the staff, beside lists and forms: under ``/manage/plugins/<plugin>/pages/``."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response

from storefront.admin.guard import decides_itself, require
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.routes import Route
from storefront.shop.plugin_pages import only_enabled, show


def init_own_pages(app: Flask) -> None:
    host: PluginHost = app.extensions["storefront"].host
    for plugin, routes in host.routes():
        for route in routes:
            if route.for_staff:
                app.add_url_rule(
                    f"/manage/plugins/{plugin}/pages{route.rule}",
                    f"{plugin}.{route.endpoint}",
                    _gated(plugin, route),
                    methods=list(route.methods),
                )


def _gated(plugin: str, route: Route) -> Callable[..., Response]:
    @decides_itself
    def view(**values: Any) -> Response:
        only_enabled(plugin)
        require(route.audience)
        return show(plugin, route, values)

    return view
