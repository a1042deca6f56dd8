"""Lists and product pages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for

from storefront.core.catalog.queries import brand_view, list_products, popular_cards, product_page
from storefront.core.catalog.views import BrandView, Card, Count, ListQuery, PictureView, SkuView
from storefront.core.i18n.formats import format_money
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.language import LANGUAGES
from storefront.core.values.money import BadAmount, parse_major
from storefront.shop.catalog.asked import count_question
from storefront.shop.catalog.facets import Choice, Facet, facets_of
from storefront.shop.catalog.facts import facts_of
from storefront.shop.catalog.filters import SORTS, STATUSES, ListFilter, read_filter
from storefront.shop.catalog.searches import next_to_nothing, suggestions, synonyms
from storefront.shop.context import current_lang, current_navigation, current_rate, current_shop, extension
from storefront.shop.headers import cacheable
from storefront.shop.hx import is_fragment, is_fragment_for, render_page
from storefront.shop.indexing import index_as, keep_out
from storefront.shop.labels import count_words
from storefront.shop.structured import list_data, product_data

catalog = Blueprint("catalog", __name__)

POPULAR = 4


class Heading(NamedTuple):
    title: str
    lang: str = ""
    description: str = ""
    description_lang: str = ""


class Chip(NamedTuple):
    """A filter in use; ``href`` leads to the same list without it."""

    name: str
    href: str


class ListAddress(NamedTuple):
    """Where this list stands: an endpoint whose path may hold one of the filters already (``own``)."""

    endpoint: str
    fixed: Mapping[str, Any]
    own: str
    filters: ListFilter

    def arguments(self) -> dict[str, str]:
        return {name: value for name, value in self.filters.arguments().items() if name != self.own}

    @property
    def plain(self) -> str:
        """The address without any filter beside its own."""
        return url_for(self.endpoint, **self.fixed)

    def url(self, page: int = 1, without: str = "", plain: str = "") -> str:
        query: dict[str, Any] = {name: value for name, value in self.arguments().items() if name != without}
        if page > 1:
            query["page"] = page
        plain = plain or self.plain
        return f"{plain}?{urlencode(query)}" if query else plain


@catalog.get("/<lang:lang>/products/")
@cacheable
def products() -> Response:
    filters = read_filter(request.args)
    if is_fragment_for("suggest"):
        return suggestions(filters.q)
    title = _("Results for “%(words)s”", words=filters.q) if filters.q else _("All products")
    return _list_page(ListAddress("catalog.products", {}, "", filters), Heading(title))


@catalog.get("/<lang:lang>/categories/<slug>")
@cacheable
def category(slug: str) -> Response:
    found = current_navigation().category(slug)
    if found is None:
        abort(404)
    filters = read_filter(request.args, category=slug)
    address = ListAddress("catalog.category", {"slug": slug}, "category", filters)
    heading = Heading(found.name, found.lang, found.description, found.description_lang)
    return _list_page(address, heading, found.languages)


@catalog.get("/<lang:lang>/brands/<slug>")
@cacheable
def brand(slug: str) -> Response:
    found = _brand(slug)
    filters = read_filter(request.args, brand=slug)
    address = ListAddress("catalog.brand", {"slug": slug}, "brand", filters)
    heading = Heading(found.name, found.lang, found.description, found.description_lang)
    return _list_page(address, heading, found.languages, Choice(slug, found.name, found.lang))


def _brand(slug: str) -> BrandView:
    """Kept for the version of the shop, as the menus are."""
    kept, key = extension().brands.at(current_shop().version), (slug, current_lang())
    if key not in kept:
        found = brand_view(slug, current_lang())
        if found is None:
            abort(404)
        kept[key] = found
    return kept[key]


def _list_page(
    address: ListAddress,
    heading: Heading,
    languages: Collection[str] = LANGUAGES,
    brand_name: Choice | None = None,
) -> Response:
    filters, query = address.filters, _query(address.filters)
    found = list_products(query, current_shop().policies)
    _say_how_it_is_kept(address, found.page, languages)
    facets = facets_of(filters, query, found, brand_name)
    first, plain = (found.page - 1) * found.per_page + 1, address.plain
    answer = render_page(
        "products/list.html",
        "products/_results.html",
        fragment=is_fragment(),
        products=found,
        filters=filters,
        problems={problem.field_name: _(problem.message, **problem.params) for problem in found.problems},
        heading=heading,
        # Filters lead from a category's page to the list of everything: another page, not a part of this one.
        live=not address.own,
        first=first,
        last=first + len(found.cards) - 1,
        total=count_words(Count(found.total, found.more)),
        facets=facets,
        popular=() if found.cards else _popular(),
        sorts=[(value, _(label)) for value, label in SORTS.items()],
        sort_fields=[(name, value) for name, value in address.arguments().items() if name != "sort"],
        list_url=lambda page: address.url(page, plain=plain),
        plain_url=plain,
        data_blocks=list_data(heading.title, plain) if address.own else (),
        chips=_chips(address, facets["brand"]),
        empty_title=_("Nothing found for “%(words)s”.", words=filters.q) if filters.q else _("Nothing found"),
        nothing=next_to_nothing(filters, found),
    )
    # Only what was typed and sent: no filter chosen afterwards, no further page.
    if filters.q and not is_fragment() and set(request.args) == {"q"}:
        count_question(filters.q, found.total if found.exact is None else found.exact)
    return answer


def _say_how_it_is_kept(address: ListAddress, page: int, languages: Collection[str]) -> None:
    """Every page of the plain list by itself; in another order it is the same list; a choice of filters is none."""
    arguments = address.arguments()
    category = current_navigation().category(arguments.get("category", ""))
    if not arguments:
        index_as(address.plain, {"page": page} if page > 1 else None, languages)
    elif arguments.keys() == {"sort"}:
        index_as(address.plain, languages=languages)
    elif arguments.keys() == {"category"} and category is not None:
        index_as(url_for("catalog.category", slug=category.slug), languages=category.languages)
    else:
        keep_out()


def _popular() -> tuple[Card, ...]:
    """What to look at instead where nothing was found."""
    return popular_cards(current_lang(), current_rate(), current_shop().policies, limit=POPULAR)


def _query(filters: ListFilter) -> ListQuery:
    return ListQuery(
        lang=current_lang(),
        rate=current_rate(),
        category_slug=filters.category,
        brand_slug=filters.brand,
        q=filters.q,
        status=filters.status,
        min=filters.min,
        max=filters.max,
        sort=filters.sort,
        page=filters.page,
        synonyms=synonyms() if filters.q else (),
    )


def _chips(address: ListAddress, brands: Facet) -> list[Chip]:
    filters = address.filters
    category = current_navigation().category(filters.category)
    currency = current_rate().currency
    names = {
        "q": _("“%(words)s”", words=filters.q),
        "category": category.name if category else filters.category,
        "brand": next((brand.label for brand in brands.choices if brand.value == filters.brand), filters.brand),
        "status": _(STATUSES.get(filters.status, "")),
        "min": _("%(price)s or more", price=_price_words(filters.min, currency)),
        "max": _("%(price)s or less", price=_price_words(filters.max, currency)),
    }
    return [Chip(names[name], address.url(without=name)) for name in address.arguments() if name in names]


def _price_words(typed: str, currency: str) -> str:
    """As money of the page; as typed where it is none (a note beside the field says so)."""
    try:
        return format_money(parse_major(typed, currency), currency, current_lang())
    except BadAmount:
        return typed


@catalog.get("/<lang:lang>/products/<slug>")
@cacheable
def product(slug: str) -> Response:
    """``sku`` and ``picture`` choose a variant and a picture; ``quantity`` and ``step`` are the stepper's."""
    return product_answer(slug, sku=request.args.get("sku", ""))


def product_answer(slug: str, *, sku: str = "", quantity: str = "", refusal: str = "", status: int = 200) -> Response:
    """A product's page with variant ``sku`` chosen. ``refusal``: why it was not put into the cart; ``quantity``: what was
    typed then."""
    found = product_page(slug, current_lang(), current_rate(), current_shop().policies)
    if found is None:
        abort(404)
    if found.state == "withdrawn":
        return make_response(render_template("errors/gone.html", p=found), 410)
    index_as(url_for("catalog.product", slug=found.slug), languages=found.languages)
    maximum = current_shop().policy("cart.max_quantity")
    chosen = chosen_sku(found.skus, sku)
    return make_response(
        render_template(
            "products/page.html",
            p=found,
            chosen=chosen,
            named=sku if chosen and chosen.code == sku else None,
            orderable=any(sku.status.orderable for sku in found.skus),
            shown=_shown_picture(found.pictures),
            quantity=quantity or _quantity(maximum),
            maximum=maximum,
            lead_days=current_shop().policy("shipping.lead_days"),
            facts=facts_of(found, chosen),
            refusal=refusal,
            data_blocks=product_data(found),
        ),
        status,
    )


def chosen_sku(skus: Sequence[SkuView], code: str) -> SkuView | None:
    """The variant asked for, else the first that can be ordered, else the first."""
    asked = [sku for sku in skus if sku.code == code]
    return next(iter(asked or [sku for sku in skus if sku.status.orderable] or skus), None)


def _shown_picture(pictures: Sequence[PictureView]) -> PictureView | None:
    number = _number("picture", 1)
    return pictures[min(max(number, 1), len(pictures)) - 1] if pictures else None


def _quantity(maximum: int) -> int:
    """What the stepper shows after its minus or plus was pressed without script."""
    step = {"1": 1, "-1": -1}.get(request.args.get("step", ""), 0)
    return min(max(_number("quantity", 1) + step, 1), maximum)


def _number(name: str, otherwise: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise
