"""What the owner sets. Prices are minor units of the base currency, weights grams."""

from dataclasses import dataclass

from storefront.plugin import N_, PluginSettings, plugin_settings, setting
from storefront_shipping_consolidated.lines import Line, read_lines


@dataclass(frozen=True, slots=True)
class ConsolidatedSettings:
    lines: tuple[Line, ...] = setting(
        (),
        label=N_("Lines"),
        help=N_("One for each country. Nothing is offered to a country without a line."),
        parse=read_lines,
    )


DECLARATION = PluginSettings(ConsolidatedSettings)

settings = plugin_settings("shipping_consolidated", ConsolidatedSettings)
