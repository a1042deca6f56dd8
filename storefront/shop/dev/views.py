"""``/_dev/slots``: every place of the pages, outlined, with what fills it. ``/_dev/hooks``: the last requests' calls of plugins.
``/_dev/components``: every part that pages are made of, in all its states."""

import re
from dataclasses import fields
from inspect import getdoc
from typing import Any, NamedTuple

from flask import Blueprint, Response, g, make_response, redirect, render_template, request
from markupsafe import Markup

from storefront.core.contracts.slots import SLOTS
from storefront.core.i18n.translate import use_language
from storefront.core.values.language import LANGUAGES, html_lang
from storefront.plugin_host.slots import example_of
from storefront.shop.context import current_lang, current_shop, extension
from storefront.shop.dev import samples
from storefront.shop.dev.tracing import traces
from storefront.shop.slots import OUTLINE_COOKIE, outlined, show

dev_pages = Blueprint("dev", __name__, url_prefix="/_dev")


@dev_pages.url_value_preprocessor
def choose_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """``?lang=`` of the components: the whole page is in it. The places show their fillings alone in it."""
    asked = request.args.get("lang", "")
    if endpoint == "dev.components" and asked in LANGUAGES:
        g.lang = asked


class Place(NamedTuple):
    name: str
    kind: str
    words: str
    given: tuple[tuple[str, str], ...]
    users: tuple[str, ...]
    shown: Markup


@dev_pages.get("/slots")
def slots() -> str:
    """What fills them is shown in the language ``lang``; the page's own words are for authors."""
    asked = request.args.get("lang", "")
    lang = asked if asked in LANGUAGES else current_lang()
    with use_language(lang):
        places = _places(lang)
    return render_template(
        "dev/slots.html", places=places, outlined=outlined(), shown_in=lang, shown_as=html_lang(lang), tags=LANGUAGES
    )


def _places(lang: str) -> list[Place]:
    used = extension().host.slots(current_shop())
    places = []
    for name, kind in SLOTS.items():
        fillings = used.get(name, ())
        given = tuple((field.name, _type(field.type)) for field in fields(kind))
        users = tuple(filling.source for filling in fillings)
        shown = show(example_of(kind, lang), fillings)
        places.append(
            Place(name, kind.__name__, " ".join((getdoc(kind) or "").replace("``", "").split()), given, users, shown)
        )
    return places


def _type(annotation: object) -> str:
    """As an author writes it: without the modules it comes from."""
    return re.sub(r"[\w.]+\.(?=\w)", "", getattr(annotation, "__name__", "") or str(annotation))


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


@dev_pages.get("/components")
def components() -> str:
    lang = current_lang()
    return render_template(
        "dev/components.html",
        cards=samples.cards(lang),
        statuses=samples.statuses(),
        rows=samples.choices(lang),
        long_list=samples.long_list(),
        url_of=lambda page: f"/_dev/components?lang={lang}&page={page}#c-pager",
    )
