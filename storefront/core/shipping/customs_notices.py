"""What destinations ask for beyond the form, as sentences for the staff and for the shopper. Pure; msgids.

Read in November 2026; what a country asks for changes, so the sentences say what to do and no amounts that age fast."""

from collections.abc import Iterable

from storefront.core.i18n.translate import N_
from storefront.core.values.customs import hs_digits

# Contents worth so much, in yen, leave Japan with a permit of its customs.
PERMIT_FROM = 200_000

TARIC = N_("Ireland asks for the TARIC code of ten digits; complete the HS codes where you can.")
CN_CODE = N_("France and its departments ask for the CN code of eight digits; complete the HS codes where you can.")
PERMIT = N_(
    "The contents are worth 200,000 yen or more: get an export permit from Japanese customs before the parcel is handed over."
)
US_SALE = N_(
    "Goods that were sold enter the United States only with the duty paid ahead, through a party that US customs approved, "
    "and are handed in at a designated post office; above 2,500 US dollars they need a formal entry. Check that this service "
    "does that."
)
EZ_WAY_STAFF = N_("The receiver in Taiwan must confirm the declaration in the EZ WAY app; the shopper is told.")

EZ_WAY = N_(
    "Customs in Taiwan will ask you in the EZ WAY app to confirm this parcel: please register there under the name and "
    "telephone number of this order and answer “correct”. The request is genuine; without it the parcel waits at customs."
)
US_DUTY = N_(
    "The United States charge import duty on goods that were bought, whatever their value. If the carrier or US customs ask "
    "you for the duty or for papers, please answer soon; a parcel that nobody answers for is sent back."
)

_CODES = {
    "IE": (10, TARIC),
    **dict.fromkeys(("FR", "GF", "GP", "MQ", "RE"), (8, CN_CODE)),
}
_SHOPPER = {"TW": EZ_WAY, "US": US_DUTY}


def notices_for_staff(country: str, hs_codes: Iterable[str], value: int, *, from_japan: bool) -> tuple[str, ...]:
    """``value``: of everything that goes there together, in yen (asked only where parcels leave from Japan)."""
    found = []
    if from_japan and value >= PERMIT_FROM:
        found.append(PERMIT)
    digits, words = _CODES.get(country, (0, ""))
    if words and any(len(hs_digits(code)) < digits for code in hs_codes):
        found.append(words)
    if country == "US":
        found.append(US_SALE)
    if country == "TW":
        found.append(EZ_WAY_STAFF)
    return tuple(found)


def notice_for_shopper(country: str) -> str:
    """What the receiver has to do there; "" for nothing."""
    return _SHOPPER.get(country, "")
