"""A packed parcel that outgrew its service, in Chromium: 2.1 kg to Taiwan move from the packet to the parcel by air, and to EMS
where the owner's list says so. The packer decides on a phone without script; the shopper reads why."""

import pytest
from playwright.sync_api import expect

from .test_japanpost import TAIWAN, delivery_step
from .test_staff import set_up_on_a_phone

PACKET = "shipping_japanpost:air_packet"


def buys_by_packet(shop, new_shopper):
    """(the shopper on the page of the order, its number, what the packet cost)"""
    buyer = new_shopper(shop)
    delivery_step(buyer, "cherry-blossom-soap", "TW", TAIWAN)
    buyer.choose("delivery", PACKET)
    buyer.choose("method", "payments_bank_transfer")
    buyer.by("continue").click()
    expect(buyer.by("confirm-form")).to_be_visible()
    postage = buyer.amount() - 605
    buyer.by("place-order").click()
    return buyer, buyer.by("order-number").first.inner_text(), postage


def packs(owner, number, more, words):
    """Paid, then weighed at 2.1 kg: the packer is asked, with reason and difference, and says yes."""
    owner.goes(f"/manage/orders/{number}")
    owner.fills(reference=f"TRX-{number}")
    owner.presses("do-pay", "paid")
    owner.page.locator('[data-test="next"] [data-test="act-plan"] [name="weight"]').fill("2100")
    owner.page.locator('[data-test="next"] [data-test="act-plan"] [data-test="do-pack"]').click()
    asked = owner.shopper.by("answer").first
    expect(asked).to_contain_text("A parcel of 2100 g is too heavy: this service takes at most 2000 g there.")
    expect(asked).to_contain_text(words)
    expect(asked).to_contain_text(f"¥{more:,} more")
    owner.looks("asked")
    owner.shopper.by("do-move").first.click()
    expect(owner.shopper.by("do-move")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.req("SHP-3", "SHP-2")
@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_two_kilos_and_a_bit_to_taiwan_outgrow_the_packet(shop, new_shopper):
    found = {}
    owner = set_up_on_a_phone(shop, new_shopper, found)
    buyer, number, postage = buys_by_packet(shop, new_shopper)
    packs(owner, number, 3450 - postage, "International parcel by air instead of International air packet")
    buyer.page.reload()
    moved = buyer.by("moved")
    expect(moved).to_contain_text("Your order goes by International parcel by air instead of International air packet.")
    expect(moved).to_contain_text("too heavy")
    expect(moved).to_contain_text("nothing more to pay")

    owner.goes("/manage/settings/")
    owner.fills(shipping__move_to="shipping_japanpost:ems\nshipping_japanpost:parcel_air")
    owner.presses("save", "the hobby list")
    other, number, postage = buys_by_packet(shop, new_shopper)
    packs(owner, number, 3900 - postage, "EMS instead of International air packet")
    other.page.reload()
    expect(other.by("moved")).to_contain_text("Your order goes by EMS instead of International air packet.")
    assert found == {}
    for shopper in (owner.shopper, buyer, other):
        shopper.check()
