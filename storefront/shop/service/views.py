"""For machines: is it alive, what may robots read, pictures. No language, no session, no page."""

import json

from flask import Blueprint, Response, abort, jsonify, request, send_from_directory

from storefront.shop.context import extension
from storefront.shop.service.metering import CONTENT_TYPE, exposition, may_read
from storefront.shop.service.readiness import GOOD, readiness

service = Blueprint("service", __name__)
media = Blueprint("media", __name__)

ROBOTS = """User-agent: *
Disallow: /*/cart
Disallow: /*/checkout
Disallow: /*/orders
Disallow: /*/bills
Disallow: /*/account
Disallow: /manage
Disallow: /pay
"""
# What a browser may fetch ahead while somebody points at a link to it: pages that are the same for everybody and ask
# little. No filters, no searches; nothing that begins a visit, none of a cart, an order or an account.
SPECULATION = {
    "prefetch": [
        {
            "source": "document",
            "eagerness": "moderate",
            "where": {
                "and": [
                    {"href_matches": ["/:lang/", "/:lang/products/*", "/:lang/categories/*", "/:lang/pages/*"]},
                    {"not": {"href_matches": "/*\\?(.+)"}},
                    {"not": {"selector_matches": "[rel~=nofollow], [hx-get]"}},
                ]
            },
        }
    ]
}


@service.get("/healthz")
def healthz() -> Response:
    """200 while this process answers. What it needs of others is asked of ``/readyz``."""
    return jsonify(status="ok")


@service.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when everything the shop needs is there, else 503; one word for each thing, and no address or secret."""
    found = readiness()
    ready = all(word in GOOD for word in found.values())
    return jsonify(status="ready" if ready else "not ready", **found), 200 if ready else 503


@service.get("/metrics")
def metrics() -> Response:
    """For Prometheus. To strangers there is nothing here."""
    if not may_read(request, extension().settings.metrics_token):
        abort(404)
    return Response(exposition(), content_type=CONTENT_TYPE)


@service.get("/robots.txt")
def robots() -> Response:
    text = f"{ROBOTS}\nSitemap: {extension().settings.public_url}/sitemap.xml\n"
    response = Response(text, mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@service.get("/speculation.json")
def speculation() -> Response:
    """The rules that ``Speculation-Rules`` of every page of the shop leads to."""
    response = Response(json.dumps(SPECULATION), mimetype="application/speculationrules+json")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@media.get("/media/<path:name>")
def media_file(name: str) -> Response:
    """Pictures. Their names are content hashes, so browsers may keep them for good; nothing in them may run."""
    if "\0" in name:
        abort(404)
    response = send_from_directory(extension().settings.media_dir, name, max_age=31536000)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
