"""Payment by bank transfer: money first, goods wait."""

from storefront.plugin import plugin_gettext

__version__ = "0.1.0"

_ = plugin_gettext("payments_bank_transfer")
