"""What can stop an act on an order; each is a sentence for whoever asked for it."""

from storefront.core.values.types import Problem


class OrderError(Exception):
    """Base: carries the sentence."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.problem = Problem(message, params, code=type(self).__name__)


class UnknownOrder(OrderError):
    """There is no such order (or not for this reader: the same answer)."""


class IllegalTransition(OrderError):
    """The order is not in a state from which this can happen."""


class LimitExceeded(OrderError):
    """More pieces of a product than one customer may have (CAT-6)."""
