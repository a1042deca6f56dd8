"""Which services can bring a basket to a destination, at what price, and why the others cannot (SHP-1, SHP-2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from storefront.core.contracts.pricing import Basket, BasketLine, CurrencyRate
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import ParcelLimits, ShippingCarrier, ShippingRequest
from storefront.core.shipping.parcels import Packing, Plan, goods_lines, keeps_to
from storefront.core.shipping.rows import DeliveryChoice, limits_of, rows_of
from storefront.core.values.boxes import Box
from storefront.core.values.types import Destination

__all__ = ["DeliveryChoice", "delivery_choices", "find_choice"]


def delivery_choices(
    basket: Basket,
    destination: Destination,
    carriers: Mapping[str, Registered[ShippingCarrier]],
    rate: CurrencyRate,
    ship_on: date,
    policies: Mapping[str, Any],
    boxes: Sequence[Box] = (),
) -> tuple[DeliveryChoice, ...]:
    """What can be chosen, cheapest first, each with its variants beneath it, then what cannot, with reasons. Empty when
    nothing travels. Pure.

    ``basket`` is priced in ``rate.currency``; ``ship_on``: the shop's own date; ``boxes``: what the shop packs into.
    Whether a destination is closed is not asked here (``permission.closed_for``). A carrier is asked once about the
    parcel that suits it, and once more for each other parcel that the limits of its services demand. By the policy
    ``shipping.split`` a service that the goods outgrow in one parcel is offered in several: never, where nothing takes
    them in one (``when_needed``), or where that also costs less (``cheaper``)."""
    packing = Packing(basket, rate, policies, boxes)
    whole = packing.whole()
    if whole is None:
        return ()
    asking = _Asking(destination, ship_on, rate, goods_lines(basket))
    found = [_Carrier(key, carriers[key], packing, whole, asking) for key in sorted(carriers)]
    split = str(policies.get("shipping.split", "never"))
    prices = [row.price for one in found for row in one.rows.values() if row.price is not None]
    if split == "cheaper" or (split == "when_needed" and not prices):
        for one in found:
            one.split(min(prices, default=None))
    return _in_order(row for one in found for row in one.rows.values())


def find_choice(choices: Iterable[DeliveryChoice], choice_id: str) -> DeliveryChoice | None:
    """The choosable row ``choice_id`` ("carrier:service"); ``None`` when there is none or it cannot be chosen."""
    return next((choice for choice in choices if choice.id == choice_id and choice.choosable), None)


def _in_order(rows: Iterable[DeliveryChoice]) -> tuple[DeliveryChoice, ...]:
    found = {row.id: row for row in rows}

    def place(row: DeliveryChoice) -> tuple[bool, int, str, bool, int, str]:
        parent = found.get(row.variant_of, row)
        parent = parent if parent.choosable else row
        return (not row.choosable, parent.price or 0, parent.id, parent is not row, row.price or 0, row.id)

    return tuple(sorted(found.values(), key=place))


@dataclass(frozen=True, slots=True)
class _Asking:
    destination: Destination
    ship_on: date
    rate: CurrencyRate
    goods: tuple[BasketLine, ...]

    def about(self, plan: Plan) -> ShippingRequest:
        return ShippingRequest(self.destination, plan.parcels, self.ship_on, self.rate.base)


class _Carrier:
    """One carrier's rows while they are found out. ``outgrown``: the services whose limits no single parcel keeps to."""

    def __init__(
        self, key: str, registered: Registered[ShippingCarrier], packing: Packing, whole: Plan, asking: _Asking
    ) -> None:
        self._key, self._registered, self._packing, self._asking = key, registered, packing, asking
        limits = limits_of(registered, asking.about(whole))
        self.rows = {row.id: row for row in self._ask(whole)}
        tight = {service: most for service, most in limits.items() if not _keeps(whole, most)}
        plans = {most: packing.whole(most) for most in set(tight.values())}
        self.outgrown = {service: most for service, most in tight.items() if plans[most] is None}
        self._replace({service: plans[most] for service, most in tight.items()})

    def split(self, below: int | None) -> None:
        """Offer what is outgrown in several parcels, where that costs less than ``below``."""
        plans = {most: self._packing.split(most) for most in set(self.outgrown.values())}
        self._replace({service: plans[most] for service, most in self.outgrown.items()}, below, only_offers=True)

    def _ask(self, plan: Plan) -> list[DeliveryChoice]:
        asking = self._asking
        return rows_of(self._registered, self._key, asking.about(plan), asking.rate, asking.goods, plan.packed)

    def _replace(
        self, plans: Mapping[str, Plan | None], below: int | None = None, *, only_offers: bool = False
    ) -> None:
        """Take the rows of these services from an answer about their own plan; each distinct plan is asked about once."""
        for plan in dict.fromkeys(plan for plan in plans.values() if plan is not None):
            services = {service for service, own in plans.items() if own == plan}
            rows = {
                row.id: row for row in self._ask(plan) if (row.variant_of.partition(":")[2] or row.service) in services
            }
            for row in rows.values():
                price = rows[row.variant_of].price if row.variant_of in rows else row.price
                if only_offers and (price is None or (below is not None and price >= below)):
                    continue
                self.rows[row.id] = row


def _keeps(plan: Plan, limits: ParcelLimits) -> bool:
    return all(keeps_to(limits, one.weight, one.size) for one in plan.packed)
