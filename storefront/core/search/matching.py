"""A question in the words of each database's full text search."""

from collections.abc import Sequence

from storefront.core.search.asking import Phrase, Term, Writing
from storefront.core.search.service import quoted
from storefront.core.search.tokens import BEGINS

Facets = Sequence[Sequence[str]]
"""Facet tokens: one of each inner group."""


def match_of(terms: Sequence[Term], facets: Facets, dialect: str) -> str:
    """All of ``terms`` and, of each group of facets, at least one."""
    groups: list[Term] = [tuple((Phrase((token,)),) for token in group) for group in facets]
    return _postgresql(groups, terms) if dialect == "postgresql" else _sqlite(groups, terms)


def _sqlite(facets: Sequence[Term], terms: Sequence[Term]) -> str:
    def phrase(each: Phrase) -> str:
        # A double quote is no part of any token, so nothing typed can end the literal.
        return '"' + " ".join(each.tokens).replace('"', "") + '"' + ("*" if each.prefix else "")

    def writing(each: Writing) -> str:
        return "(" + " AND ".join(map(phrase, each)) + ")"

    return " AND ".join("(" + " OR ".join(map(writing, term)) + ")" for term in (*terms, *facets))


def _postgresql(facets: Sequence[Term], terms: Sequence[Term]) -> str:
    def phrase(each: Phrase) -> str:
        if each.prefix and len(each.tokens) == 1 and len(each.tokens[0]) == 1:
            return quoted(BEGINS + each.tokens[0])
        return "(" + " <-> ".join(map(quoted, each.tokens)) + (":*" if each.prefix else "") + ")"

    def writing(each: Writing) -> str:
        return "(" + " & ".join(map(phrase, each)) + ")"

    return " & ".join("(" + " | ".join(map(writing, term)) + ")" for term in (*terms, *facets))
