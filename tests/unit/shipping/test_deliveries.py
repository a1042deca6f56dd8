"""Which deliveries can be chosen."""

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from storefront.core.contracts.pricing import Basket, BasketLine, CurrencyRate
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import NotServed, ShippingCarrier, ShippingQuote, ShippingRequest
from storefront.core.shipping.deliveries import DeliveryChoice, delivery_choices, find_choice
from storefront.core.values.money import Money
from storefront.core.values.types import Destination, LineKind

YEN = CurrencyRate("JPY", "JPY")
DOLLAR = CurrencyRate("USD", "JPY", "0.0067", 5)
FRANCE = Destination("FR")
GOODS = Basket((BasketLine("a", 2, 1005, weight=300, restrictions=frozenset({"magnet"})),))
SHIP_ON = date(2026, 11, 20)


class Carrier(ShippingCarrier):
    def __init__(self, key: str, answer: Callable[[ShippingRequest], Any]) -> None:
        self.key, self.title, self._answer = key, f"Carrier {key}", answer

    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote, ...] | NotServed:
        return self._answer(request)


def carrier(key: str, answer: Any) -> tuple[str, Registered[ShippingCarrier]]:
    called = answer if callable(answer) else lambda request: answer
    return key, Registered(f"plugin_{key}", Carrier(key, called))


def service(key: str, price: int, **more: Any) -> ShippingQuote:
    return ShippingQuote(key, f"Service {key}", Money(price, "JPY"), **more)


def choices(*carriers: tuple[str, Any], rate: CurrencyRate = YEN, basket: Basket = GOODS) -> tuple[DeliveryChoice, ...]:
    return delivery_choices(basket, FRANCE, dict(carriers), rate, SHIP_ON, {"shipping.packaging_weight": 100})


@pytest.mark.req("SHP-1")
def test_a_carrier_is_asked_in_the_base_currency_about_the_packed_parcel() -> None:
    asked: list[ShippingRequest] = []
    choices(carrier("jp", lambda r: asked.append(r) or ()), rate=DOLLAR)
    (request,) = asked
    assert (request.destination, request.currency, request.ship_on) == (FRANCE, "JPY", SHIP_ON)
    (parcel,) = request.parcels
    assert (parcel.weight, parcel.value, parcel.restrictions) == (700, Money(3000, "JPY"), {"magnet"})


def test_choosable_services_come_cheapest_first_then_by_id() -> None:
    rows = choices(
        carrier("b", (service("slow", 900), service("fast", 2000))),
        carrier("a", (service("z", 900), service("y", 900))),
        carrier("c", NotServed("Not to France.")),
    )
    assert [row.id for row in rows] == ["a:y", "a:z", "b:slow", "b:fast", "c:"]
    assert [row.choosable for row in rows] == [True, True, True, True, False]


def test_a_price_is_shown_in_the_shopper_s_currency_and_the_quote_keeps_the_carrier_s() -> None:
    (row,) = choices(carrier("jp", (service("ems", 1001, days=(3, 6), tracked=True),)), rate=DOLLAR)
    assert (row.price, row.days, row.tracked, row.title) == (675, (3, 6), True, "Service ems")
    assert row.quote is not None and row.quote.price == Money(1001, "JPY")
    assert (row.carrier, row.source, row.carrier_title) == ("jp", "plugin_jp", "Carrier jp")


def test_why_a_carrier_does_not_serve_the_destination_is_shown() -> None:
    (row,) = choices(carrier("jp", NotServed("Not to %(country)s.", {"country": "FR"})))
    assert (row.reason, row.params, row.choosable, row.core_reason) == (
        "Not to %(country)s.",
        {"country": "FR"},
        False,
        False,
    )
    assert row.title == "Carrier jp" and row.price is None


@pytest.mark.req("SHP-1", "SHP-6")
def test_a_service_that_is_refused_stands_beside_the_others_and_names_the_goods() -> None:
    basket = Basket(
        (
            BasketLine("a", 1, 1000, title="Speaker", weight=300, restrictions=frozenset({"magnet"})),
            BasketLine("b", 1, 1000, title="Tea", weight=100),
        )
    )
    shut = NotServed("Strong magnets do not fly.", service="air", title="Air parcel", restriction="magnet")
    fine, refused = choices(carrier("jp", (shut, service("ship", 700))), basket=basket)
    assert (fine.id, fine.products) == ("jp:ship", ())
    assert (refused.id, refused.title, refused.choosable) == ("jp:air", "Air parcel", False)
    assert refused.products == ("Speaker",)


def boom(request: ShippingRequest) -> Any:
    raise RuntimeError("table is gone")


@pytest.mark.req("SHOP-6")
@pytest.mark.parametrize("answer", [boom, lambda r: None, lambda r: 700, lambda r: service("bare", 700)])
def test_a_broken_carrier_is_shown_as_unavailable_and_the_others_serve(
    answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        fine, broken = choices(carrier("a", answer), carrier("b", (service("ems", 700),)))
    assert fine.id == "b:ems" and fine.choosable
    assert broken.id == "a:" and not broken.choosable and "temporarily unavailable" in broken.reason
    assert "plugin_a" in caplog.text


NONSENSE = {
    "negative": service("x", -1),
    "beyond counting": service("x", 2**53),
    "other currency": ShippingQuote("x", "X", Money(700, "USD")),
    "bare number": ShippingQuote("x", "X", 700),  # type: ignore[arg-type]
    "fraction": ShippingQuote("x", "X", Money(7.5, "JPY")),  # type: ignore[arg-type]
    "truth": ShippingQuote("x", "X", Money(True, "JPY")),
    "cover in other currency": service("x", 700, cover=Money(1, "USD")),
    "days as a number": service("x", 700, days=3),
    "days backwards": service("x", 700, days=(6, 3)),
    "no key": service("", 700),
    "not a quote": {"price": 700},
    "refusal with nonsense": NotServed("No.", 7, service="x"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_nonsense_quote_cannot_be_chosen_and_leaves_the_carrier_s_others(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        fine, wrong = choices(carrier("jp", (NONSENSE[name], service("ems", 9000))))
    assert fine.id == "jp:ems" and fine.choosable
    assert not wrong.choosable and wrong.price is None and "temporarily unavailable" in wrong.reason
    assert find_choice((fine, wrong), wrong.id) is None
    assert "plugin_jp" in caplog.text


def test_a_delivery_may_cost_nothing_when_the_carrier_says_so() -> None:
    (row,) = choices(carrier("pickup", (service("shop", 0),)))
    assert row.choosable and row.price == 0


def test_a_carrier_without_services_says_that_it_does_not_take_the_parcel() -> None:
    (row,) = choices(carrier("jp", ()))
    assert not row.choosable and row.reason and row.core_reason


def test_two_services_with_one_key_are_one_row() -> None:
    rows = choices(carrier("jp", (service("ems", 700), service("ems", 500))))
    assert [(row.id, row.price) for row in rows] == [("jp:ems", 700)]


def test_nothing_to_send_means_nothing_to_choose() -> None:
    def never(request: ShippingRequest) -> Any:
        raise AssertionError("asked")

    services = Basket((BasketLine("s", 1, 500, kind=LineKind.SERVICE),))
    assert choices(carrier("jp", never), basket=services) == ()
    assert choices(carrier("jp", never), basket=Basket(())) == ()


def test_a_choice_is_found_by_its_id_and_only_if_it_can_be_chosen() -> None:
    rows = choices(carrier("jp", (service("ems", 700),)), carrier("c", NotServed("No.")))
    found = find_choice(rows, "jp:ems")
    assert found is not None and found.price == 700
    assert find_choice(rows, "c:") is None
    assert find_choice(rows, "jp:sal") is None
    assert find_choice(rows, "") is None
