"""What it costs, row by row: the box at the side of cart and checkout."""

from dataclasses import dataclass
from typing import NamedTuple

from storefront.core.checkout.quote import CheckoutQuote
from storefront.core.contracts.pricing import Lane, Quote
from storefront.core.i18n.translate import gettext as _
from storefront.core.i18n.translate import ngettext
from storefront.core.pricing.free_shipping import free_from, missing_for_free_shipping
from storefront.core.values.types import Unknown
from storefront.shop.checkout.words import delivery_reason, delivery_title, say

BEFORE_POSTAGE = (Lane.LINE, Lane.ORDER)
AFTER_POSTAGE = (Lane.SHIPPING_DISCOUNT, Lane.FEE, Lane.TAX, Lane.TENDER)


class Row(NamedTuple):
    """``value``: minor units, or words where there is no sum."""

    label: str
    value: int | str


class FreeMeter(NamedTuple):
    """How far the goods are from travelling free: minor units of the quote's currency."""

    missing: int
    reached: int
    threshold: int


@dataclass(frozen=True, slots=True)
class Summary:
    """``total`` ``None``: nobody knows it yet; ``so_far`` is what is known."""

    currency: str
    rows: tuple[Row, ...]
    total: int | None
    so_far: int
    free: FreeMeter | None
    warnings: tuple[str, ...] = ()


def summary_of(quoted: CheckoutQuote) -> Summary:
    quote = quoted.quote
    rows = [Row(_items_label(quote), quote.items)]
    rows += _applied(quote, BEFORE_POSTAGE)
    if quoted.context.destination is not None and quote.basket.lines:
        rows.append(_postage(quoted))
    rows += _applied(quote, AFTER_POSTAGE)
    known = quote.due is not None and (quoted.delivery is not None or not quote.basket.lines)
    warnings = tuple(say(w.message, w.params, w.source or "core") for w in quote.warnings)
    return Summary(quote.currency, tuple(rows), quote.due if known else None, quote.so_far, _meter(quoted), warnings)


def _items_label(quote: Quote) -> str:
    pieces = sum(line.quantity for line in quote.basket.lines)
    return ngettext("Items (%(num)s piece)", "Items (%(num)s pieces)", pieces)


def _applied(quote: Quote, lanes: tuple[Lane, ...]) -> list[Row]:
    return [
        Row(say(a.label, a.label_params, a.source), a.amount) for a in quote.applied if a.lane in lanes and a.amount
    ]


def _postage(quoted: CheckoutQuote) -> Row:
    shipping = quoted.quote.shipping
    if quoted.delivery is not None and isinstance(shipping, int):
        return Row(_("Postage (%(service)s)", service=delivery_title(quoted.delivery)), shipping)
    if isinstance(shipping, Unknown):
        return Row(_("Postage"), say(shipping.reason, shipping.params))
    if any(choice.choosable for choice in quoted.deliveries):
        return Row(_("Postage"), _("by the delivery you choose"))
    return Row(_("Postage"), _("not offered"))


def _meter(quoted: CheckoutQuote) -> FreeMeter | None:
    threshold = free_from(quoted.context)
    missing = missing_for_free_shipping(quoted.quote, quoted.context)
    if not threshold or not missing or not any(choice.choosable for choice in quoted.deliveries):
        return None
    return FreeMeter(missing, max(threshold - missing, 0), threshold)


def why_no_delivery(quoted: CheckoutQuote) -> tuple[str, ...]:
    """The carriers' reasons, each once, when none of them takes the parcel."""
    if any(choice.choosable for choice in quoted.deliveries):
        return ()
    return tuple(dict.fromkeys(delivery_reason(choice) for choice in quoted.deliveries))
