"""The destinations that can be chosen, by their names in the reader's language: in the footer of every page those where most
parcels go, on a page of their own all.

Whether a parcel really may go there is decided at checkout, by carriers and the owner's closed destinations.
"""

from functools import lru_cache

from storefront.core.i18n.formats import country_name

NEAREST = ("JP", "TW", "CN", "HK", "US")
OTHERS = (
    "AE", "AR", "AT", "AU", "BE", "BR", "CA", "CH", "CL", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "GR", "ID", "IE",
    "IL", "IN", "IS", "IT", "KR", "LU", "MO", "MX", "MY", "NL", "NO", "NZ", "PH", "PL", "PT", "RU", "SA", "SE", "SG",
    "TH", "TR", "VN", "ZA",
)  # fmt: skip
COUNTRIES = frozenset((*NEAREST, *OTHERS))
# What is sent for "another country": it leads to the page with all of them.
ANOTHER = "other"


@lru_cache
def country_choices(lang: str) -> tuple[tuple[str, str], ...]:
    """(code, name): the nearest first, the others by name."""
    others = sorted(((code, country_name(code, lang)) for code in OTHERS), key=lambda pair: pair[1])
    return (*_nearest(lang), *others)


@lru_cache
def short_choices(lang: str, chosen: str) -> tuple[tuple[str, str], ...]:
    """(code, name) for the footer: the nearest, and the one that is chosen. All of them would be a tenth of every page."""
    far = [(chosen, country_name(chosen, lang))] if chosen in OTHERS else []
    return (*_nearest(lang), *far)


def _nearest(lang: str) -> list[tuple[str, str]]:
    return [(code, country_name(code, lang)) for code in NEAREST]
