"""How far an adjustment may go in its lane. What goes further is cut to fit, with a warning that is shown."""

from storefront.core.contracts.pricing import Adjustment, Lane, Quote
from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem

CUT = {
    Lane.LINE: N_("A discount was larger than the price of its item and was reduced to it."),
    Lane.ORDER: N_("A discount was larger than the price of the items and was reduced to it."),
    Lane.SHIPPING_DISCOUNT: N_("A discount on shipping did not fit the shipping cost and was adjusted to it."),
    Lane.FEE: N_("A reduction was larger than the total and was reduced to it."),
    Lane.TAX: N_("A reduction was larger than the total and was reduced to it."),
    Lane.TENDER: N_("Only what is left to pay was used of the credit asked for."),
}
DROPPED = {
    Lane.LINE: N_("A discount could not be used: nothing is left of the price of its item."),
    Lane.ORDER: N_("A discount could not be used: nothing is left of the price of the items."),
    Lane.SHIPPING_DISCOUNT: N_("A discount on shipping could not be used: there is no shipping cost to reduce."),
    Lane.FEE: N_("A reduction could not be used: nothing is left to pay."),
    Lane.TAX: N_("A reduction could not be used: nothing is left to pay."),
    Lane.TENDER: N_("No credit was used: nothing is left to pay."),
}

NO_SURCHARGE = N_("A surcharge was left out: there is nothing it could be part of.")


def fitted(quote: Quote, lane: Lane, adjustment: Adjustment) -> int:
    """``adjustment.amount`` cut to what its lane allows after everything in ``quote`` (which must have a total in lane
    TENDER): no line, no sum of goods, no postage, no total below zero, no tender above zero or above what is due."""
    lowest, highest = _bounds(quote, lane, adjustment.target)
    amount = max(lowest, adjustment.amount)
    return amount if highest is None else min(highest, amount)


def warning(lane: Lane, adjustment: Adjustment, amount: int, source: str) -> Problem | None:
    """What to tell the shopper when ``amount`` is what was left of ``adjustment``; ``None`` when nothing was cut."""
    if amount == adjustment.amount:
        return None
    params = {"source": source, "key": adjustment.key, "asked": adjustment.amount, "given": amount}
    if amount == 0:
        sentence = DROPPED[lane] if adjustment.amount < 0 else NO_SURCHARGE
        return Problem(sentence, params, code="adjustment_dropped")
    return Problem(CUT[lane], params, code="adjustment_cut")


def _bounds(quote: Quote, lane: Lane, target: str) -> tuple[int, int | None]:
    if lane in (Lane.LINE, Lane.ORDER):
        return _goods_bounds(quote, target)
    if lane is Lane.SHIPPING_DISCOUNT:
        return -quote.shipping_due, 0
    if lane is Lane.TENDER:
        return -(quote.due or 0), 0
    return -quote.so_far, None


def _goods_bounds(quote: Quote, target: str) -> tuple[int, int | None]:
    """Without a line whose price is known there is nothing to take from, and nothing to bear a surcharge."""
    if not any(isinstance(line.unit_price, int) and target in ("", line.key) for line in quote.basket.lines):
        return 0, 0
    return -(quote.line_net(target) if target else quote.items + quote.discounts), None
