"""Pages of plugins: what a blueprint holds, taken out of it. It never reaches the application.

A blueprint can do anything to the application it is registered on: handlers for every request, error pages, template
globals, whatever a recorded function thinks of. So it is registered on an empty one, which is looked at before and after;
what is more than routes is refused. The shop then adds the routes itself, each behind a gate.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask
from flask.templating import _default_template_ctx_processor
from werkzeug.routing import Rule

from storefront.core.contracts.pages import ANYBODY
from storefront.core.staff.rights import ALL_RIGHTS
from storefront.plugin_host.errors import PluginBroken

AUDIENCE = "audience"
# What registering routes changes on an application.
ROUTES = frozenset({"url_map", "view_functions", "blueprints", "_check_setup_finished"})
# Tables of an application, by the decorator that fills them.
DECORATORS = {
    "before_request_funcs": "before_request / before_app_request",
    "after_request_funcs": "after_request / after_app_request",
    "teardown_request_funcs": "teardown_request / teardown_app_request",
    "teardown_appcontext_funcs": "teardown_appcontext",
    "template_context_processors": "context_processor / app_context_processor",
    "error_handler_spec": "errorhandler / app_errorhandler",
    "url_value_preprocessors": "url_value_preprocessor",
    "url_default_functions": "url_defaults",
    "filters": "app_template_filter",
    "tests": "app_template_test",
    "globals": "app_template_global",
    "cli": "cli.command",
}


class PluginBlueprint(Blueprint):
    """A blueprint whose routes say who may open them: ``@pages.get("/charges", audience="anybody")``, or for the staff
    ``audience="orders.view"``. It is named as the plugin and holds nothing but routes. The shop decides where they are:
    ``/<lang>/<plugin>/…``, for the staff ``/manage/plugins/<plugin>/pages/…``. Views answer ``Page`` or ``GoTo``."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        audience = options.pop(AUDIENCE, None)
        if view_func is not None and audience is not None:
            view_func.audience = audience  # type: ignore[attr-defined]
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


@dataclass(frozen=True, slots=True)
class Route:
    """One address of a plugin. ``rule``: behind the plugin's own beginning. ``audience``: "" when the plugin says none: then
    nobody may open it."""

    rule: str
    endpoint: str
    methods: tuple[str, ...]
    view: Callable[..., Any]
    audience: str

    @property
    def for_staff(self) -> bool:
        return self.audience not in ("", ANYBODY)


def routes_of(plugin: str, blueprints: Iterable[object]) -> tuple[Route, ...]:
    """The routes of a plugin's blueprints, by endpoint. Raises ``PluginBroken``."""
    found: dict[str, Route] = {}
    for blueprint in blueprints:
        for route in _routes(plugin, blueprint):
            if route.endpoint in found and found[route.endpoint].rule != route.rule:
                raise PluginBroken(f"Two routes are called {route.endpoint!r}. Give each view a name of its own.")
            found[route.endpoint] = route
    return tuple(found[endpoint] for endpoint in sorted(found))


def _routes(plugin: str, blueprint: object) -> list[Route]:
    if not isinstance(blueprint, Blueprint):
        raise PluginBroken(f"storefront_blueprints() returned {blueprint!r}. Return a list of PluginBlueprint objects.")
    if blueprint.name != plugin:
        raise PluginBroken(f"The blueprint {blueprint.name!r} must be called {plugin!r}, as its plugin is.")
    if blueprint.url_prefix or blueprint.subdomain:
        raise PluginBroken(f"The blueprint of {plugin!r} has a url_prefix. Take it out: the shop decides where it is.")
    if blueprint.static_folder or blueprint.template_folder:
        raise PluginBroken(
            f"The blueprint of {plugin!r} has folders of its own. Put templates into templates/{plugin}/ and files into "
            "static/ beside plugin.py, and take the folders out."
        )
    probe = Flask("probe", static_folder=None)
    before = _look(probe)
    probe.register_blueprint(blueprint)
    after = _look(probe)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name, probe) != after.get(name, probe))
    if changed:
        named = ", ".join(DECORATORS.get(name, name) for name in changed)
        raise PluginBroken(
            f"The blueprint of {plugin!r} holds more than routes ({named}). What acts on every request of the shop is "
            "refused; call it in the views that need it."
        )
    if set(probe.blueprints) != {plugin}:
        raise PluginBroken(f"The blueprint of {plugin!r} holds other blueprints. Return each route in one.")
    return [_route(plugin, rule, probe) for rule in probe.url_map.iter_rules()]


def _route(plugin: str, rule: Rule, probe: Flask) -> Route:
    endpoint = rule.endpoint.removeprefix(f"{plugin}.")
    view = probe.view_functions.get(rule.endpoint)
    if view is None or rule.endpoint == endpoint or rule.host or rule.subdomain or rule.websocket or rule.defaults:
        raise PluginBroken(f"The route {rule.rule!r} is of a kind the shop does not serve. Use a plain path.")
    audience = getattr(view, AUDIENCE, "")
    if audience and audience != ANYBODY and audience not in ALL_RIGHTS:
        known = ", ".join(sorted(ALL_RIGHTS))
        raise PluginBroken(
            f"The route {endpoint!r} is for {audience!r}. Say audience={ANYBODY!r}, or one of the rights: {known}."
        )
    methods = tuple(sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}))
    if not set(methods) <= {"GET", "POST"}:
        raise PluginBroken(f"The route {endpoint!r} takes {', '.join(methods)}. Pages take GET and POST.")
    return Route(rule.rule, endpoint, methods, view, audience)


def _look(app: Flask) -> dict[str, Any]:
    """Everything of an application that routes do not change, comparable."""
    env = app.jinja_env
    found = {name: _trace(value) for name, value in vars(app).items() if name not in ROUTES | {"jinja_env", "cli"}}
    found |= {name: _trace(getattr(env, name)) for name in ("filters", "tests", "globals", "extensions")}
    found |= {
        "cli": sorted(app.cli.commands),
        "class": _trace(dict(vars(type(app)))),
        "converters": _trace(app.url_map.converters),
    }
    return found


def _trace(value: Any) -> Any:
    """Tables by what is in them, everything else by which object it is. Empty tables are nothing: asking for one makes it."""
    if isinstance(value, dict):
        inner = {key: _trace(each) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each not in ({}, [])}
    if isinstance(value, list | tuple | set | frozenset):
        # What every blueprint brings along by itself.
        return [_trace(each) for each in value if each is not _default_template_ctx_processor]
    return value if isinstance(value, str | int | float | bool | type(None)) else id(value)
