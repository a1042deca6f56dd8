"""How large and heavy one parcel of a service may be, by country, and the sentence for one that is larger."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from storefront.plugin import N_, Parcel, ParcelLimits
from storefront_shipping_japanpost.facts import EMS_LIMITS, FACTS, PARCEL_LIMITS, STANDARDS, UNKNOWN_PARCEL_WEIGHT
from storefront_shipping_japanpost.rules import CountryRule
from storefront_shipping_japanpost.services import Scheme, Service

TOO_HEAVY = N_("A parcel of %(weight)s g is too heavy: this service takes at most %(most)s g there.")
TOO_LONG = N_("A parcel is %(found)s cm long: this service takes at most %(most)s cm there.")
TOO_WIDE = N_("The sides of a parcel are %(found)s cm together: this service takes at most %(most)s cm.")
TOO_BULKY = N_(
    "A parcel has a length and girth of %(found)s cm together: this service takes at most %(most)s cm there."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a service is not offered: a sentence, its values, and a code."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    restriction: str = ""


def limits_of(service: Service, place: str, known: CountryRule, last_step: int) -> ParcelLimits:
    """The limits of one parcel to ``place``. ``last_step``: grams; nothing is sent above the last price."""
    facts = FACTS[service.key]
    found = ParcelLimits(facts.weight, facts.length, facts.sides, facts.girth)
    if service.scheme is Scheme.EMS:
        found = EMS_LIMITS.get(place, found)
    elif service.scheme is Scheme.PARCEL:
        found = _parcel_limits(place, known)
    weight = last_step if found.weight is None else min(found.weight, last_step)
    return replace(found, weight=weight)


def _parcel_limits(place: str, known: CountryRule) -> ParcelLimits:
    """What the owner knows, else what a source says, else the smaller standard and 20 kg."""
    length, girth = STANDARDS["A"]
    found = PARCEL_LIMITS.get(place, ParcelLimits(weight=UNKNOWN_PARCEL_WEIGHT, length=length, girth=girth))
    if known.standard:
        length, girth = STANDARDS[known.standard]
        found = replace(found, length=length, girth=girth)
    return replace(found, weight=known.weight) if known.weight else found


def beyond(parcel: Parcel, most: ParcelLimits) -> Refusal | None:
    """What of the parcel is beyond ``most``; ``None`` when nothing is known to be."""
    if most.weight is not None and parcel.weight is not None and parcel.weight > most.weight:
        return Refusal(TOO_HEAVY, {"weight": parcel.weight, "most": most.weight}, "too_heavy")
    if parcel.size is None:
        return None
    low, middle, high = sorted((parcel.size.length, parcel.size.width, parcel.size.height))
    measured = (
        (high, most.length, TOO_LONG),
        (low + middle + high, most.sides, TOO_WIDE),
        (high + 2 * (low + middle), most.girth, TOO_BULKY),
    )
    for found, limit, sentence in measured:
        if limit is not None and found > limit:
            return Refusal(sentence, {"found": centimetres(found), "most": centimetres(limit)}, "too_large")
    return None


def centimetres(millimetres: int) -> str:
    return f"{millimetres / 10:g}"
