"""Cells of a foreign catalogue as numbers and yes or no. Raises ``CellRefused`` with the sentence for the report."""

import math
import unicodedata
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from storefront.core.catalog.checking import MAX_PRICE, MAX_WEIGHT
from storefront.core.catalog.importing.goods import Terms
from storefront.core.i18n.translate import N_
from storefront.core.values.money import BadAmount, convert_up, parse_major
from storefront.core.values.types import Problem

MAX_QUANTITY = 1_000_000_000


class CellRefused(ValueError):
    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params)
        self.problem = Problem(message, params, code="cell")


def base_price(text: str, column: str, terms: Terms, tax: str = "") -> int:
    """A price in major units of the file's currency as minor units of the base currency, rounded up. ``tax``: percent
    to add first, rounded as bills are: half a minor unit upwards."""
    amount = own_price(text, column, terms.currency)
    if tax:
        amount = math.floor(Fraction(amount) * (100 + Fraction(tax)) / 100 + Fraction(1, 2))
    price = convert_up(amount, terms.currency, terms.base_currency, terms.rate)
    if price > MAX_PRICE:
        raise CellRefused(N_("%(column)s “%(text)s” is too high."), column=column, text=text[:40])
    return price


def own_price(text: str, column: str, currency: str) -> int:
    """A price in major units as minor units of the same currency."""
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
    if amount > MAX_PRICE:
        raise CellRefused(N_("%(column)s “%(text)s” is too high."), column=column, text=text[:40])
    return amount


def percent(text: str, column: str) -> str:
    """A tax rate in percent, as text that ``Fraction`` reads."""
    number = decimal(text, column)
    if not 0 <= number < 100:
        raise CellRefused(N_("%(column)s “%(text)s” is not a rate in percent."), column=column, text=text[:40])
    return str(number)


def whole(text: str, column: str, limit: int = MAX_QUANTITY) -> int:
    """A whole number of pieces, also written 12.0; may be below 0."""
    number = decimal(text, column)
    if number != number.to_integral_value() or abs(number) > limit:
        raise CellRefused(N_("%(column)s “%(text)s” is not a whole number."), column=column, text=text[:40])
    return int(number)


def grams(text: str, column: str, factor: Decimal = Decimal(1)) -> int | None:
    """A weight rounded up to whole grams; 0 and nothing are unknown. ``factor``: grams in one unit of the file's."""
    if not text:
        return None
    number = decimal(text, column) * factor
    if number < 0 or number > MAX_WEIGHT:
        raise CellRefused(N_("%(column)s “%(text)s” is not a weight."), column=column, text=text[:40])
    return math.ceil(number) or None


def millimetres(text: str, column: str, factor: Decimal) -> int | None:
    """A length rounded up to whole millimetres; 0 and nothing are unknown. ``factor``: millimetres in one unit."""
    if not text:
        return None
    number = decimal(text, column) * factor
    if number < 0 or number > MAX_WEIGHT:
        raise CellRefused(N_("%(column)s “%(text)s” is not a length."), column=column, text=text[:40])
    return math.ceil(number) or None


def yes(text: str, otherwise: bool) -> bool:
    """A cell of true or false; ``otherwise`` for an empty one and for what is neither."""
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(
        text.casefold(), otherwise
    )


def decimal(text: str, column: str) -> Decimal:
    cleaned = unicodedata.normalize("NFKC", text).strip()
    try:
        if len(cleaned) > 24 or not all(c in "0123456789.-" for c in cleaned):
            raise InvalidOperation
        return Decimal(cleaned)
    except InvalidOperation:
        raise CellRefused(N_("%(column)s “%(text)s” is not a number."), column=column, text=text[:40]) from None
