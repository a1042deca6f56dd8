"""One plugin from candidate to what it offers. Everything it does wrong ends as one sentence, and only for itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click
import pluggy

from storefront.core.contracts.background import EventHandler, PluginJob
from storefront.core.contracts.hookspecs import PROJECT
from storefront.core.contracts.manage import ManagePage
from storefront.core.contracts.meta import PluginMeta
from storefront.core.contracts.pages import CspSource
from storefront.core.contracts.payments import Capabilities, PaymentMethod
from storefront.core.contracts.plugin_settings import PluginSettings
from storefront.core.contracts.pricing import Adjuster, Lane
from storefront.core.contracts.shipping import ShippingCarrier
from storefront.core.contracts.slots import Placement
from storefront.core.staff.rights import ALL_RIGHTS
from storefront.plugin_host import dispatch
from storefront.plugin_host.api_range import check_api
from storefront.plugin_host.background import check_handlers, check_jobs
from storefront.plugin_host.csp import check_csp
from storefront.plugin_host.discovery import Candidate
from storefront.plugin_host.errors import PluginBroken
from storefront.plugin_host.names import check_entry_point, check_key, check_name, check_unique
from storefront.plugin_host.routes import Route, routes_of
from storefront.plugin_host.settings import check_declaration
from storefront.plugin_host.slots import check_placements

HOOK_PREFIX = "storefront_"


@dataclass(frozen=True, slots=True)
class Offers:
    """What one plugin brings, checked, in the order of keys."""

    methods: tuple[PaymentMethod, ...] = ()
    carriers: tuple[ShippingCarrier, ...] = ()
    adjusters: tuple[Adjuster, ...] = ()
    settings: PluginSettings | None = None
    pages: tuple[ManagePage, ...] = ()
    routes: tuple[Route, ...] = ()
    commands: tuple[click.Command, ...] = ()
    csp: tuple[CspSource, ...] = ()
    placements: tuple[Placement, ...] = ()
    jobs: tuple[PluginJob, ...] = ()
    handlers: tuple[EventHandler, ...] = ()


class HookFailed(PluginBroken):
    """A hook of the plugin raised; ``traceback`` is its own."""

    def __init__(self, hook: str, failure: dispatch.Failure) -> None:
        super().__init__(f"{hook}() failed: {failure.error}")
        self.traceback = failure.traceback


def load(manager: pluggy.PluginManager, candidate: Candidate) -> tuple[object, PluginMeta]:
    """Import the plugin, check who it says it is, and register its hooks. Raises ``PluginBroken``, or whatever the
    import raises; then nothing of it stays registered."""
    check_name(candidate.name)
    plugin = candidate.load()
    meta: object = getattr(plugin, "META", None)
    if not isinstance(meta, PluginMeta):
        raise PluginBroken("The plugin's module has no META. Add META = PluginMeta(name=…, title=…, version=…).")
    check_entry_point(candidate.name, candidate.module, meta.name)
    check_api(meta.api)
    _check_hooks(manager, plugin)
    try:
        manager.register(plugin, candidate.name)
    except (pluggy.PluginValidationError, ValueError) as error:
        if manager.has_plugin(candidate.name):
            manager.unregister(name=candidate.name)
        raise PluginBroken(" ".join(str(error).split())) from error
    return plugin, meta


def collect(manager: pluggy.PluginManager, meta: PluginMeta) -> Offers:
    """Ask a registered plugin for everything it brings and check it. Raises ``PluginBroken``."""
    name = meta.name
    settings = _answers(manager, name, "storefront_settings")
    declaration = check_declaration(settings[0]) if settings else None
    return Offers(
        methods=_offered(manager, name, "storefront_payment_methods", PaymentMethod, "payment method"),
        carriers=_offered(manager, name, "storefront_shipping_carriers", ShippingCarrier, "carrier"),
        adjusters=_offered(manager, name, "storefront_adjusters", Adjuster, "adjuster"),
        settings=declaration,
        pages=_pages(manager, name),
        routes=routes_of(name, _listed(manager, name, "storefront_blueprints", "PluginBlueprint")),
        commands=_commands(manager, name),
        csp=check_csp(meta, declaration),
        placements=check_placements(_answers(manager, name, "storefront_slots")),
        jobs=check_jobs(_listed(manager, name, "storefront_jobs", "PluginJob")),
        handlers=check_handlers(_listed(manager, name, "storefront_event_handlers", "EventHandler")),
    )


# Addresses the shop itself has under /manage/plugins/<plugin>/.
TAKEN_KEYS = frozenset(
    {"settings", "enable", "disable", "retry", "check", "purge", "exports", "pages", "leave-safe-mode"}
)
PAGE_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


def _listed(manager: pluggy.PluginManager, name: str, hook: str, what: str) -> list[Any]:
    """What the plugin's answers hold, together."""
    found: list[Any] = []
    for answer in _answers(manager, name, hook):
        if isinstance(answer, str) or not isinstance(answer, Iterable):
            raise PluginBroken(f"{hook}() returned {answer!r}. Return a list of {what} objects.")
        found.extend(answer)
    return found


def _commands(manager: pluggy.PluginManager, name: str) -> tuple[click.Command, ...]:
    commands = _listed(manager, name, "storefront_cli", "click.Command")
    for command in commands:
        if not isinstance(command, click.Command) or not command.name:
            raise PluginBroken(f"storefront_cli() returned {command!r}. Return click commands with names.")
    check_unique((command.name for command in commands), "command")
    return tuple(sorted(commands, key=lambda command: command.name))


def _pages(manager: pluggy.PluginManager, name: str) -> tuple[ManagePage, ...]:
    pages = _listed(manager, name, "storefront_manage_pages", "ManagePage")
    for page in pages:
        if not isinstance(page, ManagePage):
            raise PluginBroken(f"storefront_manage_pages() returned {page!r}, which is no ManagePage.")
        if not PAGE_KEY.match(page.key) or page.key in TAKEN_KEYS:
            taken = ", ".join(sorted(TAKEN_KEYS))
            raise PluginBroken(
                f"The page key {page.key!r} must be small letters, digits and underscores, and none of: {taken}."
            )
        acts = page.rows.bulk if page.rows is not None else ()
        for right in (page.view, page.edit, page.adds, *(act.right for act in acts)):
            if right not in ALL_RIGHTS:
                known = ", ".join(sorted(ALL_RIGHTS))
                raise PluginBroken(f"The page {page.key!r} asks for the right {right!r}. The rights are: {known}.")
        if page.rows is None and page.form is None:
            raise PluginBroken(f"The page {page.key!r} has neither a list nor a form.")
    check_unique((page.key for page in pages), "page of the back office")
    return tuple(pages)


def _check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    for attribute in dir(plugin):
        implementation = getattr(plugin, attribute, None)
        options = getattr(implementation, f"{PROJECT}_impl", None)
        if isinstance(options, dict):
            if not hasattr(manager.hook, options.get("specname") or attribute):
                known = ", ".join(sorted(dispatch.STYLES))
                raise PluginBroken(f"There is no hook called {attribute!r}. The hooks are: {known}.")
            if options.get("wrapper") or options.get("hookwrapper"):
                raise PluginBroken(f"{attribute!r} is a hook wrapper, which plugins may not be. Remove wrapper=True.")
        elif attribute.startswith(HOOK_PREFIX) and callable(implementation):
            raise PluginBroken(f"{attribute!r} is not marked as a hook. Decorate it with @hookimpl, or rename it.")


def _answers(manager: pluggy.PluginManager, name: str, hook: str) -> list[Any]:
    answers: list[Any] = []
    for answer in dispatch.register(manager, hook, only=name):
        if answer.failure is not None:
            raise HookFailed(hook, answer.failure)
        answers.append(answer.value)
    return answers


def _offered(manager: pluggy.PluginManager, name: str, hook: str, contract: type[Any], what: str) -> tuple[Any, ...]:
    found = _listed(manager, name, hook, contract.__name__)
    for item in found:
        if not isinstance(item, contract):
            raise PluginBroken(f"{hook}() returned {item!r}, which is no {contract.__name__}. Inherit from that class.")
        check_key(name, getattr(item, "key", None), what)
        _check_parts(item, what)
    check_unique((item.key for item in found), what)
    return tuple(sorted(found, key=lambda item: item.key))


def _check_parts(item: object, what: str) -> None:
    if isinstance(item, Adjuster):
        lane: object = getattr(item, "lane", None)
        if not isinstance(lane, Lane) or lane is Lane.SHIPPING:
            raise PluginBroken(
                f"The adjuster {item.key!r} has no lane open to it. Set lane = Lane.ORDER or another one."
            )
        if type(item.priority) is not int:
            raise PluginBroken(f"The adjuster {item.key!r} has the priority {item.priority!r}. Use a whole number.")
        return
    title: object = getattr(item, "title", None)
    if not isinstance(title, str) or not title:
        raise PluginBroken(f"The {what} {getattr(item, 'key', '')!r} has no title. Give it a short English text.")
    if isinstance(item, PaymentMethod) and not isinstance(item.capabilities, Capabilities):
        raise PluginBroken(f"The payment method {item.key!r} has no Capabilities. Set capabilities = Capabilities(…).")
