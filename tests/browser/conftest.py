"""Shops that really run, and shoppers with a browser: Chromium, with and without JavaScript."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Response, expect, sync_playwright

from storefront.testing.databases import Templates
from storefront.testing.pytest_plugin import missing_service
from storefront.testing.running import RunningShop, empty_database
from tools.chromium import ARGUMENTS, find_chromium

PATIENCE_MS = 10_000
DESKTOP = {"width": 1280, "height": 900}
# Written into every page before its own scripts: what the policy of the page forbade.
POLICY_WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""
# Chromium writes an error for every answer of 4xx; those that a form gives on purpose are checked by their status.
EXPECTED_STATUS = {404, 409, 422}

_people = itertools.count(1)
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        missing_service("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS), headless=True)
        yield browser
        browser.close()


class Shops:
    """``shops("sqlite")``: a running shop on that database, started when first asked for."""

    def __init__(self, templates: Templates, tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
        self.templates, self.folders, self.name = templates, tmp_path_factory, name
        self.running: dict[str, RunningShop] = {}

    def __call__(self, kind: str) -> RunningShop:
        if kind not in self.running:
            url = empty_database(self.templates, kind, f"browser_{self.templates.worker}_{self.name}")
            self.running[kind] = RunningShop(self.folders.mktemp(f"{self.name}-{kind}"), url).__enter__()
        return self.running[kind]

    def close(self) -> None:
        for shop in self.running.values():
            shop.__exit__()


@pytest.fixture(scope="session")
def common_shops(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    """Of all modules that say ``COMMON_SHOP = True``: starting a shop and preparing its pictures takes longer than most
    tests. Their shoppers meet only in the stock; none of them sets up an owner but ``test_every_page``."""
    shops = Shops(templates, tmp_path_factory, "common")
    yield shops
    shops.close()


@pytest.fixture(scope="module")
def shops(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], RunningShop]]:
    """The running shops of this module, its own ones or those it shares."""
    if getattr(request.module, "COMMON_SHOP", False):
        yield request.getfixturevalue("common_shops")
        return
    own = Shops(templates, tmp_path_factory, request.module.__name__.rpartition(".")[2])
    yield own
    own.close()


@pytest.fixture
def shop(shops: Callable[[str], RunningShop], request: pytest.FixtureRequest) -> RunningShop:
    """The shop of the test's kind of database: SQLite, or what ``@pytest.mark.parametrize("shop", …, indirect=True)``
    says."""
    return shops(getattr(request, "param", "sqlite"))


@dataclass
class Shopper:
    """One person with one browser. ``faults``: what went wrong in it that no shopper should meet."""

    shop: RunningShop
    context: BrowserContext
    lang: str
    javascript: bool
    email: str
    faults: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda message: self._note_console(message.type, message.text))
        page.on("pageerror", lambda error: self._note_script(str(error)))
        page.on("requestfailed", self._note_failed)
        page.on("response", self._note_answer)
        return page

    def _note_console(self, kind: str, words: str) -> None:
        status = re.search(r"responded with a status of (\d+)", words)
        if kind in ("error", "warning") and not (status and int(status[1]) in EXPECTED_STATUS):
            self.faults.append(f"console: {words}")

    def _note_script(self, words: str) -> None:
        # Chromium says so when it leaves out the fading between two pages because the second was there too soon.
        if not words.startswith("Transition was "):
            self.faults.append(f"script: {words}")

    def _note_failed(self, request: Request) -> None:
        # A page that is left ends what it was still loading.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"request: {request.method} {request.url} {request.failure}")

    def _note_answer(self, response: Response) -> None:
        page_itself = response.request.is_navigation_request() or response.request.resource_type == "fetch"
        if response.status >= 400 and not (page_itself and response.status in EXPECTED_STATUS):
            self.faults.append(f"answer: {response.status} {response.request.method} {response.url}")
        if not response.url.startswith((self.shop.url, "data:")):
            self.faults.append(f"elsewhere: {response.url}")

    def goto(self, path: str = "/") -> Response | None:
        """A page of the shop in the shopper's language."""
        answer = self.page.goto(f"{self.shop.url}/{self.lang}{path}")
        self.wait_for_script()
        return answer

    def wait_for_script(self) -> None:
        """htmx takes the page in hand by a timer, on a busy machine after the page has loaded. What is clicked before that
        is sent as without script, which is right for a shopper and not what is tested here. Timers come in turn."""
        if self.javascript:
            self.page.evaluate("() => new Promise((done) => setTimeout(done))")

    def by(self, mark: str, inside: Locator | None = None) -> Locator:
        return (inside or self.page).locator(f'[data-test="{mark}"]')

    def product(self, slug: str) -> Locator:
        return self.page.locator(f'[data-test="product-link"][href$="/products/{slug}"]').first

    def field(self, name: str) -> Locator:
        return self.page.locator(f"#address-{name}")

    def fill_address(self, country: str, values: dict[str, str]) -> None:
        """Choose the country, then type into every field of its form that ``values`` names."""
        chosen = self.by("address-country")
        if chosen.input_value() != country:
            chosen.select_option(country)
            if not self.javascript:
                self.by("change-country").click()
            expect(
                self.page.locator(f'[data-test="address-country"] option[value="{country}"][selected]')
            ).to_have_count(1)
        for name, value in values.items():
            control = self.field(name)
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)

    def choose(self, name: str, key: str) -> None:
        """A delivery or payment method, by its key. With JavaScript the sum follows by itself."""
        radio = self.page.locator(f'[data-test="{name}-choice"][data-key="{key}"] input')
        if not radio.is_checked():
            if self.javascript:
                with self.page.expect_response(lambda r: r.request.method == "POST" and "/checkout/delivery" in r.url):
                    radio.check()
            else:
                radio.check()
        expect(radio).to_be_checked()

    def amount(self) -> int:
        """The total on the page in minor units."""
        return int(self.by("total").first.get_attribute("data-amount") or "")

    def check(self) -> None:
        """Nothing went wrong unseen, and the books of the shop agree."""
        assert self.faults == []
        self.shop.audit()


@pytest.fixture
def new_shopper(chromium: Browser) -> Iterator[Callable[..., Shopper]]:
    """``new_shopper(shop, "ja", javascript=False)``: a shopper with a fresh browser; more options go to the browser."""
    contexts: list[BrowserContext] = []

    def open_browser(shop: RunningShop, lang: str = "en", *, javascript: bool = True, **options: Any) -> Shopper:
        options.setdefault("viewport", DESKTOP)
        context = chromium.new_context(java_script_enabled=javascript, locale="en", **options)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(POLICY_WATCH)
        contexts.append(context)
        return Shopper(shop, context, lang, javascript, f"shopper-{next(_people)}@example.com")

    yield open_browser
    for context in contexts:
        context.close()
