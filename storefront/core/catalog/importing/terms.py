"""What must be known to read a file's prices and words, and is never guessed."""

from storefront.core.catalog.importing.goods import Format, Terms
from storefront.core.catalog.importing.report import ImportRefused
from storefront.core.catalog.importing.values import CellRefused, percent
from storefront.core.i18n.translate import N_
from storefront.core.values.language import LANGUAGES
from storefront.core.values.money import BadAmount, rate_fraction
from storefront.core.values.types import Problem


def checked_terms(
    layout: Format, named: str, currency: str, base_currency: str, rate: str, lang: str, tax: str
) -> Terms:
    """``named``: the currency the file itself names, "" where it does not. Raises ``ImportRefused`` for what is missing
    or makes no sense."""
    code = (currency.strip() or named).upper()
    if not code:
        raise _refused(
            N_(
                "The file does not say which currency its prices are in: a guess would sell fifty dollars for fifty yen."
            ),
            "currency_missing",
            base=base_currency,
        )
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        message = N_("“%(code)s” is not a currency. Write three letters such as USD.")
        raise _refused(message, "currency", code=code[:20])
    if named and code != named.upper():
        message = N_("The file says that its prices are in %(named)s, not in %(code)s.")
        raise _refused(message, "currency", named=named[:20], code=code)
    if code != base_currency and not rate:
        message = N_("The prices are in %(code)s and the shop's are in %(base)s: how many %(base)s is one %(code)s?")
        raise _refused(message, "rate_missing", code=code, base=base_currency)
    if rate and not _usable(rate):
        message = N_("“%(rate)s” is not a rate. Write how many %(base)s one %(code)s is, such as 150.5.")
        raise _refused(message, "rate", rate=rate[:40], base=base_currency, code=code)
    if lang not in LANGUAGES:
        message = N_("“%(lang)s” is not a language of the shop: %(languages)s.")
        raise _refused(message, "lang", lang=lang[:20], languages=", ".join(LANGUAGES))
    return Terms(code, base_currency, rate or "1", lang, _tax(layout, tax))


def _tax(layout: Format, tax: str) -> str:
    if not tax.strip():
        if layout.taxed:
            return ""
        message = N_(
            "Prices in a %(kind)s are without consumption tax, and the shop's hold it: how many percent are to be added? "
            "0 where they hold it already."
        )
        raise _refused(message, "tax_missing", kind=layout.title)
    try:
        return percent(tax, "tax")
    except CellRefused as error:
        raise ImportRefused(error.problem) from None


def _usable(rate: str) -> bool:
    try:
        rate_fraction(rate)
    except BadAmount:
        return False
    return len(rate) <= 24


def _refused(message: str, field: str, /, **params: object) -> ImportRefused:
    return ImportRefused(Problem(message, params, code=field))
