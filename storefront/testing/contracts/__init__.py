"""What every plugin must hold to, as test classes. Plugins inherit them in their tests::

    class TestMethod(PaymentMethodContract):
        plugin = "payments_cod"
        settings = CodSettings()

        def make(self):
            return CashOnDelivery()


    class TestPlugin(WholePluginContract):
        module = storefront_payments_cod.plugin

``PaymentMethodContract``, ``ShippingCarrierContract``, ``AdjusterContract``: objects, without a database or a network.
``WholePluginContract``: the plugin in a host; names, settings, translations. ``ShopContract``: the plugin in a real shop on
SQLite: bought with in four languages, switched off in mid-checkout, gone while its orders stay. ``SlotContract``,
``ManagePageContract``: what it shows in pages of the shop and of the back office.

A contract test that cannot hold for a plugin is a bug in one of them.
"""

from storefront.testing.contracts.adjusters import AdjusterContract
from storefront.testing.contracts.base import DOLLARS, NOW, NOWHERE, YEN, PluginContract
from storefront.testing.contracts.pages import ManagePageContract
from storefront.testing.contracts.payments import OUTCOMES, PaymentMethodContract, attempt
from storefront.testing.contracts.shipping import ShippingCarrierContract
from storefront.testing.contracts.shop import ShopContract
from storefront.testing.contracts.slots import SlotContract
from storefront.testing.contracts.whole import WholePluginContract

__all__ = [
    "DOLLARS",
    "NOW",
    "NOWHERE",
    "OUTCOMES",
    "YEN",
    "AdjusterContract",
    "ManagePageContract",
    "PaymentMethodContract",
    "PluginContract",
    "ShippingCarrierContract",
    "ShopContract",
    "SlotContract",
    "WholePluginContract",
    "attempt",
]
