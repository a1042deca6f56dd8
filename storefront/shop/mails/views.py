"""Leaving a kind of mail by the link in it: without a log-in, without a session. Looking at the page changes nothing, since
mail programs and scanners open links by themselves; the POST does, whoever sends it (RFC 8058)."""

from flask import Blueprint, Response, abort, make_response, render_template, request

from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import gettext as _
from storefront.core.mail.kinds import TOPICS
from storefront.core.mail.opting_out import Subscription, is_wanted, opt_in, opt_out, unseal
from storefront.core.secrecy import MAIL_LINKS, SecretBox
from storefront.shop.context import extension
from storefront.shop.csrf import from_elsewhere

mail_pages = Blueprint("mails", __name__, url_prefix="/<lang:lang>/mail")


@mail_pages.get("/unsubscribe/<token>")
def ask(token: str) -> Response:
    found = _subscription(token)
    wanted = is_wanted(found.address, found.topic)
    session.rollback()
    return _page(found, "ask" if wanted else "left")


@mail_pages.post("/unsubscribe/<token>")
@from_elsewhere
def unsubscribe(token: str) -> Response:
    """Twice is as good as once. ``again``: of the page's own button that takes it back; a mail program's one click never
    sends it."""
    found = _subscription(token)
    again = request.form.get("again") == "1"
    run_unit(lambda: (opt_in if again else opt_out)(found.address, found.topic))
    return _page(found, "back" if again else "left")


def _subscription(token: str) -> Subscription:
    settings = extension().settings
    found = unseal(SecretBox(settings.secret_key, settings.secret_key_fallbacks, MAIL_LINKS), token)
    if found is None:
        abort(404, _("This link is not complete, or too old. Please use the link of a newer mail, or write to us."))
    return found


def _page(found: Subscription, state: str) -> Response:
    response = make_response(render_template("mails/unsubscribe.html", state=state, topic=_(TOPICS[found.topic])))
    # The address of the page is a secret of its reader.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
