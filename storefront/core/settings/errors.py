"""What can be wrong with a decision of the owner."""

from storefront.core.values.types import Problem


class BadPolicy(ValueError):
    """A policy key that does not exist, or a value of the wrong kind. ``problem`` is the sentence for the owner."""

    def __init__(self, message: str, **params: object) -> None:
        self.problem = Problem(message, params, code="bad_policy")
        super().__init__(message % params)
