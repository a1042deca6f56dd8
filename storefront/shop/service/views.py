"""For machines: is it alive, what may robots read, pictures. No language, no session, no page."""

from flask import Blueprint, Response, abort, jsonify, send_from_directory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from storefront.core.db import session
from storefront.shop.context import extension

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


@service.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 while this process answers and reaches its database, else 503."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        session.rollback()
        return jsonify(status="failing", database="unreachable"), 503
    return jsonify(status="ok", database="ok"), 200


@service.get("/robots.txt")
def robots() -> Response:
    text = f"{ROBOTS}\nSitemap: {extension().settings.public_url}/sitemap.xml\n"
    response = Response(text, mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=3600"
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
