"""What waits for a human, for whoever is logged in: only what they may see."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response

from storefront.admin.guard import Member, current_member, needs
from storefront.core.db import utcnow
from storefront.core.desk.today import CAP, Waiting, today
from storefront.core.i18n.formats import format_date, format_money
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.settings.calendar import shop_date
from storefront.core.settings.plugins import MIGRATION, QUARANTINE
from storefront.plugin_host.host import PluginState
from storefront.shop.context import current_lang, current_shop, extension
from storefront.shop.hx import render_page

today_page = Blueprint("today", __name__, url_prefix="/manage")


@dataclass(frozen=True, slots=True)
class Kind:
    """``right``: who may see it; ``href``: where it is done. ``since``: msgid with %(day)s."""

    title: str
    right: str
    href: str = ""
    since: str = N_("since %(day)s")


KINDS = {
    "refund": Kind(N_("Money to send back"), "payments.view", "/manage/orders/?waits=refund&sort=placed_at"),
    "deadline": Kind(
        N_("Transfers not here yet, cancelled soon"),
        "payments.view",
        "/manage/orders/?status=awaiting_payment&sort=placed_at",
        N_("the first on %(day)s"),
    ),
    "pack": Kind(N_("Orders to pack"), "orders.view", "/manage/orders/?waits=pack&sort=placed_at"),
    "hand_over": Kind(N_("Parcels to hand over"), "orders.view", "/manage/orders/?waits=hand_over&sort=placed_at"),
    "look": Kind(N_("Orders to look at"), "orders.view", "/manage/orders/?waits=look&sort=placed_at"),
    "supply": Kind(
        N_("Items to get: orders wait for them"), "stock.view", "/manage/orders/?waits=goods&sort=placed_at"
    ),
    "release": Kind(N_("Pre-orders whose time has come"), "stock.view", "/manage/orders/?waits=goods&sort=placed_at"),
    "jobs": Kind(N_("Mails and jobs that were given up"), "settings.view"),
    "tasks": Kind(N_("Tasks that failed"), "tasks.view"),
    "plugins": Kind(N_("Plugins that do not run"), "plugins.view", "/manage/plugins/?status=broken", ""),
    "stopped": Kind(
        N_("Plugins that failed and were stopped"), "plugins.view", "/manage/plugins/?status=quarantined", ""
    ),
    "left_out": Kind(
        N_("The shop runs in safe mode: plugins left out"), "plugins.view", "/manage/plugins/?status=skipped", ""
    ),
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
    return member.may(KINDS[waiting.kind].right)


def _plugins() -> list[Shown]:
    """What does not run of what the owner wants to run. No statement: the decisions are read already."""
    plugins, decided = extension().host.plugins, current_shop().plugins
    broken = {p.name for p in plugins.values() if p.state is PluginState.BROKEN}
    broken |= {name for name, config in decided.items() if config.held == MIGRATION and name in plugins}
    stopped = [name for name, config in decided.items() if config.held == QUARANTINE and config.enabled]
    left_out = [p for p in plugins.values() if p.state is PluginState.SKIPPED]
    counts = {"left_out": len(left_out), "stopped": len(stopped), "plugins": len(broken)}
    return [Shown(kind, _(KINDS[kind].title), str(n), "", "", KINDS[kind].href) for kind, n in counts.items() if n]


def _shown(waiting: Waiting) -> Shown:
    kind, lang = KINDS[waiting.kind], current_lang()
    sums = ", ".join(format_money(money.amount, money.currency, lang) for money in waiting.sums)
    count = _("more than %(count)s", count=CAP) if waiting.capped else str(waiting.count)
    return Shown(waiting.kind, _(kind.title), count, _(kind.since, day=_day(waiting.since)), sums, kind.href)


def _day(moment: datetime) -> str:
    return format_date(shop_date(moment, current_shop().policies), current_lang())
