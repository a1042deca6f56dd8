"""What the owner does with plugins. The verbs run inside the caller's unit of work; core's settings service writes the
audit row and moves the shop's version, so that every process sees the change at its next request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from storefront.core.i18n.translate import N_
from storefront.core.settings.plugins import MIGRATION, QUARANTINE, hold_of, purged
from storefront.core.settings.plugins import release as let_go
from storefront.core.settings.service import set_plugin
from storefront.core.settings.snapshot import PluginConfig, ShopSnapshot, load_snapshot, read_version
from storefront.core.values.types import Problem
from storefront.plugin_host.errors import PluginRefused
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.installed import Plugin, PluginState
from storefront.plugin_host.settings import shown_settings, variable_of, write_settings


class Status(StrEnum):
    """``QUARANTINED``: enabled, and stopped because it failed too often. ``MISSING``: the database knows it, and it is not
    installed any more; what it settles waits for it. ``PURGED``: put away by the owner."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    QUARANTINED = "quarantined"
    BROKEN = "broken"
    SKIPPED = "skipped"
    MISSING = "missing"
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting as the owner may see it. ``value``: text, "" while the default holds; a secret is only ever "set".
    ``label`` and ``help`` are English msgids in the plugin's domain. ``variable``: the environment variable that sets it,
    "" when none does."""

    key: str
    label: str
    help: str
    value: str
    secret: bool
    variable: str = ""


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
    requires: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()


def enable(host: PluginHost, name: str, actor: str, reason: str = "") -> None:
    """Let the shop offer what the plugin brings. Raises ``UnknownPlugin``; ``PluginRefused`` with all that is missing.
    Enabling an enabled plugin changes nothing. Its tables must be up to date: ``lifecycle.switch_on`` sees to that."""
    plugin, snapshot = host.get(name), _snapshot()
    if _enabled(snapshot, name) and plugin.ready:
        return
    problems = list(host.check(name, snapshot))
    held = _config(snapshot, name).held
    if held:
        message = N_("%(plugin)s was stopped. Look at what happened, then let it run again.")
        problems.append(Problem(message, {"plugin": name}, code="held"))
    for needed in plugin.meta.requires if plugin.meta else ():
        if not _enabled(snapshot, needed):
            message = N_("%(plugin)s needs %(needed)s, which is not enabled. Enable %(needed)s first.")
            problems.append(Problem(message, {"plugin": name, "needed": needed}, code="requires"))
    if problems:
        raise PluginRefused(problems)
    set_plugin(name, enabled=True, actor=actor, reason=reason)


def disable(host: PluginHost, name: str, actor: str, reason: str = "") -> None:
    """Stop offering it; what it settles goes on. Also for broken plugins and plugins no longer installed. Raises
    ``UnknownPlugin``; ``PluginRefused`` while an enabled plugin needs it. Disabling a disabled one changes nothing."""
    snapshot = _snapshot()
    if name not in snapshot.plugins:
        host.get(name)
    if not _enabled(snapshot, name):
        return
    dependents = [other for other in needed_by(host, name) if _enabled(snapshot, other)]
    if dependents:
        message = N_("%(plugin)s is needed by %(dependents)s. Disable that first.")
        raise PluginRefused([Problem(message, {"plugin": name, "dependents": ", ".join(dependents)}, code="required")])
    set_plugin(name, enabled=False, actor=actor, reason=reason)


def release(host: PluginHost, name: str, actor: str, reason: str = "") -> None:
    """Let a stopped plugin run again, in every process. Raises ``UnknownPlugin``. One that is not stopped stays as it is.
    Tables that are not as it needs them: ``lifecycle.try_again`` brings them up to date first."""
    if name not in _snapshot().plugins:
        host.get(name)
    let_go(name, actor, reason)


def needed_by(host: PluginHost, name: str) -> tuple[str, ...]:
    """Installed plugins that require this one."""
    return tuple(sorted(p.name for p in host.plugins.values() if p.meta and name in p.meta.requires))


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
    stored = write_settings(declaration, config.settings, values, host.box, host.overrides(name))
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
    names, away = sorted(set(host.plugins) | set(snapshot.plugins)), purged()
    return [_describe(host, snapshot, name, away) for name in names]


def find_info(host: PluginHost, name: str, snapshot: ShopSnapshot) -> PluginInfo | None:
    """One row of the list; ``None`` for a name nobody knows."""
    if name not in host.plugins and name not in snapshot.plugins:
        return None
    return _describe(host, snapshot, name, purged())


def _describe(host: PluginHost, snapshot: ShopSnapshot, name: str, away: frozenset[str]) -> PluginInfo:
    enabled, held = _enabled(snapshot, name), _config(snapshot, name).held
    plugin = host.plugins.get(name)
    if plugin is None:
        status = Status.PURGED if name in away else Status.MISSING
        return PluginInfo(name, status, enabled, reason="It is not installed here.", needed_by=needed_by(host, name))
    found = hold_of(name) if held == MIGRATION and plugin.ready else None
    if found is not None:  # what was found wrong by another process
        plugin = replace(plugin, state=PluginState.BROKEN, reason=found.reason, traceback=found.traceback)
    status = _status(plugin, enabled)
    if held == QUARANTINE and status in (Status.ENABLED, Status.DISABLED):
        status = Status.QUARANTINED
    elif status is Status.DISABLED and name in away:
        status = Status.PURGED
    return PluginInfo(
        name=name,
        status=status,
        enabled=enabled,
        requires=plugin.meta.requires if plugin.meta else (),
        needed_by=needed_by(host, name),
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
    given = host.overrides(name)
    return tuple(
        SettingView(
            key.name,
            key.info.label,
            key.info.help,
            value if key.name not in given else "set" if key.info.secret else given[key.name],
            key.info.secret,
            variable_of(name, key.name) if key.name in given else "",
        )
        for key, value in shown_settings(declaration, stored)
    )


def _status(plugin: Plugin, enabled: bool) -> Status:
    if plugin.state is PluginState.READY:
        return Status.ENABLED if enabled else Status.DISABLED
    return Status.BROKEN if plugin.state is PluginState.BROKEN else Status.SKIPPED


def _config(snapshot: ShopSnapshot, name: str) -> PluginConfig:
    return snapshot.plugins.get(name, PluginConfig())


def _enabled(snapshot: ShopSnapshot, name: str) -> bool:
    config = snapshot.plugins.get(name)
    return config is not None and config.enabled


def _snapshot() -> ShopSnapshot:
    return load_snapshot(read_version())
