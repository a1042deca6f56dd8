"""Back to the default, and the themes there are."""

from flask import Blueprint, Response, make_response, render_template

from storefront.admin.guard import current_member, needs
from storefront.admin.look.form import end_preview
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import gettext as _
from storefront.core.settings.look import reset_look
from storefront.core.settings.theme_faults import faults_of
from storefront.shop.context import current_shop, extension
from storefront.shop.hx import redirect_to, toast
from storefront.shop.themes.checking import check_theme

look_pages = Blueprint("look", __name__, url_prefix="/manage/look")


@look_pages.get("/default")
@needs("settings.edit")
def ask_default() -> Response:
    return make_response(render_template("manage/look/default.html"))


@look_pages.post("/default")
@needs("settings.edit")
def back_to_default() -> Response:
    session.rollback()
    run_unit(lambda: reset_look(current_member().actor))
    end_preview()
    toast(_("The shop has its own colours and sizes again."))
    return redirect_to("/manage/look/")


@look_pages.get("/themes")
@needs("settings.view")
def themes() -> Response:
    """What is installed, what of it broke, and what to look at before it is used."""
    used = str(current_shop().policy("look.theme"))
    found = []
    for each in extension().themes.find().values():
        theme = each.theme
        faults = faults_of(theme.name, theme.stamp) if theme is not None else ()
        found.append((each, faults, check_theme(theme) if theme is not None else ()))
    missing = used if used and used not in [each.name for each, _faults, _remarks in found] else ""
    return make_response(
        render_template("manage/look/themes.html", themes=found, used=used, missing=missing, folder=_folder())
    )


def _folder() -> str:
    return "DATA_DIR/themes/"
