"""What can be wrong with an act on a cart; ``problem`` is the sentence for the shopper, at the field it names."""

from storefront.core.i18n.translate import N_
from storefront.core.stock.errors import OutOfStock
from storefront.core.values.types import Problem, SaleStatus

__all__ = [
    "BadQuantity",
    "CartError",
    "NotOrderable",
    "OutOfStock",
    "QuantityTooLarge",
    "TooFewLeft",
    "UnknownLine",
    "UnknownSku",
]

WHY_NOT = {
    SaleStatus.SOLD_OUT: N_("This item is sold out."),
    SaleStatus.PREORDERS_CLOSED: N_("Pre-orders for this item have closed."),
    SaleStatus.CLOSED: N_("Orders for this item have closed."),
    SaleStatus.UNAVAILABLE: N_("This item is no longer sold."),
}


class CartError(Exception):
    def __init__(self, message: str, field_name: str = "", **params: object) -> None:
        super().__init__(message % params if params else message)
        self.problem = Problem(message, params, field_name, type(self).__name__)


class UnknownSku(CartError):
    """No such item (or one that was never published: the same answer)."""

    def __init__(self) -> None:
        super().__init__(N_("We do not have this item."), "sku")


class NotOrderable(CartError):
    """The item exists and cannot be ordered now."""

    def __init__(self, status: SaleStatus) -> None:
        self.status = status
        super().__init__(WHY_NOT.get(status, WHY_NOT[SaleStatus.UNAVAILABLE]), "sku")


class UnknownLine(CartError):
    """The line is not in this cart (any more), or belongs to another cart: the same answer."""

    def __init__(self) -> None:
        super().__init__(N_("This item is no longer in your cart."))


class BadQuantity(CartError):
    """The text is no whole number in the range."""

    def __init__(self, minimum: int, maximum: int) -> None:
        super().__init__(
            N_("Please enter a whole number from %(min)d to %(max)d."), "quantity", min=minimum, max=maximum
        )


class QuantityTooLarge(CartError):
    """More pieces of one item than a cart may hold. ``in_cart``: pieces of it there now."""

    def __init__(self, maximum: int, in_cart: int = 0) -> None:
        self.max, self.in_cart = maximum, in_cart
        if in_cart:
            message = N_("At most %(max)d of one item in a cart, and %(in_cart)d are there already.")
            super().__init__(message, "quantity", max=maximum, in_cart=in_cart)
        else:
            super().__init__(N_("At most %(max)d of one item in a cart."), "quantity", max=maximum)


class TooFewLeft(OutOfStock):
    """``OutOfStock`` of an item some of which are in the cart already."""

    def __init__(self, sku_id: int, available: int, in_cart: int) -> None:
        super().__init__(sku_id, available)
        self.in_cart = in_cart
        if available and in_cart:
            self.problem = Problem(
                N_("Only %(count)d left, and %(in_cart)d are in your cart already."),
                {"count": available, "in_cart": in_cart},
                "quantity",
                "OutOfStock",
            )
