"""The plugin list, and what can be done with one plugin (SHOP-6). Every act is done once, with a reason, and audited."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, request, send_from_directory

from storefront.admin.guard import current_member, needs
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import new_token, once
from storefront.admin.plugins.page import EXPORT_NAME, STATUS, answer, exports_folder, exports_of, find, title_of
from storefront.admin.words import problems_of, sentence
from storefront.core.audit.service import record
from storefront.core.contracts.manage import Column, Filter, ListSpec, ManagePage, Show
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_, domain_gettext
from storefront.core.i18n.translate import gettext as _
from storefront.core.paging import RowsSource
from storefront.core.values.types import Problem
from storefront.extensions import db
from storefront.plugin_host import boots, lifecycle, service
from storefront.plugin_host.errors import UnknownPlugin
from storefront.plugin_host.lifecycle import Data, Unit
from storefront.plugin_host.service import PluginInfo
from storefront.shop.context import current_shop, extension
from storefront.shop.hx import redirect_to, render_page, toast

plugin_admin = Blueprint("plugin_admin", __name__, url_prefix="/manage/plugins")

MAX_REASON = 1_000


def _rows() -> Sequence[PluginInfo]:
    return service.describe(extension().host, current_shop())


def _trouble(info: PluginInfo) -> str:
    found = [info.reason, *(sentence(p, domain_gettext(info.name)) for p in info.problems)]
    return " ".join(text for text in found if text)


PLUGINS = ManagePage(
    key="plugins",
    title=N_("Plugins"),
    view="plugins.view",
    edit="plugins.edit",
    intro=N_("Payment methods, carriers and more. What is switched on or off here holds at once, everywhere."),
    rows=ListSpec(
        columns=(
            Column("title", N_("Plugin"), value=title_of, link=True),
            Column("status", N_("Status"), Show.STATUS, words=STATUS),
            Column("name", N_("Its name")),
            Column("version", N_("Version")),
            Column("trouble", N_("What is missing"), value=_trouble),
        ),
        source=RowsSource(_rows, filters={"status": lambda row, value: row.status == value}),
        row_id=lambda row: str(row.name),
        row_url=lambda row: f"/manage/plugins/{row.name}",
        filters=(Filter("status", N_("Status"), STATUS),),
        export=False,
        empty=N_("No plugin is installed, so nothing can be sold yet."),
    ),
)


@plugin_admin.get("/<name>")
@needs("plugins.view")
def show(name: str) -> Response:
    return answer(name)


@plugin_admin.post("/<name>/enable")
@needs("plugins.edit")
def enable(name: str) -> Response:
    def act(unit: Unit, actor: str, reason: str) -> None:
        lifecycle.switch_on(db.engine, extension().host, name, actor, reason, unit)

    return _carry_out(name, act, _("Switched on. It holds at once, everywhere."))


@plugin_admin.post("/<name>/disable")
@needs("plugins.edit")
def disable(name: str) -> Response:
    def act(unit: Unit, actor: str, reason: str) -> None:
        unit(lambda: service.disable(extension().host, name, actor, reason))

    return _carry_out(name, act, _("Switched off. What it has begun, it still ends."))


@plugin_admin.post("/<name>/retry")
@needs("plugins.edit")
def retry(name: str) -> Response:
    """Let a stopped plugin run again; load a broken one anew; bring tables up to date that failed."""

    def act(unit: Unit, actor: str, reason: str) -> None:
        lifecycle.try_again(db.engine, extension().host, name, actor, reason, unit)

    return _carry_out(name, act, _("It is tried again, everywhere. What became of it stands here."))


@plugin_admin.post("/<name>/check")
@needs("plugins.edit")
def check(name: str) -> Response:
    """Ask the plugin whether its settings work. Nothing is changed, so it may be asked again and again."""
    find(name)
    return answer(name, checked=lifecycle.ask_settings(extension().host, name, current_shop()))


@plugin_admin.post("/<name>/leave-safe-mode")
@needs("plugins.edit")
def leave_safe_mode(name: str) -> Response:
    find(name)
    session.rollback()
    if boots.leave_safe_mode(extension().settings.data_dir):
        run_unit(lambda: record(current_member().actor, "plugin.leave_safe_mode", ("plugin", name)))
    toast(_("At the next start of the shop every plugin is loaded again."))
    return redirect_to(f"/manage/plugins/{name}")


# --- putting away -----------------------------------------------------------------------------------------------------


@plugin_admin.get("/<name>/purge")
@needs("plugins.edit")
def ask_purge(name: str) -> Response:
    return _purge_page(name)


@plugin_admin.post("/<name>/purge")
@needs("plugins.edit")
def purge(name: str) -> Response:
    chosen = request.form.get("data", "")
    if chosen not in set(Data):
        return _purge_page(name, 422, [Problem(N_("Please choose what becomes of what it kept."))])

    def act(unit: Unit, actor: str, reason: str) -> None:
        lifecycle.purge(
            db.engine, extension().host, name, Data(chosen), actor, reason, folder=exports_folder(), unit=unit
        )

    return _carry_out(name, act, _("It was put away."), lambda status, found: _purge_page(name, status, found))


@plugin_admin.get("/<name>/exports/<file>")
@needs("plugins.edit")
def export(name: str, file: str) -> Response:
    if not EXPORT_NAME.match(file) or file not in exports_of(name):
        abort(404)
    return send_from_directory(exports_folder(), file, as_attachment=True, mimetype="application/jsonl")


def _purge_page(name: str, status: int = 200, refused: Sequence[Problem] = ()) -> Response:
    info = find(name)
    return render_page(
        "manage/plugin_purge.html",
        "manage/_plugin_purge.html",
        status=status,
        info=info,
        title=title_of(info),
        refused=[sentence(p, domain_gettext(name)) for p in refused],
        chosen=request.form.get("data", ""),
        reason=_reason(),
        once=new_token(),
    )


# --- one act ----------------------------------------------------------------------------------------------------------


def _carry_out(
    name: str,
    act: Callable[[Unit, str, str], None],
    done: str,
    refuse: Callable[[int, Sequence[Problem]], Response] | None = None,
) -> Response:
    """Do it once, in its unit, and answer; what cannot be done is said with what was typed."""
    find(name)
    session.rollback()
    ran = True

    def unit(work: Callable[[], None]) -> None:
        nonlocal ran
        _text, ran = run_unit(lambda: once(request.form.get(ONCE, ""), lambda: _done(work)))

    try:
        act(unit, current_member().actor, _reason())
    except UnknownPlugin:
        abort(404)
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        session.rollback()
        return refuse(422, problems) if refuse else answer(name, 422, problems, reason=_reason())
    toast(done if ran else _("This was done already; it was not done twice."))
    still_there = name in extension().host.plugins or name in extension().snapshots.current().plugins
    return redirect_to(f"/manage/plugins/{name}" if still_there else "/manage/plugins/")


def _done(work: Callable[[], None]) -> str:
    work()
    return "done"


def _reason() -> str:
    return request.form.get("reason", "").strip().replace("\0", "")[:MAX_REASON]
