"""What of a shop's settings a plugin may be checked with."""

from typing import Any

import click

from storefront.cli.opening import open_shop
from storefront.plugin_host.settings import without_secrets


def stored_settings(name: str) -> dict[str, Any]:
    """What the owner of the shop here stored for the plugin, its secrets left out; nothing where no shop can be opened."""
    try:
        with open_shop() as shop:
            config = shop.shop.plugins.get(name)
            return without_secrets(config.settings)[0] if config is not None else {}
    except click.ClickException:
        return {}
