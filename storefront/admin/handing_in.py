"""One picture out of a form, for whatever it belongs to."""

from collections.abc import Callable

from flask import request

from storefront.admin.words import sentence
from storefront.core.catalog.picturing.errors import PictureRefused
from storefront.core.catalog.picturing.originals import Handed, discard, hand_in
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import gettext as _
from storefront.shop.context import extension


def take_picture(give: Callable[[Handed], object]) -> str:
    """Hand the picture of this request to ``give``, in a unit of its own; why there is none, as a sentence, or "". What
    ``give`` raises is raised, and the file is gone then."""
    session.rollback()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _("Please choose a picture.")
    try:
        handed = hand_in(file.stream, extension().settings.originals_dir)
    except PictureRefused as error:
        return sentence(error.problem)
    try:
        run_unit(lambda: give(handed))
    except BaseException:
        discard(handed)
        raise
    return ""
