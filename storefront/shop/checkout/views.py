"""From the cart to the order: recipient, delivery and payment, confirm (CHK-2). Every step is a plain form first."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from storefront.core.cart.queries import find_cart_id
from storefront.core.checkout import service as checkout_service
from storefront.core.checkout.quote import CheckoutQuote
from storefront.core.customers.addresses import check_address, is_country, render_address
from storefront.core.db import run_unit
from storefront.core.i18n.translate import gettext as _
from storefront.core.pricing.methods import find_method
from storefront.core.shipping.deliveries import find_choice
from storefront.core.shipping.permission import closed_for
from storefront.core.values.types import Destination
from storefront.shop.cart.page import LineNote
from storefront.shop.checkout.address_form import ShownForm, likely_country, read_typed, shown_form
from storefront.shop.checkout.choosing import DeliveryPage, delivery_page
from storefront.shop.checkout.summary import summary_of
from storefront.shop.checkout.visit import (
    Visit,
    current_visit,
    missing_step,
    step_links,
    step_url,
)
from storefront.shop.checkout.words import closed_words
from storefront.shop.context import current_country, current_lang, current_shop, shop_session
from storefront.shop.hx import is_fragment, redirect_to, render_page
from storefront.shop.session import current_session

checkout_pages = Blueprint("checkout", __name__)


@checkout_pages.get("/<lang:lang>/checkout/")
def start() -> Response:
    """Where the checkout begins: nobody needs an account."""
    visit = current_visit()
    missing = missing_step(visit, "address")
    if missing:
        return redirect_to(step_url(missing))
    return make_response(render_template("checkout/start.html", **step_context(visit, "address")))


# --- recipient


@checkout_pages.get("/<lang:lang>/checkout/address")
def address() -> Response:
    visit = current_visit()
    missing = missing_step(visit, "address")
    if missing:
        return redirect_to(step_url(missing))
    typed = dict(visit.checkout.typed)
    asked = request.args.get("country", "").upper()
    if is_country(asked):
        typed["country"] = asked
    elif not typed.get("country"):
        typed["country"] = likely_country(visit.cart.country, current_country())
    return _address_answer(visit, shown_form(typed))


@checkout_pages.post("/<lang:lang>/checkout/address")
def save_address() -> Response:
    """``change_country`` shows the fields of another country and keeps what is typed; else the address is checked."""
    session_id = shop_session()
    cart_id = find_cart_id(session_id) if session_id is not None and current_session().cart_count else None
    if cart_id is None:
        return redirect_to(step_url("cart"))
    typed = read_typed(request.form)
    if "change_country" in request.form:
        run_unit(lambda: checkout_service.save_address(cart_id, typed, None))
        if not is_fragment():
            return redirect_to(step_url("address"))
        return _address_answer(current_visit(), shown_form(typed))
    result = check_address(typed)
    run_unit(lambda: checkout_service.save_address(cart_id, typed, result.address))
    if result.address is None:
        return _address_answer(current_visit(), shown_form(typed, result.problems), 422)
    return redirect_to(step_url("delivery"))


def _address_answer(visit: Visit, form: ShownForm, status: int = 200) -> Response:
    return render_page(
        "checkout/address.html",
        "checkout/_address.html",
        status=status,
        form=form,
        obstacles=_whole_destination_closed(visit, form.country),
        **step_context(visit, "address"),
    )


def _whole_destination_closed(visit: Visit, country: str) -> tuple[LineNote, ...]:
    """Said as soon as the country is chosen, before anybody types an address for nothing."""
    if not country:
        return ()
    basket = visit.quote().quote.basket
    found = closed_for(Destination(country), basket, current_shop().closed, current_shop().policies)
    notes = [closed_words(one) for one in found if not one.line_key]
    return tuple(LineNote(words, True, lang) for words, lang in notes)


# --- delivery and payment


@checkout_pages.get("/<lang:lang>/checkout/delivery")
def delivery() -> Response:
    visit = current_visit()
    missing = missing_step(visit, "delivery")
    if missing:
        return redirect_to(step_url(missing))
    return _delivery_answer(visit, delivery_page(visit, visit.quote_with_defaults()))


@checkout_pages.post("/<lang:lang>/checkout/delivery")
def save_delivery() -> Response:
    """``update`` only shows the sum anew; else both choices must be offered ones."""
    visit = current_visit()
    missing = missing_step(visit, "delivery")
    if missing:
        return redirect_to(step_url(missing))
    chosen, method = request.form.get("delivery", ""), request.form.get("method", "")
    quoted = visit.quote(chosen, method)
    errors = _choice_errors(quoted, chosen, method)
    kept_delivery = None if "delivery" in errors else (quoted.delivery.id if quoted.delivery else None)
    kept_method = None if "method" in errors else method
    cart_id = visit.cart.id
    if cart_id is not None:
        run_unit(lambda: checkout_service.save_choices(cart_id, delivery=kept_delivery, method=kept_method))
    if "update" in request.form and is_fragment():
        return _delivery_answer(visit, delivery_page(visit, visit.quote_with_defaults(chosen, method)))
    if "update" in request.form:
        return redirect_to(step_url("delivery"))
    if errors or quoted.closed or quoted.quote.due is None:
        page = delivery_page(visit, visit.quote_with_defaults(chosen, method), errors)
        return _delivery_answer(visit, page, 422)
    return redirect_to(step_url("confirm"))


def _choice_errors(quoted: CheckoutQuote, chosen: str, method: str) -> dict[str, str]:
    errors = {}
    if find_choice(quoted.deliveries, chosen) is None:
        errors["delivery"] = _("Please choose how to send your order.")
    if not quoted.free and find_method(quoted.methods, method) is None:
        errors["method"] = _("Please choose how to pay.")
    return errors


def _delivery_answer(visit: Visit, page: DeliveryPage, status: int = 200) -> Response:
    return render_page(
        "checkout/delivery.html",
        "checkout/_delivery.html",
        status=status,
        page=page,
        **step_context(visit, "delivery", page.quoted),
    )


# --- what every step shows


def step_context(visit: Visit, step: str, quoted: CheckoutQuote | None = None) -> dict[str, Any]:
    links, current = step_links(visit, step)
    quoted = quoted or visit.quote_with_defaults()
    address = visit.checkout.address
    return {
        "cart": visit.cart,
        "quoted": quoted,
        "summary": summary_of(quoted),
        "step_links": links,
        "step_index": current,
        "address": address,
        "address_lines": render_address(address, current_lang()) if address else (),
        "fragment": is_fragment(),
    }
