"""The carrier: pure, offline, in the base currency."""

from storefront.plugin import (
    N_,
    CustomsLabel,
    Money,
    NotServed,
    Restriction,
    ShippingCarrier,
    ShippingQuote,
    ShippingRequest,
)
from storefront_shipping_courier.settings import CourierSettings, settings
from storefront_shipping_courier.zones import Zone

HOME = "JP"

NOTHING = N_("There is nothing to send.")
WEIGHT_MISSING = N_("The weight of an item is not known yet, so postage cannot be worked out.")
NO_ZONE = N_("The courier does not deliver to this country.")
RESTRICTED = N_("An item may not leave Japan.")
TOO_HEAVY = N_("A parcel of %(weight)s g is too heavy: the courier takes at most %(most)s g there.")


class Courier(ShippingCarrier):
    """One service within Japan (``domestic``), one abroad (``international``): there each parcel is priced by itself."""

    key = "shipping_courier"
    title = N_("Courier")

    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote, ...] | NotServed:
        if not request.parcels:
            return NotServed(NOTHING, code="nothing")
        table = settings()
        if request.destination.country == HOME:
            return (domestic(request, table),)
        zone = next((zone for zone in table.zones if request.destination.country in zone.countries), None)
        if zone is None:
            return NotServed(NO_ZONE, code="no_zone")
        return international(request, zone)

    def customs_label(self, service: str) -> CustomsLabel:
        """Couriers clear goods by their commercial invoice; the labels of the post mean nothing to them."""
        return CustomsLabel.NONE


def domestic(request: ShippingRequest, table: CourierSettings) -> ShippingQuote:
    """The flat price of an order, whatever its weight and however many parcels it makes (SHP-5)."""
    return ShippingQuote(
        key="domestic",
        title=N_("Delivery in Japan"),
        price=Money(table.domestic_price, request.currency),
        days=table.domestic_days,
        tracked=True,
    )


def international(request: ShippingRequest, zone: Zone) -> tuple[ShippingQuote, ...] | NotServed:
    """Each parcel by the zone's table; every one of them must be servable."""
    steps: list[dict[str, int]] = []
    for parcel in request.parcels:
        if Restriction.NO_INTERNATIONAL in parcel.restrictions:
            return NotServed(RESTRICTED, code="restricted")
        if parcel.weight is None:
            return NotServed(WEIGHT_MISSING, code="weight_missing")
        price = zone.price(parcel.weight)
        if price is None:
            return NotServed(TOO_HEAVY, {"weight": parcel.weight, "most": zone.steps[-1][0]}, code="too_heavy")
        steps.append({"grams": parcel.weight, "price": price})
    return (
        ShippingQuote(
            key="international",
            title=N_("International courier"),
            price=Money(sum(step["price"] for step in steps), request.currency),
            days=zone.days,
            tracked=True,
            breakdown={"zone": zone.name, "parcels": steps},
        ),
    )
