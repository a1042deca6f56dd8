"""The page of an order, its address form, its papers."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, request

from storefront.admin.guard import needs
from storefront.admin.once import new_token
from storefront.admin.orders import papers
from storefront.admin.orders.carrying import MAX_TYPED, in_one_unit, seen
from storefront.admin.orders.listing import order_path
from storefront.admin.orders.page import show_page
from storefront.admin.words import problems_of, sentence
from storefront.core.customers.addresses import FieldProblem, check_address, is_country, typed_from
from storefront.core.db import session
from storefront.core.desk.packing import planned_parcels
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.readdress import change_address
from storefront.core.lifecycle.seen import ChangedMeanwhile, last_event
from storefront.core.lifecycle.view import OrderView, order_view
from storefront.core.orders.models import Order
from storefront.core.orders.queries import find_order
from storefront.core.values.address import Address
from storefront.shop.checkout.address_form import read_typed, shown_form
from storefront.shop.context import current_providers, current_shop
from storefront.shop.hx import redirect_to, render_page, toast

order_pages = Blueprint("orders_desk", __name__, url_prefix="/manage/orders")


@order_pages.get("/<number>")
@needs("orders.view")
def show(number: str) -> Response:
    return show_page(number)


# --- address ------------------------------------------------------------------------------------------------------------


@order_pages.get("/<number>/address")
@needs("orders.edit")
def address(number: str) -> Response:
    order = _found(number)
    typed = typed_from(Address.from_json(order.address))
    country = request.args.get("country", "").upper()
    if is_country(country):
        typed["country"] = country
    return _address_answer(order, typed, last_event(order.id))


@order_pages.post("/<number>/address")
@needs("orders.edit")
def save_address(number: str) -> Response:
    """``change_country`` shows the fields of another country and keeps what is typed; else the address is checked."""
    order = _found(number)
    typed, known = read_typed(request.form), seen()
    reason = request.form.get("reason", "").replace("\0", "").strip()[:MAX_TYPED]
    if "change_country" in request.form:
        return _address_answer(order, typed, known, reason=reason)
    result = check_address(typed)
    if result.address is None:
        return _address_answer(order, typed, known, result.problems, status=422, reason=reason)
    wanted = result.address
    try:
        _refunds, ran = in_one_unit(
            number,
            lambda actor, now: (
                change_address(number, wanted, current_shop(), current_providers(), actor=actor, now=now, reason=reason)
                and None
            ),
        )
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        session.rollback()
        status = 409 if isinstance(error, ChangedMeanwhile) else 422
        said = [sentence(problem) for problem in problems]
        return _address_answer(_found(number), typed, known, status=status, sentences=said, reason=reason)
    toast(_("The address is changed. The shopper gets a mail.") if ran else _("This was done already."))
    return redirect_to(order_path(number))


def _address_answer(
    order: Order,
    typed: Mapping[str, str],
    known: int,
    problems: tuple[FieldProblem, ...] = (),
    *,
    status: int = 200,
    sentences: list[str] | None = None,
    reason: str = "",
) -> Response:
    return render_page(
        "manage/orders/address.html",
        "manage/orders/_address.html",
        status=status,
        order=order,
        root=order_path(order.number),
        form=shown_form(typed, problems),
        sentences=sentences or [],
        seen=known,
        once=new_token(),
        reason=reason,
    )


def _found(number: str) -> Order:
    order = find_order(number)
    if order is None:
        abort(404)
    return order


# --- papers -------------------------------------------------------------------------------------------------------------


def _viewed(number: str) -> OrderView:
    return order_view(_found(number), current_providers())


@order_pages.get("/<number>/slip")
@needs("orders.view")
def slip(number: str) -> Response:
    return papers.slip(_viewed(number), request.args.get("parcel", type=int)) or abort(404)


@order_pages.get("/<number>/invoice")
@needs("orders.view")
def invoice(number: str) -> Response:
    return papers.invoice(_viewed(number)) or abort(404)


@order_pages.get("/pack-list")
@needs("shipments.edit")
def pack_list() -> Response:
    return papers.pack_list(planned_parcels())
