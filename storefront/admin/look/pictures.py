"""Logo, logo on dark paper and icon: handed in, described in four languages, taken away."""

from flask import Blueprint, Response, abort, request

from storefront.admin.forms.building import flat_name
from storefront.admin.guard import current_member, needs, takes
from storefront.admin.handing_in import take_picture
from storefront.core.catalog.picturing.limits import MAX_BYTES
from storefront.core.catalog.picturing.look import (
    MAX_ALT,
    PLACES,
    describe_look_picture,
    give_look_picture,
    look_pictures,
    remove_look_picture,
)
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.language import LANGUAGES, OWN_NAMES, html_lang
from storefront.shop.hx import redirect_to, render_page, toast

look_pictures_page = Blueprint("look_pictures", __name__, url_prefix="/manage/look/pictures")

PATH = "/manage/look/pictures"
TITLES = {
    "logo": N_("Logo"),
    "logo_dark": N_("Logo on dark paper"),
    "icon": N_("Icon of the browser's tab"),
}
HELPS = {
    "logo": N_("Stands in place of seal and name at the head of every page. Best wide, with a clear ground, 400 pixels or more."),
    "logo_dark": N_("For readers whose device is set to dark. Without one the logo above is shown there too."),
    "icon": N_("A square of 200 pixels or more."),
}  # fmt: skip


@look_pictures_page.get("")
@needs("settings.view")
def show() -> Response:
    return _page()


@look_pictures_page.post("/<place>")
@needs("settings.edit")
@takes(MAX_BYTES + 1024**2)
def give(place: str) -> Response:
    _known(place)
    problem = take_picture(lambda handed: give_look_picture(place, handed, current_member().actor))
    if problem:
        return _page(place, problem)
    toast(_("Saved."))
    return redirect_to(PATH)


@look_pictures_page.post("/<place>/words")
@needs("settings.edit")
def describe(place: str) -> Response:
    _known(place)
    alt = {lang: request.form.get(flat_name("alt", lang), "")[:MAX_ALT] for lang in LANGUAGES}
    session.rollback()
    run_unit(lambda: describe_look_picture(place, alt, current_member().actor))
    toast(_("Saved."))
    return redirect_to(PATH)


@look_pictures_page.post("/<place>/remove")
@needs("settings.edit")
def remove(place: str) -> Response:
    _known(place)
    session.rollback()
    run_unit(lambda: remove_look_picture(place, current_member().actor))
    toast(_("Saved."))
    return redirect_to(PATH)


def _known(place: str) -> None:
    if place not in PLACES:
        abort(404)


def _page(place: str = "", problem: str = "") -> Response:
    return render_page(
        "manage/look/pictures.html",
        "manage/look/_pictures.html",
        status=422 if problem else 200,
        places=[(each, _(TITLES[each]), _(HELPS[each])) for each in PLACES],
        found=look_pictures(),
        said={place: problem} if problem else {},
        reason=lambda picture: _(picture.reason) if picture.state == "refused" else "",
        tongues=[(flat_name("alt", lang), lang, html_lang(lang), OWN_NAMES[lang]) for lang in LANGUAGES],
        path=PATH,
        may_edit=current_member().may("settings.edit"),
        megabytes=MAX_BYTES // 1024**2,
        longest=MAX_ALT,
    )
