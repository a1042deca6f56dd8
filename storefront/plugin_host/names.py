"""One identifier everywhere: entry point, package, keys, tables, catalogue. Refusals say what to change."""

import re
from collections.abc import Iterable

import storefront.core.models  # noqa: F401  (fills the list of the core's tables)
from storefront.core.db import Base
from storefront.plugin_host.errors import PluginBroken

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
PART = re.compile(r"[a-z0-9_]+\Z")
MAX_NAME = 40  # the version table "alembic_version_<name>" must stay below PostgreSQL's 63 bytes
MAX_KEY = 80  # the narrowest column that keeps a provider's key
RESERVED = frozenset({"core", "storefront", "plugin", "alembic", "messages"})
# First parts of the shop's own addresses, behind the language, and its folders of templates: pages of a plugin stand beside.
ADDRESSES = frozenset(
    {
        "account", "bills", "brands", "cart", "categories", "checkout", "components", "contact", "dev", "errors", "estimate", "home", "login",
        "logout", "mail", "mails", "manage", "orders", "pages", "preferences", "preview", "products", "register", "reset",
    }
)  # fmt: skip
PACKAGE_PREFIX = "storefront_"
# Taken before any plugin is imported.
CORE_TABLES = frozenset(Base.metadata.tables)


def check_name(name: object) -> str:
    """``name`` as a plugin's identifier. Raises ``PluginBroken``."""
    if not isinstance(name, str) or not NAME.match(name) or len(name) > MAX_NAME:
        raise PluginBroken(
            f"The plugin name {name!r} cannot be used everywhere. Use small letters, digits and single underscores, "
            f"beginning with a letter, {MAX_NAME} characters at most, such as shipping_courier."
        )
    if name in RESERVED | ADDRESSES or any(table == name or table.startswith(f"{name}_") for table in CORE_TABLES):
        raise PluginBroken(f"The plugin name {name!r} belongs to the shop itself. Choose another one.")
    return name


def check_entry_point(name: str, module: str, meta_name: str) -> None:
    """The entry point, its package and ``META.name`` must agree. Raises ``PluginBroken``."""
    if meta_name != name:
        raise PluginBroken(
            f"The entry point is called {name!r} and META.name is {meta_name!r}. Give both the same name."
        )
    package = module.partition(".")[0]
    if module and package != PACKAGE_PREFIX + name:
        raise PluginBroken(
            f"The plugin {name!r} lives in the package {package!r}. Rename the package to {PACKAGE_PREFIX + name!r}."
        )


def check_key(plugin: str, key: object, what: str) -> str:
    """A key the plugin gives to ``what`` it offers. Raises ``PluginBroken``."""
    if not isinstance(key, str) or not key:
        raise PluginBroken(f"A {what} has no key. Give its class a key such as {plugin!r}.")
    prefix, _, rest = key.partition(".")
    if prefix != plugin:
        raise PluginBroken(
            f"The key {key!r} of a {what} does not begin with the plugin's name. Rename it to {plugin!r}, or to "
            f"'{plugin}.' and a word."
        )
    if len(key) > MAX_KEY or ("." in key and not all(PART.match(part) for part in rest.split("."))):
        raise PluginBroken(
            f"The key {key!r} of a {what} cannot be stored. After '{plugin}.' use small letters, digits and underscores, "
            f"{MAX_KEY} characters in all at most."
        )
    return key


def check_unique(keys: Iterable[str], what: str) -> None:
    """No key twice among one plugin's offers of a kind. Raises ``PluginBroken``."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise PluginBroken(f"The key {key!r} is given to two of the plugin's {what}s. Give each a key of its own.")
        seen.add(key)
