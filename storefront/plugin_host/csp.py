"""Hosts that browsers may reach because an enabled plugin needs them: checked at boot, composed once per page and version."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from storefront.core.contracts.meta import PluginMeta
from storefront.core.contracts.pages import AREAS, DIRECTIVES, CspSource
from storefront.core.contracts.plugin_settings import PluginSettings
from storefront.plugin_host.errors import PluginBroken
from storefront.plugin_host.settings import keys_of

ORIGIN = re.compile(r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?\Z")
# A gateway on the shop's own machine, for tests and trials.
LOCAL = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?\Z")

# Sources by directive.
Sources = Mapping[str, tuple[str, ...]]


def check_csp(meta: PluginMeta, declaration: PluginSettings | None) -> tuple[CspSource, ...]:
    """The sources a plugin declares. Raises ``PluginBroken``."""
    keys = {key.name for key in keys_of(declaration)} if declaration is not None else set()
    for entry in meta.csp:
        if not isinstance(entry, CspSource) or entry.directive not in DIRECTIVES:
            known = ", ".join(sorted(DIRECTIVES))
            raise PluginBroken(f"META.csp holds {entry!r}. Use CspSource(…) with one of: {known}.")
        if bool(entry.source) == bool(entry.setting):
            raise PluginBroken(f"{entry!r} needs either a source or a setting.")
        if entry.source and not ORIGIN.match(entry.source):
            raise PluginBroken(
                f"{entry.source!r} is no origin. Write one such as https://maps.example, without a path."
            )
        if entry.setting and entry.setting not in keys:
            raise PluginBroken(f"META.csp names the setting {entry.setting!r}, which the plugin does not have.")
        if not set(entry.on) <= AREAS:
            raise PluginBroken(
                f"{entry!r} is for an area the shop does not have. The areas are: {', '.join(sorted(AREAS))}."
            )
    return meta.csp


def sources_for(area: str, plugins: Iterable[tuple[str, tuple[CspSource, ...], Any]]) -> Sources:
    """What the pages of ``area`` (a plugin's name, or an area of the shop) let in. ``plugins``: those enabled, with what they
    declare and their typed settings."""
    found: dict[str, list[str]] = {}
    for name, declared, settings in plugins:
        for entry in declared:
            if area != name and area not in entry.on:
                continue
            origin = entry.source or origin_of(getattr(settings, entry.setting, ""))
            if origin and origin not in found.setdefault(entry.directive, []):
                found[entry.directive].append(origin)
    return {directive: tuple(origins) for directive, origins in found.items() if origins}


def origin_of(address: object) -> str:
    """Scheme and host of an address a setting holds; "" for what is none that may be let in."""
    if not isinstance(address, str):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    return origin if ORIGIN.match(origin) or LOCAL.match(origin) else ""
