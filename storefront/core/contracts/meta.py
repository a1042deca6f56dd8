"""Who a plugin is, and the version of the contract between plugins and the shop."""

from dataclasses import dataclass

from storefront.core.contracts.pages import CspSource

# 0.x until every contract has two implementations: a new minor version may break, and says so in docs/plugins.md.
API_VERSION = "0.1"


@dataclass(frozen=True, slots=True)
class PluginMeta:
    """A plugin's identity: the module of its entry point holds one as ``META``.

    ``name`` is the one identifier used everywhere (entry point, package ``storefront_<name>``, keys, tables, catalogue).
    ``title`` and ``description`` are English msgids in the plugin's domain. ``api``: the range of ``API_VERSION`` it was
    written for. ``requires``: names of plugins that must be installed, and enabled before this one. ``csp``: hosts that
    browsers may reach while it is enabled.
    """

    name: str
    title: str
    version: str
    api: str = ">=0.1,<0.2"
    requires: tuple[str, ...] = ()
    description: str = ""
    csp: tuple[CspSource, ...] = ()
