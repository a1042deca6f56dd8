"""Texts of core and plugins in the language of the page."""

from collections.abc import Mapping
from typing import Any

from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.labels import labels_in
from storefront.core.shipping.deliveries import DeliveryChoice
from storefront.core.shipping.permission import Closed
from storefront.core.values.types import Problem
from storefront.shop.context import current_lang

CORE = "core"


def say(message: str, params: Mapping[str, Any] | None = None, source: str = CORE) -> str:
    """An English msgid of ``source`` (a plugin's name, or core) in the page's language; money in it is formatted."""
    return labels_in(current_lang())(source, message, params or {})


def problem_words(problem: Problem) -> str:
    return say(problem.message, problem.params, problem.source or CORE)


def closed_words(closed: Closed) -> tuple[str, str]:
    """The owner's words and their language, else ours and "" (the page's)."""
    return closed.words(current_lang()) or (problem_words(closed.problem), "")


def delivery_title(choice: DeliveryChoice) -> str:
    return say(choice.title, choice.title_params, choice.source)


def bare_reason(choice: DeliveryChoice) -> str:
    """Why it cannot be chosen."""
    return say(choice.reason, choice.params, CORE if choice.core_reason else choice.source)


def delivery_reason(choice: DeliveryChoice) -> str:
    """Why it cannot be chosen, and for which goods."""
    reason = bare_reason(choice)
    if not choice.products:
        return reason
    return say(N_("%(reason)s It is about: %(goods)s."), {"reason": reason, "goods": ", ".join(choice.products)})


def same_currency(rate: CurrencyRate, named: str) -> bool:
    """Whether a form was made for the currency of this page; forms that name none are taken as they are."""
    return named in ("", rate.currency)
