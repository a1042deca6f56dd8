"""Why a job that was given up could not be retried or dropped."""

from typing import Any

from storefront.core.values.types import Problem


class OutboxError(Exception):
    """Nothing was changed. ``problem`` says why."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.problem = Problem(message, params)


class NotDead(OutboxError):
    """Only a job that was given up can be retried or dropped by hand."""


class ReasonMissing(OutboxError):
    """What is dropped needs a reason."""
