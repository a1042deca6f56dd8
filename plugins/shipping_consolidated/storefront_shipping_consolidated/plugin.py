"""Wiring of the plugin."""

from collections.abc import Sequence

from storefront.plugin import N_, ManagePage, PluginMeta, PluginSettings, ShippingCarrier, hookimpl
from storefront_shipping_consolidated import __version__
from storefront_shipping_consolidated.carrier import Consolidated
from storefront_shipping_consolidated.pages import LINES
from storefront_shipping_consolidated.settings import DECLARATION

META = PluginMeta(
    name="shipping_consolidated",
    title=N_("Combined shipping"),
    version=__version__,
    description=N_("Your own line to a country, priced by weight step, with no returns through it."),
)


@hookimpl
def storefront_shipping_carriers() -> Sequence[ShippingCarrier]:
    return [Consolidated()]


@hookimpl
def storefront_settings() -> PluginSettings:
    return DECLARATION


@hookimpl
def storefront_manage_pages() -> Sequence[ManagePage]:
    return [LINES]
