"""Reading what a shopper asked of a list: nothing in an address is trusted, nothing in it is an error page."""

import re
import unicodedata
from dataclasses import dataclass

from storefront.core.catalog.views import SORTS, ListQuery
from storefront.core.i18n.translate import N_
from storefront.core.values.money import BadAmount, parse_major
from storefront.core.values.types import Problem, SaleStatus

MAX_PAGE = 100_000
MAX_PER_PAGE = 96
_SLUG = re.compile(r"[\w-]{1,160}\Z")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?\Z")


@dataclass(frozen=True, slots=True)
class Wish:
    """A ``ListQuery`` understood. ``low`` and ``high``: minor units of the shown currency, ``None`` = no limit."""

    sort: str
    status: SaleStatus | None
    low: int | None
    high: int | None
    page: int
    per_page: int
    problems: tuple[Problem, ...]


def is_slug(text: str) -> bool:
    """Whether ``text`` can be a slug at all: what cannot is not worth a statement (PostgreSQL would refuse a NUL)."""
    return _SLUG.match(text) is not None


def understand(query: ListQuery) -> Wish:
    """Everything of ``query`` that makes sense, and a sentence for what does not."""
    problems: list[Problem] = []
    low = _amount(query.min, "min", query.rate.currency, problems)
    high = _amount(query.max, "max", query.rate.currency, problems)
    if low is not None and high is not None and low > high:
        problems.append(
            Problem(
                N_("The lowest price is above the highest. Neither was used; please change one of them."),
                field_name="min",
                code="price_range",
            )
        )
        low = high = None
    return Wish(
        sort=query.sort if query.sort in SORTS else SORTS[0],
        status=SaleStatus(query.status) if query.status in set(SaleStatus) else None,
        low=low,
        high=high,
        page=_page(query.page),
        per_page=min(max(query.per_page, 1), MAX_PER_PAGE),
        problems=tuple(problems),
    )


def _amount(typed: object, name: str, currency: str, problems: list[Problem]) -> int | None:
    text = unicodedata.normalize("NFKC", "" if typed is None else str(typed)).strip()
    if not text:
        return None
    plain = text.replace(",", "") if _GROUPED.match(text) else text
    try:
        amount = parse_major(plain, currency)
    except BadAmount:
        amount = -1
    if amount >= 0:
        return amount
    problems.append(
        Problem(
            N_("“%(text)s” is not a price in %(currency)s. The list is shown without it; please use digits only."),
            {"text": text[:40], "currency": currency},
            field_name=name,
            code="price",
        )
    )
    return None


def _page(page: int | str) -> int:
    text = unicodedata.normalize("NFKC", str(page)).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        return 1
    return min(max(int(text), 1), MAX_PAGE)
