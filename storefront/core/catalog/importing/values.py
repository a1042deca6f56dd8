"""Cells of a foreign catalogue as numbers and yes or no. Raises ``CellRefused`` with the sentence for the report."""

import math
import unicodedata
from decimal import Decimal, InvalidOperation

from storefront.core.catalog.checking import MAX_PRICE, MAX_WEIGHT
from storefront.core.i18n.translate import N_
from storefront.core.values.money import BadAmount, convert_up, parse_major
from storefront.core.values.types import Problem

MAX_QUANTITY = 1_000_000_000


class CellRefused(ValueError):
    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params)
        self.problem = Problem(message, params, code="cell")


def base_price(text: str, column: str, *, currency: str, base_currency: str, rate: str) -> int:
    """A price in major units of ``currency`` as minor units of the base currency, rounded up."""
    cleaned = unicodedata.normalize("NFKC", text).strip()
    if not cleaned:
        raise CellRefused(N_("%(column)s is empty."), column=column)
    try:
        amount = parse_major(cleaned, currency)
    except BadAmount:
        raise CellRefused(
            N_("%(column)s “%(text)s” is not a price in %(currency)s."),
            column=column,
            text=text[:40],
            currency=currency,
        ) from None
    if amount < 0:
        raise CellRefused(N_("%(column)s “%(text)s” is below 0."), column=column, text=text[:40])
    price = convert_up(amount, currency, base_currency, rate)
    if price > MAX_PRICE:
        raise CellRefused(N_("%(column)s “%(text)s” is too high."), column=column, text=text[:40])
    return price


def whole(text: str, column: str, limit: int = MAX_QUANTITY) -> int:
    """A whole number of pieces, also written 12.0; may be below 0."""
    number = _decimal(text, column)
    if number != number.to_integral_value() or abs(number) > limit:
        raise CellRefused(N_("%(column)s “%(text)s” is not a whole number."), column=column, text=text[:40])
    return int(number)


def grams(text: str, column: str) -> int | None:
    """A weight rounded up to whole grams; 0 and nothing are unknown."""
    if not text:
        return None
    number = _decimal(text, column)
    if number < 0 or number > MAX_WEIGHT:
        raise CellRefused(N_("%(column)s “%(text)s” is not a weight in grams."), column=column, text=text[:40])
    return math.ceil(number) or None


def yes(text: str, otherwise: bool) -> bool:
    """A cell of true or false; ``otherwise`` for an empty one and for what is neither."""
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(
        text.casefold(), otherwise
    )


def _decimal(text: str, column: str) -> Decimal:
    cleaned = unicodedata.normalize("NFKC", text).strip()
    try:
        if len(cleaned) > 24 or not all(c in "0123456789.-" for c in cleaned):
            raise InvalidOperation
        return Decimal(cleaned)
    except InvalidOperation:
        raise CellRefused(N_("%(column)s “%(text)s” is not a number."), column=column, text=text[:40]) from None
