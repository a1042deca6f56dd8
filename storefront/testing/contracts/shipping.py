"""The contract of carriers."""

import itertools
from datetime import date

from storefront.core.contracts.shipping import NotServed, Parcel, ShippingQuote, ShippingRequest
from storefront.core.customers.addresses import country_choices
from storefront.core.i18n.translate import use_language
from storefront.core.values.language import LANGUAGES
from storefront.core.values.money import Money
from storefront.core.values.types import Destination, Dimensions, Restriction
from storefront.testing.contracts.base import NOWHERE, PluginContract

Answer = tuple[ShippingQuote | NotServed, ...] | NotServed


def priced(answer: Answer) -> tuple[ShippingQuote, ...]:
    """The rows of an answer that can be chosen."""
    return () if isinstance(answer, NotServed) else tuple(row for row in answer if isinstance(row, ShippingQuote))


def refusals(answer: Answer) -> tuple[NotServed, ...]:
    """The rows of an answer that say why not."""
    return (answer,) if isinstance(answer, NotServed) else tuple(row for row in answer if isinstance(row, NotServed))


class ShippingCarrierContract(PluginContract):
    """Pure, priced in the asked currency, never cheaper for more weight, never free by accident."""

    served: str = "JP"
    """A country the carrier delivers to under ``settings``."""

    weights: tuple[int | None, ...] = (None, 1, 100, 499, 500, 501, 1000, 1001, 5000, 20_000, 30_000, 1_000_000)

    def request(self, country: str, *weights: int | None) -> ShippingRequest:
        parcels = tuple(Parcel(weight, Money(1000, "JPY")) for weight in weights)
        return ShippingRequest(Destination(country), parcels, date(2026, 11, 24), "JPY")

    def quotes(self, country: str, *weights: int | None) -> dict[str, ShippingQuote]:
        return {quote.key: quote for quote in priced(self.make().quote(self.request(country, *weights)))}

    def test_it_has_a_title(self) -> None:
        assert self.make().title

    def test_it_serves_somewhere(self) -> None:
        assert self.quotes(self.served, 500)

    def test_quotes_are_pure_and_well_formed(self) -> None:
        for country, weight in itertools.product((self.served, "JP", "TW", "US", NOWHERE), self.weights):
            asked = self.request(country, weight)
            answer = self.make().quote(asked)
            assert answer == self.make().quote(asked)
            quotes, refused = priced(answer), refusals(answer)
            assert quotes or refused, "an empty answer says nothing: return NotServed with a reason"
            keys = [quote.key for quote in quotes] + [one.service for one in refused]
            assert len(set(keys)) == len(keys)
            for one in refused:
                assert (one.reason % one.params).endswith(".")
                assert isinstance(answer, NotServed) or (one.service and one.title)
            for quote in quotes:
                assert not quote.variant_of or quote.variant_of in keys
                assert ":" not in quote.key
                assert quote.title
                assert quote.price.currency == asked.currency
                assert quote.price.amount > 0
                assert quote.days is None or 0 <= quote.days[0] <= quote.days[1]

    def test_an_unknown_country_is_not_served(self) -> None:
        answer = self.make().quote(self.request(NOWHERE, 500))
        assert refusals(answer) and not priced(answer)

    def test_more_weight_never_costs_less(self) -> None:
        known = sorted(weight for weight in self.weights if weight is not None)
        for country in (self.served, "JP", "TW", "US"):
            last: dict[str, int] = {}
            for weight in known:
                for key, quote in self.quotes(country, weight).items():
                    assert quote.price.amount >= last.get(key, 0), (country, key, weight)
                    last[key] = quote.price.amount

    def test_one_more_parcel_never_costs_less(self) -> None:
        one, two = self.quotes(self.served, 400), self.quotes(self.served, 400, 400)
        assert all(two[key].price.amount >= one[key].price.amount for key in one.keys() & two.keys())

    def test_nothing_to_send_has_no_price(self) -> None:
        assert not priced(self.make().quote(self.request(self.served)))

    def test_a_tracking_number_without_sense_never_crashes(self) -> None:
        for number in ("", "  ", "ab-12", "１２３", "x" * 500):
            try:
                assert isinstance(self.make().check_tracking_number(number), str)
            except ValueError as error:
                assert str(error)
            assert isinstance(self.make().tracking_url(number, "en"), str)

    def test_every_country_is_priced_or_refused_with_a_sentence(self) -> None:
        for country in (*(code for code, _ in country_choices("en")), "", "jp", "12"):
            answer = self.make().quote(self.request(country, 500))
            assert all((one.reason % one.params).endswith(".") for one in refusals(answer)), country
            assert all(quote.price.amount > 0 for quote in priced(answer)), country

    def test_parcels_of_any_kind_are_answered(self) -> None:
        kinds = (
            Parcel(500, Money(0, "JPY")),
            Parcel(500, Money(5_000_000, "JPY"), Dimensions(3000, 1500, 1500)),
            Parcel(500, Money(1000, "JPY"), Dimensions(1, 1, 1), frozenset(str(kind) for kind in Restriction)),
            Parcel(0, Money(1000, "JPY"), piece_count=500),
        )
        for parcel, country in itertools.product(kinds, (self.served, "US")):
            asked = ShippingRequest(Destination(country), (parcel,), date(2026, 11, 24), "JPY")
            assert all(quote.price.amount > 0 for quote in priced(self.make().quote(asked)))

    def test_a_parcel_beyond_the_limits_is_not_priced(self) -> None:
        carrier, day = self.make(), date(2026, 11, 24)
        for service, most in carrier.limits(Destination(self.served), day).items():
            if most.weight is None:
                continue
            assert service not in self.quotes(self.served, most.weight + 1), service

    def test_the_language_of_the_shopper_changes_no_price(self) -> None:
        first = self.make().quote(self.request(self.served, 500))
        for lang in LANGUAGES:
            with use_language(lang):
                assert self.make().quote(self.request(self.served, 500)) == first
