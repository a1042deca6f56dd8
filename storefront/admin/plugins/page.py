"""One plugin: what it is, what is wrong with it, what can be done about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Response, abort

from storefront.admin.guard import current_member
from storefront.admin.once import new_token
from storefront.admin.words import sentence
from storefront.core.db import utcnow
from storefront.core.i18n.formats import format_datetime
from storefront.core.i18n.translate import N_, domain_gettext
from storefront.core.i18n.translate import gettext as _
from storefront.core.settings.calendar import shop_date
from storefront.core.settings.plugins import faults_of
from storefront.core.values.types import Problem
from storefront.plugin_host import boots
from storefront.plugin_host.report import report
from storefront.plugin_host.service import PluginInfo, Status, find_info
from storefront.shop.context import current_lang, current_shop, extension
from storefront.shop.hx import render_page

STATUS = {
    "enabled": N_("Switched on"),
    "disabled": N_("Switched off"),
    "quarantined": N_("Stopped by the shop"),
    "broken": N_("Broken"),
    "skipped": N_("Left out"),
    "missing": N_("Not installed any more"),
    "purged": N_("Was put away"),
}
FAULTS = {
    "raised": N_("It broke off"),
    "nonsense": N_("Its answer could not be used"),
    "slow": N_("It took too long"),
    "hung": N_("It did not come back"),
}
EXPORT_NAME = re.compile(r"[a-z0-9_]+-\d{8}T\d{6}Z\.jsonl\Z")


@dataclass(frozen=True, slots=True)
class FaultRow:
    at: str
    act: str
    kind: str
    times: int
    error: str
    traceback: str


def title_of(info: PluginInfo) -> str:
    return domain_gettext(info.name)(info.title) if info.title else info.name


def find(name: str) -> PluginInfo:
    info = find_info(extension().host, name, current_shop())
    if info is None:
        abort(404)
    return info


def exports_folder() -> Path:
    return extension().settings.data_dir / "exports" / "plugins"


def exports_of(name: str) -> list[str]:
    """Files with what the plugin kept, newest first."""
    found = (path.name for path in exports_folder().glob(f"{name}-*.jsonl"))
    return sorted((n for n in found if EXPORT_NAME.match(n) and n.rpartition("-")[0] == name), reverse=True)


def answer(
    name: str,
    status: int = 200,
    refused: Sequence[Problem] = (),
    *,
    reason: str = "",
    checked: Sequence[Problem] | None = None,
) -> Response:
    """The page. ``refused``: why an act was not done; ``reason``: what was typed then; ``checked``: what the plugin said
    about its settings."""
    info, host, shop = find(name), extension().host, current_shop()
    words = domain_gettext(name)
    pages = dict(host.manage_pages(shop)).get(name, ())
    auto = boots.safe_mode_reason(extension().settings.data_dir) if info.status is Status.SKIPPED else ""
    return render_page(
        "manage/plugin.html",
        "manage/_plugin.html",
        status=status,
        info=info,
        title=title_of(info),
        words=words,
        state=_(STATUS[info.status]),
        stopped=info.status is Status.QUARANTINED,
        running=info.status in (Status.ENABLED, Status.DISABLED, Status.QUARANTINED, Status.PURGED) and not info.reason,
        problems=[sentence(p, words) for p in info.problems] if checked is None else [],
        refused=[sentence(p, words) for p in refused],
        checked=None if checked is None else [sentence(p, words) for p in checked],
        has_settings=host.declaration(name) is not None,
        pages=pages,
        faults=_faults(name),
        report=report(host, name, shop) if _needs_report(info, name) else "",
        leaves_safe_mode=bool(auto),
        exports=exports_of(name) if current_member().may("plugins.edit") else [],
        may_edit=current_member().may("plugins.edit"),
        once=new_token(),
        reason=reason,
    )


def _needs_report(info: PluginInfo, name: str) -> bool:
    return bool(info.reason or info.traceback or faults_of(name, 1))


def _faults(name: str) -> list[FaultRow]:
    """The last failures; of those that broke off at the same place, the first shows where."""
    rows: list[FaultRow] = []
    shown: set[str] = set()
    for fault in faults_of(name):
        trace = "" if fault.traceback in shown else fault.traceback
        shown.add(fault.traceback)
        rows.append(FaultRow(moment(fault.at), fault.act, _(FAULTS[fault.kind]), fault.times, fault.error, trace))
    return rows


def moment(at: datetime) -> str:
    shop = current_shop()
    zone = str(shop.policy("shop.time_zone"))
    return format_datetime(at, zone, current_lang(), today=shop_date(utcnow(), shop.policies))
