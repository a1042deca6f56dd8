"""The plugin list, and one plugin: what it is, what is wrong with it, switching it on and off (SHOP-6)."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort

from storefront.admin.guard import current_member, needs
from storefront.admin.words import problems_of, sentence
from storefront.core.contracts.manage import Column, Filter, ListSpec, ManagePage, Show
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_, domain_gettext
from storefront.core.i18n.translate import gettext as _
from storefront.core.paging import RowsSource
from storefront.plugin_host import service
from storefront.plugin_host.errors import UnknownPlugin
from storefront.plugin_host.service import PluginInfo
from storefront.shop.context import current_shop, extension
from storefront.shop.hx import redirect_to, render_page, toast

plugin_admin = Blueprint("plugin_admin", __name__, url_prefix="/manage/plugins")

STATUS = {
    "enabled": N_("Switched on"),
    "disabled": N_("Switched off"),
    "broken": N_("Broken"),
    "skipped": N_("Left out"),
    "missing": N_("Not installed any more"),
}


def _rows() -> Sequence[PluginInfo]:
    return service.describe(extension().host, current_shop())


def title_of(info: PluginInfo) -> str:
    return domain_gettext(info.name)(info.title) if info.title else info.name


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
            Column("name", N_("Its name")),
            Column("status", N_("Status"), Show.STATUS, words=STATUS),
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
    return _answer(name)


@plugin_admin.post("/<name>/enable")
@needs("plugins.edit")
def enable(name: str) -> Response:
    return _switch(name, service.enable, _("Switched on. It holds at once, everywhere."))


@plugin_admin.post("/<name>/disable")
@needs("plugins.edit")
def disable(name: str) -> Response:
    return _switch(name, service.disable, _("Switched off. What it has begun, it still ends."))


def _switch(name: str, act: Any, done: str) -> Response:
    _find(name)
    session.rollback()
    host, member = extension().host, current_member()
    try:
        run_unit(lambda: act(host, name, member.actor))
    except UnknownPlugin:
        abort(404)
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        session.rollback()
        return _answer(name, 422, [sentence(p, domain_gettext(name)) for p in problems])
    toast(done)
    return redirect_to(f"/manage/plugins/{name}")


def _find(name: str) -> PluginInfo:
    info = next((row for row in _rows() if row.name == name), None)
    if info is None:
        abort(404)
    return info


def _answer(name: str, status: int = 200, refused: Sequence[str] = ()) -> Response:
    info, host = _find(name), extension().host
    pages = dict(host.manage_pages(current_shop())).get(name, ())
    return render_page(
        "manage/plugin.html",
        "manage/_plugin.html",
        status=status,
        info=info,
        title=title_of(info),
        words=domain_gettext(name),
        state=_(STATUS[info.status]),
        problems=[sentence(p, domain_gettext(name)) for p in info.problems],
        refused=refused,
        has_settings=host.declaration(name) is not None,
        pages=pages,
        may_edit=current_member().may("plugins.edit"),
    )
