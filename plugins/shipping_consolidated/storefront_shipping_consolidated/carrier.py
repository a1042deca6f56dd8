"""The carrier: pure, offline, in the base currency."""

from collections.abc import Mapping
from datetime import date

from storefront.plugin import (
    N_,
    CustomsLabel,
    Destination,
    Money,
    NotServed,
    ParcelLimits,
    Restriction,
    ShippingCarrier,
    ShippingQuote,
    ShippingRequest,
    Speed,
)
from storefront_shipping_consolidated.lines import Line
from storefront_shipping_consolidated.settings import settings

SERVICE = "line"
TITLE = N_("Combined shipping")

NO_RETURNS = N_("Goods cannot be sent back through this line.")
NOTHING = N_("There is nothing to send.")
WEIGHT_MISSING = N_("The weight of an item is not known yet, so postage cannot be worked out.")
NO_LINE = N_("There is no combined shipping to this country.")
RESTRICTED = N_("An item may not leave Japan.")
TOO_HEAVY = N_("A parcel of %(weight)s g is too heavy: combined shipping takes at most %(most)s g there.")


class Consolidated(ShippingCarrier):
    """One service (``line``) to each country the owner has a line to; every parcel is priced by itself."""

    key = "shipping_consolidated"
    title = TITLE

    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote, ...] | NotServed:
        if not request.parcels:
            return NotServed(NOTHING, code="nothing")
        line = _line_to(request.destination)
        if line is None:
            return NotServed(NO_LINE, code="no_line")
        steps: list[dict[str, int]] = []
        for parcel in request.parcels:
            if Restriction.NO_INTERNATIONAL in parcel.restrictions:
                return NotServed(RESTRICTED, code="restricted", restriction=str(Restriction.NO_INTERNATIONAL))
            if parcel.weight is None:
                return NotServed(WEIGHT_MISSING, code="weight_missing")
            price = line.price(parcel.weight)
            if price is None:
                return NotServed(TOO_HEAVY, {"weight": parcel.weight, "most": line.most}, code="too_heavy")
            steps.append({"grams": parcel.weight, "steps": line.steps(parcel.weight), "price": price})
        quote = ShippingQuote(
            key=SERVICE,
            title=TITLE,
            price=Money(sum(step["price"] for step in steps), request.currency),
            days=line.days,
            tracked=line.tracked,
            speed=Speed.ECONOMY,
            note=NO_RETURNS,
            breakdown={"country": line.country, "step": line.step, "parcels": steps},
        )
        return (quote,)

    def limits(self, destination: Destination, ship_on: date) -> Mapping[str, ParcelLimits]:
        line = _line_to(destination)
        return {} if line is None else {SERVICE: ParcelLimits(weight=line.most)}

    def customs_label(self, service: str) -> CustomsLabel:
        """The consignment crosses the border as freight: with its commercial invoice, without a label of the post."""
        return CustomsLabel.NONE


def _line_to(destination: Destination) -> Line | None:
    return next((line for line in settings().lines if line.country == destination.country), None)
