"""Pages in Chromium on a slow network and a slow processor: when the main thing is seen (LCP), how much moves (CLS), how long
the page takes to answer a finger (INP)::

    python -m tools.lab                          # ja and en, three visits each: about 6 minutes
    python -m tools.lab --keep DIR --times 1     # DIR is the DATA_DIR of a demo shop whose pictures are prepared
    python -m tools.lab --langs zh-hant --only product

A phone of 360 x 780 points, two pixels a point; 1.6 Mbit/s down, 750 kbit/s up, 150 ms for each request; the processor four
times slower than it is. Each visit begins with nothing kept. The shop runs beside it on the same machine, not slowed. LCP and
INP are medians of the visits, CLS is the worst of them; INP is the slowest of all that was touched and typed. Ends with 1 when
a goal is missed. Nothing else may run meanwhile: a busy machine is a slower phone.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from storefront.testing.running import RunningShop, wait_for
from tools.chromium import ARGUMENTS, find_chromium

LCP_MOST, CLS_MOST, INP_MOST = 1800.0, 0.02, 100.0
PHONE = {"viewport": {"width": 360, "height": 780}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
PROCESSOR = 4
PATIENCE_MS = 30_000
# After the network is silent: what is still painted, and answers to what was touched.
SETTLE_MS = 600
WATCH = """
window.lab = {lcp: 0, what: "", cls: 0, inp: 0, slow: ""};
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  lab.lcp = entry.startTime;
  lab.what = entry.element ? entry.element.tagName.toLowerCase() + (entry.url ? " " + entry.url.split("/").pop() : "") : "";
})).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { if (!entry.hadRecentInput) lab.cls += entry.value; }))
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.interactionId || entry.duration <= lab.inp) return;
  const at = entry.target ? entry.target.id || entry.target.name || entry.target.tagName.toLowerCase() : "";
  const parts = [entry.processingStart - entry.startTime, entry.processingEnd - entry.processingStart,
    entry.startTime + entry.duration - entry.processingEnd].map(Math.round).join(" + ");
  lab.inp = entry.duration;
  lab.slow = `${entry.name} ${at} (${parts})`;
})).observe({type: "event", durationThreshold: 16, buffered: true});
"""
ADDRESS = {
    "family_name": "Byron",
    "given_name": "Ada",
    "postal_code": "100-0001",
    "city": "Chiyoda",
    "line1": "1-1 Chiyoda",
}
GOODS = ("cherry-blossom-soap", "morning-mist-sencha", "octagonal-lacquered-chopsticks")


def mark(name: str) -> str:
    return f'[data-test="{name}"]'


def touch(page: Page, selector: str) -> None:
    """In the middle of the screen, where a phone's keyboard leaves a field: near the lower edge a browser without a screen
    paints only with the next scrolling, and the wait for that is no answer of the page's."""
    found = page.locator(selector).first
    found.evaluate("(element) => element.scrollIntoView({block: 'center'})")
    found.tap()


def types(page: Page) -> None:
    """Into the search field, as fast as a thumb."""
    touch(page, mark("search"))
    page.keyboard.type("tea", delay=120)
    page.locator('[role="option"]').first.wait_for()


def filters(page: Page) -> None:
    touch(page, "details.filters > summary")
    with page.expect_response(lambda answer: "status=in_stock" in answer.url):
        touch(page, 'input[name="status"][value="in_stock"]')
    types(page)


def adds(page: Page) -> None:
    for _ in range(3):
        touch(page, "#qty-more")
    touch(page, mark("add-to-cart"))
    page.locator(mark("cart-badge")).filter(has_text="4").wait_for()


def counts(page: Page) -> None:
    for count in range(len(GOODS) + 1, len(GOODS) + 3):
        touch(page, 'button[name="step"][value="1"]')
        page.locator(mark("cart-badge")).filter(has_text=str(count)).wait_for()


def writes(page: Page) -> None:
    for name, value in ADDRESS.items():
        touch(page, f"#address-{name}")
        page.keyboard.type(value, delay=60)


def chooses(page: Page) -> None:
    with page.expect_response(lambda answer: "/checkout/delivery" in answer.url):
        touch(page, f"{mark('method-choice')} input:not(:checked):enabled")


@dataclass(frozen=True, slots=True)
class Visit:
    """A page and what is done on it. ``cart``: whether the visitor comes with goods and an address."""

    name: str
    path: str
    acts: Callable[[Page], None]
    cart: bool = False


VISITS = (
    Visit("home", "/", types),
    Visit("list", "/products/", filters),
    Visit("product", f"/products/{GOODS[0]}", adds),
    Visit("cart", "/cart", counts, cart=True),
    Visit("checkout: address", "/checkout/address", writes, cart=True),
    Visit("checkout: delivery", "/checkout/delivery", chooses, cart=True),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one visit. Milliseconds; ``what``: the element of the LCP; ``slow``: the event of the INP, its
    element, and how long it waited, was worked at and took to be painted."""

    lcp: float
    cls: float
    inp: float
    what: str
    slow: str


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    lang: str
    figures: Sequence[Figure]

    @property
    def lcp(self) -> float:
        return statistics.median(figure.lcp for figure in self.figures)

    @property
    def inp(self) -> float:
        return statistics.median(figure.inp for figure in self.figures)

    @property
    def cls(self) -> float:
        return max(figure.cls for figure in self.figures)

    @property
    def missed(self) -> bool:
        return self.lcp > LCP_MOST or self.cls > CLS_MOST or self.inp > INP_MOST

    def __str__(self) -> str:
        last = self.figures[-1]
        lcps = [figure.lcp for figure in self.figures]
        return (
            f"| {self.name}{' ↓' if self.missed else ''} | {self.lang} | {self.lcp / 1000:.2f} ({min(lcps) / 1000:.2f}–"
            f"{max(lcps) / 1000:.2f}) | {last.what} | {self.cls:.3f} | {self.inp:.0f} | {last.slow} |"
        )


def with_goods(browser: Browser, shop: RunningShop, lang: str) -> list[dict[str, object]]:
    """Cookies of a visitor with three goods in the cart and an address."""
    with opened(browser) as (context, page):
        for slug in GOODS:
            page.goto(f"{shop.url}/{lang}/products/{slug}", wait_until="networkidle")
            page.locator(mark("add-to-cart")).tap()
            page.locator(f"{mark('toast')}:not(:empty)").wait_for(state="attached")
        page.goto(f"{shop.url}/{lang}/checkout/address", wait_until="networkidle")
        page.locator(mark("address-country")).select_option("JP")
        page.locator('option[value="JP"][selected]').wait_for(state="attached")
        for name, value in {**ADDRESS, "phone": "03-1234-5678", "email": "ada@example.com"}.items():
            page.locator(f"#address-{name}").fill(value)
        page.locator("#address-region").select_option("13")
        page.locator(mark("continue")).tap()
        page.locator(mark("delivery-form")).wait_for()
        return [dict(cookie) for cookie in context.cookies()]


@contextmanager
def opened(browser: Browser) -> Iterator[tuple[BrowserContext, Page]]:
    context = browser.new_context(locale="en", **PHONE)
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context, context.new_page()
    finally:
        context.close()


def measure(browser: Browser, shop: RunningShop, visit: Visit, lang: str, cookies: Sequence[object]) -> Figure:
    with opened(browser) as (context, page):
        if visit.cart:
            context.add_cookies(cookies)  # type: ignore[arg-type]
        context.add_init_script(WATCH)
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", NETWORK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})
        answer = page.goto(f"{shop.url}/{lang}{visit.path}", wait_until="networkidle")
        if answer is None or answer.status != 200:
            raise RuntimeError(f"{visit.path} answered {answer and answer.status}: is --keep a shop of this version?")
        page.wait_for_timeout(SETTLE_MS)
        # Touching ends the watch for what is seen first.
        lcp, what = page.evaluate("[lab.lcp, lab.what]")
        visit.acts(page)
        page.wait_for_timeout(SETTLE_MS)
        cls, inp, slow = page.evaluate("[lab.cls, lab.inp, lab.slow]")
        return Figure(lcp, cls, inp, what, slow)


def rows_of(shop: RunningShop, langs: Sequence[str], only: str, times: int) -> Iterator[Row]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS), headless=True)
        for lang in langs:
            for visit in VISITS:
                if only in visit.name:
                    # Carts of their own: what a visit adds must not be in the next one's.
                    figures = [
                        measure(browser, shop, visit, lang, with_goods(browser, shop, lang) if visit.cart else ())
                        for _ in range(times)
                    ]
                    yield Row(visit.name, lang, figures)
        browser.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="the shop's DATA_DIR; default: a folder that goes with the run")
    parser.add_argument("--langs", nargs="+", default=["ja", "en"])
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    if find_chromium() is None:
        sys.exit("Chromium is not installed.")
    missed = False
    with tempfile.TemporaryDirectory() as folder, RunningShop(options.keep or Path(folder)) as shop:
        wait_for(lambda: ".webp" not in shop.get("/en/products/").text, 600, "the pictures are prepared")
        print(
            "| page | | LCP s (least–most) | what | CLS | INP ms | slowest |\n| --- | --- | ---: | --- | ---: | ---: | --- |"
        )
        for row in rows_of(shop, options.langs, options.only, options.times):
            print(row, flush=True)
            missed = missed or row.missed
    print(
        f"\nat most {LCP_MOST / 1000:g} s, {CLS_MOST:g}, {INP_MOST:g} ms: {'missed' if missed else 'held everywhere'}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
