"""A variant's stock page: book goods in, correct the count, count or not, slots. Every act has its movement or audit row."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, request

from storefront.admin.goods.stock_reading import SkuStock, sku_stock
from storefront.admin.goods.words import MODES
from storefront.admin.guard import current_member, needs
from storefront.admin.lists.cells import short_moment
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import new_token, once
from storefront.admin.words import problems_of, sentence
from storefront.core.contracts.manage import FormRefused
from storefront.core.db import run_unit, session, utcnow
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.arrive import arrive, correct_count
from storefront.core.paging import row_number
from storefront.core.stock.service import ensure_item, set_slots, set_tracking
from storefront.core.values.types import Problem
from storefront.shop.context import current_shop
from storefront.shop.hx import redirect_to, render_page, toast

stock_pages = Blueprint("stock", __name__, url_prefix="/manage/stock/<int:sku_id>")

MOST = 1_000_000
MAX_REASON = 300
Work = Callable[[SkuStock], Sequence[str]]


@stock_pages.get("")
@needs("stock.view")
def show(sku_id: int) -> Response:
    return _page(_found(sku_id))


@stock_pages.post("/arrive")
@needs("stock.edit")
def book_in(sku_id: int) -> Response:
    def work(stock: SkuStock) -> Sequence[str]:
        quantity = _number("arrived", least=1)
        ensure_item(sku_id)
        return arrive(stock.row.code, quantity, actor=current_member().actor, now=utcnow(), reason=_reason("why"))

    return _act(sku_id, work)


@stock_pages.post("/count")
@needs("stock.edit")
def correct(sku_id: int) -> Response:
    """What was counted, against what the page showed: sales meanwhile are no difference."""

    def work(stock: SkuStock) -> Sequence[str]:
        counted, shown = _number("counted"), _number("shown")
        if not _reason("reason"):
            raise _refused("reason", N_("Please write why the count is corrected."))
        ensure_item(sku_id)
        return correct_count(
            sku_id, counted - shown, actor=current_member().actor, now=utcnow(), reason=_reason("reason")
        )

    return _act(sku_id, work)


@stock_pages.post("/tracking")
@needs("stock.edit")
def track(sku_id: int) -> Response:
    def work(_stock: SkuStock) -> Sequence[str]:
        set_tracking(sku_id, request.form.get("tracked") == "1", current_member().actor)
        return ()

    return _act(sku_id, work)


@stock_pages.post("/slots")
@needs("stock.edit")
def change_slots(sku_id: int) -> Response:
    def work(_stock: SkuStock) -> Sequence[str]:
        set_slots(sku_id, _number("slots") if request.form.get("slots", "").strip() else None, current_member().actor)
        return ()

    return _act(sku_id, work)


def _found(sku_id: int, before: int = 0) -> SkuStock:
    found = sku_stock(sku_id, before or row_number(request.args.get("before", "")) or 0) if sku_id < 2**31 else None
    if found is None:
        abort(404)
    return found


def _act(sku_id: int, work: Work) -> Response:
    """303 to the page, with the orders that are served now; 422 with the sentence that says why not."""
    stock = _found(sku_id)
    session.rollback()
    try:
        served, _now = run_unit(lambda: once(request.form.get(ONCE, ""), lambda: " ".join(work(stock))))
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        session.rollback()
        return _page(_found(sku_id), problems)
    toast(_("Saved. Now complete: %(orders)s", orders=served.replace(" ", ", ")) if served else _("Saved."))
    return redirect_to(f"/manage/stock/{sku_id}")


def _page(stock: SkuStock, problems: Sequence[Problem] = ()) -> Response:
    """``problems``: of the act that was tried; what was typed stays."""
    errors = {problem.field_name: sentence(problem) for problem in problems}
    return render_page(
        "manage/goods/stock.html",
        "manage/goods/_stock.html",
        status=422 if problems else 200,
        stock=stock,
        row=stock.row,
        errors=errors,
        typed=request.form if problems else {},
        may_edit=current_member().may("stock.edit"),
        moment=lambda at: short_moment(at, str(current_shop().policy("shop.time_zone"))),
        mode=_(MODES.get(stock.row.mode, stock.row.mode)),
        once=new_token(),
    )


def _refused(field_name: str, message: str, **params: object) -> FormRefused:
    return FormRefused(Problem(message, params, field_name))


def _number(name: str, least: int = 0) -> int:
    typed = request.form.get(name, "").strip().replace(",", "")
    if not typed.isdecimal() or len(typed) > 10 or not least <= int(typed) <= MOST:
        raise _refused(name, N_("Please write a whole number from %(least)d up."), least=least)
    return int(typed)


def _reason(name: str) -> str:
    text = " ".join(request.form.get(name, "").replace("\0", "").split())
    return "".join(c for c in text if c.isprintable())[:MAX_REASON]
