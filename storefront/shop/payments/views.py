"""Where gateways send browsers and messages. Neither is believed: the provider is asked."""

import logging

from flask import Blueprint, Response, abort, request, url_for

from storefront.core.contracts.payments import Fact, RawWebhook, WebhookRefused
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.outcome import Step
from storefront.core.lifecycle.pay import UnknownAttempt, return_from_gateway, take_webhook
from storefront.core.orders.queries import find_order
from storefront.core.payments.states import AttemptState
from storefront.shop.checkout.visit import say_on_next_page
from storefront.shop.context import current_providers, current_shop, extension
from storefront.shop.csrf import from_elsewhere
from storefront.shop.hx import redirect_to
from storefront.shop.orders.views import readable
from storefront.shop.payments.leaving import step_words

log = logging.getLogger(__name__)

payment_pages = Blueprint("payments", __name__)

MAX_TOKEN = 64
MAX_WEBHOOK_BYTES = 256 * 1024
# The payment got somewhere: the order's own page tells where.
ARRIVED = frozenset({AttemptState.CAPTURED, AttemptState.PENDING, AttemptState.INSTRUCTED, AttemptState.ACCEPTED})
ENDED = frozenset({AttemptState.DECLINED, AttemptState.VOIDED})
NOT_FINISHED = N_("The payment was not finished. Please choose how to pay.")
WAS_ENDED = N_("This payment had ended already. Please choose how to pay.")


@payment_pages.get("/pay/<attempt>/return")
def come_back(attempt: str) -> Response:
    """The payer's browser, from the gateway. Ask what happened; then the order's page, or back to choosing."""
    if not readable(attempt, MAX_TOKEN):
        abort(404)
    try:
        step = return_from_gateway(
            attempt,
            request.args.to_dict(),
            current_shop(),
            current_providers(),
            extension().settings.public_url,
        )
    except UnknownAttempt:
        abort(404)
    return _after_return(step)


def _after_return(step: Step) -> Response:
    order = find_order(step.order_number)
    if order is None:
        abort(404)
    words = step_words(step)
    if step.state in ARRIVED:
        say_on_next_page(words)
        return _order_page(step, placed=True)
    left = "cancelled" in request.args or bool(step.message)
    if step.state not in ENDED and not left:
        return _order_page(step)  # nobody knows yet: its page says that it is being checked
    say_on_next_page(words or _(WAS_ENDED if step.state in ENDED else NOT_FINISHED))
    if order.placed_at is not None:
        return _order_page(step)
    return redirect_to(url_for("checkout.delivery", lang=step.locale))


def _order_page(step: Step, placed: bool = False) -> Response:
    return redirect_to(
        url_for(
            "orders.private",
            lang=step.locale,
            number=step.order_number,
            secret=step.secret,
            placed=1 if placed else None,
        )
    )


@payment_pages.post("/webhooks/<plugin>")
@from_elsewhere
def webhook(plugin: str) -> Response:
    """A message of a payment provider: proved by its plugin, stored, answered; looked into by a job. 400: not genuine;
    any failure of ours is a 500, so that the provider sends it again."""
    if (request.content_length or 0) > MAX_WEBHOOK_BYTES:
        abort(413)
    methods = [
        registered
        for registered in current_providers().payment_methods(installed=True).values()
        if registered.source == plugin
    ]
    if not methods:
        abort(404)
    body = request.get_data(cache=False)
    raw = RawWebhook(body, {name.lower(): value for name, value in request.headers.items()})
    session.rollback()  # proving it may ask the provider: no connection is held meanwhile
    facts: tuple[Fact, ...] | None = None
    for method in methods:
        try:
            facts = method.ask("read_webhook", raw)
            break
        except WebhookRefused as error:
            log.warning("a webhook for %s was refused: %s", plugin, error)
    if facts is None:
        return Response("refused\n", 400, mimetype="text/plain")
    genuine = facts
    run_unit(lambda: take_webhook(plugin, genuine, raw))
    return Response("ok\n", 200, mimetype="text/plain")
