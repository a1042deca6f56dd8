"""What a search offers beside its hits: rows while it is typed, and ways on when it finds nothing."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from flask import Response, make_response, render_template, url_for

from storefront.core.catalog.queries import list_products
from storefront.core.catalog.searching import FEW, search_products
from storefront.core.catalog.views import Card, Count, ListQuery, ProductList
from storefront.core.i18n.translate import gettext as _
from storefront.core.search.asking import MAX_QUESTION
from storefront.core.search.folding import fold
from storefront.core.search.marking import Piece, marked
from storefront.core.search.spelling import respelled
from storefront.core.search.tokens import chunks, plain
from storefront.shop.catalog.filters import ListFilter
from storefront.shop.context import current_lang, current_navigation, current_rate, current_shop
from storefront.shop.hx import vary
from storefront.shop.labels import count_words

SUGGESTED = 6
MAX_WIDER = 3


class Suggested(NamedTuple):
    card: Card
    name: list[Piece]


class WayOn(NamedTuple):
    """A link: the sentence or name, its language ("" for the page's), where it leads."""

    name: str
    lang: str
    href: str


@dataclass(frozen=True, slots=True)
class NextToNothing:
    """What to offer: ``spelling`` in place of the words typed, ``wider`` places to look in."""

    spelling: WayOn | None
    wider: tuple[WayOn, ...]


def synonyms() -> tuple[tuple[str, ...], ...]:
    """The owner's groups of words that mean the same."""
    return tuple(
        tuple(map(str, group)) for group in current_shop().policy("search.synonyms") if isinstance(group, list)
    )


def suggestions(question: str) -> Response:
    """The rows under the search field; an empty answer while too little was typed to mean something."""
    found = None
    if is_enough(question):
        query = ListQuery(
            current_lang(), current_rate(), q=question, per_page=SUGGESTED, synonyms=synonyms(), typing=True
        )
        found = list_products(query, current_shop().policies)
    rows = [Suggested(card, marked(card.name, question)) for card in found.cards] if found else []
    answer = make_response(
        render_template(
            "products/_suggest.html",
            question=question,
            rows=rows,
            total=count_words(Count(found.total, found.more)) if found else "",
        )
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return vary(answer)


def is_enough(question: str) -> bool:
    """One character of Chinese or Japanese, two of anything else."""
    parts = list(chunks(fold(question)))
    return any(cjk or len(part) > 1 for cjk, part in parts)


def next_to_nothing(filters: ListFilter, found: ProductList) -> NextToNothing | None:
    """For a search that found less than three; ``None`` for any other list."""
    exact = found.total if found.exact is None else found.exact
    if not filters.q or exact >= FEW:
        return None
    return NextToNothing(_spelling(filters.q), _wider(filters) if not found.cards else ())


def _spelling(question: str) -> WayOn | None:
    """Another spelling, when it finds something."""
    other = respelled(question)
    if not other or not search_products(other, current_lang(), limit=1, synonyms=synonyms()).ids:
        return None
    words = _("Did you mean “%(words)s”?", words=other)
    return WayOn(words, "", url_for("catalog.products", q=other))


def _wider(filters: ListFilter) -> tuple[WayOn, ...]:
    """The same words with fewer filters; without filters, the categories whose names share a word with them."""
    narrowed = [name for name in filters.arguments() if name not in ("q", "sort")]
    if narrowed:
        ways = []
        parent = current_navigation().above(filters.category)
        if parent is not None:
            ways.append(WayOn(parent.name, parent.lang, url_for("catalog.products", q=filters.q, category=parent.slug)))
        everywhere = _("“%(words)s” in all products", words=filters.q)
        return (*ways, WayOn(everywhere, "", url_for("catalog.products", q=filters.q)))
    asked = _words_of(filters.q)
    named = [
        WayOn(item.name, item.lang, url_for("catalog.category", slug=item.slug))
        for item in current_navigation().categories
        if asked & _words_of(item.name) or any(len(word) > 1 and word in item.name for word in asked)
    ]
    return tuple(named[:MAX_WIDER])


@lru_cache(2048)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(plain(text[:MAX_QUESTION]).split(" "))
