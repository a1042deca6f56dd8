"""The one way from an amount in the base currency to an amount in the currency a shopper pays in (B4).

Unit prices, shipping quotes, fees and thresholds all pass through here, so that they can be compared with one another.
Depends on contracts and values alone: whoever shows a price may import it.
"""

from fractions import Fraction

from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.values.money import convert_up, exponent, rate_fraction


def unit_price(base_price: int, own_price: int | None, rate: CurrencyRate) -> int:
    """Price of one piece in minor units of ``rate.currency``: the SKU's own price in that currency when the owner set
    one (``own_price``), else ``base_price`` (minor units of the base currency) converted by ``in_currency``."""
    return own_price if own_price is not None else in_currency(base_price, rate)


def in_currency(amount_base: int, rate: CurrencyRate) -> int:
    """``amount_base`` minor units of the base currency in minor units of ``rate.currency``, rounded away from zero to
    the currency's step. In the base currency itself nothing is rounded. Raises ``BadAmount`` when the stored rate is
    not a positive decimal."""
    return convert_up(amount_base, rate.base, rate.currency, rate.rate, rate.step)


def in_base(amount: int, rate: CurrencyRate) -> int:
    """``amount`` minor units of ``rate.currency`` in minor units of the base currency, rounded away from zero.

    Only for what is declared or insured (the value of a parcel): never for a price, because going there and back does
    not return to the same amount."""
    if rate.currency == rate.base:
        return amount
    scale = Fraction(10) ** (exponent(rate.base) - exponent(rate.currency))
    exact = abs(amount) * scale / rate_fraction(rate.rate)
    units = -(-exact.numerator // exact.denominator)
    return units if amount >= 0 else -units
