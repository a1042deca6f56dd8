"""What the owner sets for the courier. Prices are minor units of the base currency."""

from dataclasses import dataclass

from storefront.plugin import N_, PluginSettings, plugin_settings, setting
from storefront_shipping_courier.zones import Zone, read_days, read_zones


@dataclass(frozen=True, slots=True)
class CourierSettings:
    domestic_price: int = setting(
        500,
        label=N_("Price within Japan"),
        help=N_("For every order, in the smallest unit of the shop's base currency (yen)."),
        minimum=1,
        maximum=1_000_000,
    )
    domestic_days: tuple[int, int] = setting(
        (1, 3), label=N_("Days within Japan"), help=N_("The least and the most, such as [1, 3]."), parse=read_days
    )
    zones: tuple[Zone, ...] = setting(
        (),
        label=N_("Zones abroad"),
        help=N_("Countries, days on the way, and prices by weight. Nothing is sent to a country without a zone."),
        parse=read_zones,
    )


DECLARATION = PluginSettings(CourierSettings)

settings = plugin_settings("shipping_courier", CourierSettings)
