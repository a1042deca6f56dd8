"""Which pages are measured, and the bare page of the same kind that each is measured against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from tools.bench.load import Asked

OWN = {"Sec-Fetch-Site": "same-origin"}
PART = {"HX-Request": "true", "HX-Request-Type": "partial", **OWN}
GROUP = "g04"  # a twentieth of the goods
CART_LINES = 5
SESSIONS = 16


@dataclass(frozen=True, slots=True)
class Page:
    """``must``: the least share of the bare page's requests a second it may have at 100,000 products. ``statements``:
    the most it may need; 0: no number was set."""

    name: str
    floor: str
    path: str = ""
    must: float = 0.0
    statements: int = 0
    fragment: bool = False


def _search(name: str, lang: str, words: str, floor: str = "/fts?q=lamp") -> Page:
    return Page(f"search {name}", floor, f"/{lang}/products/?q={quote(words)}", 0.25, 3)


CART, ADD = "cart, 5 lines", "add (fragment)"
PAGES: tuple[Page, ...] = (
    Page("home", "/list", "/en/", 0.40),
    Page("list", "/list", "/en/products/", 0.40, 3),
    Page("list (fragment)", "/list", "/en/products/", 0.40, 3, fragment=True),
    Page("category", "/list", f"/en/categories/{GROUP}", 0.35, 4),
    Page("product", "/detail", "", 0.35, 4),
    _search("en: lamp", "en", "lamp"),
    _search("ja: 家庭 in a sentence", "ja", "家庭"),
    _search("two characters: 茶碗", "ja", "茶碗"),
    _search("one character: 皿", "ja", "皿"),
    # A dead end asks for another spelling and for popular goods besides.
    replace(_search("no hit", "en", "qzxwvkj", "/fts?q=qzxwvkj"), statements=5),
    Page(CART, "/list", "/en/cart", 0.30, 4),
    Page(ADD, "/list", "/en/cart/items", 0.30, 6),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What of a shop the pages need. ``slug``: of a product; ``skus``: that anybody can buy; ``cart_cookie``: of a
    session with five lines; ``cookies``: of others that have one each."""

    slug: str
    skus: tuple[str, ...]
    cart_cookie: str = ""
    cookies: tuple[str, ...] = ()


def requests_of(page: Page, stage: Stage) -> Sequence[Asked]:
    """The requests that are made in turn."""
    if page.name == ADD:
        body = urlencode({"sku": stage.skus[0], "quantity": "1"})
        return [Asked(page.path, {**PART, "Cookie": cookie}, body) for cookie in stage.cookies]
    if page.name == CART:
        return [Asked(page.path, {"Cookie": stage.cart_cookie})]
    headers: Mapping[str, str] = PART if page.fragment else {}
    return [Asked(page.path or f"/en/products/{stage.slug}", headers)]
