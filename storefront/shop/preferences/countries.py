"""The destinations offered in the footer: where parcels from Japan usually go, by their names in the reader's language.

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


@lru_cache
def country_choices(lang: str) -> tuple[tuple[str, str], ...]:
    """(code, name): the nearest first, the others by name."""
    others = sorted(((code, country_name(code, lang)) for code in OTHERS), key=lambda pair: pair[1])
    return (*((code, country_name(code, lang)) for code in NEAREST), *others)
