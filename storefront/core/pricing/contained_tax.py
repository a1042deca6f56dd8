"""The consumption tax contained in final prices, for domestic papers (SHOP-7)."""

from collections.abc import Iterable, Mapping

# Consumption tax of Japan since October 2019, in percent, by tax class of a SKU.
CONSUMPTION_TAX = {"standard": 10, "reduced": 8}


def contained_tax(
    lines: Iterable[tuple[str, int]], rates: Mapping[str, int] | None = None
) -> dict[int, tuple[int, int]]:
    """The tax within one document, by rate in percent, highest first: ``{10: (amount, tax), 8: (amount, tax)}``.

    ``lines``: (tax class, amount after discounts) in minor units, tax included; postage and fees are lines of the class
    "standard". Rounded down once per rate and document, as a qualified invoice demands: rounding per line would give
    another sum. Amounts below zero (a credit note) round towards zero as well. Raises ``ValueError`` for a tax class
    without a rate."""
    known = CONSUMPTION_TAX if rates is None else rates
    amounts: dict[int, int] = {}
    for tax_class, amount in lines:
        if tax_class not in known:
            raise ValueError(f"no rate is set for the tax class {tax_class!r}; known are: {', '.join(sorted(known))}")
        rate = known[tax_class]
        amounts[rate] = amounts.get(rate, 0) + amount
    return {rate: (amounts[rate], _within(amounts[rate], rate)) for rate in sorted(amounts, reverse=True)}


def _within(amount: int, rate: int) -> int:
    tax = abs(amount) * rate // (100 + rate)
    return tax if amount >= 0 else -tax
