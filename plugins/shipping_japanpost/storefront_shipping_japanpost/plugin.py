"""Wiring of the plugin."""

from collections.abc import Sequence

from storefront.plugin import (
    N_,
    ManagePage,
    PluginBlueprint,
    PluginMeta,
    PluginSettings,
    ShippingCarrier,
    hookimpl,
)
from storefront_shipping_japanpost import __version__
from storefront_shipping_japanpost.carrier import JapanPost
from storefront_shipping_japanpost.owner_pages import COUNTRY_PAGE, RULE_PAGE, SERVICE_PAGE
from storefront_shipping_japanpost.settings import DECLARATION, NAME
from storefront_shipping_japanpost.table_pages import pages
from storefront_shipping_japanpost.tariff_page import TARIFFS

META = PluginMeta(
    name=NAME,
    title=N_("Japan Post"),
    version=__version__,
    description=N_("EMS, packets and parcels abroad, letters and Yu-Pack in Japan, by dated price tables."),
)


@hookimpl
def storefront_shipping_carriers() -> Sequence[ShippingCarrier]:
    return [JapanPost()]


@hookimpl
def storefront_settings() -> PluginSettings:
    return DECLARATION


@hookimpl
def storefront_manage_pages() -> Sequence[ManagePage]:
    return [TARIFFS, SERVICE_PAGE, RULE_PAGE, COUNTRY_PAGE]


@hookimpl
def storefront_blueprints() -> Sequence[PluginBlueprint]:
    return [pages]
