"""From a basket to a parcel."""

from typing import Any

import pytest

from storefront.core.contracts.pricing import Basket, BasketLine, CurrencyRate
from storefront.core.shipping.parcels import goods_value, parcels_of
from storefront.core.values.money import Money
from storefront.core.values.types import Dimensions, LineKind, Unknown

WORTH = Money(1000, "JPY")


def line(key: str, quantity: int = 1, unit_price: int | Unknown = 100, **more: Any) -> BasketLine:
    return BasketLine(key, quantity, unit_price, **more)


def basket(*lines: BasketLine) -> Basket:
    return Basket(lines)


@pytest.mark.req("SHP-1")
def test_the_weight_of_a_parcel_is_that_of_its_pieces_and_its_packaging() -> None:
    goods = basket(line("a", 3, weight=200), line("b", weight=50))
    (parcel,) = parcels_of(goods, WORTH, {"shipping.packaging_weight": 120})
    assert (parcel.weight, parcel.piece_count, parcel.value) == (770, 4, WORTH)
    (bare,) = parcels_of(goods, WORTH, {})
    assert bare.weight == 650


def test_one_unknown_weight_makes_the_parcel_s_weight_unknown() -> None:
    (parcel,) = parcels_of(basket(line("a", weight=200), line("b")), WORTH, {"shipping.packaging_weight": 120})
    assert parcel.weight is None


def test_a_weight_of_nothing_is_known() -> None:
    (parcel,) = parcels_of(basket(line("a", weight=0)), WORTH, {})
    assert parcel.weight == 0


def test_restrictions_of_all_lines_are_those_of_the_parcel() -> None:
    goods = basket(line("a", restrictions=frozenset({"alcohol", "food"})), line("b", restrictions=frozenset({"blade"})))
    (parcel,) = parcels_of(goods, WORTH, {})
    assert parcel.restrictions == {"alcohol", "food", "blade"}


def test_services_and_cancelled_lines_do_not_travel() -> None:
    service = line("s", kind=LineKind.SERVICE, restrictions=frozenset({"alcohol"}))
    gone = line("g", 0)
    (parcel,) = parcels_of(basket(service, gone, line("a", weight=100)), WORTH, {})
    assert (parcel.weight, parcel.piece_count, parcel.restrictions) == (100, 1, frozenset())
    assert parcels_of(basket(service, gone), WORTH, {}) == ()
    assert parcels_of(Basket(()), WORTH, {}) == ()


def test_goods_that_are_forwarded_or_bought_on_request_travel() -> None:
    (parcel,) = parcels_of(
        basket(line("f", kind=LineKind.FORWARDED, weight=1), line("r", kind=LineKind.REQUEST, weight=2)),
        WORTH,
        {},
    )
    assert parcel.weight == 3


@pytest.mark.parametrize(
    ("pieces", "size"),
    [
        ([(1, Dimensions(10, 300, 200))], Dimensions(300, 200, 10)),
        ([(5, Dimensions(300, 200, 10))], Dimensions(300, 200, 50)),
        ([(1, Dimensions(900, 20, 20)), (1, Dimensions(100, 100, 100))], Dimensions(900, 100, 100)),
        ([(1, Dimensions(10, 10, 10)), (1, None)], None),
        ([(1, Dimensions(0, 0, 0))], None),
    ],
)
def test_the_size_is_the_least_box_the_pieces_need(
    pieces: list[tuple[int, Dimensions | None]], size: Dimensions | None
) -> None:
    lines = [line(str(n), quantity, size=of) for n, (quantity, of) in enumerate(pieces)]
    (parcel,) = parcels_of(Basket(tuple(lines)), WORTH, {})
    assert parcel.size == size


def test_the_value_of_the_goods_is_in_the_base_currency() -> None:
    dollar = CurrencyRate("USD", "JPY", "0.0067", 5)
    goods = basket(line("a", 2, 1005), line("s", 1, 999, kind=LineKind.SERVICE), line("u", 1, Unknown("x")))
    assert goods_value(goods, dollar) == Money(3000, "JPY")
    assert goods_value(basket(line("a", 2, 500)), CurrencyRate("JPY", "JPY")) == Money(1000, "JPY")
