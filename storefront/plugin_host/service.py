"""What the owner does with plugins. The verbs run inside the caller's unit of work; core's settings service writes the
audit row and moves the shop's version, so that every process sees the change at its next request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from storefront.core.i18n.translate import N_
from storefront.core.settings.service import set_plugin
from storefront.core.settings.snapshot import PluginConfig, ShopSnapshot, load_snapshot, read_version
from storefront.core.values.types import Problem
from storefront.plugin_host.errors import PluginRefused
from storefront.plugin_host.host import Plugin, PluginHost, PluginState
from storefront.plugin_host.settings import shown_settings, write_settings


class Status(StrEnum):
    """``MISSING``: the database knows it, and it is not installed any more; what it settles waits for it."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    BROKEN = "broken"
    SKIPPED = "skipped"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting as the owner may see it. ``value``: text, "" while the default holds; a secret is only ever "set".
    ``label`` and ``help`` are English msgids in the plugin's domain."""

    key: str
    label: str
    help: str
    value: str
    secret: bool


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """One row of the plugin list. ``enabled`` is what the owner decided, also while the plugin does not run."""

    name: str
    status: Status
    enabled: bool
    title: str = ""
    version: str = ""
    description: str = ""
    distribution: str = ""
    reason: str = ""
    traceback: str = ""
    problems: tuple[Problem, ...] = ()
    settings: tuple[SettingView, ...] = ()


def enable(host: PluginHost, name: str, actor: str) -> None:
    """Let the shop offer what the plugin brings. Raises ``UnknownPlugin``; ``PluginRefused`` with all that is missing.
    Enabling an enabled plugin changes nothing."""
    plugin, snapshot = host.get(name), _snapshot()
    if _enabled(snapshot, name) and plugin.ready:
        return
    problems = list(host.check(name, snapshot))
    for needed in plugin.meta.requires if plugin.meta else ():
        if not _enabled(snapshot, needed):
            message = N_("%(plugin)s needs %(needed)s, which is not enabled. Enable %(needed)s first.")
            problems.append(Problem(message, {"plugin": name, "needed": needed}, code="requires"))
    if problems:
        raise PluginRefused(problems)
    set_plugin(name, enabled=True, actor=actor)


def disable(host: PluginHost, name: str, actor: str) -> None:
    """Stop offering it; what it settles goes on. Also for broken plugins and plugins no longer installed. Raises
    ``UnknownPlugin``; ``PluginRefused`` while an enabled plugin needs it. Disabling a disabled one changes nothing."""
    snapshot = _snapshot()
    if name not in snapshot.plugins:
        host.get(name)
    if not _enabled(snapshot, name):
        return
    dependents = [
        other.name
        for other in host.plugins.values()
        if other.meta and name in other.meta.requires and _enabled(snapshot, other.name)
    ]
    if dependents:
        message = N_("%(plugin)s is needed by %(dependents)s. Disable that first.")
        raise PluginRefused([Problem(message, {"plugin": name, "dependents": ", ".join(dependents)}, code="required")])
    set_plugin(name, enabled=False, actor=actor)


def set_settings(host: PluginHost, name: str, values: Mapping[str, Any], actor: str) -> tuple[Problem, ...]:
    """Change some of a plugin's settings: texts as typed, or values as a profile holds them; ``None`` = the default.

    Raises ``UnknownPlugin``; ``SettingsInvalid`` (one problem per key, ``field_name`` = key) when a value cannot be
    used; ``PluginRefused`` when the plugin does not run or is enabled and would not work with them. Then nothing is
    changed. Returns what is still missing of a plugin that is not enabled yet: settings come in any order."""
    plugin, snapshot = host.get(name), _snapshot()
    declaration = host.declaration(name)
    if not plugin.ready:
        raise PluginRefused(host.check(name, snapshot))
    if declaration is None:
        raise PluginRefused([Problem(N_("%(plugin)s has no settings."), {"plugin": name}, code="no_settings")])
    config = snapshot.plugins.get(name, PluginConfig())
    stored = write_settings(declaration, config.settings, values, host.box)
    later = replace(snapshot, plugins={**snapshot.plugins, name: replace(config, settings=MappingProxyType(stored))})
    problems = host.check(name, later)
    if problems and config.enabled and not host.check(name, snapshot):
        raise PluginRefused(problems)
    if stored != dict(config.settings):
        set_plugin(name, settings=stored, actor=actor)
    return problems


def describe(host: PluginHost, snapshot: ShopSnapshot | None = None) -> list[PluginInfo]:
    """Every plugin the installation or the database knows, by name, with what is missing (checks are asked now)."""
    snapshot = snapshot or _snapshot()
    names = sorted(set(host.plugins) | set(snapshot.plugins))
    return [_describe(host, snapshot, name) for name in names]


def _describe(host: PluginHost, snapshot: ShopSnapshot, name: str) -> PluginInfo:
    enabled = _enabled(snapshot, name)
    plugin = host.plugins.get(name)
    if plugin is None:
        return PluginInfo(name, Status.MISSING, enabled, reason="It is not installed here.")
    return PluginInfo(
        name=name,
        status=_status(plugin, enabled),
        enabled=enabled,
        title=plugin.meta.title if plugin.meta else "",
        version=plugin.meta.version if plugin.meta else "",
        description=plugin.meta.description if plugin.meta else "",
        distribution=plugin.distribution,
        reason=plugin.reason,
        traceback=plugin.traceback,
        problems=host.check(name, snapshot) if plugin.ready else (),
        settings=_settings(host, snapshot, name),
    )


def _settings(host: PluginHost, snapshot: ShopSnapshot, name: str) -> tuple[SettingView, ...]:
    declaration = host.declaration(name)
    if declaration is None:
        return ()
    stored = snapshot.plugins.get(name, PluginConfig()).settings
    return tuple(
        SettingView(key.name, key.info.label, key.info.help, value, key.info.secret)
        for key, value in shown_settings(declaration, stored)
    )


def _status(plugin: Plugin, enabled: bool) -> Status:
    if plugin.state is PluginState.READY:
        return Status.ENABLED if enabled else Status.DISABLED
    return Status.BROKEN if plugin.state is PluginState.BROKEN else Status.SKIPPED


def _enabled(snapshot: ShopSnapshot, name: str) -> bool:
    config = snapshot.plugins.get(name)
    return config is not None and config.enabled


def _snapshot() -> ShopSnapshot:
    return load_snapshot(read_version())
