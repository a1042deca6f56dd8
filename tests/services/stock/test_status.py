"""What a shopper sees of a SKU's stock (CAT-4): every mode and every state of the counters."""

import pytest

from storefront.core.stock.queries import status_of
from storefront.core.values.types import SaleMode, SaleStatus


def status(mode: str, **counters: object) -> tuple[SaleStatus, int | None]:
    values = {"tracked": True, "on_hand": 0, "reserved": 0, "slots": None, "slots_taken": 0, "low": 5, **counters}
    return status_of(mode, **values)  # type: ignore[arg-type]


@pytest.mark.req("CAT-4")
@pytest.mark.parametrize(
    ("on_hand", "reserved", "shown", "available"),
    [(0, 0, "sold_out", 0), (3, 3, "sold_out", 0), (6, 1, "low_stock", 5), (6, 0, "in_stock", 6)],
)
def test_goods_on_the_shelf(on_hand: int, reserved: int, shown: str, available: int) -> None:
    assert status("stock", on_hand=on_hand, reserved=reserved) == (shown, available)


def test_uncounted_goods_are_always_there_and_unknown_ones_never() -> None:
    assert status("stock", tracked=False) == ("in_stock", None)
    nothing = dict.fromkeys(("tracked", "on_hand", "reserved", "slots", "slots_taken"))
    assert status("stock", **nothing) == ("sold_out", 0)
    assert status("no such mode", on_hand=9) == ("unavailable", 0)


@pytest.mark.parametrize("mode", ["pre_order", "provisional", "tentative"])
def test_preorders_close_by_themselves_with_the_last_slot(mode: str) -> None:
    assert status(mode) == (mode, None)
    assert status(mode, slots=3, slots_taken=2) == (mode, 1)
    assert status(mode, slots=3, slots_taken=3) == ("preorders_closed", 0)


@pytest.mark.parametrize("mode", ["preorders_closed", "closed", "unavailable"])
def test_what_the_owner_closed_stays_closed_whatever_the_shelf_holds(mode: str) -> None:
    assert status(mode, on_hand=9) == (mode, 0)
    assert not SaleStatus(mode).orderable


def test_every_mode_has_a_status() -> None:
    assert all(status(mode)[0] in SaleStatus for mode in SaleMode)
    assert status("back_order") == ("back_order", None)
