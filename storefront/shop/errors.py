"""Error pages in the visitor's language; for a fragment request a message instead of a page."""

import logging
import secrets

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, SecurityError

from storefront.core.catalog.queries import popular_cards
from storefront.core.catalog.views import Card
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.language import LANGUAGES
from storefront.shop.context import current_lang, current_rate, current_shop
from storefront.shop.hx import is_fragment, toast_answer
from storefront.shop.themes.worn import undressed

log = logging.getLogger("storefront.errors")

ALTERNATIVES = 4


def error_words(status: int) -> tuple[str, str]:
    """Title and sentence for a status."""
    if status == 403:
        return _("Not allowed"), _("You may not do this here.")
    if status in (404, 405):
        return _("Page not found"), _("There is nothing at this address. It may have moved, or the link is incomplete.")
    if status == 413:
        return _("Too large"), _("What you sent is larger than we accept. Please send less at once.")
    if status == 429:
        return _("Too many requests"), _("Please wait a moment and try again.")
    return _("Not understood"), _("We could not read this request. Please go back and try again.")


def init_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if isinstance(error, SecurityError):
            # A host name that is not ours: no address of this shop can be built for such a request.
            return Response("This host name is not served here.\n", 400, mimetype="text/plain")
        if isinstance(error, InternalServerError):
            return our_fault(error)
        status = error.code or 500
        if error.response is not None or status < 400:
            answer = error.get_response()
            assert isinstance(answer, Response)
            return answer
        page = error_page(status, _own_words(error))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            page.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return page

    @app.errorhandler(Exception)
    def crashed(error: Exception) -> Response:
        return our_fault(error)


def _own_words(error: HTTPException) -> str:
    """The sentence given to ``abort(403, ...)``; Werkzeug's own English ones are not for shoppers."""
    if isinstance(error, CSRFError):
        return _("Your visit has ended in the meantime, so nothing was done. Please open the page again.")
    return "" if error.description in (None, type(error).description) else str(error.description)


def error_page(status: int, sentence: str = "") -> Response:
    title, usual = error_words(status)
    if is_fragment():
        return toast_answer(sentence or usual, status)
    template = "errors/not_found.html" if status in (404, 405) else "errors/refused.html"
    page = render_template(
        template, title=title, sentence=sentence or usual, status=status, popular=_alternatives(status)
    )
    return make_response(page, status)


def _alternatives(status: int) -> tuple[Card, ...]:
    """What to look at instead of a page of the shop that is not there. Who guesses at other addresses gets no goods."""
    if status != 404 or request.method != "GET" or request.path.partition("/")[2].partition("/")[0] not in LANGUAGES:
        return ()
    return popular_cards(current_lang(), current_rate(), current_shop().policies, limit=ALTERNATIVES)


def our_fault(error: BaseException) -> Response:
    """A 500 with a number that stands in the log too. Its page needs no database: that may be what failed."""
    number = secrets.token_hex(4)
    original = getattr(error, "original_exception", None) or error
    rule = request.url_rule.rule if request.url_rule else "-"
    log.error("fault %s at %s %s", number, request.method, rule, exc_info=original)
    sentence = _("This is our fault. Please try again. If it happens again, tell us this number: %(number)s") % {
        "number": number
    }
    if is_fragment():
        return toast_answer(sentence, 500)
    with undressed():
        return make_response(render_template("errors/fault.html", number=number), 500)
