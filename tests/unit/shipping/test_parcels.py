"""From a basket to its parcels: by the shop's boxes, in one or in several."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.contracts.pricing import Basket, BasketLine, CurrencyRate
from storefront.core.contracts.shipping import Parcel, ParcelLimits
from storefront.core.shipping.fitting import Block, Pieces, Sides, lay, sides_of
from storefront.core.shipping.parcels import MOST_PARCELS, PackedParcel, Packing, Plan, keeps_to
from storefront.core.values.boxes import Box
from storefront.core.values.money import Money
from storefront.core.values.types import Dimensions, LineKind, Unknown

YEN = CurrencyRate("JPY", "JPY")
SMALL = Box("Small", Dimensions(240, 170, 90), Dimensions(250, 180, 100), 90)
MEDIUM = Box("Medium", Dimensions(340, 240, 150), Dimensions(352, 252, 165), 230)
LARGE = Box("Large", Dimensions(500, 350, 300), Dimensions(515, 365, 320), 620, most=15_000)
BOXES = (LARGE, SMALL, MEDIUM)
PACKET = ParcelLimits(weight=2000, length=600, sides=900)


def line(key: str, quantity: int = 1, unit_price: int | Unknown = 100, **more: Any) -> BasketLine:
    return BasketLine(key, quantity, unit_price, **more)


def basket(*lines: BasketLine) -> Basket:
    return Basket(lines)


def parcels_of(goods: Basket, policies: dict[str, Any], rate: CurrencyRate = YEN) -> tuple[Parcel, ...]:
    plan = Packing(goods, rate, policies).whole()
    return plan.parcels if plan is not None else ()


@pytest.mark.req("SHP-1")
def test_the_weight_of_a_parcel_is_that_of_its_pieces_and_its_packaging() -> None:
    goods = basket(line("a", 3, weight=200), line("b", weight=50))
    (parcel,) = parcels_of(goods, {"shipping.packaging_weight": 120})
    assert (parcel.weight, parcel.piece_count, parcel.value) == (770, 4, Money(400, "JPY"))
    (bare,) = parcels_of(goods, {})
    assert bare.weight == 650


def test_one_unknown_weight_makes_the_parcel_s_weight_unknown() -> None:
    (parcel,) = parcels_of(basket(line("a", weight=200), line("b")), {"shipping.packaging_weight": 120})
    assert parcel.weight is None


def test_a_weight_of_nothing_is_known() -> None:
    (parcel,) = parcels_of(basket(line("a", weight=0)), {})
    assert parcel.weight == 0


def test_restrictions_of_all_lines_are_those_of_the_parcel() -> None:
    goods = basket(line("a", restrictions=frozenset({"alcohol", "food"})), line("b", restrictions=frozenset({"blade"})))
    (parcel,) = parcels_of(goods, {})
    assert parcel.restrictions == {"alcohol", "food", "blade"}


def test_services_and_cancelled_lines_do_not_travel() -> None:
    service = line("s", kind=LineKind.SERVICE, restrictions=frozenset({"alcohol"}))
    gone = line("g", 0)
    (parcel,) = parcels_of(basket(service, gone, line("a", weight=100)), {})
    assert (parcel.weight, parcel.piece_count, parcel.restrictions) == (100, 1, frozenset())
    assert parcels_of(basket(service, gone), {}) == ()
    assert parcels_of(Basket(()), {}) == ()


def test_goods_that_are_forwarded_or_bought_on_request_travel() -> None:
    (parcel,) = parcels_of(
        basket(line("f", kind=LineKind.FORWARDED, weight=1), line("r", kind=LineKind.REQUEST, weight=2)),
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
    (parcel,) = parcels_of(Basket(tuple(lines)), {})
    assert parcel.size == size


def test_the_value_of_the_goods_is_in_the_base_currency() -> None:
    dollar = CurrencyRate("USD", "JPY", "0.0067", 5)
    goods = basket(line("a", 2, 1005), line("s", 1, 999, kind=LineKind.SERVICE), line("u", 1, Unknown("x")))
    (parcel,) = parcels_of(goods, {}, dollar)
    assert parcel.value == Money(3000, "JPY")


# --- boxes


def plan_of(*lines: BasketLine, boxes: tuple[Box, ...] = BOXES, **policies: Any) -> Plan:
    plan = Packing(Basket(lines), YEN, policies, boxes).whole()
    assert plan is not None
    return plan


@pytest.mark.req("SHP-1")
def test_the_lightest_box_that_takes_all_gives_weight_and_size() -> None:
    tea = line("tea", 2, weight=400, size=Dimensions(120, 160, 80))
    assert plan_of(tea).packed == (PackedParcel(890, SMALL.outer, (("tea", 2),), "Small"),)
    more = line("tea", 5, weight=400, size=Dimensions(80, 160, 120))
    with_filling = plan_of(more, **{"shipping.packaging_weight": 30})
    assert with_filling.packed == (PackedParcel(2260, MEDIUM.outer, (("tea", 5),), "Medium"),)
    # A box that holds no more than this is left out, whatever room it has; then the goods go as they are.
    iron = plan_of(line("iron", 40, weight=400, size=Dimensions(100, 100, 100)))
    assert (iron.packed[0].box, iron.packed[0].weight) == ("", 16_000)


def test_without_measures_or_boxes_the_packaging_is_what_the_policy_says() -> None:
    known, unknown = line("a", weight=400, size=Dimensions(10, 10, 10)), line("b", 3, weight=500)
    for lines, boxes in (((known, unknown), BOXES), ((known,), ())):
        goods = sum((one.weight or 0) * one.quantity for one in lines)
        added = plan_of(*lines, boxes=boxes, **{"shipping.packaging_weight": 120})
        assert (added.packed[0].weight, added.packed[0].box) == (goods + 120, "")
        guessed = plan_of(*lines, boxes=boxes, **{"shipping.unmeasured": "estimated"})
        assert guessed.packed[0].weight == max(goods + 200, -(-goods * 13 // 10))
    assert plan_of(line("c", size=Dimensions(100, 100, 50))).packed[0] == PackedParcel(
        None, SMALL.outer, (("c", 1),), "Small"
    )


@pytest.mark.parametrize(
    ("size", "weight", "limits", "kept"),
    [
        (Dimensions(100, 600, 200), 2000, PACKET, True),
        (Dimensions(100, 600, 200), 2001, PACKET, False),
        (Dimensions(601, 100, 100), 100, PACKET, False),
        (Dimensions(400, 300, 201), 100, PACKET, False),
        (None, None, PACKET, True),
        (Dimensions(400, 300, 900), None, ParcelLimits(girth=2300), True),
        (Dimensions(400, 300, 901), None, ParcelLimits(girth=2300), False),
    ],
)
def test_a_parcel_keeps_to_limits_up_to_the_last_gram_and_millimetre(
    size: Dimensions | None, weight: int | None, limits: ParcelLimits, kept: bool
) -> None:
    assert keeps_to(limits, weight, size) is kept


def test_a_flatter_box_is_taken_where_the_limits_demand_it() -> None:
    cube = Box("Cube", Dimensions(330, 330, 330), Dimensions(340, 340, 340), 200)
    flat = Box("Flat", Dimensions(500, 300, 60), Dimensions(510, 310, 70), 260)
    goods = Basket((line("print", 3, weight=100, size=Dimensions(320, 240, 15)),))
    packing = Packing(goods, YEN, {}, (cube, flat))
    assert [plan.packed[0].box if plan else None for plan in (packing.whole(), packing.whole(PACKET))] == [
        "Cube",
        "Flat",
    ]
    assert packing.whole(ParcelLimits(weight=100)) is None


@pytest.mark.req("SHP-2")
def test_goods_that_outgrow_a_service_go_in_several_parcels() -> None:
    goods = Basket((line("tea", 5, 1005, weight=400, size=Dimensions(120, 160, 80)), line("cup", 1, 3000, weight=700)))
    dollar = CurrencyRate("USD", "JPY", "0.0067", 5)
    packing = Packing(goods, dollar, {}, BOXES)
    plan, whole = packing.split(PACKET), packing.whole()
    assert plan is not None and whole is not None
    assert [one.lines for one in plan.packed] == [(("cup", 1),), (("tea", 4),), (("tea", 1),)]
    # Together they are worth what the goods are, whatever is rounded.
    assert sum(parcel.value.amount for parcel in plan.parcels) == whole.parcels[0].value.amount
    assert packing.split(ParcelLimits(weight=600)) is None, "a cup alone is too heavy"
    unknown = Packing(Basket((line("x", 3), line("y", weight=100))), YEN, {}, BOXES)
    assert unknown.split(PACKET) is None
    many = Packing(Basket((line("z", MOST_PARCELS + 1, weight=1500),)), YEN, {})
    assert many.split(PACKET) is None


# --- what always holds

SIDE = st.integers(5, 320)
LINES = st.lists(
    st.builds(
        lambda quantity, weight, a, b, c: (quantity, weight, Dimensions(a, b, c)),
        st.integers(1, 12),
        st.integers(0, 1500),
        SIDE,
        SIDE,
        SIDE,
    ),
    min_size=1,
    max_size=5,
)


def cuboids(blocks: tuple[Block, ...]) -> list[tuple[int, Sides, Sides]]:
    """Every piece with its two corners."""
    found = []
    for block in blocks:
        along, aside, _up = block.grid
        for number in range(block.quantity):
            step = (number % along, number // along % aside, number // (along * aside))
            low = tuple(at + n * side for at, n, side in zip(block.at, step, block.sides, strict=True))
            high = tuple(a + side for a, side in zip(low, block.sides, strict=True))
            found.append((block.kind, low, high))
    return found  # type: ignore[return-value]


@given(LINES, SIDE, SIDE, SIDE)
def test_what_is_said_to_fit_lies_in_the_box_and_in_nothing_else(lines: Any, a: int, b: int, c: int) -> None:
    pieces = [Pieces(sides_of(size.length, size.width, size.height), quantity) for quantity, _weight, size in lines]
    inner = sides_of(a, b, c)
    blocks = lay(pieces, inner)
    assert blocks == lay(pieces, (c, a, b)), "deterministic, however the box is turned"
    if blocks is None:
        return
    placed = cuboids(blocks)
    for kind, (sides, quantity) in enumerate(pieces):
        mine = [(low, high) for which, low, high in placed if which == kind]
        assert len(mine) == quantity
        assert all(sides_of(*(end - at for at, end in zip(low, high, strict=True))) == sides for low, high in mine)
    assert all(
        min(low) >= 0 and all(end <= room for end, room in zip(high, inner, strict=True)) for _k, low, high in placed
    )
    for i, (_k, low, high) in enumerate(placed):
        for _other, low2, high2 in placed[:i]:
            assert any(end <= at2 or end2 <= at for at, end, at2, end2 in zip(low, high, low2, high2, strict=True))


@given(LINES, st.sampled_from([ParcelLimits(), PACKET, ParcelLimits(weight=30_000, length=1500, girth=3000)]))
def test_every_piece_is_in_exactly_one_parcel_that_is_never_lighter_than_its_goods(
    lines: Any, limits: ParcelLimits
) -> None:
    goods = {f"l{n}": line(f"l{n}", q, weight=weight, size=size) for n, (q, weight, size) in enumerate(lines)}
    packing = Packing(Basket(tuple(goods.values())), YEN, {}, BOXES)
    whole = packing.whole()
    assert whole is not None
    for plan in (whole, packing.whole(limits), packing.split(limits)):
        if plan is None:
            continue
        inside: dict[str, int] = {}
        for one in plan.packed:
            assert one.weight is not None
            assert one.weight >= sum((goods[key].weight or 0) * count for key, count in one.lines)
            assert plan is whole or keeps_to(limits, one.weight, one.size)
            for key, count in one.lines:
                inside[key] = inside.get(key, 0) + count
        assert inside == {key: one.quantity for key, one in goods.items()}
        assert sum(parcel.value.amount for parcel in plan.parcels) == sum(one.quantity * 100 for one in goods.values())


@given(st.integers(1, 30), st.integers(0, 900), SIDE, SIDE, SIDE)
def test_one_piece_more_never_weighs_less(quantity: int, weight: int, a: int, b: int, c: int) -> None:
    fewer, more = (plan_of(line("x", n, weight=weight, size=Dimensions(a, b, c))) for n in (quantity, quantity + 1))
    if more.packed[0].box:
        assert (fewer.packed[0].weight or 0) <= (more.packed[0].weight or 0)
