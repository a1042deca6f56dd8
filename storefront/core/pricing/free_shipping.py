"""Free shipping from a threshold per destination (CHK-6): the owner's policy, through the interface plugins use."""

from collections.abc import Mapping, Sequence

from storefront.core.contracts.pricing import Adjuster, Adjustment, Lane, PriceContext, Quote
from storefront.core.i18n.translate import N_
from storefront.core.pricing.currency import in_currency

ANYWHERE = "*"


def free_from(context: PriceContext) -> int | None:
    """What the goods must cost, after discounts, to travel free to the context's destination: minor units of the
    context's currency. ``None``: never free there, or no destination is known yet.

    The policy ``shipping.free`` maps a country to minor units of the base currency; ``"*"`` is every country without an
    entry of its own, and an entry of ``None`` takes a country out of ``"*"``.
    """
    thresholds = context.policies.get("shipping.free")
    if context.destination is None or not isinstance(thresholds, Mapping):
        return None
    threshold = thresholds.get(context.destination.country, thresholds.get(ANYWHERE))
    return None if threshold is None else in_currency(int(threshold), context.rate)


def missing_for_free_shipping(quote: Quote, context: PriceContext) -> int | None:
    """How much more the goods must cost to travel free, in minor units; 0 when they do. ``None``: never free there."""
    threshold = free_from(context)
    return None if threshold is None else max(0, threshold - quote.items - quote.discounts)


class FreeShipping(Adjuster):
    """Takes off the postage that is left, and only that, once the goods reach the destination's threshold."""

    key = "core.free_shipping"
    lane = Lane.SHIPPING_DISCOUNT
    # Before the plugins' offers on postage: they see that nothing is left and spend nothing on it.
    priority = 50

    def adjust(self, quote: Quote, context: PriceContext) -> Sequence[Adjustment]:
        if not isinstance(quote.shipping, int) or quote.shipping_due <= 0:
            return ()
        if missing_for_free_shipping(quote, context) != 0:
            return ()
        return (Adjustment(key=self.key, amount=-quote.shipping_due, label=N_("Free shipping"), kind="shipping"),)
