"""Site maps: one index, and for each language one file of everything but products and one for each block of products."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, stream_with_context

from storefront.core.catalog.sitemap import Findable, findable_products, findable_rest, product_blocks
from storefront.core.values.language import LANGUAGES
from storefront.shop.context import extension

sitemaps = Blueprint("sitemaps", __name__)

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PATHS = {"category": "categories", "brand": "brands", "page": "pages", "product": "products"}
KEPT = "public, max-age=3600"
# Lines are sent in packets: a line each would be a system call each.
PACKET = 200


@sitemaps.get("/sitemap.xml")
def index() -> Response:
    """Names every file there is."""
    root, blocks = extension().settings.public_url, product_blocks()
    names = [f"{lang}-pages" for lang in LANGUAGES] + [f"{lang}-{block + 1}" for lang in LANGUAGES for block in blocks]
    lines = (f"<sitemap><loc>{root}/sitemaps/{name}.xml</loc></sitemap>\n" for name in names)
    return _xml(["".join([HEAD, f"<sitemapindex {SPACE}>\n", *lines, "</sitemapindex>\n"])])


@sitemaps.get("/sitemaps/<name>.xml")
def part(name: str) -> Response:
    """``<lang>-pages`` or ``<lang>-<number>``; written while it is read from the database."""
    lang, _, which = name.rpartition("-")
    if lang not in LANGUAGES:
        abort(404)
    if which == "pages":
        return _xml(stream_with_context(_packets(_rest(lang))))
    if not (which.isascii() and which.isdigit() and len(which) < 6) or int(which) - 1 not in product_blocks():
        abort(404)
    return _xml(stream_with_context(_packets(_lines(lang, findable_products(lang, int(which) - 1)))))


def _rest(lang: str) -> Iterator[str]:
    root = extension().settings.public_url
    for path in ("", "products/", "contact"):
        yield f"<url><loc>{root}/{lang}/{path}</loc></url>\n"
    yield from _lines(lang, findable_rest(lang))


def _lines(lang: str, found: Iterable[Findable]) -> Iterator[str]:
    root = extension().settings.public_url
    for each in found:
        where = escape(f"{root}/{lang}/{PATHS[each.kind]}/{quote(each.slug)}")
        changed = f"<lastmod>{_instant(each.changed_at)}</lastmod>" if each.changed_at else ""
        yield f"<url><loc>{where}</loc>{changed}</url>\n"


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _packets(lines: Iterator[str]) -> Iterator[str]:
    packet = [HEAD, f"<urlset {SPACE}>\n"]
    for line in lines:
        packet.append(line)
        if len(packet) >= PACKET:
            yield "".join(packet)
            packet = []
    yield "".join([*packet, "</urlset>\n"])


def _xml(body: Iterable[str]) -> Response:
    response = Response(body, mimetype="application/xml")
    response.headers["Cache-Control"] = KEPT
    return response
