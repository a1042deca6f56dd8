"""What may not go where (SHP-6): a sentence for each class of goods, or nothing. Rules of air transport, of the carrier and
of countries; sources in ``data/PROVENANCE.md``. Within Japan nothing is refused here."""

from collections.abc import Mapping

from storefront.plugin import N_, Restriction
from storefront_shipping_japanpost.facts import LITHIUM
from storefront_shipping_japanpost.rules import CountryRule
from storefront_shipping_japanpost.services import Service

STAYS = N_("An item may not leave Japan.")
LOOSE = N_("Loose lithium batteries and power banks cannot be sent abroad by post.")
LITHIUM_NOWHERE = N_("Lithium batteries cannot be sent to this country by post, not even inside a device.")
LITHIUM_NOT_BY_AIR = N_("Devices with lithium batteries cannot be sent to this country by air.")
LITHIUM_NOT_BY_SEA = N_("Devices with lithium batteries cannot be sent to this country by sea.")
LITHIUM_UNKNOWN = N_("It is not confirmed that devices with lithium batteries may be sent to this country.")
FLAMMABLE = N_("Flammable goods may not travel by air.")
AEROSOL = N_("Spray cans may not travel by air.")
ALCOHOL = N_("Goods with alcohol may not travel by air.")
MAGNET = N_("Strong magnets may not travel by air.")
PLANTS = N_("Plants and seeds cannot be sent abroad by post.")
MEDICINE = N_("Medicines cannot be sent abroad by post.")

NOWHERE_ABROAD: Mapping[str, str] = {
    Restriction.NO_INTERNATIONAL: STAYS,
    Restriction.LITHIUM_LOOSE: LOOSE,
    Restriction.PLANT_SEED: PLANTS,
    Restriction.MEDICINE: MEDICINE,
}
NOT_BY_AIR: Mapping[str, str] = {
    Restriction.FLAMMABLE: FLAMMABLE,
    Restriction.AEROSOL: AEROSOL,
    Restriction.ALCOHOL: ALCOHOL,
    Restriction.MAGNET: MAGNET,
}


def refused(
    goods: frozenset[str], service: Service, country: str, known: CountryRule, *, alcohol_by_air: bool
) -> tuple[str, str] | None:
    """(class of goods, sentence) of what ``service`` may not take to ``country``; ``None`` when it may take all of
    ``goods``. ``known``: what the owner knows of the country, which goes before the data."""
    for kind, sentence in NOWHERE_ABROAD.items():
        if kind in goods:
            return kind, sentence
    if service.air:
        for kind, sentence in NOT_BY_AIR.items():
            if kind in goods and not (kind == Restriction.ALCOHOL and alcohol_by_air):
                return kind, sentence
    if Restriction.LITHIUM_IN_DEVICE in goods:
        sentence = lithium(service, country, known)
        if sentence:
            return Restriction.LITHIUM_IN_DEVICE, sentence
    return None


def lithium(service: Service, country: str, known: CountryRule) -> str:
    """Why a device with its battery may not go there by this service, or ""."""
    if known.lithium:
        air, surface = known.lithium in ("air", "both"), known.lithium in ("surface", "both")
    elif country in LITHIUM:
        air, surface = LITHIUM[country].air, LITHIUM[country].surface
    else:
        return LITHIUM_UNKNOWN
    if air if service.air else surface:
        return ""
    if not air and not surface:
        return LITHIUM_NOWHERE
    return LITHIUM_NOT_BY_AIR if service.air else LITHIUM_NOT_BY_SEA
