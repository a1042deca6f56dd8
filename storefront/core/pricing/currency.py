"""Amounts in the currency a shopper pays in, under the name the pricing area is known by.

The functions depend on contracts and values alone and live in ``core/contracts/currency.py``, so that areas left of
pricing (catalog, shipping) can show the very same amounts.
"""

from storefront.core.contracts.currency import in_base, in_currency, unit_price

__all__ = ["in_base", "in_currency", "unit_price"]
