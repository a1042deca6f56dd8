"""The pictures of a product: handed in several at once, put in order, described in four languages, taken away."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, abort, request
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from storefront.admin.forms.building import flat_name
from storefront.admin.guard import current_member, needs, takes
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import new_token, once
from storefront.admin.words import problems_of, sentence
from storefront.core.catalog.models import ProductText
from storefront.core.catalog.picturing.errors import PictureRefused
from storefront.core.catalog.picturing.limits import MAX_BYTES
from storefront.core.catalog.picturing.originals import discard, hand_in
from storefront.core.catalog.picturing.queries import PictureRow, pictures_of
from storefront.core.catalog.picturing.service import (
    MAX_ALT,
    add_picture,
    describe_picture,
    remove_picture,
    reorder_pictures,
)
from storefront.core.catalog.texts import pick
from storefront.core.catalog.views import Text
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_, current_language, ngettext
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.language import LANGUAGES, OWN_NAMES, html_lang
from storefront.shop.context import extension
from storefront.shop.hx import redirect_to, render_page, toast

picture_pages = Blueprint("product_pictures", __name__, url_prefix="/manage/products/<int:product_id>/pictures")

AT_ONCE = 20
UPLOAD = 100 * 1024**2
STATES = {
    "remote": N_("Known by its address only"),
    "waiting": N_("Being prepared"),
    "ready": N_("Ready"),
    "refused": N_("Refused"),
}


@picture_pages.get("")
@needs("catalog.view")
def show(product_id: int) -> Response:
    return _page(product_id)


@picture_pages.post("")
@needs("catalog.edit")
@takes(UPLOAD)
def add(product_id: int) -> Response:
    """Those that can be taken are taken; the others are named with the reason."""
    _name(product_id)
    session.rollback()
    given = [file for file in request.files.getlist("files") if file.filename][: AT_ONCE + 1]
    problems = [] if given else [_("Please choose at least one picture.")]
    if len(given) > AT_ONCE:
        problems.append(_("At most %(most)s pictures at once; the others were left out.", most=AT_ONCE))
    taken = 0
    for number, file in enumerate(given[:AT_ONCE]):
        try:
            _take(product_id, file, f"{request.form.get(ONCE, '')[:30]}-{number}")
            taken += 1
        except PictureRefused as error:
            problems.append(f"{_file_name(file)}: {sentence(error.problem)}")
    if problems:
        return _page(product_id, problems, taken)
    toast(ngettext("%(num)s picture was added.", "%(num)s pictures were added.", taken))
    return redirect_to(_path(product_id))


def _take(product_id: int, file: FileStorage, token: str) -> None:
    handed = hand_in(file.stream, extension().settings.originals_dir)
    actor = current_member().actor
    try:
        _row_id, now = run_unit(lambda: once(token, lambda: str(add_picture(product_id, handed, actor))))
    except BaseException:
        discard(handed)
        raise
    if not now:
        discard(handed)


@picture_pages.post("/order")
@needs("catalog.edit")
def order(product_id: int) -> Response:
    """One picture changes places with its neighbour, in the order the page showed."""
    ids = [int(part) for part in request.form.get("order", "").split(",")[:500] if part.isdecimal() and len(part) < 10]
    row, _colon, way = request.form.get("move", "").partition(":")
    at = ids.index(int(row)) if row.isdecimal() and int(row) in ids else -1
    to = at + (1 if way == "down" else -1)
    if at >= 0 and 0 <= to < len(ids):
        ids[at], ids[to] = ids[to], ids[at]
    return _act(product_id, lambda actor: reorder_pictures(product_id, ids, actor))


@picture_pages.post("/<int:row_id>")
@needs("texts.edit")
def describe(product_id: int, row_id: int) -> Response:
    alt = {lang: request.form.get(flat_name("alt", lang), "").strip()[:MAX_ALT] for lang in LANGUAGES}
    row = _row(product_id, row_id)
    session.rollback()
    given = request.form.get("tint", "")
    tint = int(given) if given.isdecimal() and len(given) < 2 and current_member().may("catalog.edit") else row.tint
    return _act(product_id, lambda actor: describe_picture(row_id, actor, alt=alt, tint=tint))


@picture_pages.post("/<int:row_id>/remove")
@needs("catalog.edit")
def remove(product_id: int, row_id: int) -> Response:
    row = _row(product_id, row_id)
    if "confirmed" in request.form:
        session.rollback()
        return _act(product_id, lambda actor: remove_picture(row_id, actor))
    return render_page(
        "manage/goods/picture_remove.html",
        "manage/goods/_picture_remove.html",
        picture=row,
        name=_name(product_id),
        path=_path(product_id),
    )


def _act(product_id: int, work: Callable[[str], Any]) -> Response:
    _name(product_id)
    session.rollback()
    actor = current_member().actor
    try:
        run_unit(lambda: work(actor))
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        session.rollback()
        return _page(product_id, [sentence(problem) for problem in problems])
    toast(_("Saved."))
    return redirect_to(_path(product_id))


def _page(product_id: int, problems: Sequence[str] = (), taken: int = 0) -> Response:
    name = _name(product_id)
    pictures = pictures_of(product_id)
    return render_page(
        "manage/goods/pictures.html",
        "manage/goods/_pictures.html",
        status=422 if problems else 200,
        product_id=product_id,
        path=_path(product_id),
        name=name,
        pictures=pictures,
        shown_order=",".join(str(picture.id) for picture in pictures),
        states={state: _(words) for state, words in STATES.items()},
        said=[sentence(picture.problem) if picture.problem is not None else "" for picture in pictures],
        problems=problems,
        taken=ngettext("%(num)s picture was added.", "%(num)s pictures were added.", taken) if taken else "",
        tongues=[(flat_name("alt", lang), lang, html_lang(lang), OWN_NAMES[lang]) for lang in LANGUAGES],
        may_edit=current_member().may("catalog.edit"),
        may_write=current_member().may("texts.edit"),
        most=AT_ONCE,
        megabytes=MAX_BYTES // 1024**2,
        once=new_token(),
    )


def _path(product_id: int) -> str:
    return f"/manage/products/{product_id}/pictures"


def _name(product_id: int) -> Text:
    """404 for a product that is not there."""
    if product_id >= 2**31:
        abort(404)
    rows = session.execute(select(ProductText.locale, ProductText.name).where(ProductText.product_id == product_id))
    names: dict[str, str] = {locale: name for locale, name in rows}  # noqa: C416 - a Result is no pairs to dict()
    if not names:
        abort(404)
    return pick(names, current_language())


def _row(product_id: int, row_id: int) -> PictureRow:
    """404 for a picture of another product."""
    _name(product_id)
    found = next((picture for picture in pictures_of(product_id) if picture.id == row_id), None)
    if found is None:
        abort(404)
    return found


def _file_name(file: FileStorage) -> str:
    return "".join(c for c in (file.filename or "") if c.isprintable())[:80]
