"""Which products a question finds: the glue between lists and the search index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select

from storefront.core.catalog.indexing import IN_STOCK, brand_facet, category_facet
from storefront.core.search.asking import Question, loosened, understand
from storefront.core.search.queries import NOTHING, Hits, Wanted, find, matching_ids
from storefront.core.search.service import PRODUCTS

# Below so many hits the question is asked again with less care.
FEW = 3


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the index can narrow a search by: slugs of a category (with those below it) and of a maker, "" for any;
    ``in_stock``: with a variant that could be sent at once when the product was last written."""

    category: str = ""
    brand: str = ""
    in_stock: bool = False

    def facets(self) -> Sequence[Sequence[str]]:
        found = [category_facet(self.category)] if self.category else []
        found += [brand_facet(self.brand)] if self.brand else []
        found += [IN_STOCK] if self.in_stock else []
        return [[facet] for facet in found]


@dataclass(frozen=True, slots=True)
class Found:
    """``ids``: of published products, in the order to show them. ``total``: of all hits, at most 1,000; ``more``: there
    are more. ``exact``: how many of the total have the words as they were typed; the others come close."""

    ids: tuple[int, ...]
    total: int
    more: bool
    exact: int


def search_products(
    question: str,
    lang: str,
    *,
    limit: int,
    offset: int = 0,
    narrowed: Narrowed | None = None,
    synonyms: Iterable[Sequence[str]] = (),
    typing: bool = False,
) -> Found:
    """One page of what ``question``, as typed, finds among the published products, most fitting first. ``synonyms``: the
    policy ``search.synonyms``. ``typing``: the last word may be only begun. One statement; a second one when there are next to no hits. Outside or inside a unit.
    Never raises for what was typed; a question without any word finds nothing."""
    asked = understand(question, synonyms, typing=typing)
    facets = (narrowed or Narrowed()).facets()
    hits = find(PRODUCTS, asked, Wanted(limit, offset, lang, facets=facets))
    if hits.total < FEW and (offset < FEW or not hits.total):
        return _nearer(asked, hits, Wanted(limit, offset, lang, facets=facets))
    return Found(hits.ids, hits.total, hits.more, hits.total)


def _nearer(asked: Question, hits: Hits, wanted: Wanted) -> Found:
    """``hits``, and after them what comes close to the question."""
    loose = loosened(asked)
    first = wanted.offset == 0
    near = find(PRODUCTS, loose, wanted) if loose is not None else NOTHING
    if near.total <= hits.total:
        return Found(hits.ids, hits.total, hits.more, hits.total)
    ids = near.ids
    if first:  # whoever is found exactly comes first; the loose question finds them again
        ids = tuple(dict.fromkeys((*hits.ids, *near.ids)))[: wanted.limit]
    return Found(ids, near.total, near.more, hits.total)


def matching_products(
    question: str, *, narrowed: Narrowed | None = None, synonyms: Iterable[Sequence[str]] = ()
) -> Select[int]:
    """The ids of the first 5,000 hits by popularity as a SELECT: for lists that are sorted, or narrowed by what the
    index does not know (price, status). Where the question finds next to nothing, those that come close take part."""
    asked = understand(question, synonyms)
    facets = (narrowed or Narrowed()).facets()
    hits = find(PRODUCTS, asked, Wanted(FEW, facets=facets))
    if hits.total < FEW and (loose := loosened(asked)) is not None:
        asked = loose
    return matching_ids(PRODUCTS, asked, facets)


def is_search(question: str) -> bool:
    """Whether anything was typed that could be searched for; spaces and control characters are nothing."""
    return understand(question).asked
