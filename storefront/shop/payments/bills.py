"""A payment link: what is to be paid, and how (PAY-4)."""

from flask import Blueprint, Response, abort, render_template, request, url_for

from storefront.core.db import run_unit, utcnow
from storefront.core.i18n.formats import format_datetime
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.pay import start_payment
from storefront.core.lifecycle.repay import (
    BillLink,
    bill_instead,
    find_bill_by_link,
    methods_for,
    pay_again,
    payable_again,
)
from storefront.core.lifecycle.view import BillView, order_view
from storefront.core.pricing.methods import find_method
from storefront.shop.checkout.choosing import ChoiceRow, method_row
from storefront.shop.checkout.visit import say_on_next_page
from storefront.shop.checkout.words import problem_words
from storefront.shop.context import current_lang, current_providers, current_shop, extension
from storefront.shop.hx import redirect_to
from storefront.shop.orders.views import kept_private
from storefront.shop.payments.leaving import allows_gateways, leave_for_gateway, step_words

bill_pages = Blueprint("bills", __name__)


@bill_pages.get("/<lang:lang>/bills/<secret>")
def show(secret: str) -> Response:
    return _answer(_found(secret))


@bill_pages.post("/<lang:lang>/bills/<secret>")
def pay(secret: str) -> Response:
    """Pay by ``method``: a new attempt; one that was left at a gateway ends."""
    _found(secret)
    shop, providers, method = current_shop(), current_providers(), request.form.get("method", "")
    try:
        attempt_id = run_unit(lambda: pay_again(secret, method, shop, providers, actor="shopper", now=utcnow()))
    except NotPossible as error:
        return _answer(_found(secret), 422, problem_words(error.problem))
    step = start_payment(attempt_id, shop, providers, extension().settings.public_url)
    if step.redirect_url:
        return leave_for_gateway(step)
    say_on_next_page(step_words(step))
    return redirect_to(url_for("orders.private", number=step.order_number, secret=step.secret))


def _found(secret: str) -> BillLink:
    link = find_bill_by_link(secret)
    if link is None:
        abort(404)
    return link


def _answer(link: BillLink, status: int = 200, problem: str = "") -> Response:
    order = order_view(link.order, current_providers())
    bill = next(bill for bill in order.bills if bill.secret == link.bill.secret)
    instead = bill_instead(link.bill) if bill.state == "void" else None
    html = render_template(
        "bills/page.html",
        order=order,
        bill=bill,
        problem=problem,
        deadline=_deadline(bill),
        instead=url_for("bills.show", secret=instead.secret) if instead else "",
        order_url=url_for("orders.private", number=order.number, secret=order.secret),
        methods=_method_rows(link) if payable_again(link.bill) and order.state != "cancelled" else (),
    )
    return allows_gateways(kept_private(Response(html, status), "same-origin"))


def _method_rows(link: BillLink) -> tuple[ChoiceRow, ...]:
    choices = methods_for(link.order, current_providers(), utcnow())
    offered = [choice for choice in choices if choice.offered]
    chosen = find_method(choices, link.order.method) or (offered[0] if offered else None)
    return tuple(method_row(choice, chosen) for choice in choices)


def _deadline(bill: BillView) -> str:
    if bill.due_at is None:
        return ""
    return format_datetime(bill.due_at, str(current_shop().policy("shop.time_zone")), current_lang())
