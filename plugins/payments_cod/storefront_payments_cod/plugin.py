"""Wiring of the plugin."""

from collections.abc import Sequence

from storefront.plugin import (
    N_,
    Adjuster,
    AdminOrderPanels,
    OrderPanels,
    PaymentMethod,
    Placement,
    PluginMeta,
    PluginSettings,
    hookimpl,
)
from storefront_payments_cod import __version__
from storefront_payments_cod.method import CashOnDelivery, CodFee
from storefront_payments_cod.panel import cash_collected, cash_ready
from storefront_payments_cod.settings import DECLARATION

META = PluginMeta(
    name="payments_cod",
    title=N_("Cash on delivery"),
    version=__version__,
    description=N_("Payment in cash to the courier, within Japan, for a fee."),
)


@hookimpl
def storefront_payment_methods() -> Sequence[PaymentMethod]:
    return [CashOnDelivery()]


@hookimpl
def storefront_adjusters() -> Sequence[Adjuster]:
    return [CodFee()]


@hookimpl
def storefront_settings() -> PluginSettings:
    return DECLARATION


@hookimpl
def storefront_slots() -> Sequence[Placement]:
    return [Placement(OrderPanels, cash_ready), Placement(AdminOrderPanels, cash_collected)]
