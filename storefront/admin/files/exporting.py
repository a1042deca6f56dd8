"""The catalogue out: chosen on a page, written by a task, fetched from the task's page."""

from flask import Blueprint, Response, request

from storefront.admin.files.writing import CATALOGUE, FORMATS
from storefront.admin.guard import current_member, needs
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import new_token, once
from storefront.admin.tasks.paths import task_path
from storefront.core.catalog.exporting.reading import count_products
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.tasks.service import start_task
from storefront.core.values.language import LANGUAGES, OWN_NAMES
from storefront.shop.context import current_lang, current_shop
from storefront.shop.hx import redirect_to, render_page

export_pages = Blueprint("exports", __name__, url_prefix="/manage/export")

CHOICES = {
    "own": (N_("The shop's own form"), N_("Everything in all languages. It can be edited and imported again.")),
    "shopify": ("Shopify", N_("What Shopify imports: variants on sale, in one language.")),
    "woocommerce": ("WooCommerce", N_("What WooCommerce imports: variants on sale, in one language.")),
}


@export_pages.get("/")
@needs("export")
def show() -> Response:
    return _page({})


@export_pages.post("/")
@needs("export")
def begin() -> Response:
    """Promise the file; the way leads to the task that writes it."""
    form = request.form
    kind, lang = form.get("format", ""), form.get("lang", "")
    errors = {} if kind in FORMATS else {"format": _("Please choose one of these.")}
    if lang not in LANGUAGES:
        errors["lang"] = _("Please choose one of these.")
    if errors:
        return _page(errors)
    total = count_products()
    session.rollback()
    title = _("%(list)s as a file", list=_("Products")) + f" ({_(CHOICES[kind][0])})"
    params = {"format": kind, "lang": lang, "stock": "stock" in form}
    member, speaks = current_member(), current_lang()

    def work() -> str:
        return str(start_task(CATALOGUE, title, params, actor=member.actor, locale=speaks, total=total).id)

    task_id, _now = run_unit(lambda: once(form.get(ONCE, ""), work))
    return redirect_to(task_path(int(task_id)))


def _page(errors: dict[str, str]) -> Response:
    typed, shop = request.form, current_shop()
    return render_page(
        "manage/files/export.html",
        "manage/files/_export.html",
        status=422 if errors else 200,
        errors=errors,
        choices=[(key, _(name), _(words)) for key, (name, words) in CHOICES.items()],
        chosen=typed.get("format", "own") if typed.get("format", "own") in FORMATS else "",
        lang=typed.get("lang") or str(shop.policy("shop.default_language")),
        stock=not typed or "stock" in typed,
        tongues=[(lang, OWN_NAMES[lang]) for lang in LANGUAGES],
        base=shop.base_currency,
        once=new_token(),
    )
