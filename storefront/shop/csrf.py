"""Who may post what. Every unsafe request is checked here, by default by both rules:

1. it comes from a page of this shop: ``Sec-Fetch-Site`` or ``Origin``, for old browsers ``Referer``;
2. it carries the token of this browser's session.

Pages that must stay cacheable hold no token, so their forms are marked ``@from_catalogue`` (rule 1 alone). What other
servers or a gateway's page post is marked ``@from_elsewhere`` (neither; such a view proves its caller itself).
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request

from storefront.config import Settings
from storefront.core.i18n.translate import gettext as _
from storefront.extensions import csrf
from storefront.shop.session import row_session

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


def from_catalogue(view: View) -> View:
    """Posts to ``view`` come from pages without a token: only their origin is checked."""
    view.csrf_rule = "origin"  # type: ignore[attr-defined]
    return view


def from_elsewhere(view: View) -> View:
    """Posts to ``view`` come from outside (webhooks, a gateway's return): nothing is checked here."""
    view.csrf_rule = "none"  # type: ignore[attr-defined]
    return view


def init_csrf(app: Flask, settings: Settings) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a token lives as long as its session
    app.config["WTF_CSRF_SSL_STRICT"] = False  # the origin is checked here, also without https
    csrf.init_app(app)
    origins = {settings.public_url}

    @app.before_request
    def check_post() -> None:
        if request.method in SAFE_METHODS or request.endpoint is None:
            return
        rule = getattr(current_app.view_functions.get(request.endpoint), "csrf_rule", "token")
        if rule == "none":
            return
        allowed = origins if settings.production else origins | {request.host_url.rstrip("/")}
        if not is_same_origin(request.headers.get, allowed):
            abort(403, _("This form was sent from another site, so nothing was done. Please use the page in our shop."))
        if rule == "token":
            csrf.protect()


def is_same_origin(header: Callable[[str], str | None], allowed: set[str]) -> bool:
    """Whether the browser says that the request comes from one of ``allowed`` (scheme, host and port)."""
    site = header("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = header("Origin")
    if origin is not None:
        return origin.lower() in allowed
    referrer = header("Referer")
    if not referrer:
        return False
    parts = urlsplit(referrer)
    return f"{parts.scheme}://{parts.netloc}".lower() in allowed


def has_token() -> bool:
    """Whether forms on this page carry a token: there is a session to bind it to."""
    return row_session().exists
