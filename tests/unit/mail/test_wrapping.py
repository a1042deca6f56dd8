"""Text as wide as a mail reader shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.mail.wrapping import NOT_FIRST, NOT_LAST, width, wrap

LINK = "https://shop.example/" + "a" * 100


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        ("short\n\n  indented", "short\n\n  indented"),
        ("one two three", "one two\nthree"),
        ("- one two three", "- one two\n  three"),
        ("あいうえおかき", "あいうえお\nかき"),
        ("あいうえお。かき", "あいうえ\nお。かき"),
        ("あいうえ「おか」", "あいうえ\n「おか」"),
        (f"see {LINK} now", f"see\n{LINK}\nnow"),
        ("-- ", "-- "),
        ("x" * 15, "x" * 15),
    ],
)
def test_lines_end_where_they_may(text: str, wrapped: str) -> None:
    assert wrap(text, 10) == wrapped


def test_a_wide_character_takes_two_columns() -> None:
    assert (width("abc"), width("あいう"), width("ｱｲｳ"), width("e\u0301")) == (3, 6, 3, 1)


@given(st.text(alphabet="abc あいう、。「」ー- ", max_size=200), st.integers(10, 78))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, columns: int) -> None:
    lines = wrap(text, columns).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        runs = "".join(c if c in NOT_FIRST | NOT_LAST or c.isascii() else " " for c in line)
        longest = max((len(word) for word in runs.split()), default=0)
        assert width(line) <= columns or longest * 2 > columns - 6
