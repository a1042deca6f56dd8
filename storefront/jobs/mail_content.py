"""What the mails about an order say: one folder of templates per kind, rendered in the order's language.

Pure: an order's view goes in, texts come out; nothing is read and nothing is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jinja2 import Environment

from storefront.core.customers.addresses.render import render_address
from storefront.core.i18n.translate import domain_gettext, gettext, use_language
from storefront.core.lifecycle.view import BillView, LineView, OrderView, ShipmentView
from storefront.core.mail.kinds import KINDS
from storefront.core.mail.message import one_line
from storefront.core.mail.wrapping import wrap
from storefront.core.settings.policies import in_language
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.customs_notices import notice_for_shopper
from storefront.core.values.language import html_lang
from storefront.core.values.pictures import jpeg_path

ORDER_MAILS = tuple(name for name, kind in KINDS.items() if kind.order)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a mail is about: an order, and the parcel or the bill of it that the event was about."""

    order: OrderView
    shipment: ShipmentView | None = None
    bill: BillView | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the list: in a mail about a parcel, the pieces in that parcel. ``title_mark``: its language for HTML,
    when it is not that of the mail."""

    title: str
    title_mark: str
    options: str
    picture_url: str
    quantity: int
    total: int | None


def render(
    kind: str, subject: Subject, shop: ShopSnapshot, templates: Environment, public_url: str, lang: str = ""
) -> Rendered:
    """The texts of one mail, in ``lang`` (default: the order's). ``kind``: one of ``ORDER_MAILS``."""
    if kind not in ORDER_MAILS:
        raise ValueError(f"{kind!r} is no mail of the shop: {', '.join(ORDER_MAILS)}")
    order, lang = subject.order, lang or subject.order.locale
    bill = subject.bill or order.open_bill
    notice = notice_for_shopper(order.address.country)
    with use_language(lang):
        values = {
            **about_shop(shop, lang),
            "order": order,
            "bill": bill,
            "shipment": subject.shipment,
            "items": items_of(subject, public_url, lang),
            "taken_off": [
                _item(line, line.cancelled, None, public_url, lang) for line in order.lines if line.cancelled
            ],
            "order_url": f"{public_url}/{lang}/orders/{quote(order.number)}/{quote(order.secret)}",
            "address_lines": render_address(order.address, lang),
            "method_title": _method_title(order, bill),
            "customs_notice": gettext(notice) if notice else "",
            "something_paid": any(b.paid for b in order.bills),
        }
        return render_parts(kind, values, templates)


def about_shop(shop: ShopSnapshot, lang: str) -> dict[str, Any]:
    """What the frame of every mail shows."""
    name = in_language(shop.policy("shop.name"), lang)
    return {
        "lang": lang,
        "html_lang": html_lang(lang),
        "shop_name": name,
        "seal": str(shop.policy("shop.seal")) or name[:1],
        "contact": str(shop.policy("shop.email")),
        "zone": str(shop.policy("shop.time_zone")),
    }


def render_parts(kind: str, values: Mapping[str, Any], templates: Environment) -> Rendered:
    """The three texts in the folder of ``kind``, in the current language."""
    texts = [
        templates.get_template(f"mail/{kind}/{part}").render(values)
        for part in ("subject.txt", "body.txt", "body.html")
    ]
    return Rendered(one_line(texts[0]), wrap(texts[1].strip()) + "\n", texts[2])


def items_of(subject: Subject, public_url: str, lang: str) -> list[Item]:
    order, shipment = subject.order, subject.shipment
    if shipment is None:
        ended = order.state == "cancelled"
        kept = [line for line in order.lines if line.quantity or ended]
        return [_item(line, line.quantity or line.cancelled, line.total, public_url, lang) for line in kept]
    lines = {line.position: line for line in order.lines}
    return [
        _item(lines[position], pieces, None, public_url, lang)
        for position, _, pieces in shipment.lines
        if position in lines
    ]


def _item(line: LineView, quantity: int, total: int | None, public_url: str, lang: str) -> Item:
    picture = f"{public_url}/media/{quote(jpeg_path(line.picture, 200))}" if line.picture else ""
    mark = html_lang(line.title_lang) if line.title_lang not in ("", lang) else ""
    return Item(line.title, mark, line.options, picture, quantity, total)


def _method_title(order: OrderView, bill: BillView | None) -> str:
    shown = bill or (order.bills[-1] if order.bills else None)
    if shown is None or not shown.method_title:
        return ""
    return domain_gettext(shown.source).gettext(shown.method_title)
