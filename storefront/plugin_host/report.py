"""What the author of a plugin needs to know when it fails: a text to copy, without personal data and secrets."""

import platform
import re
from collections.abc import Sequence

import storefront
from storefront.core.contracts.meta import API_VERSION
from storefront.core.db import dialect
from storefront.core.settings.plugins import Fault, faults_of, hold_of
from storefront.core.settings.snapshot import PluginConfig, ShopSnapshot
from storefront.plugin_host.errors import SettingsInvalid, sentence
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.service import PluginInfo, find_info
from storefront.plugin_host.settings import keys_of

FILE = re.compile(r'File "([^"]*)"')
KEPT_PARTS = 3
# What database errors say about rows, and addresses of people.
VALUES = re.compile(r"\[parameters: [^\n]*|DETAIL: [^\n]*|[\w.+-]+@[\w-]+\.[\w.-]+")
SHORTEST_SECRET = 4


def report(host: PluginHost, name: str, shop: ShopSnapshot) -> str:
    """The text. In English, whoever asks: it is for the author. Raises ``UnknownPlugin``."""
    info = find_info(host, name, shop)
    if info is None:
        host.get(name)
        raise AssertionError("unreachable")
    lines = [*_head(info), *_surroundings(host, name, shop), *_trouble(info), *_faults(faults_of(name))]
    return _scrubbed("\n".join(lines) + "\n", _secrets(host, name, shop))


def _head(info: PluginInfo) -> list[str]:
    return [
        f"Plugin {info.name} {info.version} ({info.distribution or 'no distribution'})".replace("  ", " "),
        f"State: {info.status}",
    ]


def _surroundings(host: PluginHost, name: str, shop: ShopSnapshot) -> list[str]:
    stored = shop.plugins.get(name, PluginConfig()).settings
    others = sorted(other for other, config in shop.plugins.items() if config.enabled and other != name)
    return [
        f"Shop: storefront {storefront.__version__}, plugin API {API_VERSION}, Python {platform.python_version()}, "
        f"{dialect()}",
        f"Settings that are set: {', '.join(sorted({*stored, *host.overrides(name)})) or 'none'}",
        f"Other plugins that are enabled: {', '.join(others) or 'none'}",
    ]


def _trouble(info: PluginInfo) -> list[str]:
    lines = []
    held = hold_of(info.name)
    if held is not None:
        lines += ["", f"Stopped ({held.kind}): {held.reason}", held.traceback]
    if info.reason and (held is None or info.reason != held.reason):
        lines += ["", info.reason, info.traceback]
    return lines + [f"Missing: {sentence(problem)}" for problem in info.problems]


def _faults(faults: Sequence[Fault]) -> list[str]:
    lines = ["", f"Last failures: {len(faults) or 'none'}"]
    shown: set[str] = set()
    for fault in faults:
        lines.append(f"- {fault.at:%Y-%m-%d %H:%M:%SZ} {fault.act} {fault.kind} ({fault.times} times): {fault.error}")
        if fault.traceback and fault.traceback not in shown:
            shown.add(fault.traceback)
            lines.append(fault.traceback)
    return lines


def _secrets(host: PluginHost, name: str, shop: ShopSnapshot) -> list[str]:
    declaration = host.declaration(name)
    if declaration is None:
        return []
    try:
        values = host.settings_of(name, shop)
    except SettingsInvalid:
        return list(host.overrides(name).values())
    found = [str(getattr(values, key.field)) for key in keys_of(declaration) if key.info.secret]
    return [text for text in found if len(text) >= SHORTEST_SECRET]


def _scrubbed(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    text = VALUES.sub("[left out]", text)
    return FILE.sub(lambda found: f'File "{_short(found[1])}"', text)


def _short(path: str) -> str:
    parts = path.split("/")
    return path if len(parts) <= KEPT_PARTS else "…/" + "/".join(parts[-KEPT_PARTS:])
