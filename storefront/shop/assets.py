"""Static files from memory: addressed by content hash, compressed once, kept by browsers for good."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, request

from storefront.shop.folders import data_folder

KEEP = "public, max-age=31536000, immutable"
COMPRESSED_TYPES = ("text/", "image/svg+xml", "application/json")
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css", ".txt": "text/plain"}

# What a browser would show as a page of the shop: pages are made by the shop, never served as files.
PAGES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml"})

PLUGINS, THEMES = "plugins", "themes"

assets = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    packed: bytes | None
    version: str
    mimetype: str


@lru_cache(maxsize=64)
def _read(path: Path, _modified_ns: int) -> Asset:
    body = path.read_bytes()
    mimetype = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if mimetype in PAGES:
        mimetype = "text/plain"
    packed = gzip.compress(body, 9, mtime=0) if mimetype.startswith(COMPRESSED_TYPES) else None
    return Asset(body, packed, hashlib.sha256(body).hexdigest()[:12], mimetype)


def find_asset(name: str) -> Asset | None:
    """``plugins/<plugin>/x.css`` is a file of that plugin, ``themes/<theme>/x.css`` one of that theme, in use or not;
    every other name one of the shop."""
    root = _folder(name)
    if root is None:
        return None
    if name.partition("/")[0] in (PLUGINS, THEMES):
        name = name.split("/", 2)[-1]
    path = (root / name).resolve()
    try:
        return _read(path, path.stat().st_mtime_ns) if path.is_relative_to(root) and path.is_file() else None
    except (OSError, ValueError):
        return None


def _folder(name: str) -> Path | None:
    first, _, rest = name.partition("/")
    if first not in (PLUGINS, THEMES):
        return data_folder("static")
    owner, shop = rest.partition("/")[0], current_app.extensions["storefront"]
    folder: Path | None = shop.host.folder(owner, "static") if first == PLUGINS else shop.themes.static(owner)
    return None if folder is None else folder.resolve()


def static_version(name: str) -> str:
    """The hash of a static file as it is now; "" where there is none."""
    asset = find_asset(name)
    return "" if asset is None else asset.version


def static_url(name: str) -> str:
    """``/static/shop.css?v=<hash>``; a missing file is a mistake of ours and raises ``LookupError``. Looked at again
    only while the shop is being worked on, and at those of themes: a release does not change under a running process."""
    return _url(name) if current_app.debug or name.startswith(f"{THEMES}/") else _known_url(name)


def _url(name: str) -> str:
    asset = find_asset(name)
    if asset is None:
        raise LookupError(f"no static file {name}")
    return f"/static/{quote(name)}?v={asset.version}"


_known_url = lru_cache(maxsize=64)(_url)


@assets.get("/static/<path:name>")
def static_file(name: str) -> Response:
    asset = find_asset(name) if "\0" not in name and _may_be_had(name) else None
    if asset is None:
        abort(404)
    packed = asset.packed is not None and request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if packed and asset.packed else asset.body, content_type=asset.mimetype)
    if asset.mimetype.startswith("text/"):
        response.content_type = f"{asset.mimetype}; charset=utf-8"
    if asset.packed is not None:
        response.vary.add("Accept-Encoding")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    current = request.args.get("v") == asset.version
    response.headers["Cache-Control"] = KEEP if current else "public, max-age=0, must-revalidate"
    response.set_etag(asset.version, weak=True)
    response.make_conditional(request)
    return response


def _may_be_had(name: str) -> bool:
    """A plugin's files are there while it is enabled."""
    first, _, rest = name.partition("/")
    if first != PLUGINS:
        return True
    shop = current_app.extensions["storefront"]
    return bool(shop.host.is_enabled(rest.partition("/")[0], shop.snapshots.current()))


@assets.get("/favicon.ico")
def favicon() -> Response:
    return static_file("favicon.svg")
