"""Japan Post in Chromium: what may not go where says so, and a price table that begins between cart and order is confirmed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from .test_purchase import TAIWAN
from .test_staff import PASSWORD, Staff, set_up_on_a_phone

ROOT = "/manage/plugins/shipping_japanpost"
EMS, AIR_PARCEL = "shipping_japanpost:ems", "shipping_japanpost:parcel_air"
GERMANY = {
    "name": "Anna Weber", "postal_code": "10117", "city": "Berlin", "line1": "Unter den Linden 1",
    "phone": "+49301234567",
}  # fmt: skip
HONG_KONG = {
    "family_name": "陳", "given_name": "大文", "latin_name": "CHAN TAI MAN", "region": "KLN", "city": "旺角",
    "line1": "1 Nathan Road", "phone": "+85221234567",
}  # fmt: skip
# A little dearer than the bundled table in every zone.
TABLE = "zone,max_weight_g,price_jpy\n" + "".join(
    f"{zone},{top},{price}\n" for zone in "12345" for top, price in ((1000, 9_990), (30_000, 99_990))
)


def delivery_step(shopper, slug, country, address):
    """To the delivery step with one piece of the product in the cart."""
    shopper.goto(f"/products/{slug}")
    shopper.by("add-to-cart").click()
    expect(shopper.by("cart-badge")).to_have_text("1")
    shopper.goto("/checkout/address")
    shopper.fill_address(country, {**address, "email": shopper.email})
    shopper.by("continue").click()
    expect(shopper.by("delivery-form")).to_be_visible()


def row(shopper, key):
    return shopper.page.locator(f'[data-test="delivery-choice"][data-key="{key}"]')


@pytest.mark.slow
@pytest.mark.req("SHP-6")
@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_lithium_item_stays_out_of_germany_and_flies_to_hong_kong(shop, new_shopper, lang):
    buyer = new_shopper(shop, lang)
    delivery_step(buyer, "moon-night-light", "DE", GERMANY)
    refused = row(buyer, EMS)
    expect(refused.locator("input")).to_be_disabled()
    words = {"en": "Lithium batteries cannot be sent to this country", "ja": "リチウム電池を郵便で送れません"}[lang]
    expect(refused).to_contain_text(words)
    expect(row(buyer, AIR_PARCEL).locator("input")).to_be_disabled()
    buyer.check()

    other = new_shopper(shop, lang)
    delivery_step(other, "moon-night-light", "HK", HONG_KONG)
    for service in (EMS, AIR_PARCEL):
        expect(row(other, service).locator("input")).to_be_enabled()
    other.choose("delivery", AIR_PARCEL)
    other.check()


def set_calendar(owner, zone):
    """The owner's shop in another time zone; it never rests, so that every day is one on which parcels leave."""
    owner.goes("/manage/settings/")
    for box in owner.page.locator('[name="calendar__weekly_off"]').all():
        box.uncheck()
    owner.fills(shop__time_zone=zone, calendar__holidays="", calendar__closed_days="")
    owner.presses("save", f"settings {zone}")


@pytest.mark.slow
@pytest.mark.req("CRT-3", "SHP-2")
@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_a_table_that_begins_at_midnight_between_cart_and_order(shop, new_shopper):
    found = {}
    # Midnight comes when the shop moves a day to the east: a real one would have to be waited for. Not near one of its own.
    west = "Etc/GMT+10" if datetime.now(UTC).hour in (11, 12) else "Etc/GMT+12"
    owner = set_up_on_a_phone(shop, new_shopper, found)
    set_calendar(owner, west)
    lead = int(owner.page.locator('[name="shipping__lead_days"]').input_value())
    begins = datetime.now(ZoneInfo(west)).date() + timedelta(days=lead + 1)

    # On a phone, without script: a table with a wrong line, then the right one, scheduled and compared.
    owner.goes(f"{ROOT}/tariffs/")
    owner.goes(f"{ROOT}/pages/check")
    fields = owner.page.locator('[data-test="check-form"]')
    fields.locator("#service").select_option("ems")
    fields.locator("#valid_from").fill(begins.isoformat())
    fields.locator("#table").fill(TABLE.replace("2,1000,9990", "8,1000,9990"))
    owner.presses("check-table", "a wrong line")
    expect(owner.shopper.by("table-problems")).to_contain_text("Line 4: there is no zone 8")
    expect(fields.locator("#valid_from")).to_have_value(begins.isoformat())
    fields.locator("#table").fill(TABLE)
    owner.presses("check-table", "what it would change")
    expect(owner.shopper.by("summary")).to_contain_text("Dearer")
    owner.presses("schedule", "scheduled")
    owner.goes(f"{ROOT}/pages/table/ems-{begins.isoformat()}?with=ems-2025-01-12")
    expect(owner.shopper.by("moved").first).to_be_visible()
    expect(owner.shopper.by("withdraw")).to_be_visible()

    buyer = new_shopper(shop)
    delivery_step(buyer, "cherry-blossom-soap", "TW", TAIWAN)
    buyer.choose("delivery", EMS)
    buyer.choose("method", "payments_bank_transfer")
    buyer.by("continue").click()
    expect(buyer.by("confirm-form")).to_be_visible()
    shown = buyer.amount()
    assert shown == 605 + 1450
    set_calendar(owner, "Etc/GMT-14")
    buyer.by("place-order").click()
    expect(buyer.by("total-changed")).to_contain_text("10,595")
    assert buyer.amount() == 605 + 9990
    buyer.by("place-order").click()
    expect(buyer.by("order-number")).to_be_visible()

    # The same pages at a desk, with script, each looked at by axe.
    desk = Staff(new_shopper(shop), found)
    desk.goes("/manage/login")
    desk.fills(email="aya@example.com", password=PASSWORD)
    desk.presses("log-in", "logged in")
    for path in ("tariffs/", "tariffs/new", "pages/check", "services/", "services/ems", "rules/new", "countries/new"):
        desk.goes(f"{ROOT}/{path}")
    desk.goes(f"{ROOT}/pages/table/ems-{begins.isoformat()}?with=ems-2025-01-12")
    assert found == {}
    owner.shopper.check()
    desk.shopper.check()
    buyer.check()
