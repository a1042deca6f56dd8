"""The one function that prices everything (B4): a cart, an edited order, packed parcels on a bill."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from storefront.core.contracts.pricing import (
    Adjuster,
    Basket,
    Lane,
    PriceContext,
    Quote,
    TraceStep,
)
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import ShippingQuote
from storefront.core.i18n.translate import N_
from storefront.core.pricing.asking import Entry, in_order, logger
from storefront.core.pricing.currency import in_currency
from storefront.core.pricing.lanes import run_lane, traced
from storefront.core.values.money import MAX_AMOUNT
from storefront.core.values.types import Problem, Unknown

ByLane = Mapping[Lane, tuple[Entry, ...]]


def price(basket: Basket, context: PriceContext, adjusters: Sequence[Registered[Adjuster]]) -> Quote:
    """Price ``basket`` from nothing: the same arguments give the same quote, in whatever order ``adjusters`` come.

    Pure: no rows, no clock, no network; call it inside or outside a transaction, on every view. All amounts are minor
    units of ``context.currency``. Whatever a plugin does wrong is in the quote (``invalid``, ``warnings``), never an
    exception. Raises ``ValueError`` for a basket that core built wrongly: a line key missing or twice, a negative quantity or
    unit price, or an adjuster registered twice."""
    entries, misplaced = in_order(adjusters)
    lanes: dict[Lane, tuple[Entry, ...]] = {lane: tuple(e for e in entries if e.lane is lane) for lane in Lane}
    quote = _with_items(basket, context)
    if misplaced:
        quote = replace(quote, warnings=misplaced, invalid=True)
    if quote.items > MAX_AMOUNT:
        return _too_large(quote)
    quote = _run(quote, (Lane.LINE, Lane.ORDER), lanes, context)
    quote = _with_shipping(quote, context)
    if quote.before_fees > MAX_AMOUNT:
        return _too_large(quote)
    return _with_fees_and_tenders(_run(quote, (Lane.SHIPPING_DISCOUNT,), lanes, context), lanes, context)


def _run(quote: Quote, which: Iterable[Lane], lanes: ByLane, context: PriceContext) -> Quote:
    for lane in which:
        quote = run_lane(quote, lane, lanes[lane], context)
    return quote


def _with_items(basket: Basket, context: PriceContext) -> Quote:
    items = 0
    unknowns: list[Unknown] = []
    keys: set[str] = set()
    for line in basket.lines:
        if not line.key or line.key in keys:
            raise ValueError(f"every line of a basket has a key of its own, {line.key!r} is not")
        keys.add(line.key)
        if line.quantity < 0:
            raise ValueError(f"the line {line.key!r} has a negative quantity")
        if isinstance(line.unit_price, Unknown):
            unknowns.append(line.unit_price)
        elif line.unit_price < 0:
            raise ValueError(f"the line {line.key!r} has a negative price")
        else:
            items += line.unit_price * line.quantity
    note = f"{len(basket.lines)} lines" + (f", {len(unknowns)} without a price" if unknowns else "")
    step = TraceStep("ITEMS", "core", 0, items, note)
    return Quote(context.currency, basket, items=items, unknowns=tuple(unknowns), trace=(step,))


def _with_shipping(quote: Quote, context: PriceContext) -> Quote:
    """Lane SHIPPING, which is the core's own: postage is what the chosen carrier quoted, through the one function that
    converts amounts."""
    chosen = context.shipping
    if chosen is None:
        return traced(quote, Lane.SHIPPING, "core", quote, "nothing chosen")
    if isinstance(chosen, Unknown):
        unknown = replace(quote, shipping=chosen, unknowns=(*quote.unknowns, chosen))
        return traced(unknown, Lane.SHIPPING, "core", quote, "not known yet")
    if chosen.price.currency != context.rate.base or not 0 <= chosen.price.amount <= MAX_AMOUNT:
        logger.error("the carrier %s quoted %r, base currency is %s", context.carrier, chosen.price, context.rate.base)
        refused = replace(quote, warnings=(*quote.warnings, SHIPPING_FAILED), invalid=True)
        return traced(refused, Lane.SHIPPING, "core", quote, f"{chosen.key}: failed")
    shipped = replace(quote, shipping=in_currency(chosen.price.amount, context.rate))
    return traced(shipped, Lane.SHIPPING, "core", quote, _shipping_note(chosen, context))


def _shipping_note(chosen: ShippingQuote, context: PriceContext) -> str:
    parts = [f"{context.carrier}:{chosen.key}" if context.carrier else chosen.key]
    if chosen.tariff:
        parts.append(f"tariff {chosen.tariff}")
    if context.currency != context.rate.base:
        parts.append(f"{chosen.price.major()} {chosen.price.currency} x {context.rate.rate}")
    return ", ".join(parts)


def _with_fees_and_tenders(quote: Quote, lanes: ByLane, context: PriceContext) -> Quote:
    """Fees, taxes, tenders. Where tenders (or discounts) cover the total before fees there is no payment method, hence
    no fee for one: that is tried first, so that nobody pays with points for a fee that does not exist."""
    if lanes[Lane.FEE]:
        free = traced(quote, Lane.FEE, "core", quote, "no fee: nothing is left to pay by a method")
        free = _with_tenders(_run(free, (Lane.TAX,), lanes, context), lanes, context)
        if free.due == 0:
            return free
    return _with_tenders(_run(quote, (Lane.FEE, Lane.TAX), lanes, context), lanes, context)


def _with_tenders(quote: Quote, lanes: ByLane, context: PriceContext) -> Quote:
    if quote.total is not None:
        paid = _run(quote, (Lane.TENDER,), lanes, context)
        return _tenders_taken_back(paid) if paid.invalid else paid
    if quote.unknowns and _asked_for_credit(lanes[Lane.TENDER], context):
        quote = replace(quote, warnings=(*quote.warnings, TOO_EARLY))
    return traced(quote, Lane.TENDER, "core", quote, "no total, no tenders")


def _tenders_taken_back(quote: Quote) -> Quote:
    """One tender failed: nothing can be paid, so the others hold no credit either."""
    kept = tuple(applied for applied in quote.applied if applied.lane is not Lane.TENDER)
    return traced(replace(quote, applied=kept), Lane.TENDER, "core", quote, "no total, no tenders")


def _asked_for_credit(entries: Iterable[Entry], context: PriceContext) -> bool:
    """Whether the shopper typed anything but nothing or zero into the form of a tender's plugin."""
    typed = (text for entry in entries for text in context.inputs.get(entry.source, {}).values())
    return any(str(text).strip() not in ("", "0") for text in typed)


def _too_large(quote: Quote) -> Quote:
    """Beyond what the databases and gateways can hold: shown, never charged, and no adjuster sees it."""
    refused = replace(quote, warnings=(*quote.warnings, AMOUNT_TOO_LARGE), invalid=True)
    return replace(refused, trace=(*refused.trace, TraceStep("TOTAL", "core", quote.so_far, quote.so_far, "too large")))


TOO_EARLY = Problem(
    N_("Points and other credit can be used once the whole price is known. None were used for now."),
    code="tender_too_early",
)
SHIPPING_FAILED = Problem(
    N_("The shipping cost could not be worked out. Your cart is kept; please choose another delivery."),
    code="shipping_failed",
)
AMOUNT_TOO_LARGE = Problem(
    N_("The amount is larger than one order can hold. Please reduce the quantities."),
    code="amount_too_large",
)
