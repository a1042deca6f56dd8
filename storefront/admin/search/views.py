"""The search field on top of the back office: it asks the lists that one may see, and leads straight to a single hit."""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request

from storefront.admin.guard import current_member, for_any_staff
from storefront.admin.lists.asking import query_of
from storefront.admin.lists.views import Head, RowView, count_words, heads_of, rows_of
from storefront.admin.registry import Registered, find_page
from storefront.core.contracts.manage import Ask
from storefront.core.i18n.translate import domain_gettext
from storefront.shop.context import current_shop, extension
from storefront.shop.hx import redirect_to

search_pages = Blueprint("search", __name__, url_prefix="/manage/search")

# In this order; each is asked as its own list is.
LISTS = ("orders", "products")
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Part:
    """What one list found. ``all_path``: the list itself, asked the same."""

    page: Registered
    title: str
    heads: list[Head]
    rows: list[RowView]
    count: str
    all_path: str


@search_pages.get("")
@for_any_staff
def search() -> Response:
    question = request.args.get("q", "").replace("\0", "").strip()[:100]
    parts, paths = [], []
    for page in _lists() if question else []:
        ask = Ask(q=question, limit=SHOWN)
        spec = page.spec.rows
        assert spec is not None
        found = spec.source.page(ask)
        if found.rows:
            words = domain_gettext(page.source)
            paths += [spec.row_url(row) if spec.row_url else page.form_path(spec.id_of(row)) for row in found.rows]
            parts.append(
                Part(
                    page,
                    words(page.spec.title),
                    heads_of(page, Ask(), linked=False),
                    rows_of(page, found.rows),
                    count_words(found),
                    page.list_path() + query_of(ask),
                )
            )
    if len(paths) == 1:
        return redirect_to(paths[0])
    return make_response(
        render_template("manage/search.html", manage_searched=question, parts=parts, shown=SHOWN),
    )


def _lists() -> list[Registered]:
    member = current_member()
    found = [find_page(name, extension().host, current_shop()) for name in LISTS]
    return [page for page in found if page is not None and page.spec.rows is not None and member.may(page.spec.view)]
