"""What changed since an item was put into the cart, as sentences (CRT-3). Pure."""

from storefront.core.i18n.translate import N_
from storefront.core.values.money import Money
from storefront.core.values.types import Problem, SaleStatus

PRICE = N_("It was %(before)s when you added it and is %(now)s now.")
ONLY_LEFT = N_("Only %(count)d left; your cart has %(quantity)d. Please choose fewer.")

GONE = {
    SaleStatus.SOLD_OUT: N_("This item is sold out now. Please remove it."),
    SaleStatus.PREORDERS_CLOSED: N_("Pre-orders for this item have closed. Please remove it."),
    SaleStatus.CLOSED: N_("Orders for this item have closed. Please remove it."),
    SaleStatus.UNAVAILABLE: N_("This item is no longer sold. Please remove it."),
}

OTHERWISE = {
    SaleStatus.BACK_ORDER: N_("This is on back-order now: we ask the maker; up to 2 weeks."),
    SaleStatus.PRE_ORDER: N_("This is a pre-order now."),
    SaleStatus.PROVISIONAL: N_("This is a provisional pre-order now: price or stock may still change."),
    SaleStatus.TENTATIVE: N_("This is a tentative pre-order now: the maker may not make it."),
}

SHELF = frozenset({SaleStatus.IN_STOCK, SaleStatus.LOW_STOCK})


def price_change(before: Money, now: Money) -> Problem | None:
    """The price differs from the one seen. Amounts in two currencies cannot be compared: then nothing is said."""
    if before.currency != now.currency or before.amount == now.amount:
        return None
    return Problem(PRICE, {"before": before, "now": now}, code="price_changed")


def stock_change(status: SaleStatus, seen_status: str, *, quantity: int, available: int | None) -> Problem | None:
    """The item cannot be ordered (any more), not in this quantity, or on other terms than when it was added."""
    if not status.orderable:
        return Problem(GONE[status], code=status.value)
    if available is not None and quantity > available:
        return Problem(ONLY_LEFT, {"count": available, "quantity": quantity}, "quantity", "only_left")
    if status in OTHERWISE and seen_status and seen_status != status:
        return Problem(OTHERWISE[status], code="status_changed")
    return None
