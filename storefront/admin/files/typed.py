"""What is chosen besides the file: read, checked as far as it can be without the file, shown again."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from storefront.core.catalog.importing.formats import AUTO, FORMATS
from storefront.core.catalog.importing.models import CatalogImport
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.language import LANGUAGES

MOST = 500
# Which input a refusal of the whole file is about, by its code.
_FIELD_OF = {
    "currency_missing": "currency",
    "rate_missing": "rate",
    "tax_missing": "tax",
    "cell": "tax",
    "columns": "kind",
}
_OF_THE_FILE = ("encoding", "binary", "size", "empty", "file", "csv", "nul", "trial")


@dataclass(frozen=True, slots=True)
class Options:
    """As typed; "" leaves it to the file or the shop."""

    kind: str = AUTO
    currency: str = ""
    rate: str = ""
    tax: str = ""
    lang: str = ""
    pictures_at: str = ""

    @property
    def any(self) -> bool:
        return self != Options()

    def terms(self) -> dict[str, str]:
        """What the import is told, without what was left open."""
        named = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "kind"}
        return {name: value for name, value in named.items() if value}


def options_from(form: Mapping[str, str]) -> Options:
    """Folded: full-width digits and letters mean the same."""
    found = {each.name: _plain(form.get(each.name, "")) for each in fields(Options)}
    found["kind"] = found["kind"] or AUTO
    return Options(**found)


def options_of(run: CatalogImport) -> Options:
    """What an import was told, to be told again. A format it found out itself is found out again."""
    said = {name: str(value) for name, value in run.terms.items() if name in Options.__dataclass_fields__}
    return Options(kind=run.kind, **said)


def errors_in(options: Options) -> dict[str, str]:
    """Sentences by input. What needs the file to be known is found when it is read."""
    errors = {}
    if options.kind != AUTO and options.kind not in FORMATS:
        errors["kind"] = _("Please choose one of these.")
    if options.lang and options.lang not in LANGUAGES:
        errors["lang"] = _("Please choose one of these.")
    if options.currency and not (
        len(options.currency) == 3 and options.currency.isascii() and options.currency.isalpha()
    ):
        errors["currency"] = _("Please write the three letters of a currency, such as JPY.")
    if options.pictures_at and not _is_address(options.pictures_at):
        errors["pictures_at"] = _("Please write a web address that begins with https://.")
    return errors


def error_of(run: CatalogImport) -> dict[str, str]:
    """The input that must be filled in or changed before the file can be read; the sentence stands above the form."""
    code = str(run.problem.get("code", ""))
    if not code or code in _OF_THE_FILE:
        return {}
    return {
        _FIELD_OF.get(code, code): _("Please fill this in.") if code.endswith("_missing") else _("Please look here.")
    }


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("\0", "")).strip()[:MOST]


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        return False
