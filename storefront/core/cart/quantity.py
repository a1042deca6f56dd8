"""One rule for every quantity a shopper types."""

import re

from storefront.core.cart.errors import BadQuantity

# Digits as typed by an input method for Japanese or Chinese. No other folding: NFKC would read "2²" as 22.
_WIDE = str.maketrans("０１２３４５６７８９\u3000", "0123456789 ")
_DIGITS = re.compile(r"[0-9]{1,9}")


def parse_quantity(text: str, maximum: int, minimum: int = 1) -> int:
    """A number of pieces from ``minimum`` to ``maximum``: digits only, full-width ones too, blanks around them
    ignored; no sign, no separator, no point. Raises ``BadQuantity``, whose sentence names the range."""
    digits = text.translate(_WIDE).strip()
    if not _DIGITS.fullmatch(digits) or not minimum <= int(digits) <= maximum:
        raise BadQuantity(minimum, maximum)
    return int(digits)
