"""The carrier: pure, offline, in yen. What it reads is kept in the process: data files, and the owner's settings of the
version in force."""

from collections.abc import Mapping
from datetime import date

from storefront.plugin import (
    N_,
    CustomsLabel,
    Destination,
    NotServed,
    ParcelLimits,
    ShippingCarrier,
    ShippingQuote,
    ShippingRequest,
)
from storefront_shipping_japanpost import abroad, domestic, tracking
from storefront_shipping_japanpost.facts import COUNTRIES, place_of
from storefront_shipping_japanpost.services import COVER, INSURED, SERVICES, Scheme
from storefront_shipping_japanpost.settings import NAME, settings

NOTHING = N_("There is nothing to send.")
NOT_YEN = N_("Japan Post charges in yen, so it can only be offered in a shop that sets its prices in yen.")
WEIGHT_MISSING = N_("The weight of an item is not known yet, so postage cannot be worked out.")
NO_SERVICE = N_("No service of Japan Post is offered to this destination.")


class JapanPost(ShippingCarrier):
    """A row for each service that is switched on: its price, or why it is not to be had."""

    key = NAME
    title = N_("Japan Post")

    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote | NotServed, ...] | NotServed:
        if not request.parcels:
            return NotServed(NOTHING, code="nothing")
        if request.currency != abroad.YEN:
            return NotServed(NOT_YEN, code="currency")
        chosen, home = settings(), request.destination.country == domestic.HOME
        closed = None if home else abroad.whole_refusal(request, chosen)
        if closed is not None:
            return closed
        if any(parcel.weight is None for parcel in request.parcels):
            return NotServed(WEIGHT_MISSING, code="weight_missing")
        rows = tuple(domestic.quotes(request, chosen) if home else abroad.quotes(request, chosen))
        return rows or NotServed(NO_SERVICE, code="no_service")

    def limits(self, destination: Destination, ship_on: date) -> Mapping[str, ParcelLimits]:
        chosen = settings()
        request = ShippingRequest(destination, (), ship_on, abroad.YEN)
        found: dict[str, ParcelLimits] = {}
        if destination.country == domestic.HOME:
            for service in SERVICES.values():
                tariff = domestic.table_of(service, request, chosen)
                if tariff is not None:
                    found[service.key] = domestic.limits_of(service, tariff, chosen)
            return found
        if abroad.whole_refusal(request, chosen) is not None:
            return found
        place = place_of(destination.country, destination.region)
        for key in SERVICES:
            if key not in chosen.services or SERVICES[key].scheme not in COUNTRIES[place].zones:
                continue
            way = abroad.way_to(SERVICES[key], place, request, chosen)
            if isinstance(way, abroad.Way):
                found[key] = way.limits
                extra = COVER if key == "ems" else INSURED.get(key)
                if extra:
                    found[extra] = way.limits
        return found

    def customs_label(self, service: str) -> CustomsLabel:
        base = next((key for key, extra in INSURED.items() if extra == service), service)
        found = SERVICES.get("ems" if base == COVER else base)
        packet = found is None or found.scheme is Scheme.LETTER
        return CustomsLabel.BY_VALUE if packet else CustomsLabel.CN23

    def tracking_url(self, number: str, lang: str) -> str:
        return tracking.page_of(number, lang)

    def check_tracking_number(self, number: str) -> str:
        return tracking.checked(number)
