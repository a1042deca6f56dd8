"""What waits for a human, for whoever is logged in: only what they may see."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response

from storefront.admin.guard import Member, current_member, needs
from storefront.core.db import utcnow
from storefront.core.desk.today import CAP, Waiting, today
from storefront.core.desk.urgent import WAITING_KINDS
from storefront.core.i18n.formats import format_date, format_money
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.settings.calendar import shop_date
from storefront.core.settings.plugins import MIGRATION, QUARANTINE
from storefront.plugin_host.installed import PluginState
from storefront.shop.context import current_lang, current_shop, extension
from storefront.shop.hx import render_page

today_page = Blueprint("today", __name__, url_prefix="/manage")


# Where it is done.
PLACES = {
    "refund": "/manage/orders/?waits=refund&sort=placed_at",
    "deadline": "/manage/orders/?status=awaiting_payment&sort=placed_at",
    "pack": "/manage/orders/?waits=pack&sort=placed_at",
    "hand_over": "/manage/orders/?waits=hand_over&sort=placed_at",
    "look": "/manage/orders/?waits=look&sort=placed_at",
    "customs": "/manage/orders/?waits=customs&sort=placed_at",
    "supply": "/manage/orders/?waits=goods&sort=placed_at",
    "release": "/manage/orders/?waits=goods&sort=placed_at",
    "jobs": "/manage/background/",
}
# Of plugins: right "plugins.view", no date.
PLUGINS = {
    "left_out": (N_("The shop runs in safe mode: plugins left out"), "/manage/plugins/?status=skipped"),
    "stopped": (N_("Plugins that failed and were stopped"), "/manage/plugins/?status=quarantined"),
    "plugins": (N_("Plugins that do not run"), "/manage/plugins/?status=broken"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    kind: str
    title: str
    count: str
    since: str
    sums: str
    href: str


@today_page.get("/")
@needs("today.view")
def show() -> Response:
    member, shop, now = current_member(), current_shop(), utcnow()
    found = today(now, low=int(shop.policy("stock.low")), zone=str(shop.policy("shop.time_zone")))
    rows = _plugins() if member.may("plugins.view") else []
    rows += [_shown(waiting) for waiting in found if _may(member, waiting)]
    return render_page(
        "manage/today.html",
        "manage/_today.html",
        rows=rows,
        title=_("Today"),
        day=format_date(shop_date(now, shop.policies), current_lang()),
    )


def _may(member: Member, waiting: Waiting) -> bool:
    return member.may(WAITING_KINDS[waiting.kind].right)


def _plugins() -> list[Shown]:
    """What does not run of what the owner wants to run. No statement: the decisions are read already."""
    plugins, decided = extension().host.plugins, current_shop().plugins
    broken = {p.name for p in plugins.values() if p.state is PluginState.BROKEN}
    broken |= {name for name, config in decided.items() if config.held == MIGRATION and name in plugins}
    stopped = [name for name, config in decided.items() if config.held == QUARANTINE and config.enabled]
    left_out = [p for p in plugins.values() if p.state is PluginState.SKIPPED]
    counts = {"left_out": len(left_out), "stopped": len(stopped), "plugins": len(broken)}
    return [Shown(kind, _(PLUGINS[kind][0]), str(n), "", "", PLUGINS[kind][1]) for kind, n in counts.items() if n]


def _shown(waiting: Waiting) -> Shown:
    kind, lang = WAITING_KINDS[waiting.kind], current_lang()
    sums = ", ".join(format_money(money.amount, money.currency, lang) for money in waiting.sums)
    count = _("more than %(count)s", count=CAP) if waiting.capped else str(waiting.count)
    day = _day(waiting.since)
    since = _("the first on %(day)s", day=day) if waiting.kind == "deadline" else _("since %(day)s", day=day)
    return Shown(waiting.kind, _(kind.title), count, since, sums, PLACES.get(waiting.kind, ""))


def _day(moment: datetime) -> str:
    return format_date(shop_date(moment, current_shop().policies), current_lang())
