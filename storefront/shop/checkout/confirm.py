"""The last step: everything once more, then the order (CHK-2). What was shown is what is charged."""

from flask import Response, request, url_for

from storefront.core.billing.service import bills_of, tendered
from storefront.core.checkout.quote import CheckoutQuote
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import run_unit, utcnow
from storefront.core.i18n.formats import format_money
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.errors import CheckoutIncomplete, TokenExpired, TotalChanged
from storefront.core.lifecycle.pay import start_payment
from storefront.core.lifecycle.place import Placed, PlaceRequest, place
from storefront.core.payments.service import live_attempt
from storefront.core.payments.states import AttemptState
from storefront.shop.checkout.choosing import method_row
from storefront.shop.checkout.views import checkout_pages, step_context
from storefront.shop.checkout.visit import (
    Visit,
    current_visit,
    missing_step,
    say_on_next_page,
    step_url,
    unfinished,
)
from storefront.shop.checkout.words import delivery_title, problem_words, same_currency
from storefront.shop.context import (
    current_lang,
    current_providers,
    current_rate,
    current_shop,
    extension,
    shop_session,
)
from storefront.shop.hx import redirect_to, render_page
from storefront.shop.payments.leaving import allows_gateways, leave_for_gateway, step_words

MAX_TOKEN = 40
MAX_DIGITS = 16
# No total is below zero: a form that shows none, or one in another currency, never agrees with the price.
NOTHING_SHOWN = -1


@checkout_pages.get("/<lang:lang>/checkout/confirm")
def confirm() -> Response:
    visit = current_visit()
    quoted = visit.quote()
    missing = missing_step(visit, "confirm") or unfinished(visit, quoted)
    if not missing:
        return _confirm_answer(visit, quoted)
    if missing == "cart" and visit.cart.lines:
        say_on_next_page(_("Something in your cart changed. Please look at the marked items."))
    return redirect_to(step_url(missing))


@checkout_pages.post("/<lang:lang>/checkout/confirm")
def place_order() -> Response:
    """Place the order, then start its payment outside any transaction. The same form again leads to the same order."""
    session_id = shop_session()
    if session_id is None:
        return redirect_to(step_url("cart"))
    rate, shop, providers = current_rate(), current_shop(), current_providers()
    shown = _shown_total(rate)
    request_ = PlaceRequest(session_id, _token(), shown, current_lang(), rate)
    try:
        placed = run_unit(lambda: place(request_, shop, providers, utcnow()))
    except TotalChanged as error:
        return _show_again(_what_changed(error, rate))
    except CheckoutIncomplete as error:
        say_on_next_page(problem_words(error.problem))
        return redirect_to(step_url(error.step))
    except TokenExpired:
        return _show_again(_("This page was out of date, so nothing was ordered. Please look at your order again."))
    attempt_id = placed.attempt_id
    if placed.again:
        if _is_another_basket(placed, shown):
            return _show_again(
                _(
                    "This form belonged to your order %(number)s, which is placed. Nothing else was ordered.",
                    number=placed.number,
                )
            )
        attempt_id = placed.attempt_id or _not_started(placed)
    if attempt_id is not None:
        step = start_payment(attempt_id, shop, providers, extension().settings.public_url)
        if step.redirect_url:
            return leave_for_gateway(step)
        if step.message:
            say_on_next_page(step_words(step))
            return redirect_to(step_url("delivery"))
    return redirect_to(url_for("orders.private", number=placed.number, secret=placed.secret, placed=1))


def _token() -> str:
    token = request.form.get("token", "")
    return token if len(token) <= MAX_TOKEN and token.isascii() and token.isprintable() else ""


def _shown_total(rate: CurrencyRate) -> int:
    text = request.form.get("shown_total", "")
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        return NOTHING_SHOWN
    return int(text) if same_currency(rate, request.form.get("shown_currency", "")) else NOTHING_SHOWN


def _what_changed(error: TotalChanged, rate: CurrencyRate) -> str:
    now = error.quote.quote.due
    currency = request.form.get("shown_currency", "") or rate.currency
    if error.shown == NOTHING_SHOWN or now is None or currency != rate.currency:
        return _("The price is shown in another currency now. Nothing was ordered. Please confirm it.")
    return _(
        "The total has changed: it was %(before)s and is %(now)s now. Nothing was ordered. Please confirm it.",
        before=format_money(error.shown, rate.currency, current_lang()),
        now=format_money(now, rate.currency, current_lang()),
    )


def _is_another_basket(placed: Placed, shown: int) -> bool:
    """The form's token has made an order already, and that one cost something else."""
    bills = [bill for bill in bills_of(placed.order_id) if bill.state != "void"]
    return bool(bills) and shown != sum(bill.amount - tendered(bill.id) for bill in bills)


def _not_started(placed: Placed) -> int | None:
    """The payment of an order placed before whose start nobody has seen the end of: begun again with the same key, it is
    the same payment (a double click, a crash)."""
    for bill in bills_of(placed.order_id, "open"):
        attempt = live_attempt(bill.id)
        if attempt is not None and attempt.state == AttemptState.NEW:
            return attempt.id
    return None


def _show_again(words: str) -> Response:
    """The confirm page with what holds now, or the step that is missing; never an order."""
    visit = current_visit()
    quoted = visit.quote()
    missing = missing_step(visit, "confirm") or unfinished(visit, quoted)
    if missing:
        say_on_next_page(words)
        return redirect_to(step_url(missing))
    return _confirm_answer(visit, quoted, words)


def _confirm_answer(visit: Visit, quoted: CheckoutQuote, words: str = "") -> Response:
    return allows_gateways(
        render_page(
            "checkout/confirm.html",
            "checkout/_confirm.html",
            status=409 if words else 200,
            changed=words,
            token=visit.checkout.token,
            delivery_title=delivery_title(quoted.delivery) if quoted.delivery else "",
            method=method_row(quoted.method, quoted.method) if quoted.method else None,
            **step_context(visit, "confirm", quoted),
        )
    )
