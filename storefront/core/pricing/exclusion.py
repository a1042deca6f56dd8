"""Which kinds of adjustment may not meet in one price: the owner's policy, across lanes (PTS-6)."""

from collections.abc import Mapping
from typing import Any

from storefront.core.contracts.pricing import Adjustment, Applied, Quote
from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem

# (kind that stands, kind that comes second) -> the sentence with the offer to swap.
SENTENCES = {
    ("coupon", "loyalty"): N_(
        "A coupon and points cannot be used together. The coupon is used now; to use points instead, remove the coupon."
    ),
    ("loyalty", "coupon"): N_(
        "A coupon and points cannot be used together. Points are used now; "
        "to use the coupon instead, set the points to 0."
    ),
}


def refusal(quote: Quote, adjustment: Adjustment, source: str, policies: Mapping[str, Any]) -> Problem | None:
    """Why ``adjustment`` of plugin ``source`` may not join what is in ``quote``; ``None`` when it may.

    The first one stays. ``params`` of the problem name both plugins (``kept``, ``refused``), so that a page can offer
    the swap as a button. An adjustment of nothing excludes nothing."""
    if policies.get("coupon_with_points", False) or adjustment.amount == 0:
        return None
    for standing in quote.applied:
        sentence = SENTENCES.get((standing.kind, adjustment.kind))
        if sentence is not None and standing.amount != 0:
            return Problem(sentence, _parties(standing, source), code="coupon_with_points")
    return None


def _parties(standing: Applied, refused: str) -> dict[str, str]:
    return {"kept": standing.source, "refused": refused}
