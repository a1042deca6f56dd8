"""A shop whose world has everything that changes a price: a discount, a fee, a tender."""

from collections.abc import Sequence

import pytest

from storefront.core.contracts.pricing import Adjuster, Adjustment, Lane, PriceContext, Quote
from storefront.core.contracts.providers import Registered
from storefront.core.db import unit_of_work
from storefront.testing.databases import Database
from storefront.testing.factories import make_product
from storefront.testing.world import World, make_world


class Percent(Adjuster):
    """A coupon of so many per cent, as typed."""

    key = "percent"
    lane = Lane.ORDER

    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        off = int(context.inputs.get("percent", {}).get("off", "0"))
        return [Adjustment("percent", -quote.items * off // 100, "Coupon")] if off else []


class CashFee(Adjuster):
    """Cash on delivery costs 330."""

    key = "cash_fee"
    lane = Lane.FEE

    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        return [Adjustment("cash_fee", 330, "Cash on delivery")] if context.method == "cash" else []


class Wallet(Adjuster):
    """A tender: pays up to what was typed."""

    key = "wallet"
    lane = Lane.TENDER

    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        wish = min(int(context.inputs.get("wallet", {}).get("amount", "0")), quote.so_far)
        return [Adjustment("wallet", -wish, "Wallet")] if wish else []


@pytest.fixture
def world(db: Database) -> World:
    with unit_of_work():
        make_product(code="TEA", price=1200, on_hand=8)
        make_product(code="CUP", price=999, on_hand=8, purchase_limit=4)
        make_product(code="FIG", price=4000, on_hand=0, slots=3, sku_values={"mode": "pre_order", "release": "2027-01"})
        make_product(code="POT", price=2000, on_hand=0, sku_values={"mode": "back_order"})
        make_product(code="CARD", price=301, on_hand=None)
    return make_world(adjusters=tuple(Registered(a.key, a) for a in (Percent(), CashFee(), Wallet())))
