"""Every kind of page of the shop, found as a visitor finds it: by its links, by buying something, by working in the back
office. ``make budgets`` weighs what is found here; the browser suite goes the same way (``Finder``)."""

import gzip
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from storefront.core.billing.models import Bill
from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.outbox.claiming import claim, fail
from storefront.core.outbox.service import later
from storefront.jobs.mails import unsubscribe_link
from storefront.jobs.runtime import runtime_of
from storefront.testing.desk import staff_client
from storefront.testing.visitor import TAIPEI, Visitor

# What a visitor of these addresses gets is no page: files, data for machines, redirects.
NO_PAGES = {
    "assets.favicon", "assets.static_file", "media.media_file", "exports.file", "home.negotiate", "imports.report",
    "mail_preview.html", "plugin_admin.export", "service.healthz", "service.metrics", "service.readyz", "service.robots",
    "service.speculation", "sitemaps.index", "sitemaps.part", "tasks.file", "theme.theme_sheet",
}  # fmt: skip
# Of a gateway, of a member who logs in by now, and what another rule of the same address answers first.
NOT_HERE = {"orders.member", "payments.come_back", "staff.give_code", "staff.set_up", "manage.staff_form"}
BUT_OF_ROWS = {"plugin_pages.home", "plugin_pages.form", "plugin_pages.new"}
FOUND = {"en": "tea", "ja": "お茶", "zh-hans": "茶", "zh-hant": "茶"}
LINES = 5
# Pages that no link leads to as they stand: answers to a question.
ASKED_FOR = ("/manage/search?q=tea", "/manage/plugins/shipping_courier/purge")
GOODS = b"record,product,slug,name_en,sku,currency,price\r\nproduct,TOUR-1,tour-1,Cup,,,\r\nvariant,TOUR-1,,,TOUR-1,JPY,x\r\n"


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (href := dict(attrs).get("href")):
            self.found.append(href)


class Finder:
    """One address of each kind of page. ``begins``: what addresses of interest begin with."""

    def __init__(self, app: Flask, begins: str) -> None:
        self.rules = app.url_map.bind("localhost")
        self.begins = begins
        self.ahead: deque[tuple[str, str]] = deque()
        self.kinds: set[str] = set()

    def kind(self, path: str) -> str:
        """The name of the page's kind; "" of what is no page of this shop."""
        try:
            endpoint, values = self.rules.match(urlsplit(path).path, method="GET")
        except (HTTPException, RequestRedirect):
            return ""
        if endpoint in NO_PAGES:
            return ""
        return f"{endpoint} {values['plugin']}/{values['key']}" if endpoint in BUT_OF_ROWS else str(endpoint)

    def note(self, links: Iterable[str], page: str) -> None:
        """What the page at ``page`` leads to."""
        for link in links:
            path = urljoin(page, link)
            kind = self.kind(path) if path.startswith(self.begins) else ""
            if kind and kind not in self.kinds:
                self.kinds.add(kind)
                self.ahead.append((kind, path))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Kind and path of each page, until the pages seen lead to nothing new. ``note`` the links of each."""
        while self.ahead:
            yield self.ahead.popleft()


def kinds_of_pages(app: Flask) -> set[str]:
    """The endpoints of all pages there are."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return {rule.endpoint for rule in rules} - NO_PAGES - NOT_HERE


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it came. ``kind``: its endpoint, often with a word about what is on it; ``packed``: bytes of its HTML on
    the wire."""

    kind: str
    path: str
    html: str
    packed: int


@dataclass
class Tourist:
    """A visitor who keeps every page seen."""

    visitor: Visitor
    seen: list[Seen] = field(default_factory=list)

    def looks(self, kind: str, path: str, status: int = 200) -> Seen:
        """Raises ``RuntimeError`` when the page answers anything else."""
        answer = self.visitor.client.get(path, headers={"Accept-Encoding": "gzip"})
        if answer.status_code != status:
            raise RuntimeError(f"{kind}: {path} answered {answer.status_code}, not {status}")
        packed = answer.headers.get("Content-Encoding") == "gzip"
        html = (gzip.decompress(answer.data) if packed else answer.data).decode("utf-8")
        return self._keeps(Seen(kind, path, html, len(answer.data)))

    def has(self, kind: str) -> Seen:
        """The page in hand, which came of a form."""
        answer = self.visitor.last
        return self._keeps(
            Seen(kind, answer.request.path, answer.get_data(as_text=True), len(gzip.compress(answer.data, 6)))
        )

    def _keeps(self, page: Seen) -> Seen:
        self.seen.append(page)
        return page

    def follows_links(self, finder: Finder, *starts: str) -> None:
        finder.note(starts, starts[0])
        for kind, path in finder:
            finder.note(Links(self.looks(kind, path).html).found, path)


def shops(app: Flask, lang: str) -> list[Seen]:
    """Every page a shopper comes to in this language, up to the order. Outside any context."""
    tourist = Tourist(Visitor(app.test_client(), lang))
    visitor, at = tourist.visitor, f"/{lang}/"
    finder = Finder(app, at)
    tourist.follows_links(finder, at, f"{at}preferences", f"{at}shipping_courier/charges")
    tourist.looks("catalog.products, found", f"{at}products/?q={FOUND[lang]}")
    tourist.looks("catalog.products, nothing found", f"{at}products/?q=qzxwvkj")
    tourist.looks("catalog.products, refused", f"{at}products/?min=x")
    tourist.looks("catalog.products, filtered", f"{at}products/?status=in_stock&sort=price_up")
    tourist.looks("not found", f"{at}nothing-here", 404)
    with app.app_context():
        runtime = runtime_of(app)
        leaving = unsubscribe_link(runtime, lang, "nobody@example.com", "staff_digest")
    tourist.looks("mails.ask", leaving.removeprefix(runtime.public_url))
    for path in product_paths(tourist.seen)[:LINES]:
        visitor.gets(path)
        visitor.submits("add-form")
    tourist.looks("cart.show, with goods", f"{at}cart?country=TW")
    tourist.looks("estimate.of_cart", f"{at}cart/delivery?country=TW")
    for step in ("", "address"):
        tourist.looks(f"checkout.{step or 'start'}", f"{at}checkout/{step}")
    visitor.fills_in(TAIPEI, postal_code="x")
    tourist.has("checkout.address, refused")
    visitor.fills_in(TAIPEI)
    tourist.looks("checkout.delivery", f"{at}checkout/delivery")
    visitor.chooses("payments_bank_transfer")
    tourist.looks("checkout.confirm", f"{at}checkout/confirm")
    visitor.places()
    tourist.has("orders.private")
    with app.app_context():
        secret = session.scalars(select(Bill.secret).order_by(Bill.id.desc())).first()
        session.rollback()
    tourist.looks("bills.show", f"{at}bills/{secret}")
    return tourist.seen


def product_paths(seen: Iterable[Seen]) -> list[str]:
    """Of the first list that shows only what is in stock."""
    listed = next(page for page in seen if page.kind == "catalog.products, filtered")
    return [link for link in dict.fromkeys(Links(listed.html).found) if "/products/" in link and "?" not in link][1:]


def works(app: Flask, lang: str) -> list[Seen]:
    """Every page the owner comes to in this language, after ``shops``. Outside any context."""
    tourist = Tourist(Visitor(staff_client(app, locale=lang)))
    visitor = tourist.visitor
    tourist.follows_links(Finder(app, "/manage/"), "/manage/", *ASKED_FOR, *_made_on_the_way(app, visitor))
    stranger = Tourist(Visitor(app.test_client()))
    stranger.looks("staff.log_in", f"/manage/login?lang={lang}")
    visitor.gets("/manage/staff/new")
    visitor.submits("edit-form", "", name="Ben", email=f"ben-{lang}@example.com", role="packer", locale=lang)
    link = next(given["value"] for given in visitor.page.attributes("invite-link"))
    stranger.looks("staff.invitation", f"{urlsplit(link).path}?lang={lang}")
    return tourist.seen + stranger.seen


def _made_on_the_way(app: Flask, visitor: Visitor) -> list[str]:
    """Addresses that are there only once something was done: a file of catalogue rows, a long act, a job given up."""
    visitor.gets("/manage/imports/")
    form = visitor.page.form("import-form")
    visitor.posts("/manage/imports/", {**form.fields, "file": (io.BytesIO(GOODS), "goods.csv")})
    imported = visitor.last.request.path
    visitor.gets("/manage/export/")
    visitor.submits("export-form")
    task = visitor.last.request.path
    with app.app_context():
        with unit_of_work():
            later("tour.nothing", queue="mail", subject="order:1")
        rows = claim(100, utcnow())
        for row in rows:
            run_unit(lambda row=row: fail(row, "550 no such box", utcnow(), permanent=True))
    return [imported, task, *(f"/manage/dead-jobs/{row.id}" for row in rows if row.name == "tour.nothing")]
