"""What every mail looks like, in every language: of an invented order, or of a real one. Nothing is sent."""

from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from storefront.admin.guard import needs, require
from storefront.core.db import session
from storefront.core.i18n.translate import gettext as _
from storefront.core.mail.kinds import KINDS
from storefront.core.orders.errors import UnknownOrder
from storefront.core.values.language import LANGUAGES, OWN_NAMES, html_lang
from storefront.jobs.mail_content import Rendered
from storefront.jobs.mail_preview import preview, subject_of_order
from storefront.jobs.runtime import runtime_of
from storefront.shop.context import current_lang, current_providers, current_shop, extension
from storefront.shop.headers import content_security_policy
from storefront.shop.hx import render_page

mail_preview = Blueprint("mail_preview", __name__, url_prefix="/manage/mail-preview")

# A mail is a page of its own: styles within it, pictures of the shop, nothing that runs, no form, no way out of its frame.
POLICY = (
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    "sandbox",
)
MAX_NUMBER = 20


@mail_preview.get("/")
@needs("pages.view")
def show() -> Response:
    kind, lang, number = _asked()
    texts = None
    problem = ""
    try:
        texts = _rendered(kind, lang, number)
    except UnknownOrder:
        problem = _("There is no order %(number)s. An invented one is shown.", number=number)
        number, texts = "", _rendered(kind, lang, "")
    response = render_page(
        "manage/mails/preview.html",
        "manage/mails/_preview.html",
        title=_("Preview of mails"),
        kinds=[(name, _(found.title)) for name, found in KINDS.items()],
        languages=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        kind=kind,
        lang=lang,
        mail_lang=html_lang(lang),
        number=number,
        of_order=KINDS[kind].order,
        transactional=KINDS[kind].transactional,
        problem=problem,
        texts=texts,
        html_path=url_for("mail_preview.html", kind=kind, lang=lang, **({"order": number} if number else {})),
    )
    response.headers["Content-Security-Policy"] = f"{content_security_policy(extension().settings)}; frame-src 'self'"
    return response


@mail_preview.get("/html")
@needs("pages.view")
def html() -> Response:
    """The HTML alone, for the frame."""
    kind, lang, number = _asked()
    try:
        texts = _rendered(kind, lang, number)
    except UnknownOrder:
        abort(404)
    response = Response(texts.html, mimetype="text/html")
    # Named, since nothing is "self" to a page in a sandbox.
    pictures = f"img-src {extension().settings.public_url}"
    response.headers["Content-Security-Policy"] = "; ".join((*POLICY, pictures))
    return response


def _asked() -> tuple[str, str, str]:
    kind, lang = request.args.get("kind", ""), request.args.get("lang", "")
    number = request.args.get("order", "").replace("\0", "").strip()[:MAX_NUMBER]
    kind = kind if kind in KINDS else next(iter(KINDS))
    return kind, lang if lang in LANGUAGES else current_lang(), number if KINDS[kind].order else ""


def _rendered(kind: str, lang: str, number: str) -> Rendered:
    """Of a real order only for those who may see it."""
    if number:
        require("orders.view")
    subject = subject_of_order(number, kind, current_providers()) if number else None
    session.rollback()
    return preview(kind, lang, current_shop(), runtime_of(cast(Flask, current_app._get_current_object())), subject)
