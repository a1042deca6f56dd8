"""The picture that stands before a category's name."""

from flask import Blueprint, Response, abort
from sqlalchemy import select

from storefront.admin.guard import current_member, needs, takes
from storefront.admin.handing_in import take_picture
from storefront.core.catalog.models import Category, CategoryText
from storefront.core.catalog.picturing.errors import CategoryNotFound
from storefront.core.catalog.picturing.limits import MAX_BYTES
from storefront.core.catalog.picturing.service import give_category_picture
from storefront.core.catalog.texts import pick
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import current_language
from storefront.core.i18n.translate import gettext as _
from storefront.shop.hx import redirect_to, render_page, toast

category_picture = Blueprint("category_picture", __name__, url_prefix="/manage/categories/<int:category_id>/picture")


@category_picture.get("")
@needs("catalog.view")
def show(category_id: int) -> Response:
    return _page(category_id)


@category_picture.post("")
@needs("catalog.edit")
@takes(MAX_BYTES + 1024**2)
def give(category_id: int) -> Response:
    _found(category_id)
    actor = current_member().actor
    try:
        problem = take_picture(lambda handed: give_category_picture(category_id, handed, actor))
    except CategoryNotFound:
        abort(404)
    if problem:
        return _page(category_id, problem)
    toast(_("Saved."))
    return redirect_to(_path(category_id))


@category_picture.post("/remove")
@needs("catalog.edit")
def remove(category_id: int) -> Response:
    _found(category_id)
    session.rollback()
    try:
        run_unit(lambda: give_category_picture(category_id, None, current_member().actor))
    except CategoryNotFound:
        abort(404)
    toast(_("Saved."))
    return redirect_to(_path(category_id))


def _path(category_id: int) -> str:
    return f"/manage/categories/{category_id}/picture"


def _found(category_id: int) -> Category:
    row = session.get(Category, category_id) if category_id < 2**31 else None
    if row is None:
        abort(404)
    return row


def _page(category_id: int, problem: str = "") -> Response:
    row = _found(category_id)
    rows = session.execute(
        select(CategoryText.locale, CategoryText.name).where(CategoryText.category_id == category_id)
    ).all()
    name = pick(dict(rows), current_language())
    return render_page(
        "manage/goods/category_picture.html",
        "manage/goods/_category_picture.html",
        status=422 if problem else 200,
        category=row,
        name=name.text or row.slug,
        name_lang=name.lang,
        path=_path(category_id),
        problem=problem,
        may_edit=current_member().may("catalog.edit"),
        megabytes=MAX_BYTES // 1024**2,
    )
