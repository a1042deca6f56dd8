"""``/_dev/slots``: every place of the pages, outlined, with what fills it. ``/_dev/hooks``: the last requests' calls of plugins."""

from dataclasses import fields
from inspect import getdoc
from typing import NamedTuple

from flask import Blueprint, Response, make_response, redirect, render_template, request
from markupsafe import Markup

from storefront.core.contracts.slots import SLOTS
from storefront.plugin_host.slots import example_of
from storefront.shop.context import current_lang, current_shop, extension
from storefront.shop.dev.tracing import traces
from storefront.shop.slots import OUTLINE_COOKIE, outlined, show

dev_pages = Blueprint("dev", __name__, url_prefix="/_dev")


class Place(NamedTuple):
    name: str
    kind: str
    words: str
    given: tuple[tuple[str, str], ...]
    users: tuple[str, ...]
    shown: Markup


@dev_pages.get("/slots")
def slots() -> str:
    used = extension().host.slots(current_shop())
    places = []
    for name, kind in SLOTS.items():
        fillings = used.get(name, ())
        given = tuple((field.name, getattr(field.type, "__name__", str(field.type))) for field in fields(kind))
        users = tuple(filling.source for filling in fillings)
        shown = show(example_of(kind, current_lang()), fillings)
        places.append(Place(name, kind.__name__, " ".join((getdoc(kind) or "").split()), given, users, shown))
    return render_template("dev/slots.html", places=places, outlined=outlined())


@dev_pages.post("/outline")
def outline() -> Response:
    """Draw the places on all pages, or stop that."""
    response = make_response(redirect("/_dev/slots", 303))
    on = request.form.get("outline") == "1"
    response.set_cookie(OUTLINE_COOKIE, "1" if on else "", max_age=86400 if on else 0, httponly=True, samesite="Lax")
    return response


@dev_pages.get("/hooks")
def hooks() -> str:
    return render_template("dev/hooks.html", traces=traces())
