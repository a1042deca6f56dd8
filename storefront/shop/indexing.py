"""Which pages search engines may keep, under which address, and which others say the same in another language.

A page is kept when its view is ``cacheable`` (everybody sees the same), under its address without a query. Views that
know better say so with ``index_as`` and ``keep_out``."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, cast
from urllib.parse import quote, urlencode

from flask import current_app, g, request

from storefront.core.values.language import FALLBACKS, LANGUAGES, html_lang
from storefront.shop.context import current_lang, current_shop, extension
from storefront.shop.paths import in_language


class Alternate(NamedTuple):
    """The same page for readers of ``tag`` (``x-default``: of none of the shop's languages)."""

    tag: str
    href: str


class Indexing(NamedTuple):
    """``canonical``: the address this page shall be known by; "" keeps it out. ``alternates``: only where that is its
    own address, itself among them."""

    canonical: str
    alternates: tuple[Alternate, ...] = ()


KEPT_OUT = Indexing("")


def indexing() -> Indexing:
    """Of the page that is being shown."""
    found = g.get("indexing")
    if found is None:
        view = current_app.view_functions.get(request.endpoint or "")
        found = _indexing(quote(request.path)) if getattr(view, "is_cacheable", False) else KEPT_OUT
    return cast(Indexing, found)


def index_as(path: str, query: Mapping[str, object] | None = None, languages: Collection[str] = LANGUAGES) -> None:
    """The page is to be known as ``path`` (quoted) with ``query``. ``languages``: those its text is really there in; in
    any other it shows the text of one of them, and is known by the address of that one."""
    g.indexing = _indexing(path, urlencode(query or {}), languages)


def keep_out() -> None:
    """A search, a choice of filters: endless in number, and nothing that is not elsewhere."""
    g.indexing = KEPT_OUT


def _indexing(path: str, query: str = "", languages: Collection[str] = LANGUAGES) -> Indexing:
    root, lang = extension().settings.public_url, current_lang()
    there = set(languages) & set(LANGUAGES) or set(LANGUAGES)

    def address(of: str) -> str:
        return root + in_language(path, of) + (f"?{query}" if query else "")

    canonical = address(next(tag for tag in FALLBACKS[lang] if tag in there))
    here = quote(request.path) + (f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else "")
    if canonical != root + here:
        return Indexing(canonical)
    default = current_shop().policy("shop.default_language")
    best = next(tag for tag in FALLBACKS[default] if tag in there)
    links = [Alternate(html_lang(tag), address(tag)) for tag in LANGUAGES if tag in there]
    return Indexing(canonical, (*links, Alternate("x-default", address(best))))
