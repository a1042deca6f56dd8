"""What the owner sets for cash on delivery."""

from dataclasses import dataclass

from storefront.plugin import N_, PluginSettings, plugin_settings, setting


@dataclass(frozen=True, slots=True)
class CodSettings:
    """``fee``, ``most``: minor units of the base currency."""

    fee: int = setting(
        200,
        label=N_("Fee"),
        help=N_("Added to the order, in the smallest unit of the shop's base currency (yen). 0: no fee."),
        minimum=0,
        maximum=1_000_000,
    )
    most: int = setting(
        0,
        label=N_("Most that is collected"),
        help=N_("In yen, of an order before the fee; Japan Post, for one, collects up to 300,000. 0: no limit."),
        minimum=0,
        maximum=10_000_000,
    )


DECLARATION = PluginSettings(CodSettings)

settings = plugin_settings("payments_cod", CodSettings)
