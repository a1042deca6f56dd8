"""What the page of an order says about customs, and about lines that may not go where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass

from storefront.admin.orders import words
from storefront.core.db import utcnow
from storefront.core.desk.closed import ClosedLine, closed_lines
from storefront.core.desk.customs import gaps_of
from storefront.core.desk.order import DeskOrder
from storefront.core.i18n.translate import domain_gettext
from storefront.core.i18n.translate import gettext as _
from storefront.shop.context import current_lang, current_providers, current_shop


@dataclass(frozen=True, slots=True)
class CustomsPart:
    """``abroad``: customs are passed. ``missing``: what lacks, in words. ``closed``: by position, why a line may not go
    there, and the language of these words ("" of the reader)."""

    abroad: bool
    missing: str
    closed: Mapping[int, tuple[str, str]]


def customs_part(desk: DeskOrder) -> CustomsPart:
    shop, lang = current_shop(), current_lang()
    order, lines = desk.order, desk.lines
    abroad = order.country != str(shop.policy("shop.country"))
    gaps = gaps_of(order, lines) if abroad and order.state in ("pending", "processing") else {}
    missing = sorted({_(words.GAPS[gap]) for found in gaps.values() for gap in found})
    closed = closed_lines(order, lines, shop, current_providers(), utcnow(), lang)
    return CustomsPart(abroad, ", ".join(missing), {position: _said(one) for position, one in closed.items()})


def _said(line: ClosedLine) -> tuple[str, str]:
    if line.words:
        return line.words, line.lang
    return domain_gettext(line.source).gettext(line.message, **line.params), ""
