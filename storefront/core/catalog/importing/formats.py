"""The kinds of file that can be imported, and how to tell which one a file is."""

from collections.abc import Sequence

from storefront.core.catalog.importing.eccube import EcCube
from storefront.core.catalog.importing.goods import Format
from storefront.core.catalog.importing.own import Own
from storefront.core.catalog.importing.report import ImportRefused
from storefront.core.catalog.importing.shopify import Shopify
from storefront.core.catalog.importing.woocommerce import WooCommerce
from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem

FORMATS: dict[str, Format] = {each.name: each for each in (Own(), Shopify(), WooCommerce(), EcCube())}
AUTO = "auto"
# By these a file in Shift_JIS is known to be one that may be: this system writes no other.
JAPANESE = frozenset(EcCube.required)


def format_of(kind: str, columns: Sequence[str]) -> Format:
    """The format of a file with these columns; ``kind``: what it is said to be, or ``auto``. Raises ``ImportRefused``
    when it is not, or when a column that is read stands there twice."""
    held = {name.casefold() for name in columns}
    if kind == AUTO:
        found = next((each for each in FORMATS.values() if not _missing(each, held)), None)
        if found is None:
            message = N_(
                "The first row names no columns the shop knows. It reads its own form and the product exports of "
                "Shopify, WooCommerce and EC-CUBE."
            )
            raise ImportRefused(Problem(message, code="columns"))
    else:
        found = FORMATS[kind]
        missing = _missing(found, held)
        if missing:
            message = N_(
                "This is not a %(kind)s: the column %(columns)s is missing. The first row must name the columns."
            )
            raise ImportRefused(Problem(message, {"kind": found.title, "columns": ", ".join(missing)}, code="columns"))
    known = {name.casefold() for name in found.known}
    folded = [name.casefold() for name in columns]
    twice = sorted({name for name in folded if name in known and folded.count(name) > 1})
    if twice:
        message = N_("The column %(columns)s is there twice. Please take one of the two away.")
        raise ImportRefused(Problem(message, {"columns": ", ".join(twice)}, code="columns"))
    return found


def _missing(each: Format, held: set[str]) -> list[str]:
    return [name for name in each.required if name.casefold() not in held]
