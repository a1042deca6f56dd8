"""From the printed line to a staff of two, in Chromium: on a phone without JavaScript, and with axe at every page."""

import re

import pyotp
import pytest
from playwright.sync_api import expect

from storefront.testing.running import wait_for

from .judging import SIDEWAYS, VIOLATIONS, judge

PHONE = {"width": 360, "height": 780}
PASSWORD = "rain over kyoto"


class Staff:
    """A member with a browser; looks at each page they come to."""

    def __init__(self, shopper, found):
        self.shopper, self.page, self.found = shopper, shopper.page, found

    def goes(self, path):
        self.page.goto(path if path.startswith("http") else f"{self.shopper.shop.url}{path}")
        self.looks(path)

    def fills(self, **fields):
        for name, value in fields.items():
            control = self.page.locator(f'main [name="{name}"]').first
            (control.select_option if control.evaluate("e => e.tagName") == "SELECT" else control.fill)(value)

    def presses(self, mark, name):
        with self.page.expect_navigation():
            self.shopper.by(mark).click()
        self.looks(name)

    def looks(self, name):
        if out := self.page.evaluate(SIDEWAYS):
            self.found[name, "sideways"] = out
        if self.shopper.javascript and (faults := judge(self.page, VIOLATIONS)):
            self.found[name, "axe"] = faults


def set_up_on_a_phone(shop, new_shopper, found):
    """By the printed line, in Japanese, without JavaScript."""
    line = wait_for(lambda: re.search(r"Set up the owner: (\S+)", shop.log.read_text()), 20, "the line with the link")
    owner = Staff(new_shopper(shop, javascript=False, viewport=PHONE), found)
    owner.goes(f"{line[1]}&lang=ja")
    expect(owner.page.locator("html")).to_have_attribute("lang", "ja")
    owner.fills(name="田中 彩", email="aya@example.com", password="short", repeat="short")
    owner.presses("set-up", "set-up refused")
    owner.fills(password=PASSWORD, repeat=PASSWORD)
    owner.presses("set-up", "home")
    owner.goes("/manage/account")
    owner.fills(locale="en")
    owner.presses("save-account", "account")
    return owner


@pytest.mark.slow
@pytest.mark.req("SHOP-5")
@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_the_owner_sets_up_and_somebody_joins(shop, new_shopper):
    found = {}
    owner = set_up_on_a_phone(shop, new_shopper, found)

    # The same person at a desk, with script, in the dark.
    desk = Staff(new_shopper(shop, color_scheme="dark", reduced_motion="reduce"), found)
    desk.goes("/manage/login?next=/manage/account")
    desk.fills(email="aya@example.com", password="wrong")
    desk.presses("log-in", "log-in refused")
    desk.fills(password=PASSWORD)
    desk.presses("log-in", "account at a desk")
    desk.presses("second-factor", "second factor")
    secret = desk.shopper.by("totp-secret").inner_text().replace(" ", "")
    desk.fills(code="000000")
    desk.presses("enrol", "second factor refused")
    desk.fills(code=pyotp.TOTP(secret).now())
    desk.presses("enrol", "recovery codes")
    code = desk.shopper.by("recovery-code").first.inner_text()
    desk.presses("codes-kept", "account with second factor")
    desk.goes("/manage/account/second-factor")

    desk.goes("/manage/staff/new")
    desk.fills(name="Ben", email="ben@example.com", role="packer", locale="zh-hant")
    desk.presses("save", "invited member")
    link = desk.shopper.by("invite-link").input_value()
    mail = shop.wait_for_mail("ben@example.com", link)
    assert "管理" in str(mail["Subject"]) or "後台" in str(mail["Subject"])
    ben = Staff(new_shopper(shop, viewport=PHONE, reduced_motion="reduce"), found)
    ben.goes(f"{link}?lang=zh-hant")
    ben.fills(password=PASSWORD, repeat=PASSWORD)
    ben.presses("accept-invite", "joined")
    ben.goes("/manage/account")
    expect(ben.page.locator("html")).to_have_attribute("lang", "zh-Hant")
    ben.goes(link)
    desk.goes("/manage/staff/")
    expect(desk.shopper.by("row")).to_have_count(2)

    # The second factor is asked for on a phone; the recovery code stands in for it.
    again = Staff(new_shopper(shop, viewport=PHONE, reduced_motion="reduce"), found)
    again.goes("/manage/login?lang=zh-hans")
    again.fills(email="aya@example.com", password=PASSWORD)
    again.presses("log-in", "second step")
    again.fills(code=code)
    again.presses("give-code", "in again")
    again.goes("/manage/account")
    expect(again.shopper.by("browser")).to_have_count(2)
    again.presses("log-out", "logged out")
    assert found == {}
    used_up = re.compile(r"\b410\b")  # the link that was followed a second time
    faults = [fault for each in (owner, desk, ben, again) for fault in each.shopper.faults]
    assert [fault for fault in faults if not used_up.search(fault)] == []
    shop.audit()
