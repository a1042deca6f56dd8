"""The courier: the contract of carriers, the edges of the table, and tables that are refused."""

from datetime import date
from typing import Any

import pytest
from storefront_shipping_courier import plugin
from storefront_shipping_courier.carrier import Courier
from storefront_shipping_courier.settings import DECLARATION, CourierSettings
from storefront_shipping_courier.zones import read_zones

from storefront.plugin import (
    BadSetting,
    Destination,
    Money,
    NotServed,
    Parcel,
    ShippingQuote,
    ShippingRequest,
)
from storefront.testing.contracts import (
    ManagePageContract,
    ShippingCarrierContract,
    ShopContract,
    WholePluginContract,
)
from storefront.testing.plugins import settings_bound, settings_from

NAME = "shipping_courier"
ASIA = {"name": "Asia", "countries": ["TW", "HK"], "days": [3, 7], "steps": [[500, 1450], [1000, 1900], [2000, 2900]]}
AMERICAS = {"name": "Americas", "countries": ["US"], "days": [6, 14], "steps": [[500, 2600], [1000, 3700]]}
TABLE: CourierSettings = settings_from(DECLARATION, {"zones": [ASIA, AMERICAS]})


class TestContract(ShippingCarrierContract):
    plugin = NAME
    settings = TABLE
    served = "TW"

    def make(self) -> Courier:
        return Courier()


class TestContractInJapan(TestContract):
    served = "JP"


class TestPlugin(WholePluginContract):
    module = plugin
    stored = {"zones": [ASIA, AMERICAS]}


class TestInAShop(ShopContract):
    module = plugin
    delivery = "shipping_courier:domestic"


class TestPages(ManagePageContract):
    module = plugin
    stored = {"zones": [ASIA]}


def ask(country: str, *weights: int | None, restrictions: frozenset[str] = frozenset()) -> Any:
    parcels = tuple(Parcel(weight, Money(1000, "JPY"), restrictions=restrictions) for weight in weights)
    with settings_bound({NAME: TABLE}):
        return Courier().quote(ShippingRequest(Destination(country), parcels, date(2026, 11, 24), "JPY"))


def price(country: str, *weights: int | None) -> int:
    (quote,) = ask(country, *weights)
    assert isinstance(quote, ShippingQuote)
    return quote.price.amount


@pytest.mark.req("SHP-1")
def test_japan_has_one_price_whatever_the_weight() -> None:
    assert price("JP", None) == price("JP", 1) == price("JP", 50_000) == 500
    (quote,) = ask("JP", 100)
    assert (quote.key, quote.tracked, quote.days) == ("domestic", True, (1, 3))


@pytest.mark.parametrize(
    ("grams", "expected"), [(1, 1450), (500, 1450), (501, 1900), (1000, 1900), (1001, 2900), (2000, 2900)]
)
def test_price_abroad_at_each_edge_of_the_table(grams: int, expected: int) -> None:
    assert price("TW", grams) == expected


def test_abroad_every_parcel_is_priced_by_itself() -> None:
    assert price("TW", 500, 501) == 1450 + 1900


@pytest.mark.req("SHP-5")
def test_japan_is_priced_by_the_order() -> None:
    assert price("JP", 500, 501) == 500


@pytest.mark.parametrize(
    ("country", "weight", "code"),
    [
        ("TW", 2001, "too_heavy"),
        ("US", 1001, "too_heavy"),
        ("TW", None, "weight_missing"),
        ("FR", 100, "no_zone"),
        ("", 100, "no_zone"),
    ],
)
def test_what_cannot_be_priced_is_refused_with_the_reason(country: str, weight: int | None, code: str) -> None:
    answer = ask(country, weight)
    assert isinstance(answer, NotServed)
    assert answer.code == code
    assert (answer.reason % answer.params).endswith(".")


def test_one_parcel_too_heavy_refuses_all() -> None:
    assert ask("TW", 100, 2001).code == "too_heavy"


def test_goods_that_may_not_leave_japan_stay() -> None:
    only_japan = frozenset({"no_international"})
    assert ask("TW", 100, restrictions=only_japan).code == "restricted"
    assert not isinstance(ask("JP", 100, restrictions=only_japan), NotServed)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": [[500, 1450], [500, 1900]]}, "out of order"),
        ({"steps": [[500, 1450], [1000, 1449]]}, "out of order"),
        ({"steps": [[500, 0]]}, "above 0"),
        ({"steps": [[-1, 100]]}, "above 0"),
        ({"steps": []}, "no price steps"),
        ({"steps": [[500, "1450"]]}, "two whole numbers"),
        ({"steps": [[500, True]]}, "two whole numbers"),
        ({"steps": [[500, 14.5]]}, "two whole numbers"),
        ({"countries": []}, "no countries"),
        ({"countries": ["tw"]}, "no country code"),
        ({"countries": ["TW", "TW"]}, "twice"),
        ({"countries": ["JP"]}, "its own price"),
        ({"days": [7, 3]}, "Days"),
        ({"days": 3}, "Days"),
        ({"name": " "}, "no name"),
        ({"stepz": []}, "stepz"),
    ],
)
def test_table_that_cannot_be_meant_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        read_zones([{**ASIA, **change}])


def test_country_in_two_zones_is_refused_with_both_names() -> None:
    with pytest.raises(BadSetting, match="TW is in the zone Asia and in Americas"):
        read_zones([ASIA, {**AMERICAS, "countries": ["US", "TW"]}])


@pytest.mark.parametrize("raw", ["Asia", {"name": "Asia"}, [1], None])
def test_what_is_no_table_is_refused(raw: Any) -> None:
    with pytest.raises(BadSetting):
        read_zones(raw)
