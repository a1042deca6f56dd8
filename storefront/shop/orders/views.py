"""The order's own page behind its private link (ORD-2, ORD-3)."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, make_response, render_template, request

from storefront.core.customers.addresses import render_address
from storefront.core.i18n.formats import format_date, format_datetime
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.view import OrderView, order_view
from storefront.core.orders.queries import find_order_by_link
from storefront.shop.checkout.words import say
from storefront.shop.context import current_lang, current_providers, current_shop
from storefront.shop.orders import words

order_pages = Blueprint("orders", __name__)

MAX_NUMBER = 20
MAX_SECRET = 64


@order_pages.get("/<lang:lang>/orders/<number>")
def member(number: str) -> Response:
    """An order in the history of a member. Whether there is such an order is nobody else's business."""
    abort(404, _("Your order has a private page: please open the link in our mail about it."))


@order_pages.get("/<lang:lang>/orders/<number>/<secret>")
def private(number: str, secret: str) -> Response:
    """Whoever has the link. Everything wrong with it has one answer."""
    if not (readable(number, MAX_NUMBER) and readable(secret, MAX_SECRET)):
        abort(404)
    order = find_order_by_link(number, secret)
    if order is None:
        abort(404)
    view = order_view(order, current_providers())
    steps, current = words.progress(view)
    response = make_response(
        render_template(
            "orders/page.html",
            order=view,
            status=words.status_of(view),
            steps=steps,
            step_index=current,
            next=words.next_box(view),
            placed="placed" in request.args and view.status != "draft",
            placed_on=_placed_on(view),
            address_lines=render_address(view.address, current_lang()),
            item_words=words.ITEMS,
            bill_state=words.bill_state,
            shipment_words=words.SHIPMENTS,
            moment=lambda at: format_datetime(at, _zone(), current_lang()),
            method_title=lambda bill: say(bill.method_title, source=bill.source),
            customs_notice=words.customs_notice(view),
            tendered=sum(bill.tendered for bill in view.bills if bill.state != "void"),
        )
    )
    return kept_private(response, "no-referrer")


def readable(text: str, longest: int) -> bool:
    """What can be a number or a secret of ours at all; anything else is not looked up."""
    return 0 < len(text) <= longest and text.isascii() and text.isprintable()


def kept_private(response: Response, referrer: str) -> Response:
    """No cache, no search engine and no other site may learn a private link."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = referrer
    return response


def _zone() -> str:
    return str(current_shop().policy("shop.time_zone"))


def _placed_on(order: OrderView) -> str:
    at = order.placed_at
    return format_date(at.astimezone(ZoneInfo(_zone())).date(), current_lang()) if at else ""
