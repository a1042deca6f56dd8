"""The one sheet of a theme and of what the owner chose: ``/theme.<hash>.css``, the hash that of its content, so browsers
keep it for good. A page asks for nothing to name it but what it knows anyway."""

import gzip
import hashlib
import re
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request, url_for
from markupsafe import Markup

from storefront.core.settings.look import look_of
from storefront.core.settings.look_sheet import sheet
from storefront.core.values.pictures import jpeg_path
from storefront.shop.assets import KEEP, static_url, static_version
from storefront.shop.context import current_shop, extension
from storefront.shop.csrf import from_catalogue
from storefront.shop.hx import redirect_to
from storefront.shop.paths import own_path
from storefront.shop.pictures import MEDIA
from storefront.shop.themes.previewing import COOKIE, end, previewed
from storefront.shop.themes.worn import worn

theme_pages = Blueprint("theme", __name__)

__all__ = ["COOKIE", "favicon_link", "sheet_url", "theme_pages"]


@dataclass(frozen=True, slots=True)
class Sheet:
    text: str
    packed: bytes
    version: str


NOTHING = Sheet("", b"", "")


def current_sheet() -> Sheet:
    """Of the theme and of what the owner chose over it, or of what this browser previews."""
    dress, shop, look = worn(), current_shop(), previewed()
    store = extension().sheets.at(shop.version)
    key = None if dress is None else (dress.theme.name, dress.theme.stamp)
    if look is None and key in store:
        return store[key]
    theme = dress.theme if dress is not None else None
    own = sheet(look or look_of(shop.policies), theme.colours if theme else {})
    made = _made((_with_versions(theme.tokens, theme.name) if theme else "") + own)
    if look is None:
        store[key] = made
    return made


def _made(text: str) -> Sheet:
    if not text:
        return NOTHING
    data = text.encode()
    return Sheet(text, gzip.compress(data, 9, mtime=0), hashlib.sha256(data).hexdigest()[:12])


def _with_versions(tokens: str, name: str) -> str:
    """Addresses of the theme's own files carry the hash of what is in them."""

    def versioned(found: re.Match[str]) -> str:
        version = static_version(found[0].removeprefix("/static/"))
        return f"{found[0]}?v={version}" if version else found[0]

    return re.sub(rf"/static/themes/{name}/[A-Za-z0-9._/-]+(?![?A-Za-z0-9._/-])", versioned, tokens)


def sheet_url() -> str:
    """Address of the sheet; "" where the shop looks as it comes."""
    found = current_sheet()
    return f"/theme.{found.version}.css" if found.version else ""


@theme_pages.get("/theme.<version>.css")
def theme_sheet(version: str) -> Response:
    """A page that is older than the look may ask for an older sheet: it gets the one there is, not to be kept."""
    found = current_sheet()
    if not found.version:
        abort(404)
    packed = request.accept_encodings["gzip"] > 0
    response = Response(found.packed if packed else found.text, content_type="text/css; charset=utf-8")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = KEEP if version == found.version else "no-store"
    return response


@theme_pages.post("/<lang:lang>/preview/end")
@from_catalogue
def end_preview() -> Response:
    """The shop as everybody sees it again."""
    response = redirect_to(own_path(request.form.get("next", ""), url_for("home.home")))
    end(response)
    return response


def favicon_link() -> Markup:
    """The ``link`` of the browser's tab: the owner's icon, else the shop's own."""
    icon = current_shop().pictures.get("icon")
    if icon is None:
        return Markup('<link rel="icon" href="{}" type="image/svg+xml">').format(static_url("favicon.svg"))
    return Markup('<link rel="icon" href="{}" type="image/jpeg">').format(MEDIA + jpeg_path(icon.file, 64))
