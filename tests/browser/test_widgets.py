"""What pages are made of, in the hands of a shopper: steppers, menus, folds, messages; little motion, few colours."""

import re

import pytest
from playwright.sync_api import expect

COMMON_SHOP = True
PHONE = {"width": 360, "height": 780}
SOAP = "/products/cherry-blossom-soap"
CHOPSTICKS = "/products/octagonal-lacquered-chopsticks"
# Whether two pages fade into each other, and what moves on this one.
REVEALED = "addEventListener('pagereveal', (event) => { document.documentElement.dataset.fades = Boolean(event.viewTransition); });"
MOVES = """() => [...document.querySelectorAll("body, body *")].filter((element) => {
  const style = getComputedStyle(element);
  return [...style.transitionDuration.split(","), ...style.animationDuration.split(",")].some((each) => parseFloat(each) > 0);
}).length"""
# What tells one state from another where the system paints all grounds and letters alike.
LOOK = """(element, part) => {
  const style = getComputedStyle(element, part || null);
  return ["outlineStyle", "outlineWidth", "borderTopWidth", "borderTopStyle", "borderTopColor",
    "borderBottomWidth", "borderBottomStyle", "borderBottomColor", "borderRadius", "textDecorationLine",
    "fontWeight", "color", "backgroundColor", "backgroundImage", "transform", "blockSize"].map((name) => style[name]).join("; ");
}"""
FOCUS = """() => {
  const shown = (element) => getComputedStyle(element).outlineStyle !== "none" && parseFloat(getComputedStyle(element).outlineWidth) >= 2;
  const at = document.activeElement;
  return [at, at.parentElement, at.nextElementSibling, at.closest(".card")].some((element) => element && shown(element));
}"""


def mark(name):
    return f'[data-test="{name}"]'


def posts(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    return asked


# --- numbers


@pytest.mark.req("CAT-2", "CRT-4")
def test_a_stepper_counts_at_once_and_within_its_bounds(shop, new_shopper):
    shopper = new_shopper(shop, viewport=PHONE)
    shopper.goto(SOAP)
    number, asked = shopper.by("quantity"), posts(shopper.page)
    fewer, more = shopper.page.locator("#qty-fewer"), shopper.page.locator("#qty-more")
    fewer.click()
    expect(number).to_have_value("1")
    more.dblclick()
    expect(number).to_have_value("3")
    more.press("Enter")
    more.press("Space")
    expect(number).to_have_value("5")
    most = number.get_attribute("max")
    number.fill(most)
    more.click()
    expect(number).to_have_value(most)
    assert asked == []
    number.fill("2")
    number.press("Enter")
    expect(shopper.by("cart-badge")).to_have_text("2")

    # in the cart each press is sent, and two quick ones count twice
    shopper.goto("/cart")
    line = shopper.by("cart-line")
    line.locator('button[value="1"][name="step"]').dblclick()
    expect(shopper.by("cart-badge")).to_have_text("4")
    expect(shopper.by("quantity", line)).to_have_value("4")
    line.locator('button[value="-1"][name="step"]').click()
    expect(shopper.by("cart-badge")).to_have_text("3")
    shopper.by("quantity", line).fill("0")
    shopper.by("quantity", line).press("Tab")
    expect(shopper.by("empty")).to_be_visible()
    assert shopper.faults == []


def test_without_script_the_same_buttons_count(shop, new_shopper):
    shopper = new_shopper(shop, javascript=False, viewport=PHONE)
    shopper.goto(SOAP)
    shopper.page.locator("#qty-more").click()
    expect(shopper.by("quantity")).to_have_value("2")
    shopper.by("add-to-cart").click()
    expect(shopper.by("cart-badge")).to_have_text("2")
    line = shopper.by("cart-line")
    line.locator('button[value="-1"][name="step"]').click()
    expect(shopper.by("quantity", line)).to_have_value("1")
    assert shopper.faults == []


# --- what opens and closes


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_menu_and_folds_open_by_keyboard_and_by_finger(shop, new_shopper, javascript):
    shopper = new_shopper(shop, "ja", javascript=javascript, viewport=PHONE, has_touch=True)
    page = shopper.page
    shopper.goto("/")
    menu, panel = page.locator("details.menu"), page.locator(".menu__panel")
    expect(panel).to_be_hidden()
    menu.locator("summary").press("Enter")
    expect(panel).to_be_visible()
    page.keyboard.press("Tab")
    expect(panel.locator("a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/ja/categories/"))
    expect(panel).to_be_hidden()

    shopper.goto("/products/")
    filters, form = page.locator("details.filters"), shopper.by("filters")
    expect(form).to_be_hidden()
    filters.locator("summary").tap()
    expect(form).to_be_visible()
    shopper.wait_for_script()
    form.locator('input[name="status"][value="in_stock"]').check()
    if javascript:
        expect(page).to_have_url(re.compile("status=in_stock"))
        expect(form).to_be_visible()  # only the results are put in anew
    # at a desk they stand open, whatever the fold says
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(form).to_be_visible()
    expect(menu.locator("summary")).to_be_hidden()

    shopper.goto(SOAP)
    fold = page.locator("details.fold").first
    expect(fold.locator("p").first).to_be_hidden()
    fold.locator("summary").press("Space")
    expect(fold.locator("p").first).to_be_visible()
    assert shopper.faults == []


# --- messages


def test_messages_come_into_a_region_that_was_there_and_what_was_typed_stays(shop, new_shopper):
    shopper = new_shopper(shop)
    page, toast = shopper.page, shopper.by("toast")
    shopper.goto(SOAP)
    expect(toast).to_have_attribute("role", "status")
    expect(toast).to_have_attribute("aria-live", "polite")
    expect(toast).to_be_empty()
    page.evaluate("""() => { const region = document.querySelector("[data-test=toast]"); document.body.dataset.said = "";
      new MutationObserver(() => { if (region.textContent) document.body.dataset.said += region.firstChild.textContent + "|"; })
        .observe(region, {childList: true}); }""")
    for count in ("1", "2"):
        shopper.by("add-to-cart").click()
        expect(shopper.by("cart-badge")).to_have_text(count)
    # said anew, though the words are the same
    expect(page.locator("body")).to_have_attribute("data-said", "Added to the cart.|Added to the cart.|")

    shopper.by("quantity").fill("3")
    shopper.context.set_offline(True)
    shopper.by("add-to-cart").click()
    expect(toast).to_have_text(page.locator("body").get_attribute("data-offline"))
    expect(shopper.by("quantity")).to_have_value("3")
    expect(shopper.by("add-to-cart")).to_be_enabled()
    shopper.context.set_offline(False)
    shopper.by("add-to-cart").click()
    expect(shopper.by("cart-badge")).to_have_text("5")
    cut_off = re.compile("ERR_INTERNET_DISCONNECTED|Failed to fetch")
    assert [fault for fault in shopper.faults if not cut_off.search(fault)] == []


# --- how people have set their systems


def test_who_wants_little_motion_sees_none(shop, new_shopper):
    still, lively = new_shopper(shop, reduced_motion="reduce"), new_shopper(shop, reduced_motion="no-preference")
    for shopper in (still, lively):
        shopper.page.add_init_script(REVEALED)
        shopper.goto("/")
        shopper.by("home-link").click()
    expect(still.page.locator("html")).to_have_attribute("data-fades", "false")
    assert still.page.evaluate(MOVES) == 0
    assert lively.page.evaluate(MOVES) > 0, "the watch itself"
    still.goto(CHOPSTICKS)
    still.by("add-to-cart").hover()
    still.by("add-to-cart").click()
    expect(still.by("toast")).not_to_be_empty()
    assert still.page.evaluate(MOVES) == 0
    assert still.page.evaluate("document.getAnimations({subtree: true}).length") == 0
    assert still.faults == [] and lively.faults == []


def test_where_the_system_paints_focus_and_state_are_still_seen(shop, new_shopper):
    """Forced colours: grounds and shadows are gone, so a state must show in lines, shapes or the system's own colours."""
    shopper = new_shopper(shop, forced_colors="active", reduced_motion="reduce")
    page = shopper.page

    def differ(one, other, part=""):
        assert one.evaluate(LOOK, part) != other.evaluate(LOOK, part), one.evaluate(LOOK, part)

    shopper.goto(CHOPSTICKS)
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    chosen, other = (
        page.locator(f"{mark('variant')}{state} + span").first for state in (":checked", ":not(:checked):enabled")
    )
    differ(chosen, other)
    unseen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        if not page.evaluate(FOCUS):
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert unseen == []

    shopper.goto("/products/")
    kinds = {each.get_attribute("data-status"): each for each in shopper.by("status").all()}
    assert len(kinds) > 1
    looks = {kind: each.evaluate(LOOK, "::before") for kind, each in kinds.items()}
    assert len(set(looks.values())) == len(looks), looks
    shopper.goto("/categories/sweets")
    current, elsewhere = (page.locator(f".cats a{state}").first for state in ("[aria-current]", ":not([aria-current])"))
    differ(current, elsewhere)
    assert shopper.faults == []
