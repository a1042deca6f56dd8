"""The plugin host: every installed plugin, loaded once per process, with what is wrong with those that do not run."""

import importlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from storefront.core.contracts import hookspecs
from storefront.core.contracts.background import handler_name
from storefront.core.contracts.events import Event
from storefront.core.contracts.manage import ManagePage
from storefront.core.contracts.plugin_settings import PluginSettings
from storefront.core.contracts.providers import Providers
from storefront.core.i18n.catalogues import forget_domain
from storefront.core.outbox.telling import Listener
from storefront.core.secrecy import SecretBox
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.values.types import Problem
from storefront.plugin_host import binding, boots, dispatch
from storefront.plugin_host.background import keep_turn
from storefront.plugin_host.bound import Bound, config_of
from storefront.plugin_host.csp import Sources
from storefront.plugin_host.discovery import SAFE_MODE_REASON, Candidate, given_plugins, installed_plugins, noted
from storefront.plugin_host.errors import PluginBroken, SettingsInvalid, UnknownPlugin
from storefront.plugin_host.installed import Plugin, PluginState, register_translations
from storefront.plugin_host.loading import HookFailed, Offers, collect, load
from storefront.plugin_host.routes import Route
from storefront.plugin_host.settings import Overrides, missing_settings, overrides_for
from storefront.plugin_host.slots import Filling
from storefront.plugin_host.watching import PluginWatch

logger = logging.getLogger(__name__)


def build_host(
    plugins: Iterable[object] | None = None,
    *,
    secret_key: str,
    secret_key_fallbacks: Iterable[str] = (),
    safe_mode: bool = False,
    environment: Mapping[str, str] | None = None,
    data_dir: Path | None = None,
) -> "PluginHost":
    """The host of this process. ``plugins``: modules to use instead of the installed distributions (tests).
    ``environment``: settings given by the environment, see ``plugin_host.settings.overrides_for``. ``data_dir``: where
    starts that die are counted."""
    box = SecretBox(secret_key, secret_key_fallbacks)
    if plugins is not None:
        return PluginHost(given_plugins(plugins), box, environment)
    if data_dir is None:
        return PluginHost(installed_plugins(safe_mode=safe_mode), box, environment)
    with boots.counted(data_dir) as (died, note):
        if died and not safe_mode:
            found = installed_plugins(safe_mode=True, reason=f"{SAFE_MODE_REASON} {died}")
        else:
            found = installed_plugins(safe_mode=safe_mode)
        return PluginHost([noted(candidate, note) for candidate in found], box, environment)


class PluginHost:
    """Made once at boot; safe to share between threads. Whatever a plugin does wrong, making a host never raises.

    ``plugins``: all candidates by name, also the broken ones.
    """

    def __init__(
        self, candidates: Iterable[Candidate], box: SecretBox, environment: Mapping[str, str] | None = None
    ) -> None:
        self.box = box
        self.watch = PluginWatch()
        self._environment = dict(environment or {})
        self._lock = threading.Lock()
        self._retried: dict[str, int] = {}
        self._held: frozenset[str] = frozenset()
        self._candidates: dict[str, Candidate] = {}
        self.manager = dispatch.new_manager()
        self.manager.add_hookspecs(hookspecs)
        self._offers: dict[str, Offers] = {}
        self._kept: tuple[ShopSnapshot, Bound] | None = None
        self.plugins: dict[str, Plugin] = {}
        for candidate in sorted(candidates, key=lambda found: (found.name, found.distribution)):
            self._admit(candidate)
        self._require()
        self.manager.check_pending()

    # --- who is there

    def get(self, name: str) -> Plugin:
        """Raises ``UnknownPlugin``."""
        try:
            return self.plugins[name]
        except KeyError:
            raise UnknownPlugin(name, self.plugins) from None

    @property
    def broken(self) -> tuple[Plugin, ...]:
        return tuple(plugin for plugin in self.plugins.values() if plugin.state is PluginState.BROKEN)

    def mark_broken(self, name: str, reason: str, traceback: str = "") -> None:
        """Take a plugin out of service in this process (its migration failed, say): it offers nothing from now on."""
        logger.error("the plugin %s does not run: %s\n%s", name, reason, traceback)
        if self.manager.has_plugin(name):
            self.manager.unregister(name=name)
        known = self.plugins.get(name) or Plugin(name)
        self.plugins[name] = replace(known, state=PluginState.BROKEN, reason=reason, traceback=traceback)
        self._offers.pop(name, None)
        self._kept = None
        forget_domain(name)

    def declaration(self, name: str) -> PluginSettings | None:
        """The settings declaration of a plugin that runs; ``None`` when it has no settings or does not run."""
        offers = self._offers.get(name)
        return offers.settings if offers else None

    # --- what they bring, for one version of the owner's decisions

    def providers(self, snapshot: ShopSnapshot) -> Providers:
        """What core is handed. Call its objects inside ``bind``: without it plugins cannot read their settings."""
        return self._bound(snapshot).providers

    @contextmanager
    def bind(self, snapshot: ShopSnapshot) -> Iterator[Providers]:
        """For the time of a request, job or command: plugins read their settings as ``snapshot`` has them."""
        current = self._bound(snapshot)
        with binding.bound(replace(current.surroundings, change=self._change, enqueue=self._enqueue)):
            yield current.providers

    def overrides(self, name: str) -> Overrides:
        """What the environment sets of a plugin's settings: it holds whatever is stored."""
        declaration = self.declaration(name)
        return overrides_for(name, declaration, self._environment) if declaration else {}

    def _change(self, name: str, values: Mapping[str, Any], actor: str) -> None:
        # What the owner does with plugins stands on the host, so it cannot be imported above.
        from storefront.plugin_host.service import set_settings

        set_settings(self, name, values, actor)

    def _enqueue(self, name: str, key: str, turn: binding.Turn) -> None:
        offers = self._offers.get(name)
        job = next((job for job in offers.jobs if job.key == key), None) if offers else None
        if job is None:
            raise RuntimeError(f"{name} has no job called {key!r}: return it from storefront_jobs().")
        keep_turn(name, job, turn)

    def listeners(self, event: type[Event], shop: Callable[[], ShopSnapshot]) -> tuple[Listener, ...]:
        """Who is told of an event: handlers of plugins that are enabled (also while they are stopped), and of every plugin that
        runs those that settle. ``shop``: asked only when a plugin listens at all."""
        found = [(n, h) for n in sorted(self._offers) for h in self._offers[n].handlers if h.event is event]
        if not found:
            return ()
        snapshot = shop()
        return tuple(
            Listener(name, handler_name(name, handler), handler.queue)
            for name, handler in found
            if handler.settles or config_of(snapshot, name).enabled
        )

    def is_enabled(self, name: str, snapshot: ShopSnapshot) -> bool:
        """Whether the plugin takes part in the shop: it runs, the owner wants it to, and its settings can be read."""
        return name in self._bound(snapshot).enabled

    def routes(self) -> tuple[tuple[str, tuple[Route, ...]], ...]:
        """Pages of every plugin that runs, enabled or not: asked once, when the web application is made."""
        return tuple((name, self._offers[name].routes) for name in sorted(self._offers) if self._offers[name].routes)

    def commands(self, name: str) -> tuple[click.Command, ...]:
        """Commands of a plugin that runs."""
        offers = self._offers.get(name)
        return offers.commands if offers else ()

    def folder(self, name: str, kind: str) -> Path | None:
        """The folder ``kind`` (templates, static) beside the module of a plugin that runs; ``None`` when it has none."""
        plugin = self.plugins.get(name)
        return plugin.folder(kind) if plugin is not None else None

    def csp_sources(self, area: str, snapshot: ShopSnapshot) -> Sources:
        """Hosts that pages of ``area`` (a plugin's name, or an area of the shop) let in because of enabled plugins."""
        return self._bound(snapshot).csp_sources(area)

    def manage_pages(self, snapshot: ShopSnapshot) -> tuple[tuple[str, tuple[ManagePage, ...]], ...]:
        """Pages of the back office that enabled plugins bring, by plugin name."""
        return self._bound(snapshot).pages

    def slots(self, snapshot: ShopSnapshot) -> Mapping[str, tuple[Filling, ...]]:
        """What enabled plugins show, by the name of its place and in order; places nobody uses are not in it."""
        return self._bound(snapshot).slots

    def settings_of(self, name: str, snapshot: ShopSnapshot) -> Any:
        """A running plugin's typed settings, ``None`` when it has none. Raises ``SettingsInvalid``."""
        return self._bound(snapshot).settings(name)

    def check(self, name: str, snapshot: ShopSnapshot) -> tuple[Problem, ...]:
        """What is missing before the plugin can do its work; empty: nothing. Problems carry it as ``source``."""
        plugin = self.get(name)
        if not plugin.ready:
            return (Problem("%(reason)s", {"reason": plugin.reason}, code="not_running", source=name),)
        bound = self._bound(snapshot)
        try:
            settings = bound.settings(name)
        except SettingsInvalid as error:
            return tuple(replace(problem, source=name) for problem in error.problems)
        declaration = self.declaration(name)
        needed = missing_settings(declaration, settings) if declaration else ()
        if needed:
            return tuple(replace(problem, source=name) for problem in needed)
        with binding.bound(bound.surroundings):
            found = dispatch.guard(self.manager, "storefront_checks", self.watch, only=name, settings=settings)
        return tuple(replace(problem, source=name) for problem in found)

    def _bound(self, snapshot: ShopSnapshot) -> Bound:
        kept = self._kept
        if kept is not None and kept[0] is snapshot:
            return kept[1]
        with self._lock:
            self._follow(snapshot)
            bound = Bound(self._offers, snapshot, watch=self.watch, box=self.box, overrides=self.overrides)
            self._kept = (snapshot, bound)
        return bound

    def _follow(self, snapshot: ShopSnapshot) -> None:
        """What the owner did meanwhile that this process must take up: released plugins, and those to be loaded again."""
        held = frozenset(name for name, config in snapshot.plugins.items() if config.held)
        for name in self._held - held:
            self.watch.forget(name)
        self._held = held
        for name, config in snapshot.plugins.items():
            if self._retried.get(name, 0) < config.retries:
                self._retried[name] = config.retries
                self._load_again(name)

    def _load_again(self, name: str) -> None:
        """Import a broken plugin anew, and those that stayed out because of it. What it would add to the web (pages, files)
        joins at the next start."""
        if name not in self._candidates or self.plugins[name].state is not PluginState.BROKEN:
            return
        importlib.invalidate_caches()
        waiting = [p.name for p in self.plugins.values() if p.meta and name in p.meta.requires and p.name != name]
        del self.plugins[name]
        self._admit(self._candidates[name])
        self._require()
        if self.plugins[name].ready:
            for other in waiting:
                self._load_again(other)

    # --- boot

    def _admit(self, candidate: Candidate) -> None:
        name = candidate.name
        if name in self.plugins:
            self.mark_broken(name, f"The plugin name {name!r} is used twice. Remove one of the two plugins.")
            return
        plugin = Plugin(name, candidate.distribution)
        self._candidates[name] = candidate
        if candidate.skipped:
            self.plugins[name] = replace(plugin, state=PluginState.SKIPPED, reason=candidate.skipped)
            return
        self.plugins[name] = plugin
        try:
            module, meta = load(self.manager, candidate)
            self.plugins[name] = replace(plugin, meta=meta, module=module)
            self._offers[name] = collect(self.manager, meta)
            register_translations(name, module)
        except HookFailed as error:
            self.mark_broken(name, str(error), error.traceback)
        except PluginBroken as error:
            self.mark_broken(name, str(error))
        except (Exception, SystemExit) as error:  # plugin code: whatever its import raises stays with it
            failure = dispatch.failure_of(error)
            self.mark_broken(name, f"It could not be imported: {failure.error}", failure.traceback)

    def _require(self) -> None:
        """Plugins whose required plugins do not run do not run either; again until nothing changes."""
        again = True
        while again:
            again = False
            for plugin in list(self.plugins.values()):
                missing = [name for name in plugin.meta.requires if name not in self._offers] if plugin.meta else []
                if plugin.ready and missing:
                    listed = ", ".join(missing)
                    self.mark_broken(
                        plugin.name, f"It needs plugins that are not running: {listed}. Install them first."
                    )
                    again = True
