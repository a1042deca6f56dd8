"""Pictures of the shop's pages: 12 kinds and more, four languages, a phone and a desk.

    python tools/shots.py FOLDER [--pages home cart] [--langs ja en] [--widths 360 1280] [--sheets]

A shop with demo goods is started, a guest buys in each language by the shop's own pages, the owner ships one order, and
each page on the way is taken whole. FOLDER lies outside the checkout. With ``--sheets`` the four languages of a page stand
side by side in one more picture. Nothing is judged here: somebody has to look.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from storefront.testing.running import RunningShop, wait_for

LANGUAGES = ("en", "ja", "zh-hans", "zh-hant")
ROOT = Path(__file__).resolve().parents[1]
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PASSWORD = "rain over kyoto"
HEIGHT = 780
GAP = 24
# What anybody can open: name, address after the language.
OPEN = (
    ("home", "/"),
    ("list", "/products/"),
    ("list-filtered", "/products/?status=in_stock&max=3000&sort=newest"),
    ("list-no-hit", "/products/?q=mathca"),
    ("list-wrong", "/products/?min=abc"),
    ("category", "/categories/tea"),
    ("product", "/products/morning-mist-sencha"),
    ("product-pre-order", "/products/tin-style-robot-banto-san"),
    ("product-closed", "/products/glass-wind-chime-goldfish"),
    ("page", "/pages/guide"),
    ("page-legal", "/pages/legal-notice"),
    ("contact", "/contact"),
    ("preferences", "/preferences"),
    ("error-404", "/nothing-is-here"),
    ("cart-empty", "/cart"),
)
IN_CART = (("morning-mist-sencha", ""), ("octagonal-lacquered-chopsticks", "KTU-0023-21"), ("cherry-blossom-soap", ""))
PEOPLE = {
    "en": ("US", {
        "name": "Ada Byron", "line1": "1 Example Street", "city": "Springfield", "region": "OR",
        "postal_code": "97477", "phone": "(201) 555-0123",
    }),
    "ja": ("JP", {
        "family_name": "佐藤", "given_name": "花子", "postal_code": "100-0001", "region": "13", "city": "千代田区",
        "line1": "千代田1-1", "phone": "03-1234-5678",
    }),
    "zh-hans": ("CN", {
        "family_name": "王", "given_name": "小明", "latin_name": "WANG XIAOMING", "postal_code": "200001", "region": "SH",
        "city": "上海市", "line1": "南京东路100号", "phone": "13812345678",
    }),
    "zh-hant": ("TW", {
        "family_name": "林", "given_name": "怡君", "latin_name": "LIN YI-CHUN", "postal_code": "106", "region": "TPE",
        "city": "大安區", "line1": "和平東路一段12號", "phone": "0912-345-678",
    }),
}  # fmt: skip
MAILS = ("order_accepted", "payment_received", "order_shipped", "order_changed", "order_cancelled")


@dataclass
class Camera:
    """Takes pages that were asked for, at every width. ``taken``: the pictures of each (page, width) by language."""

    folder: Path
    widths: tuple[int, ...]
    wanted: tuple[str, ...] = ()
    taken: dict[tuple[str, int], dict[str, Path]] = field(default_factory=dict)

    def wants(self, name: str) -> bool:
        return not self.wanted or any(name == word or name.startswith(f"{word}-") for word in self.wanted)

    def take(self, page: Page, name: str, lang: str) -> None:
        if not self.wants(name):
            return
        before = page.viewport_size
        for width in self.widths:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            _load_pictures(page)
            path = self.folder / f"{name}-{lang}-{width}.png"
            page.screenshot(path=path, full_page=True)
            self.taken.setdefault((name, width), {})[lang] = path
        if before:
            page.set_viewport_size(before)

    def sheets(self) -> Iterator[Path]:
        """The languages of each page side by side."""
        for (name, width), of_languages in self.taken.items():
            images = [Image.open(path) for path in of_languages.values()]
            size = (sum(i.width for i in images) + GAP * (len(images) - 1), max(i.height for i in images))
            sheet = Image.new("RGB", size, "#d8d2c4")
            x = 0
            for image in images:
                sheet.paste(image, (x, 0))
                x += image.width + GAP
            path = self.folder / f"sheet-{name}-{width}.png"
            sheet.save(path)
            yield path


def _load_pictures(page: Page) -> None:
    """Pictures further down are loaded when somebody comes near: nobody does here."""
    page.evaluate(
        """async () => { await Promise.all([...document.images].map((image) => { image.loading = "eager";
        return image.decode().catch(() => {}); })); await document.fonts.ready; }"""
    )


@dataclass
class Guest:
    """Goes through the shop in one language and has each page taken."""

    shop: RunningShop
    context: BrowserContext
    camera: Camera
    lang: str

    def __post_init__(self) -> None:
        self.page = self.context.new_page()

    def goto(self, path: str) -> None:
        self.page.goto(f"{self.shop.url}/{self.lang}{path}")
        # htmx takes the page in hand by a timer.
        self.page.evaluate("() => new Promise((done) => setTimeout(done))")

    def by(self, mark: str) -> str:
        return f'[data-test="{mark}"]'

    def take(self, name: str) -> None:
        self.camera.take(self.page, name, self.lang)

    def looks_around(self) -> None:
        for name, path in OPEN:
            if self.camera.wants(name):
                self.goto(path)
                self.take(name)
        if self.camera.wants("suggest"):
            self.goto("/products/")
            self.page.locator(self.by("search")).press_sequentially({"en": "tea"}.get(self.lang, "茶"))
            self.page.locator(self.by("suggest")).wait_for()
            self.take("suggest")
        if self.camera.wants("menu"):
            self.page.set_viewport_size({"width": 360, "height": HEIGHT})
            self.goto("/")
            self.page.locator(".menu > summary").click()
            self.page.screenshot(path=self.camera.folder / f"menu-{self.lang}-360.png")
            self.page.set_viewport_size({"width": 1280, "height": HEIGHT})

    def fills_the_cart(self) -> None:
        for slug, sku in IN_CART:
            self.goto(f"/products/{slug}{'?sku=' + sku if sku else ''}")
            self.page.locator(self.by("add-to-cart")).click()
            self.page.locator(f"{self.by('toast')}:not(:empty)").wait_for()
            if slug == "morning-mist-sencha" and self.camera.wants("toast"):
                self.page.screenshot(path=self.camera.folder / f"toast-{self.lang}-1280.png")

    def buys(self, *, shots: bool) -> str:
        """Address of the order's page."""
        take: Callable[[str], None] = self.take if shots else lambda name: None
        self.fills_the_cart()
        country, values = PEOPLE[self.lang]
        self.goto(f"/cart?country={country}")
        take("cart")
        self.goto("/checkout/")
        take("checkout-start")
        self.goto("/checkout/address")
        chosen = self.page.locator(self.by("address-country"))
        if chosen.input_value() != country:
            chosen.select_option(country)
            self.page.locator(f'{self.by("address-country")} option[value="{country}"][selected]').wait_for(
                state="attached"
            )
        take("address")
        if shots:
            self.page.locator(self.by("continue")).click()
            self.page.locator(self.by("error-summary")).wait_for()
            take("address-wrong")
        for name, value in {**values, "email": f"{self.lang}@example.com"}.items():
            control = self.page.locator(f"#address-{name}")
            (control.select_option if control.evaluate("e => e.tagName") == "SELECT" else control.fill)(value)
        self.page.locator(self.by("continue")).click()
        self.page.locator(self.by("delivery-form")).wait_for()
        transfer = self.page.locator('[data-key="payments_bank_transfer"] input')
        if not transfer.is_checked():
            with self.page.expect_response(lambda answer: answer.request.method == "POST"):
                transfer.check()
        take("delivery")
        self.page.locator(self.by("continue")).click()
        self.page.locator(self.by("confirm-form")).wait_for()
        take("confirm")
        self.page.locator(self.by("place-order")).click()
        self.page.locator(self.by("thanks")).wait_for()
        take("order-thanks")
        return re.sub(r"\?.*", "", self.page.url)

    def sees_the_order(self, address: str, number: str) -> None:
        """Waiting for payment, its bill, then shipped."""
        self.page.goto(address)
        self.take("order-waiting")
        self.page.locator(self.by("see-bill")).click()
        self.page.locator(self.by("bill-page")).wait_for()
        self.take("bill")
        total = self.shop.cli_json("orders", "show", number)["total"]
        self.shop.cli("orders", "pay", number, "--amount", str(total), "--reference", number)
        self.page.goto(address)
        self.take("order-paid")
        self.shop.cli("orders", "ship", number, "--tracking", f"JP{number}", "--weight", "640")
        self.page.goto(address)
        self.take("order-shipped")


@dataclass
class Owner:
    """Sets the shop up by the printed line and opens the back office."""

    shop: RunningShop
    context: BrowserContext
    camera: Camera

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        line = wait_for(
            lambda: re.search(r"Set up the owner: (\S+)", self.shop.log.read_text()), 20, "the owner's link"
        )
        self.page.goto(f"{line[1]}&lang=en")
        for name, value in (("name", "Aya Tanaka"), ("email", "aya@example.com"), ("password", PASSWORD)):
            self.page.locator(f'main [name="{name}"]').fill(value)
        self.page.locator('main [name="repeat"]').fill(PASSWORD)
        self.page.locator('[data-test="set-up"]').click()
        self.page.wait_for_load_state()

    def prints(self, number: str, lang: str) -> None:
        """Invoice and packing slip, on the screen and as the printer gets them (A4)."""
        for paper in ("invoice", "slip"):
            if self.camera.wants(paper):
                self.page.goto(f"{self.shop.url}/manage/orders/{number}/{paper}")
                self.camera.take(self.page, paper, lang)
                self.page.pdf(path=self.camera.folder / f"{paper}-{lang}.pdf", prefer_css_page_size=True)

    def previews_mails(self, lang: str) -> None:
        for kind in MAILS:
            if self.camera.wants(f"mail-{kind}"):
                self.page.goto(f"{self.shop.url}/manage/mail-preview/?kind={kind}&lang={lang}")
                frame = self.page.locator('[data-test="preview-html"]')
                self.page.goto(f"{self.shop.url}{frame.get_attribute('src')}")
                self.camera.take(self.page, f"mail-{kind}", lang)


def browser_context(browser: Browser, options: argparse.Namespace) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 1280, "height": HEIGHT},
        color_scheme=options.scheme,
        reduced_motion="reduce",
        forced_colors="active" if options.forced_colors else "none",
        java_script_enabled=True,
    )
    context.set_default_timeout(20_000)
    return context


def run(options: argparse.Namespace, data_dir: Path) -> Camera:
    camera = Camera(options.folder, tuple(options.widths), tuple(options.pages))
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed.")
    with RunningShop(data_dir) as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        owner = Owner(shop, browser_context(browser, options), camera)
        for lang in options.langs:
            guest = Guest(shop, browser_context(browser, options), camera, lang)
            guest.looks_around()
            if any(camera.wants(name) for name in LATER):
                address = guest.buys(shots=True)
                number = address.split("/")[-2]
                guest.sees_the_order(address, number)
                owner.prints(number, lang)
            owner.previews_mails(lang)
        browser.close()
    return camera


LATER = (
    "toast", "cart", "checkout-start", "address", "address-wrong", "delivery", "confirm", "order-thanks", "order-waiting",
    "bill", "order-paid", "order-shipped", "invoice", "slip",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the pictures go; made when it is not there")
    parser.add_argument("--pages", nargs="*", default=[], help="names, or their beginnings: product, order-shipped")
    parser.add_argument("--langs", nargs="*", default=list(LANGUAGES), choices=LANGUAGES)
    parser.add_argument("--widths", nargs="*", type=int, default=[360, 1280])
    parser.add_argument("--scheme", default="light", choices=("light", "dark"))
    parser.add_argument("--forced-colors", action="store_true", help="as high contrast of the system shows them")
    parser.add_argument("--sheets", action="store_true", help="the languages of each page in one picture, too")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    if options.folder.is_relative_to(ROOT):
        parser.error("the folder must lie outside the checkout")
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shots-") as data_dir:
        camera = run(options, Path(data_dir))
    if options.sheets:
        for path in camera.sheets():
            print(path)
    print(f"{sum(map(len, camera.taken.values()))} pictures in {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
