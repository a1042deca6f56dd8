"""What must not be wrong with any page: what axe finds, what sticks out of the window, what is too small for a finger."""

from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# CSS pixels: the least a control must measure for a finger, and for the mouse of the denser back office at a desk (WCAG 2.2);
# what rounding may take off.
FINGER, MOUSE, ROUNDING = 44, 24, 0.5
# 200 %: the width that is left of 1280 when all is twice as large, and type twice as large, as the browser's own setting
# for weak eyes makes it. Together they are the hardest case.
NARROWEST, HALF = 320, 640
USUAL_TYPE, LARGE_TYPE = 16, 32

SIDEWAYS = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .map((element) => [Math.round(element.getBoundingClientRect().right), element.outerHTML.slice(0, 90)])
    .filter(([right]) => right > window.innerWidth).sort((a, b) => b[0] - a[0]).slice(0, 4)
    .concat([[document.documentElement.scrollWidth, "the page"]])"""
VIOLATIONS = """async (rules) => (await axe.run(document, {runOnly: rules, resultTypes: ["violations"]})).violations
  .map((found) => `${found.id}: ${found.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`)"""
# Not asked of: links within a sentence, the name of a card or line (which the card enlarges), what only a keyboard meets. A
# link in a cell is as wide as its word, but as high as any.
SMALL = """([finger]) => {
  const controls = "a[href], button, summary, select, textarea, input:not([type=hidden]), [role=option]";
  const words = (node) => [...node.childNodes].filter((each) => each.nodeType === 3).map((each) => each.data.trim()).join("");
  const within = (link) => getComputedStyle(link).display === "inline" && words(link.parentElement).length > 0;
  return [...document.querySelectorAll(controls)].flatMap((control) => {
    if (control.closest(".vh, .skip, .card__name, .line__name, .prose, .letter, [aria-hidden=true]") || control.tabIndex < 0) return [];
    if (control.matches("a") && within(control)) return [];
    const parts = control.matches("[type=radio], [type=checkbox]") ? [control, ...control.labels] : [control];
    const shown = parts.filter((part) => part.checkVisibility({visibilityProperty: true})).map((part) => part.getBoundingClientRect());
    if (!shown.length || !shown[0].width) return [];
    const box = {width: Math.max(...shown.map((each) => each.right)) - Math.min(...shown.map((each) => each.left)),
      height: Math.max(...shown.map((each) => each.bottom)) - Math.min(...shown.map((each) => each.top))};
    if ((box.width >= finger || control.closest("td, th")) && box.height >= finger) return [];
    return [`${Math.round(box.width)}x${Math.round(box.height)} ${control.outerHTML.slice(0, 140)}`];
  });
}"""


def judge(page: Page, checks: str) -> Any:
    """Run axe's script in the page; it goes in from outside, so the page's own policy stays as it is."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE)
    return page.evaluate(checks, RULES)


class Eyes:
    """Looks at pages in every way. ``found``: what is wrong, and on which pages."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[str, list[str]] = {}
        self.session: CDPSession = page.context.new_cdp_session(page)

    def report(self) -> str:
        """Each fault with the pages it is on; "" when there is none."""
        return "\n".join(f"{fault}\n    {', '.join(pages)}" for fault, pages in self.found.items())

    def _note(self, name: str, where: str, wrong: list[Any]) -> None:
        for fault in wrong:
            self.found.setdefault(str(fault), []).append(f"{name} ({where})")

    def fits(self, name: str, width: int = NARROWEST, type_size: int = USUAL_TYPE) -> None:
        """Nothing makes the page scroll sideways at this width."""
        self.page.set_viewport_size({"width": width, "height": 900})
        if type_size != USUAL_TYPE:
            self.sets_type(type_size)
        self._note(name, f"sideways at {width}, type {type_size}", self.page.evaluate(SIDEWAYS))
        if type_size != USUAL_TYPE:
            self.sets_type(USUAL_TYPE)

    def sets_type(self, size: int) -> None:
        self.session.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size * 13 // 16}})

    def reads(self, name: str, width: int, scheme: Any, least: float = FINGER) -> None:
        """Fits; axe and a finger, at this width, by day or by night. ``least``: what a control must measure."""
        self.fits(name, width)
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self._note(name, f"axe, {width}, {scheme}", judge(self.page, VIOLATIONS))
        self._note(name, f"small at {width}", self.page.evaluate(SMALL, [least - ROUNDING]))
