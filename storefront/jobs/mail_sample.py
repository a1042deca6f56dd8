"""An invented order, to look at the mails of a shop that has not sold anything yet."""

from datetime import UTC, datetime, timedelta

from storefront.core.lifecycle.view import BillView, ChargeView, LineView, MovedView, OrderView, ShipmentView
from storefront.core.values.address import Address
from storefront.jobs.mail_content import Subject

PAID = ("payment_received", "order_shipped", "tracking_changed", "delivery_changed")
PLACED = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CURRENCY = "JPY"
# What an order keeps in its shopper's language.
COLOURS = {"en": "Blue", "ja": "藍色", "zh-hans": "蓝色", "zh-hant": "藍色"}
PACKETS = {"en": "Air packet", "ja": "航空小包", "zh-hans": "航空小包", "zh-hant": "航空小包"}
TOO_HEAVY = {
    "en": "This service takes parcels up to 2 kg.",
    "ja": "このサービスでお送りできるのは2キロまでです。",
    "zh-hans": "此服务最多可寄2公斤的包裹。",
    "zh-hant": "此服務最多可寄2公斤的包裹。",
}
BANKS = {
    "en": "Example Bank (0000), Mihon Branch (000)",
    "ja": "見本銀行（0000） 見本支店（000）",
    "zh-hans": "示例银行（0000） 示例分行（000）",
    "zh-hant": "範例銀行（0000） 範例分行（000）",
}


def sample(kind: str, lang: str) -> Subject:
    """What a mail of ``kind`` could be about, with texts in ``lang`` where the shopper's language shows."""
    shipment = _shipment() if kind in ("order_shipped", "tracking_changed") else None
    bill = _bill(BANKS[lang], paid=kind in PAID)
    changed = kind == "order_changed"
    states = {
        "order_accepted": "pending",
        "order_changed": "pending",
        "payment_received": "processing",
        "order_shipped": "shipped",
        "address_changed": "pending",
        "tracking_changed": "shipped",
        "delivery_changed": "processing",
    }
    state = states.get(kind, "cancelled")
    order = OrderView(
        id=1,
        number="261122-0001",
        secret="a-secret-of-no-order",
        state=state,
        status="awaiting_payment" if state == "pending" else state,
        cancel_reason="unpaid" if state == "cancelled" else "",
        locale=lang,
        currency=CURRENCY,
        email="reader@example.com",
        address=ADDRESS,
        placed_at=PLACED,
        created_at=PLACED,
        revision=1,
        lines=(
            _line(1, "煎茶 100 g", "", 2, 1080),
            _line(2, "手ぬぐい", COLOURS[lang], 1, 1296, cancelled=int(changed)),
        ),
        items=3456,
        charges=(ChargeView("shipping", "EMS", 1450),),
        total=4906,
        bills=(bill,),
        shipments=(shipment,) if shipment else (),
        events=(),
        carrier="shipping_courier",
        service="shipping_courier:standard",
        delivery_title="EMS",
        moved=MovedView(PACKETS[lang], "EMS", TOO_HEAVY[lang]) if kind == "delivery_changed" else None,
    )
    return Subject(order, shipment, bill if kind == "payment_received" else None)


ADDRESS = Address(
    country="TW",
    name="王 小美",
    latin_name="Wang Xiaomei",
    email="reader@example.com",
    phone="+886912345678",
    postal_code="106",
    region="TPE",
    city="大安區",
    line1="和平東路一段162號",
)


def _line(position: int, title: str, options: str, quantity: int, price: int, cancelled: int = 0) -> LineView:
    return LineView(
        id=position,
        position=position,
        title=title,
        title_lang="ja",
        sku_code=f"SAMPLE-{position}",
        options=options,
        picture="",
        quantity=quantity,
        cancelled=cancelled,
        unit_price=price,
        total=price * quantity,
        state="in_hand",
        release="",
        customs_description="",
        origin="JP",
        hs_code="",
    )


def _bill(bank: str, *, paid: bool) -> BillView:
    return BillView(
        number="261122-0001-1",
        secret="a-secret-of-no-bill",
        kind="all",
        state="settled" if paid else "open",
        amount=4906,
        tendered=0,
        paid=4906 if paid else 0,
        rest=0 if paid else 4906,
        due_at=None if paid else PLACED + timedelta(days=7, hours=11, minutes=59),
        settled_at=PLACED if paid else None,
        instructions=() if paid else (bank, "0000000"),
    )


def _shipment() -> ShipmentView:
    return ShipmentView(
        id=1,
        state="handed_over",
        carrier="shipping_courier",
        service="shipping_courier:standard",
        tracking="EN123456789JP",
        tracking_url="",
        weight=650,
        handed_over_at=PLACED + timedelta(days=2),
        lines=((1, "煎茶 100 g", 2), (2, "手ぬぐい", 1)),
    )
