"""One rule for typed quantities."""

import pytest

from storefront.core.cart.errors import BadQuantity
from storefront.core.cart.queries import parse_quantity


@pytest.mark.req("CRT-4")
@pytest.mark.parametrize(
    ("typed", "meant"), [("1", 1), (" 10 ", 10), ("１２", 12), ("\u30003\u3000", 3), ("007", 7), ("99", 99)]
)
def test_whole_numbers_are_read_as_typed(typed: str, meant: int) -> None:
    assert parse_quantity(typed, 99) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        "-1",
        "-0",
        "+1",
        "0.1",
        "1.0",
        "1,0",
        "1e3",
        "1_0",
        "0x10",
        "NaN",
        "Infinity",
        "1E+400",
        "٣",
        "2²",
        "½",
        "Ⅳ",
        "三",
        "1 2",
        "100",
        "2147483648",
        "9223372036854775808",
        "",
        "",
    ]
    + ["9" * 400, "1\x00", "1\n2", "\ud800"],
)
def test_anything_else_is_refused_with_the_range(typed: str) -> None:
    with pytest.raises(BadQuantity, match="from 1 to 99") as refused:
        parse_quantity(typed, 99)
    assert refused.value.problem.field_name == "quantity"


def test_zero_is_a_quantity_where_it_removes() -> None:
    assert parse_quantity("0", 99, minimum=0) == 0
