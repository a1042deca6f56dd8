"""Catalogue files in: a file is handed in and tried, its differences are looked at, then it is imported."""

from collections.abc import Mapping
from io import SEEK_END
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_file

from storefront.admin.files.looking import run_context, runs_context
from storefront.admin.files.report import write_report
from storefront.admin.files.typed import Options, error_of, errors_in, options_from, options_of
from storefront.admin.guard import current_member, needs, takes
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import once
from storefront.admin.words import sentence
from storefront.core.catalog.importing import runs
from storefront.core.catalog.importing.models import CatalogImport
from storefront.core.catalog.importing.report import ImportRefused
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import gettext as _
from storefront.shop.context import current_shop, extension
from storefront.shop.hx import redirect_to, render_page, toast

import_pages = Blueprint("imports", __name__, url_prefix="/manage/imports")

# 100,000 products with texts in four languages take about 300 MB.
MOST = 500_000_000
MAX_ID = 32


@import_pages.get("/")
@needs("import")
def show() -> Response:
    return _list(Options(), {})


@import_pages.post("/")
@needs("import")
@takes(MOST + 1_000_000)
def hand_in() -> Response:
    """Keep the file and try it: nothing of the shop changes."""
    options = options_from(request.form)
    errors = errors_in(options)
    file = request.files.get("file")
    if file is None or not file.filename:
        errors["file"] = _("Please choose a file.")
    elif not file.stream.seek(0, SEEK_END):
        errors["file"] = _("The file is empty.")
    if errors or file is None:
        if file is not None and file.filename and "file" not in errors:
            errors["file"] = _("Please choose the file again.")
        return _list(options, errors)
    file.stream.seek(0)
    session.rollback()
    name = runs.keep_file(_folder(), file.stream)  # type: ignore[arg-type] - what Werkzeug gives reads bytes
    try:
        run_id, now = _try(name, file.filename or "", options)
    except BaseException:
        (_folder() / name).unlink(missing_ok=True)
        raise
    if not now:
        (_folder() / name).unlink(missing_ok=True)
    return redirect_to(_path(run_id))


@import_pages.get("/<run_id>")
@needs("import")
def run(run_id: str) -> Response:
    return _page(_found(run_id))


@import_pages.post("/<run_id>/again")
@needs("import")
def again(run_id: str) -> Response:
    """Try the file that is kept once more, told otherwise."""
    found = _found(run_id)
    options = options_from(request.form)
    errors = errors_in(options)
    if errors:
        return _page(found, options, errors)
    if not runs.is_kept(_folder(), found.file):
        return _page(found, options, problem=_(runs.FILE_GONE))
    file, file_name = found.file, found.file_name
    session.rollback()
    new_id, _now = _try(file, file_name, options)
    return redirect_to(_path(new_id))


@import_pages.post("/<run_id>/import")
@needs("import")
def import_now(run_id: str) -> Response:
    """What was tried, for good. The button may be pressed in two windows: it is one import."""
    found = _found(run_id)
    if not runs.is_kept(_folder(), found.file) and runs.real_run(run_id) is None:
        return _page(found, problem=_(runs.FILE_GONE))
    actor = current_member().actor
    session.rollback()
    try:
        real, now = run_unit(lambda: runs.import_tried(run_id, actor))
    except ImportRefused as error:
        session.rollback()
        return _page(_found(run_id), problem=sentence(error.problem))
    if not now:
        toast(_("This file is being imported already, or was."))
    return redirect_to(_path(real))


@import_pages.post("/<run_id>/stop")
@needs("import")
def stop(run_id: str) -> Response:
    _found(run_id)
    actor = current_member().actor
    session.rollback()
    stopped = run_unit(lambda: runs.stop_import(run_id, actor))
    toast(_("Stopped. What was done stays done.") if stopped else _("It had ended already."))
    return redirect_to(_path(run_id))


@import_pages.get("/<run_id>/report")
@needs("import")
def report(run_id: str) -> Response:
    found = _found(run_id)
    stem = Path(found.file_name).stem[:80] or "import"
    file = write_report(found.id, current_shop().base_currency)
    response = send_file(file, "text/csv", as_attachment=True, download_name=f"{stem}-report.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _try(file: str, file_name: str, options: Options) -> tuple[str, bool]:
    shop, actor, token = current_shop(), current_member().actor, request.form.get(ONCE, "")
    terms = {
        **options.terms(),
        "default_lang": str(shop.policy("shop.default_language")),
        "media": f"{extension().settings.public_url}/media/",
    }
    plan = lambda: runs.plan_import(file, file_name, actor, kind=options.kind, dry_run=True, **terms)  # noqa: E731
    return run_unit(lambda: once(token, plan))


def _folder() -> Path:
    return extension().settings.imports_dir


def _path(run_id: str) -> str:
    return f"/manage/imports/{run_id}"


def _found(run_id: str) -> CatalogImport:
    row = runs.find_run(run_id) if len(run_id) == MAX_ID and run_id.isalnum() else None
    if row is None:
        abort(404)
    return row


def _list(options: Options, errors: Mapping[str, str]) -> Response:
    return render_page(
        "manage/files/imports.html",
        "manage/files/_imports.html",
        status=422 if errors else 200,
        options=options,
        errors=errors,
        most=MOST,
        **runs_context(request.args.get("before", "")),
    )


def _page(
    found: CatalogImport, options: Options | None = None, errors: Mapping[str, str] | None = None, problem: str = ""
) -> Response:
    """``options``, ``errors``: of another try that was not begun."""
    return render_page(
        "manage/files/import.html",
        "manage/files/_import.html",
        status=422 if errors or problem else 200,
        options=options or options_of(found),
        errors=errors or error_of(found),
        tried_again=bool(errors),
        problem=problem,
        **run_context(found, request.args),
    )
