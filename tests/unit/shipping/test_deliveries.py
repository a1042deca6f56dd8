"""Which deliveries can be chosen."""

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from storefront.core.contracts.pricing import Basket, BasketLine, CurrencyRate
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import (
    NotServed,
    ParcelLimits,
    ShippingCarrier,
    ShippingQuote,
    ShippingRequest,
)
from storefront.core.shipping.deliveries import DeliveryChoice, delivery_choices, find_choice
from storefront.core.values.boxes import Box
from storefront.core.values.money import Money
from storefront.core.values.types import Destination, Dimensions, LineKind

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


# --- services with limits: one parcel that suits, several, variants


class Post(ShippingCarrier):
    """A packet up to 2 kg for 5 yen a gram and parcel, and a dear parcel post; it keeps what it was asked."""

    key = title = "post"

    def __init__(self, parcel_price: int = 20_000, limits: Any = None) -> None:
        self.asked: list[tuple[int | None, ...]] = []
        self._price = parcel_price
        self._limits = {"packet": ParcelLimits(weight=2000)} if limits is None else limits

    def limits(self, destination: Destination, ship_on: date) -> Any:
        if isinstance(self._limits, Exception):
            raise self._limits
        return self._limits

    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote | NotServed, ...]:
        weights = [parcel.weight or 0 for parcel in request.parcels]
        self.asked.append(tuple(weights))
        rows: list[ShippingQuote | NotServed] = []
        if max(weights) > 2000:
            rows.append(NotServed("At most 2 kg.", service="packet", title="Packet"))
        else:
            rows.append(service("packet", 5 * sum(weights)))
            rows.append(service("packet-cover", 5 * sum(weights) + 400, variant_of="packet"))
        if self._price:
            rows.append(service("parcel", self._price))
        return tuple(rows)


HEAVY = Basket((BasketLine("a", 3, 1000, title="Pot", weight=900),))


def split(post: Post, policy: str, basket: Basket = HEAVY) -> dict[str, DeliveryChoice]:
    rows = delivery_choices(
        basket, FRANCE, {"post": Registered("plugin_post", post)}, YEN, SHIP_ON, {"shipping.split": policy}
    )
    assert [row.choosable for row in rows] == sorted((row.choosable for row in rows), reverse=True)
    return {row.service: row for row in rows}


@pytest.mark.req("SHP-2")
def test_what_is_too_heavy_for_a_service_goes_in_several_parcels_where_the_policy_allows() -> None:
    never, needed = Post(), Post()
    assert not split(never, "never")["packet"].choosable and not split(needed, "when_needed")["packet"].choosable
    assert never.asked == needed.asked == [(2700,)]
    cheaper, dearer = Post(), Post(parcel_price=13_000)
    found = split(cheaper, "cheaper")
    assert list(found) == ["packet", "packet-cover", "parcel"], "a variant stands beneath its service"
    assert [one.lines for one in found["packet"].parcels] == [(("a", 2),), (("a", 1),)]
    assert (found["packet"].price, found["parcel"].price, len(found["parcel"].parcels)) == (13_500, 20_000, 1)
    assert cheaper.asked == [(2700,), (1800, 900)], "asked once for each way of packing"
    assert split(dearer, "cheaper")["packet"].reason == "At most 2 kg."
    alone = Post(parcel_price=0)
    assert len(split(alone, "when_needed")["packet"].parcels) == 2
    # A piece that is too heavy by itself stays refused, with the carrier's own reason.
    anvil = split(Post(parcel_price=0), "cheaper", Basket((BasketLine("a", 1, 1000, weight=2001),)))
    assert anvil["packet"].reason == "At most 2 kg." and anvil["packet"].parcels == ()


@pytest.mark.parametrize("limits", [None, 7, {"packet": 2000}, RuntimeError("gone")])
def test_limits_that_are_nonsense_leave_the_quotes(limits: Any, caplog: pytest.LogCaptureFixture) -> None:
    post = Post(limits=limits if limits is not None else ())
    with caplog.at_level(logging.ERROR):
        found = split(post, "cheaper")
    assert found["parcel"].choosable and not found["packet"].choosable
    assert post.asked == [(2700,)] and "plugin_post" in caplog.text


def test_a_carrier_is_asked_anew_only_for_another_box() -> None:
    cube = Box("Cube", Dimensions(330, 330, 330), Dimensions(340, 340, 340), 200)
    flat = Box("Flat", Dimensions(500, 300, 60), Dimensions(510, 310, 70), 260)
    goods = Basket((BasketLine("a", 3, 1000, weight=100, size=Dimensions(320, 240, 15)),))
    post = Post(limits={"packet": ParcelLimits(sides=900), "packet-x": ParcelLimits(length=600, sides=900)})
    registered = {"post": Registered("plugin_post", post)}
    rows = {row.service: row for row in delivery_choices(goods, FRANCE, registered, YEN, SHIP_ON, {}, (cube, flat))}
    assert post.asked == [(500,), (560,)]
    assert {key: row.parcels[0].box for key, row in rows.items()} == {
        "packet": "Flat",
        "packet-cover": "Flat",
        "parcel": "Cube",
    }
