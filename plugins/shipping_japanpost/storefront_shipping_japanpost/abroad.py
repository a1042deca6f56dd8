"""Services abroad: each parcel by the zone's table, and cover as an extra of its own. Pure; amounts are yen."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from storefront.plugin import N_, Money, NotServed, Parcel, ParcelLimits, ShippingQuote, ShippingRequest
from storefront_shipping_japanpost.availability import notice, unavailable
from storefront_shipping_japanpost.facts import (
    COUNTRIES,
    DUTY_PREPAID,
    FACTS,
    STANDARD_DAYS,
    Country,
    place_of,
    uninsured_cover,
)
from storefront_shipping_japanpost.limits import Refusal, beyond, limits_of
from storefront_shipping_japanpost.restrictions import refused
from storefront_shipping_japanpost.rules import NOTHING_KNOWN, CountryRule
from storefront_shipping_japanpost.services import COVER, INSURED, SERVICES, Scheme, Service
from storefront_shipping_japanpost.settings import JapanPostSettings
from storefront_shipping_japanpost.tables import Tariff
from storefront_shipping_japanpost.tariffs import UNCONFIRMED_ZONE, unconfirmed_surface

YEN = "JPY"

NO_COUNTRY = N_("Japan Post does not go to this country, as far as is known.")
NEEDS_DUTY = N_(
    "Japan Post takes goods to the USA only with import duty paid in advance, which this shop does not offer yet."
)
US_VALUE = N_("The goods are worth more than this shop sends to the USA in one parcel (%(most)s yen).")
NO_PRICE = N_("There is no price by this service for this country.")
COVER_TITLE = N_("EMS with cover for the full value")
INSURED_TITLES = {
    "parcel_air": N_("International parcel by air, insured"),
    "parcel_surface": N_("International parcel by sea, insured"),
    "parcel_sal": N_("International parcel by SAL, insured"),
}
COVER_MOST = N_("The goods in a parcel are worth more than can be covered (%(most)s yen).")


@dataclass(frozen=True, slots=True)
class Way:
    """A service to a country on the day of a request, as far as parcels do not matter. ``zone``, ``tariff``: of its price;
    ``steps``: the table's steps in that zone."""

    service: Service
    country: Country
    known: CountryRule
    zone: str
    tariff: Tariff
    steps: tuple[tuple[int, int], ...]
    limits: ParcelLimits


@dataclass(slots=True)
class Priced:
    """What the parcels cost by a way."""

    amount: int = 0
    parcels: list[dict[str, Any]] = field(default_factory=list)


def whole_refusal(request: ShippingRequest, chosen: JapanPostSettings) -> NotServed | None:
    """What closes the destination for every service."""
    place = place_of(request.destination.country, request.destination.region)
    country = COUNTRIES.get(place)
    if country is None or not country.zones:
        return NotServed(NO_COUNTRY, code="no_country")
    if place in DUTY_PREPAID:
        if not chosen.us_duty_prepaid:
            return NotServed(NEEDS_DUTY, code="duty_prepaid")
        if chosen.us_most_value and any(parcel.value.amount > chosen.us_most_value for parcel in request.parcels):
            return NotServed(US_VALUE, {"most": chosen.us_most_value}, code="too_valuable")
    return None


def quotes(request: ShippingRequest, chosen: JapanPostSettings) -> Iterator[ShippingQuote | NotServed]:
    """A row for each service that is switched on and has a table, and its extras. The destination is not closed as a
    whole."""
    place = place_of(request.destination.country, request.destination.region)
    for service in SERVICES.values():
        if service.key not in chosen.services or not service.scheme.abroad:
            continue
        way = way_to(service, place, request, chosen)
        if way is None:
            continue
        if isinstance(way, Refusal):
            yield _no(service.key, service.title, way)
            continue
        priced = _priced(way, request, chosen)
        if isinstance(priced, Refusal):
            yield _no(service.key, service.title, priced)
            continue
        row = _row(way, request, priced, chosen)
        yield row
        yield from _extras(way, request, priced, row)


def way_to(service: Service, place: str, request: ShippingRequest, chosen: JapanPostSettings) -> Way | Refusal | None:
    """How ``service`` goes to ``place``, or why it does not; ``None`` when it has no table at all: then it is not spoken of."""
    tariff = chosen.tariffs.valid(service.key, request.ship_on)
    if tariff is None:
        return None
    country = COUNTRIES[place]
    shut = unavailable(service, country, chosen.rules, request.ship_on)
    if shut is not None:
        return shut
    zone = country.zones[service.scheme]
    steps = tariff.steps.get(zone, ())
    if not steps and service.key == "parcel_surface" and zone == UNCONFIRMED_ZONE and chosen.unconfirmed_surface:
        steps = unconfirmed_surface() if tariff.bundled else ()
    if not steps:
        return Refusal(NO_PRICE, code="no_price")
    known = chosen.countries.get(place, NOTHING_KNOWN)
    return Way(service, country, known, zone, tariff, steps, limits_of(service, place, known, steps[-1][0]))


def _priced(way: Way, request: ShippingRequest, chosen: JapanPostSettings) -> Priced | Refusal:
    found = Priced()
    for parcel in request.parcels:
        taboo = refused(
            parcel.restrictions, way.service, way.country.code, way.known, alcohol_by_air=chosen.alcohol_by_air
        )
        if taboo is not None:
            return Refusal(taboo[1], code="restricted", restriction=taboo[0])
        too_much = beyond(parcel, way.limits)
        if too_much is not None:
            return too_much
        grams = parcel.weight or 0
        top, price = next(step for step in way.steps if grams <= step[0])
        found.amount += price
        found.parcels.append({"grams": grams, "step": top, "price": price})
    return found


def _row(way: Way, request: ShippingRequest, priced: Priced, chosen: JapanPostSettings) -> ShippingQuote:
    service = way.service
    included = sum(_included(service, parcel) for parcel in request.parcels)
    return ShippingQuote(
        key=service.key,
        title=service.title,
        price=Money(priced.amount, YEN),
        days=days_of(service, way.country.code),
        tracked=FACTS[service.key].tracked,
        signature=FACTS[service.key].signature,
        cover=Money(included, YEN) if included else None,
        speed=service.speed or "",
        note=notice(service, way.country.code, chosen.rules, request.ship_on),
        tariff=way.tariff.id,
        breakdown={"zone": way.zone, "tariff": way.tariff.id, "parcels": priced.parcels},
    )


def days_of(service: Service, place: str) -> tuple[int, int] | None:
    """From the carrier's standard for the country, where it is known, to the end of its guidance."""
    guidance = FACTS[service.key].days
    standard = STANDARD_DAYS.get(place, {}).get(service.key)
    if guidance is None or standard is None:
        return guidance
    return (standard, max(standard, guidance[1]))


def _included(service: Service, parcel: Parcel) -> int:
    """The cover that costs nothing."""
    if service.scheme is Scheme.PARCEL:
        return uninsured_cover(parcel.weight or 0)
    return FACTS[service.key].included


# --- extras -------------------------------------------------------------------------------------------------------------


def _extras(
    way: Way, request: ShippingRequest, priced: Priced, row: ShippingQuote
) -> Iterator[ShippingQuote | NotServed]:
    """The service with more cover: EMS above what is covered anyway, a parcel insured up to what the country takes."""
    facts, service = FACTS[way.service.key], way.service
    values = [parcel.value.amount for parcel in request.parcels]
    if service.scheme is Scheme.EMS and max(values) > facts.included:
        yield _covered(row, values, priced, COVER, COVER_TITLE, facts.most_cover)
    elif service.key in INSURED and way.known.insured:
        yield _covered(row, values, priced, INSURED[service.key], INSURED_TITLES[service.key], way.known.insured)


def _covered(
    row: ShippingQuote, values: list[int], priced: Priced, key: str, title: str, most: int
) -> ShippingQuote | NotServed:
    cover = FACTS[row.key].cover
    if cover is None or max(values) > most:
        return _no(key, title, Refusal(COVER_MOST, {"most": most}, "too_valuable"))
    fees = [cover.fee(value) for value in values]
    parcels = [{**parcel, "cover_fee": fee} for parcel, fee in zip(priced.parcels, fees, strict=True)]
    return replace(
        row,
        key=key,
        title=title,
        price=Money(priced.amount + sum(fees), YEN),
        cover=Money(sum(min(most, cover.reached(value)) for value in values), YEN),
        variant_of=row.key,
        note="",
        breakdown={**row.breakdown, "parcels": parcels, "cover_fee": sum(fees)},
    )


def _no(key: str, title: str, refusal: Refusal) -> NotServed:
    return NotServed(
        refusal.reason, refusal.params, refusal.code, service=key, title=title, restriction=refusal.restriction
    )
