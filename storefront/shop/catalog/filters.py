"""What a list page was asked for, as typed. What it means is judged by the catalogue; here it is only made harmless."""

from collections.abc import Mapping
from dataclasses import dataclass

from storefront.core.i18n.translate import N_

MAX_WORDS = 100
MAX_PRICE_TEXT = 24
MAX_PAGE_TEXT = 8
MAX_SLUG = 160

STATUSES = {
    "in_stock": N_("In stock"),
    "pre_order": N_("Pre-order"),
    "back_order": N_("Back-order"),
}
SORTS = {
    "popularity": N_("Popularity"),
    "newest": N_("Newest"),
    "price_up": N_("Price: low to high"),
    "price_down": N_("Price: high to low"),
    "release": N_("Release date"),
}
ARGUMENTS = ("q", "category", "brand", "status", "min", "max", "sort")


@dataclass(frozen=True, slots=True)
class ListFilter:
    """``min`` and ``max``: major units of the shown currency, as typed."""

    q: str = ""
    category: str = ""
    brand: str = ""
    status: str = ""
    min: str = ""
    max: str = ""
    sort: str = ""
    page: str = "1"

    def arguments(self) -> dict[str, str]:
        """The address of this list, without its page; only what narrows or orders it."""
        return {name: getattr(self, name) for name in ARGUMENTS if getattr(self, name)}


def read_filter(args: Mapping[str, str], *, category: str = "", brand: str = "") -> ListFilter:
    """``args``: the query. ``category``, ``brand``: given by the page itself, then the query's are not asked."""
    return ListFilter(
        q=_text(args, "q", MAX_WORDS),
        category=category or _text(args, "category", MAX_SLUG),
        brand=brand or _text(args, "brand", MAX_SLUG),
        status=_one_of(args, "status", STATUSES),
        min=_text(args, "min", MAX_PRICE_TEXT),
        max=_text(args, "max", MAX_PRICE_TEXT),
        sort=_one_of(args, "sort", SORTS),
        page=_text(args, "page", MAX_PAGE_TEXT),
    )


def _text(args: Mapping[str, str], name: str, limit: int) -> str:
    # Control characters and NUL mean nothing in a search and are refused by PostgreSQL.
    text = "".join(c if c.isprintable() else " " for c in args.get(name, "")[: limit * 2])
    return " ".join(text.split())[:limit]


def _one_of(args: Mapping[str, str], name: str, known: Mapping[str, str]) -> str:
    text = args.get(name, "")
    return text if text in known else ""
