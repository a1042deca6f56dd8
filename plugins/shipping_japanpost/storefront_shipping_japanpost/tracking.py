"""Tracking numbers (SHP-8): S10 of the postal union, and Japan's own of 11 to 13 digits."""

import re
import unicodedata
from urllib.parse import urlencode

from storefront.plugin import N_

PAGE = "https://trackings.post.japanpost.jp/services/srv/search/direct"
WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
S10 = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}\Z", re.ASCII)
DOMESTIC = re.compile(r"[0-9]{11,13}\Z", re.ASCII)
MOST = 100

SHAPE = N_(
    "A tracking number of Japan Post has two letters, nine digits and two letters (EM123456785JP), or 11 to 13 digits."
)
# The sentences are whole, one per digit, since a refusal carries no values.
S10_CHECK = (
    N_("The last digit before the country, the check digit, should be 0. Please look at the number again."),
    N_("The last digit before the country, the check digit, should be 1. Please look at the number again."),
    N_("The last digit before the country, the check digit, should be 2. Please look at the number again."),
    N_("The last digit before the country, the check digit, should be 3. Please look at the number again."),
    N_("The last digit before the country, the check digit, should be 4. Please look at the number again."),
    N_("The last digit before the country, the check digit, should be 5. Please look at the number again."),
    N_("The last digit before the country, the check digit, should be 6. Please look at the number again."),
    N_("The last digit before the country, the check digit, should be 7. Please look at the number again."),
    N_("The last digit before the country, the check digit, should be 8. Please look at the number again."),
    N_("The last digit before the country, the check digit, should be 9. Please look at the number again."),
)
DOMESTIC_CHECK = (
    N_("The last digit, the check digit, should be 0. Please look at the number again."),
    N_("The last digit, the check digit, should be 1. Please look at the number again."),
    N_("The last digit, the check digit, should be 2. Please look at the number again."),
    N_("The last digit, the check digit, should be 3. Please look at the number again."),
    N_("The last digit, the check digit, should be 4. Please look at the number again."),
    N_("The last digit, the check digit, should be 5. Please look at the number again."),
    N_("The last digit, the check digit, should be 6. Please look at the number again."),
)


def normal_form(number: str) -> str:
    """Capital letters and ASCII digits without blanks and hyphens; nothing is judged."""
    folded = unicodedata.normalize("NFKC", number[:MOST]).upper()
    return re.sub(r"[\s\-‐-―−ー]", "", folded)


def s10_digit(eight: str) -> int:
    """The check digit of the eight digits of an S10 number."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(eight, WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def checked(number: str) -> str:
    """The normal form of a right number. Raises ``ValueError`` with an English msgid that names the digit that is off."""
    normal = normal_form(number)
    if S10.match(normal):
        right = s10_digit(normal[2:10])
        if int(normal[10]) != right:
            raise ValueError(S10_CHECK[right])
        return normal
    if DOMESTIC.match(normal):
        if len(normal) == 12 and int(normal[:11]) % 7 != int(normal[11]):
            raise ValueError(DOMESTIC_CHECK[int(normal[:11]) % 7])
        return normal
    raise ValueError(SHAPE)


def page_of(number: str, lang: str) -> str:
    """The carrier's page that follows ``number``, in Japanese or English; "" for what is no number of its kind."""
    normal = normal_form(number)
    if not S10.match(normal) and not DOMESTIC.match(normal):
        return ""
    return f"{PAGE}?{urlencode({'reqCodeNo1': normal, 'locale': 'ja' if lang == 'ja' else 'en'})}"
