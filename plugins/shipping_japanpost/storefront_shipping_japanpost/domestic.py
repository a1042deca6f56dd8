"""Services within Japan: letters at one price, Yu-Packet by thickness, Yu-Pack by prefecture and size. Amounts are yen."""

from collections.abc import Iterator, Mapping
from typing import Any

from storefront.plugin import (
    N_,
    Money,
    NotServed,
    Parcel,
    ParcelLimits,
    ShippingQuote,
    ShippingRequest,
    current_language,
)
from storefront_shipping_japanpost.availability import CLOSED_NOW, notice
from storefront_shipping_japanpost.cash_on_delivery import FEE, MOST
from storefront_shipping_japanpost.facts import FACTS
from storefront_shipping_japanpost.limits import Refusal, beyond, centimetres
from storefront_shipping_japanpost.regions import prefecture_of, zone_of
from storefront_shipping_japanpost.rules import State, first
from storefront_shipping_japanpost.services import SERVICES, Scheme, Service
from storefront_shipping_japanpost.settings import JapanPostSettings
from storefront_shipping_japanpost.tables import NATIONWIDE, Tariff

HOME = "JP"
YEN = "JPY"
# Longest side, middle side, thickness in millimetres, where a source says (``data/limits.csv``, notes).
ENVELOPES: Mapping[str, tuple[int | None, int | None, int | None]] = {
    "letter_pack_plus": (340, 248, None),
    "letter_pack_light": (340, 248, 30),
    "smart_letter": (250, 170, 10),
    "click_post": (None, None, 30),
}

NO_SIZE = N_("The size of an item is not known, and this service depends on it.")
NO_PREFECTURE = N_("The price depends on the prefecture. It is shown when the address is known.")
NO_ZONE = N_("There is no price by this service for this prefecture.")
TOO_THICK = N_("A parcel is %(found)s cm thick: this service takes at most %(most)s cm.")
NO_FIT = N_(
    "A parcel of %(length)s × %(width)s cm does not fit: this service takes %(most_length)s × %(most_width)s cm."
)
TOO_LARGE = N_("The sides of a parcel are %(found)s cm together: this service takes at most %(most)s cm.")


def quotes(request: ShippingRequest, chosen: JapanPostSettings) -> Iterator[ShippingQuote | NotServed]:
    """A row for each service that is switched on and has a table."""
    for service in SERVICES.values():
        tariff = table_of(service, request, chosen)
        if tariff is None:
            continue
        answer = _priced(service, tariff, request, chosen)
        if isinstance(answer, Refusal):
            yield NotServed(answer.reason, answer.params, answer.code, service=service.key, title=service.title)
        else:
            yield _row(service, tariff, request, answer, notice(service, HOME, chosen.rules, request.ship_on))


def table_of(service: Service, request: ShippingRequest, chosen: JapanPostSettings) -> Tariff | None:
    """The table of a domestic service that is offered; ``None`` when it is not spoken of."""
    if service.key not in chosen.services or service.scheme.abroad:
        return None
    if service.scheme is Scheme.THICKNESS and not chosen.yu_packet_weight:
        return None
    return chosen.tariffs.valid(service.key, request.ship_on, origin=chosen.yu_pack_origin)


def limits_of(service: Service, tariff: Tariff, chosen: JapanPostSettings) -> ParcelLimits:
    """The limits of one parcel, in the terms all carriers share; an envelope's other sides are asked by ``quote``."""
    facts = FACTS[service.key]
    if service.scheme is Scheme.THICKNESS:
        return ParcelLimits(weight=chosen.yu_packet_weight)
    if service.scheme is Scheme.REGIONS:
        last = max(tariff.last(zone) for zone in tariff.steps) * 10
        return ParcelLimits(weight=facts.weight, sides=min(last, facts.sides or last))
    last = tariff.last(NATIONWIDE)
    return ParcelLimits(weight=min(last, facts.weight or last), length=facts.length)


def _priced(
    service: Service, tariff: Tariff, request: ShippingRequest, chosen: JapanPostSettings
) -> list[dict[str, Any]] | Refusal:
    closed = first(chosen.rules, State.CLOSED, service.key, HOME, request.ship_on)
    if closed is not None:
        return Refusal(closed.words(current_language()) or CLOSED_NOW, code="closed")
    zone = NATIONWIDE
    if service.scheme is Scheme.REGIONS:
        prefecture = prefecture_of(request.destination.region)
        if not prefecture:
            return Refusal(NO_PREFECTURE, code="no_prefecture")
        zone = zone_of(prefecture, tariff.steps)
        if not zone:
            return Refusal(NO_ZONE, code="no_price")
    most, found = limits_of(service, tariff, chosen), []
    for parcel in request.parcels:
        refusal = _no_room(service, parcel) or beyond(parcel, most)
        if refusal is not None:
            return refusal
        step = tariff.price(zone, _measure(service, parcel))
        if step is None:
            return Refusal(TOO_LARGE, {"found": _measure(service, parcel), "most": tariff.last(zone)}, "too_large")
        found.append({"grams": parcel.weight, "zone": zone, "step": step[0], "price": step[1]})
    return found


def _no_room(service: Service, parcel: Parcel) -> Refusal | None:
    """Why the parcel does not go into the service's envelope, as far as that can be known."""
    if parcel.size is None:
        return Refusal(NO_SIZE, code="size_missing")
    low, middle, high = sorted((parcel.size.length, parcel.size.width, parcel.size.height))
    length, width, thickness = ENVELOPES.get(service.key, (None, None, None))
    if service.scheme is Scheme.THICKNESS:
        thickness = 30
    if thickness is not None and low > thickness:
        return Refusal(TOO_THICK, {"found": centimetres(low), "most": centimetres(thickness)}, "too_large")
    if length is not None and width is not None and (high > length or middle > width):
        sides = {"length": high, "width": middle, "most_length": length, "most_width": width}
        return Refusal(NO_FIT, {name: centimetres(side) for name, side in sides.items()}, "too_large")
    return None


def _measure(service: Service, parcel: Parcel) -> int:
    """What the table's steps are about: grams, or whole centimetres begun."""
    if service.scheme is Scheme.FLAT or parcel.size is None:
        return parcel.weight or 0
    sides = (parcel.size.length, parcel.size.width, parcel.size.height)
    return -(-(sum(sides) if service.scheme is Scheme.REGIONS else min(sides)) // 10)


def _row(
    service: Service, tariff: Tariff, request: ShippingRequest, parcels: list[dict[str, Any]], note: str
) -> ShippingQuote:
    facts = FACTS[service.key]
    breakdown: dict[str, Any] = {"zone": parcels[0]["zone"], "tariff": tariff.id, "parcels": parcels}
    if service.scheme is Scheme.REGIONS:
        breakdown["cash_on_delivery"] = {"fee": FEE, "most": MOST}
    return ShippingQuote(
        key=service.key,
        title=service.title,
        price=Money(sum(parcel["price"] for parcel in parcels), YEN),
        days=facts.days,
        tracked=facts.tracked,
        signature=facts.signature,
        cover=Money(facts.most_cover * len(parcels), YEN) if facts.most_cover else None,
        note=note,
        tariff=tariff.id,
        breakdown=breakdown,
    )
