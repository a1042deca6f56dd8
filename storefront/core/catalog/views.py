"""What pages are given of the catalogue: frozen values. Money: minor units of the shown currency, tax included."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.values.types import Dimensions, Problem, SaleStatus

PER_PAGE = 24
SORTS = ("popularity", "newest", "price_up", "price_down", "release")


class Text(NamedTuple):
    """Words and the language they are in (a URL tag; "" for no words)."""

    text: str
    lang: str


NO_TEXT = Text("", "")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list shall show, as it came with the address: nothing needs to be checked before.

    ``synonyms``: groups of words that mean the same, for ``q``; ``typing``: its last word may be only begun. ``min``,
    ``max``: major units of the shown currency as typed; ``status``: a ``SaleStatus`` (``in_stock`` holds the low ones
    too); ``sort``: one of ``SORTS``. What cannot be understood is left out and told in
    ``ProductList.problems``.
    """

    lang: str
    rate: CurrencyRate
    category_slug: str = ""
    brand_slug: str = ""
    q: str = ""
    status: str = ""
    min: str = ""
    max: str = ""
    sort: str = ""
    page: int | str = 1
    per_page: int = PER_PAGE
    synonyms: tuple[tuple[str, ...], ...] = ()
    typing: bool = False


class Card(NamedTuple):
    """A product in a list. ``price``: of its cheapest variant that can be ordered (else the cheapest); ``varies``: the
    variants differ in price. ``status``: the best of its variants, with what that one has ``available`` (``None``: no
    limit; 100 may be more) and its ``release`` month. ``picture``: a name in the media folder, "" when there is none."""

    product_id: int
    slug: str
    name: str
    name_lang: str
    brand: str
    brand_lang: str
    price: int
    list_price: int | None
    varies: bool
    picture: str
    alt: str
    tint: int
    status: SaleStatus
    available: int | None
    release: str


class Count(NamedTuple):
    """How many there are; with ``more`` at least so many: nobody waits for the exact number of a hundred thousand."""

    number: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class ShelfBrand:
    """A maker with goods on a shelf, and how many. ``names``: by language."""

    id: int
    slug: str
    names: Mapping[str, Text]
    count: Count


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """How many products each further choice would leave, the other filters kept: categories and makers by slug."""

    categories: Mapping[str, Count]
    brands: Mapping[str, Count]


@dataclass(frozen=True, slots=True)
class ProductList:
    """``page`` is the page shown, which is the last one when a later one was asked for. ``total``: how many there are,
    ``more``: at least so many; then ``pages`` is the last page that can be reached from here on, else the last there
    is. ``statuses``: how many there are of each status that can be chosen, where that was counted. ``sort``,
    ``status``, ``min``, ``max``: what was understood ("" = not filtered). ``exact``: of a search, how many hold the words
    as typed; the others come close. ``None``: not a search by its own order."""

    cards: tuple[Card, ...]
    total: int
    page: int
    pages: int
    more: bool = False
    statuses: Mapping[str, Count] = field(default_factory=dict)
    per_page: int = PER_PAGE
    sort: str = "popularity"
    status: str = ""
    min: str = ""
    max: str = ""
    problems: tuple[Problem, ...] = ()
    exact: int | None = None


@dataclass(frozen=True, slots=True)
class HomeShelves:
    """``arrivals``: the newest; ``preorders``: what can be pre-ordered, soonest release first."""

    arrivals: tuple[Card, ...]
    preorders: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class PictureView:
    """``file`` "": not here (yet); the tile shows its tint. Width and height in pixels, 0 = unknown."""

    file: str
    width: int
    height: int
    tint: int
    alt: str
    alt_lang: str


@dataclass(frozen=True, slots=True)
class SkuView:
    """A variant. ``options``: (name, value) each with its language; ``label``: the values in one line ("" for the only
    variant of a product). ``weight``: grams, ``None`` = unknown."""

    id: int
    code: str
    options: tuple[tuple[Text, Text], ...]
    label: str
    price: int
    list_price: int | None
    status: SaleStatus
    available: int | None
    release: str
    weight: int | None
    barcode: str


@dataclass(frozen=True, slots=True)
class Link:
    """A category or brand by its name."""

    id: int
    slug: str
    name: str
    lang: str


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product with all that its page shows. ``state``: ``published`` or ``withdrawn`` (answered 410; ``related`` are
    then the alternatives). ``lang`` is the language of the texts,
    ``languages`` those they are there in. ``skus``: the active variants; may be empty.
    ``price``, ``list_price``, ``varies``, ``status`` as on a card; ``price`` is ``None`` without a variant."""

    id: int
    code: str
    slug: str
    state: str
    name: str
    lang: str
    summary: str
    body: str
    contents: str
    ingredients: str
    notes: str
    seo_title: str
    seo_description: str
    brand: Link | None
    categories: tuple[Link, ...]
    pictures: tuple[PictureView, ...]
    skus: tuple[SkuView, ...]
    related: tuple[Card, ...]
    price: int | None
    list_price: int | None
    varies: bool
    status: SaleStatus
    available: int | None
    release: str
    origin: str
    hs_code: str
    weight: int | None
    size: Dimensions | None
    restrictions: tuple[str, ...]
    alcohol_percent: str
    not_returnable: bool
    purchase_limit: int | None
    condition_item: str
    condition_box: str
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NavCategory:
    """A category in the menu, parents before children. ``count``: published products in it or below it. ``names`` and
    ``descriptions``: for every language asked for, the words and the language they are in."""

    id: int
    slug: str
    parent_id: int | None
    depth: int
    count: Count
    picture: str
    names: Mapping[str, Text] = field(default_factory=dict)
    descriptions: Mapping[str, Text] = field(default_factory=dict)

    def name(self, lang: str) -> Text:
        return self.names.get(lang, NO_TEXT)

    def description(self, lang: str) -> Text:
        return self.descriptions.get(lang, NO_TEXT)


@dataclass(frozen=True, slots=True)
class BrandView:
    """``languages``: those its name is there in."""

    id: int
    slug: str
    name: str
    lang: str
    description: str
    description_lang: str
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PageView:
    """An owner's page. ``body``: sanitised HTML; ``languages``: those it is there in."""

    slug: str
    title: str
    body: str
    lang: str
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PageLink:
    """An owner's page in a menu: ``shopping`` (how to buy) or ``shop`` (about us)."""

    slug: str
    menu: str
    titles: Mapping[str, Text]

    def title(self, lang: str) -> Text:
        return self.titles.get(lang, NO_TEXT)


@dataclass(frozen=True, slots=True)
class SkuRow:
    """A variant in few words, for lists by id. Money in the base currency."""

    id: int
    code: str
    product_id: int
    product_slug: str
    product_state: str
    active: bool
    price: int
    list_price: int | None
    mode: str
    release: str
    weight: int | None
