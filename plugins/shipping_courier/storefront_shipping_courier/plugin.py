"""Wiring of the plugin."""

from collections.abc import Sequence

import click

from storefront.plugin import (
    N_,
    ManagePage,
    PluginBlueprint,
    PluginMeta,
    PluginSettings,
    ShippingCarrier,
    hookimpl,
)
from storefront_shipping_courier import __version__
from storefront_shipping_courier.carrier import Courier
from storefront_shipping_courier.charges import pages, quote
from storefront_shipping_courier.pages import ZONES
from storefront_shipping_courier.settings import DECLARATION

META = PluginMeta(
    name="shipping_courier",
    title=N_("Courier"),
    version=__version__,
    description=N_("One price within Japan; abroad your own table by zone and weight."),
)


@hookimpl
def storefront_shipping_carriers() -> Sequence[ShippingCarrier]:
    return [Courier()]


@hookimpl
def storefront_settings() -> PluginSettings:
    return DECLARATION


@hookimpl
def storefront_manage_pages() -> Sequence[ManagePage]:
    return [ZONES]


@hookimpl
def storefront_blueprints() -> Sequence[PluginBlueprint]:
    return [pages]


@hookimpl
def storefront_cli() -> Sequence[click.Command]:
    return [quote]
