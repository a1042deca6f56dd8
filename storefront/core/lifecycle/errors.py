"""What can stop an act; each carries the sentence for whoever asked for it."""

from storefront.core.checkout.quote import CheckoutQuote
from storefront.core.orders.errors import OrderError
from storefront.core.values.types import Problem


class CheckoutIncomplete(Exception):
    """Something is missing or no longer possible; ``step`` says where to mend it: cart, address, delivery, confirm."""

    def __init__(self, step: str, problem: Problem) -> None:
        super().__init__(problem.message)
        self.step, self.problem = step, problem


class TotalChanged(Exception):
    """The price is no longer what the shopper was shown: back to the confirm page with the new one."""

    def __init__(self, shown: int, quote: CheckoutQuote) -> None:
        super().__init__(f"shown {shown}, now {quote.quote.due}")
        self.shown, self.quote = shown, quote


class TokenExpired(Exception):
    """The confirm page's token belongs to no open checkout and to no order of this cart."""


class NotPossible(OrderError):
    """The order, bill or parcel is not in a state for this act; nothing was changed."""
