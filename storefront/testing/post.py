"""A post office for tests: services with limits, classes and extras, goods that may not fly."""

from collections.abc import Mapping
from datetime import date

from storefront.core.contracts.shipping import (
    NotServed,
    ParcelLimits,
    ShippingCarrier,
    ShippingQuote,
    ShippingRequest,
    Speed,
)
from storefront.core.values.money import Money
from storefront.core.values.types import Destination

HEAVY = "This service takes parcels up to 2 kg."
LONG = "This service takes parcels up to 60 cm."
LITHIUM = "Lithium batteries do not fly to this country."
# Price of a parcel, most weight, class, days, tracked, signed for, cover.
SERVICES = {
    "packet": (1500, 2000, Speed.AIR, (6, 12), False, False, 0),
    "air": (3450, 30_000, Speed.AIR, (7, 14), True, False, 6000),
    "ems": (3900, 30_000, Speed.EXPRESS, (2, 4), True, True, 20_000),
    "ship": (2000, 60_000, Speed.ECONOMY, (60, 90), True, False, 6000),
}


class FakePost(ShippingCarrier):
    """A packet to 2 kg and 60 cm, an air parcel and express to 30 kg, a slow ship to 60 kg, for each parcel; express also
    with more cover. Lithium goes to Germany by ship alone."""

    key = "post"
    title = "Post"

    def limits(self, destination: Destination, ship_on: date) -> Mapping[str, ParcelLimits]:
        return {"packet": ParcelLimits(weight=2000, length=600), "air": ParcelLimits(weight=30_000)}

    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote | NotServed, ...]:
        rows = [row for key in SERVICES for row in _rows(key, request)]
        return tuple(rows)


def _rows(key: str, request: ShippingRequest) -> list[ShippingQuote | NotServed]:
    price, most, speed, days, tracked, signature, cover = SERVICES[key]
    refusal = _refusal(key, request, most)
    if refusal is not None:
        return [refusal]
    total = price * len(request.parcels)
    row = ShippingQuote(
        key, key.title(), Money(total, "JPY"),
        days=days, tracked=tracked, signature=signature, speed=speed, cover=Money(cover, "JPY") if cover else None,
    )  # fmt: skip
    if key != "ems":
        return [row]
    more = ShippingQuote(
        "ems-cover", "Ems with more cover", Money(total + 100, "JPY"),
        days=days, tracked=True, signature=True, speed=speed, cover=Money(60_000, "JPY"), variant_of="ems",
    )  # fmt: skip
    return [row, more]


def _refusal(key: str, request: ShippingRequest, most: int) -> NotServed | None:
    batteries = any("lithium_in_device" in parcel.restrictions for parcel in request.parcels)
    if batteries and request.destination.country == "DE" and key != "ship":
        return NotServed(LITHIUM, service=key, title=key.title(), restriction="lithium_in_device")
    heaviest = max((parcel.weight or 0 for parcel in request.parcels), default=0)
    longest = max(
        (max(s.length, s.width, s.height) if (s := parcel.size) else 0 for parcel in request.parcels), default=0
    )
    if key == "packet" and longest > 600:
        return NotServed(LONG, service=key, title=key.title())
    if heaviest > most:
        return NotServed(HEAVY, service=key, title=key.title())
    return None
