"""Japan Post as every carrier: the shop's contracts, on the tables that come with it."""

from typing import Any

from storefront_shipping_japanpost import plugin
from storefront_shipping_japanpost.carrier import JapanPost
from storefront_shipping_japanpost.settings import DECLARATION, NAME

from storefront.plugin import Destination, Dimensions, Money, NotServed, Parcel, ShippingQuote, ShippingRequest
from storefront.testing.contracts import (
    ManagePageContract,
    ShippingCarrierContract,
    ShopContract,
    WholePluginContract,
)
from storefront.testing.plugins import settings_from
from storefront.testing.visitor import TAIPEI

EVERYTHING: dict[str, Any] = {
    "services": ["ems", "air_packet", "small_packet_air", "small_packet_surface", "parcel_air", "parcel_surface"],
    "rules": [
        {"id": "1", "service": "ems", "country": "HK", "state": "closed", "from": "2026-11-01", "until": None,
         "text": {"en": "Closed after a storm."}},
    ],
    "countries": [{"country": "TW", "standard": "B", "weight": 30000, "insured": 500000, "lithium": "air"}],
    "tariffs": [{"service": "epacket", "from": "2027-01-01", "name": "A trial", "rows": {"1": [[100, 500], [2000, 900]]}}],
    "us_duty_prepaid": True,
}  # fmt: skip


class TestContract(ShippingCarrierContract):
    plugin = NAME
    settings = settings_from(DECLARATION, EVERYTHING)
    served = "TW"

    def make(self) -> JapanPost:
        return JapanPost()


class TestAsDelivered(TestContract):
    settings = settings_from(DECLARATION, {})
    served = "NZ"


class TestContractInJapan(TestContract):
    """Small enough for every envelope, to Tokyo."""

    served = "JP"
    settings = settings_from(DECLARATION, {"yu_pack_origin": "aichi", "yu_packet_weight": 1000})

    def request(self, country: str, *weights: int | None) -> ShippingRequest:
        asked = super().request(country, *weights)
        parcels = tuple(Parcel(weight, Money(1000, "JPY"), Dimensions(200, 150, 8)) for weight in weights)
        return ShippingRequest(Destination(country, "13"), parcels, asked.ship_on, "JPY")


class TestPlugin(WholePluginContract):
    module = plugin
    stored = EVERYTHING


class TestInAShop(ShopContract):
    module = plugin
    delivery = "shipping_japanpost:ems"
    address = TAIPEI


class TestPages(ManagePageContract):
    module = plugin
    stored = EVERYTHING


def test_another_currency_is_not_priced_in_yen() -> None:
    asked = ShippingRequest(
        Destination("TW"), (Parcel(1, Money(1, "USD")),), TestContract().request("TW").ship_on, "USD"
    )
    answer = JapanPost().quote(asked)
    assert isinstance(answer, NotServed) and not isinstance(answer, ShippingQuote)
    assert answer.code == "currency"
