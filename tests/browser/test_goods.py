"""Goods in the back office, in Chromium: on a phone without JavaScript, and with script and axe at a desk."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from .test_staff import PASSWORD, Staff, set_up_on_a_phone

PAGES = (
    "/manage/products/", "/manage/products/?missing=ja&q=tea", "/manage/products/1", "/manage/products/1/pictures",
    "/manage/products/new", "/manage/stock/", "/manage/stock/1", "/manage/categories/", "/manage/categories/2",
    "/manage/categories/2/picture", "/manage/brands/1", "/manage/pages/", "/manage/pages/1", "/manage/translations/",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.req("CAT-1", "CAT-2")
@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_goods_are_made_on_a_phone_and_nothing_is_wrong_at_a_desk(shop, new_shopper):
    found = {}
    owner = set_up_on_a_phone(shop, new_shopper, found)
    owner.goes("/manage/products/new")
    owner.fills(code="POT-1", name_en="Iron tea pot", **{"skus-0-price": "4,800", "skus-0-options": "Colour: Black"})
    owner.presses("add-skus", "a second variant")
    owner.fills(**{"skus-1-code": "POT-1-R", "skus-1-price": "x", "skus-0-code": "POT-1-B"})
    owner.presses("save", "refused")
    owner.fills(**{"skus-1-price": "5200", "state": "published"})
    owner.presses("save", "saved")
    number = owner.page.url.rpartition("/")[2]

    owner.goes(f"/manage/products/{number}/pictures")
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(picture, "PNG")
    file = {"name": "pot.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    owner.page.locator("#files").set_input_files([file, {**file, "name": "pot.svg", "buffer": b"<svg/>"}])
    owner.presses("upload", "one of two taken")
    expect(owner.shopper.by("picture")).to_have_count(1)

    owner.goes("/manage/stock/?q=POT-1-B")
    owner.page.get_by_role("link", name="POT-1-B", exact=True).click()
    owner.fills(arrived="6", why="first delivery")
    owner.presses("arrive", "booked in")
    expect(owner.shopper.by("on-hand")).to_have_text("6")

    desk = Staff(new_shopper(shop, color_scheme="dark", reduced_motion="reduce"), found)
    desk.goes("/manage/login")
    desk.fills(email="aya@example.com", password=PASSWORD)
    desk.presses("log-in", "logged in")
    for path in (*PAGES, f"/manage/products/{number}", f"/manage/products/{number}/pictures"):
        desk.goes(path)
    imports_a_file(desk)

    # with script a refused form is put into the page, and says so
    desk.goes("/manage/products/1")
    desk.fills(weight="heavy")
    desk.shopper.by("save").click()
    expect(desk.shopper.by("error-summary")).to_be_visible()
    desk.looks("refused with script")
    assert found == {}
    owner.shopper.check()
    desk.shopper.check()


def imports_a_file(desk):
    """Tried, looked at, imported; the page follows by itself."""
    desk.goes("/manage/imports/")
    rows = "record,product,slug,name_en,sku,currency,price\r\nproduct,CUP-1,cup-1,Cup,,,\r\nvariant,CUP-1,,,CUP-1,JPY,900\r\n"
    file = {"name": "cups.csv", "mimeType": "text/csv", "buffer": (rows + "variant,CUP-1,,,CUP-2,JPY,x\r\n").encode()}
    desk.page.locator("#file").set_input_files([file])
    desk.presses("try", "file is tried")
    expect(desk.shopper.by("import")).to_have_attribute("data-state", "done", timeout=30_000)
    expect(desk.shopper.by("report-refused")).to_contain_text("not a price in JPY")
    desk.looks("trial run")
    file["buffer"] = rows.encode()
    desk.goes("/manage/imports/")
    desk.page.locator("#file").set_input_files([file])
    desk.presses("try", "file is tried once more")
    expect(desk.shopper.by("import")).to_have_attribute("data-state", "done", timeout=30_000)
    desk.presses("import-now", "file is imported")
    expect(desk.shopper.by("import")).to_have_attribute("data-state", "done", timeout=30_000)
    expect(desk.shopper.by("created")).to_have_text("1")
    desk.goes("/manage/export/")
    desk.goes("/manage/imports/")
