"""The contract of adjusters."""

import contextlib
import dataclasses
import itertools
from collections.abc import Iterator

from storefront.core.contracts.pricing import (
    Adjuster,
    Adjustment,
    Applied,
    Basket,
    BasketLine,
    Lane,
    PriceContext,
    Quote,
    ReservationRefused,
)
from storefront.core.values.types import Destination, Unknown
from storefront.plugin_host.names import check_key
from storefront.testing.contracts.base import DOLLARS, NOW, YEN, PluginContract


class AdjusterContract(PluginContract):
    """Pure; answers whole minor units; says where it belongs; giving back what was never taken does nothing."""

    def contexts(self) -> Iterator[PriceContext]:
        """Every situation the adjuster is asked in; add those where it acts."""
        for rate, country, method in itertools.product((YEN, DOLLARS), (None, "JP", "TW"), ("", self.plugin)):
            yield PriceContext(rate=rate, now=NOW, destination=Destination(country) if country else None, method=method)

    def quotes(self, context: PriceContext) -> Iterator[Quote]:
        """Quotes to be adjusted: nothing in the basket, one line, two lines with postage."""
        lines = (BasketLine("1", 2, 1200, title="Tea"), BasketLine("2", 1, 800, title="Cup", list_price=900))
        for taken, shipping in ((0, None), (1, None), (2, 500)):
            basket = Basket(lines[:taken])
            items = sum(
                line.quantity * int(line.unit_price) for line in basket.lines if isinstance(line.unit_price, int)
            )
            yield Quote(currency=context.currency, basket=basket, items=items, shipping=shipping)

    def test_it_says_where_it_belongs(self) -> None:
        adjuster: Adjuster = self.make()
        assert isinstance(adjuster.lane, Lane)
        assert adjuster.lane is not Lane.SHIPPING
        assert isinstance(adjuster.priority, int)

    def test_adjusting_is_pure_and_well_formed(self) -> None:
        for context in self.contexts():
            for quote in self.quotes(context):
                before = dataclasses.replace(quote)
                answer = tuple(self.make().adjust(quote, context))
                assert answer == tuple(self.make().adjust(quote, context))
                assert quote == before
                keys = [(adjustment.key, adjustment.target) for adjustment in answer]
                assert len(set(keys)) == len(keys)
                for adjustment in answer:
                    assert isinstance(adjustment, Adjustment)
                    assert type(adjustment.amount) is int
                    assert adjustment.label % adjustment.label_params
                    check_key(self.plugin, adjustment.key, "adjustment")

    def test_it_acts_in_one_of_the_situations(self) -> None:
        assert any(self.make().adjust(quote, context) for context in self.contexts() for quote in self.quotes(context))

    def test_the_order_of_lines_changes_nothing(self) -> None:
        for context in self.contexts():
            for quote in self.quotes(context):
                turned = dataclasses.replace(quote, basket=Basket(tuple(reversed(quote.basket.lines))))
                one = {(a.key, a.target): a.amount for a in self.make().adjust(quote, context)}
                assert {(a.key, a.target): a.amount for a in self.make().adjust(turned, context)} == one

    def test_a_price_nobody_knows_yet_never_crashes(self) -> None:
        unknown = Unknown("Not weighed yet.")
        basket = Basket((BasketLine("1", 1, unknown, title="A find"),))
        for context in self.contexts():
            quote = Quote(currency=context.currency, basket=basket, shipping=unknown, unknowns=(unknown,))
            for adjustment in self.make().adjust(quote, context):
                assert type(adjustment.amount) is int
                assert self.make().lane is not Lane.TENDER, "nothing can be paid while a part is unknown"

    def test_effects_are_done_once_whatever_is_repeated(self) -> None:
        """An adjuster with tables of its own runs this with a database: use the fixture ``db``."""
        adjuster: Adjuster = self.make()
        given = Applied(self.plugin, adjuster.lane, adjuster.key, -100, "Test", {}, "", {})
        for _ in range(2):
            with contextlib.suppress(ReservationRefused):
                adjuster.reserve(1, given)
        for _ in range(2):
            adjuster.commit(1, adjuster.key)
        for _ in range(2):
            adjuster.release(1, adjuster.key)
        adjuster.release(2, adjuster.key)
