"""Sending a browser to a payment gateway, and nowhere else."""

from urllib.parse import urlsplit

from flask import Response

from storefront.core.db import session
from storefront.core.lifecycle.outcome import Step
from storefront.core.payments.models import PaymentAttempt
from storefront.shop.checkout.words import say
from storefront.shop.context import extension
from storefront.shop.headers import content_security_policy
from storefront.shop.hx import leave_to


def allows_gateways(response: Response) -> Response:
    """For pages whose form may end at a gateway: browsers hold ``form-action`` against the redirects that follow a post
    too, and which gateway it will be is known only then. ``http`` is let through where the shop itself is a trial."""
    settings = extension().settings
    elsewhere = "https:" if settings.production else "https: http:"
    policy = content_security_policy(settings).replace("form-action 'self'", f"form-action 'self' {elsewhere}")
    response.headers["Content-Security-Policy"] = policy
    return response


def leave_for_gateway(step: Step) -> Response:
    """Raises ``ValueError`` for an address a payer may not be sent to: it must be https (http only in a trial)."""
    scheme = urlsplit(step.redirect_url).scheme
    if scheme != "https" and (extension().settings.production or scheme != "http"):
        raise ValueError("a gateway's address must begin with https://")
    return leave_to(step.redirect_url)


def step_words(step: Step) -> str:
    """What the payment's plugin or core has to say to the payer, in the page's language; "" for nothing."""
    attempt = session.get(PaymentAttempt, step.attempt_id) if step.message else None
    return say(step.message, source=attempt.source) if attempt else ""
