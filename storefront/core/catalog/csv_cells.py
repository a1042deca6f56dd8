"""Text cells of CSV files that people open in table programmes, where a cell that begins like a formula is one."""

# The full-width forms begin formulas too where a table programme runs in Japanese or Chinese.
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 - these are meant


def defused(text: str) -> str:
    """``text`` as a cell that no table programme takes for a formula: one apostrophe before a text that begins like
    one. ``plain`` takes it off again; a text that has apostrophes there of its own gets one more, so that nothing is
    lost."""
    return f"'{text}" if text.lstrip("'").startswith(_BEGINNINGS) else text


def plain(cell: str) -> str:
    """The text that ``defused`` made this cell of."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_BEGINNINGS) else cell
