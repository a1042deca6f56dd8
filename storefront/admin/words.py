"""Sentences for the staff: what an error of core says, in the reader's language."""

from typing import Any

from storefront.core.contracts.manage import ActRefused, FormRefused
from storefront.core.i18n.catalogues import CORE_DOMAIN
from storefront.core.i18n.formats import format_money
from storefront.core.i18n.translate import Translator, current_language, domain_gettext
from storefront.core.values.money import Money
from storefront.core.values.types import Problem


def problems_of(error: Exception) -> tuple[Problem, ...]:
    """What an error has to say to whoever acted; empty for one that is a mistake of ours."""
    if isinstance(error, FormRefused):
        return tuple(error.problems)
    if isinstance(error, ActRefused):
        return (error.problem,)
    found = getattr(error, "problems", None)
    if isinstance(found, tuple) and found and all(isinstance(p, Problem) for p in found):
        return found
    problem = getattr(error, "problem", None)
    return (problem,) if isinstance(problem, Problem) else ()


def sentence(problem: Problem, words: Translator | None = None) -> str:
    """The problem in the current language; ``words``: of the page it is shown on, for a problem without a source."""
    translate = domain_gettext(problem.source) if problem.source else words or domain_gettext(CORE_DOMAIN)
    return translate(problem.message, **{name: _shown(value) for name, value in problem.params.items()})


def _shown(value: Any) -> Any:
    return format_money(value.amount, value.currency, current_language()) if isinstance(value, Money) else value
