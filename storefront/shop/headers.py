"""What every answer carries: security headers, caching, compression; and one log line about it, without personal data."""

import gzip
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

from storefront.config import Settings
from storefront.core.log_context import set_log_fields
from storefront.shop.hx import VARY, is_fragment
from storefront.shop.service.metering import observe
from storefront.shop.session import row_session
from storefront.shop.themes.previewing import is_previewing

log = logging.getLogger("storefront.request")

MIN_COMPRESSED = 1024
COMPRESSED_TYPES = ("text/", "application/json")
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
PRIVATE = "private, no-store"
PUBLIC = "public, max-age=0, must-revalidate"
REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
View = TypeVar("View", bound=Callable[..., Any])


def cacheable(view: View) -> View:
    """``view`` shows the same to every visitor without a session: its answers may be kept and revalidated."""
    view.is_cacheable = True  # type: ignore[attr-defined]
    return view


POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}


def content_security_policy(settings: Settings, more: Mapping[str, Iterable[str]] | None = None) -> str:
    """No inline script or style, nothing from elsewhere, no framing; ``more``: what enabled plugins need from elsewhere."""
    rules = dict(POLICY)
    for directive, sources in (more or {}).items():
        rules[directive] = " ".join((rules.get(directive, ""), *sources)).strip()
    listed = [f"{directive} {sources}" for directive, sources in rules.items()]
    return "; ".join(listed + (["upgrade-insecure-requests"] if settings.https else []))


def _let_in_by_plugins(settings: Settings) -> str | None:
    """The policy of this page where plugins need more; ``None`` where they do not, and for what never asked for the shop."""
    if "shop" not in g:
        return None
    area = (request.endpoint or "").rpartition(".")[0]
    more = current_app.extensions["storefront"].host.csp_sources(area, g.shop)
    return content_security_policy(settings, more) if more else None


def request_id(given: str) -> str:
    """What the proxy called this request, when that is a plain word; else a new one."""
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def init_headers(app: Flask, settings: Settings) -> None:
    app.config["TRUSTED_HOSTS"] = [settings.public_host] + ([] if settings.production else LOOPBACK)
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 500_000
    app.config["MAX_FORM_PARTS"] = 500
    fixed = {
        "Content-Security-Policy": content_security_policy(settings),
        "X-Content-Type-Options": "nosniff",
        # Own pages get the whole address: the fallback of the origin check in browsers without Sec-Fetch-Site.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if settings.https:
        fixed["Strict-Transport-Security"] = "max-age=31536000"

    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()
        set_log_fields(request_id=request_id(request.headers.get("X-Request-ID", "")))

    # Flask runs these in reverse order of registration: cache rules first, compression, headers, then the log line.
    @app.after_request
    def write_log(response: Response) -> Response:
        # The rule, not the address: addresses hold private links and search words.
        rule = request.url_rule.rule if request.url_rule else "-"
        spent = time.perf_counter() - g.started if "started" in g else 0.0
        log.info("%s %s %s %.1f ms", request.method, rule, response.status_code, spent * 1000)
        observe(request.endpoint or "-", request.method, response.status_code, spent)
        return response

    @app.after_request
    def add_fixed(response: Response) -> Response:
        policy = _let_in_by_plugins(settings)
        if policy is not None:
            response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        return response

    @app.after_request
    def look_ahead(response: Response) -> Response:
        return _with_speculation(response)

    @app.after_request
    def compress(response: Response) -> Response:
        return _compressed(response)

    @app.after_request
    def set_cache_rules(response: Response) -> Response:
        return _with_cache_rules(response)


def _with_cache_rules(response: Response) -> Response:
    if "Cache-Control" in response.headers:
        return response
    view = current_app.view_functions.get(request.endpoint or "")
    personal = not getattr(view, "is_cacheable", False) or bool(row_session().sent_token) or is_previewing()
    if personal or request.method not in ("GET", "HEAD") or response.status_code != 200 or is_fragment():
        response.headers["Cache-Control"] = PRIVATE
        response.vary.add("Cookie")
        return response
    response.headers["Cache-Control"] = PUBLIC
    response.vary.update(("Cookie", *VARY))
    # Weak: the compressed form of a page is the same page.
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


def _with_speculation(response: Response) -> Response:
    """Pages of the shop say what may be fetched ahead of a click. Whatever changes something throws away what was fetched
    before it: those pages still show the cart as it was."""
    if request.method not in ("GET", "HEAD"):
        response.headers.setdefault("Clear-Site-Data", '"prefetchCache"')
    elif (
        response.mimetype == "text/html"
        and response.status_code in (200, 304)
        and not is_fragment()
        and not request.path.startswith("/manage")
    ):
        response.headers["Speculation-Rules"] = '"/speculation.json"'
    return response


def _compressed(response: Response) -> Response:
    """Gzip for text. Tokens in compressed pages are safe from guessing by length: the session cookie is SameSite=Lax,
    so no other site can make a browser fetch such a page in its name at will."""
    if (
        response.direct_passthrough
        or response.is_streamed
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith(COMPRESSED_TYPES)
        or response.status_code in (204, 304)
    ):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return response
    body = response.get_data()
    if len(body) > MIN_COMPRESSED:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
