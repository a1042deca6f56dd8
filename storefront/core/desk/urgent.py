"""What of Today somebody should hear about without looking: money owed, deadlines, and what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storefront.core.desk.today import Waiting, today
from storefront.core.i18n.translate import N_
from storefront.core.staff.rights import may


@dataclass(frozen=True, slots=True)
class WaitingKind:
    """``right``: who may see it. ``urgent``: it stands in the daily notice."""

    title: str
    right: str
    urgent: bool = False


WAITING_KINDS: Mapping[str, WaitingKind] = {
    "refund": WaitingKind(N_("Money to send back"), "payments.view", urgent=True),
    "deadline": WaitingKind(N_("Transfers not here yet, cancelled soon"), "payments.view", urgent=True),
    "pack": WaitingKind(N_("Orders to pack"), "orders.view"),
    "hand_over": WaitingKind(N_("Parcels to hand over"), "orders.view"),
    "look": WaitingKind(N_("Orders to look at"), "orders.view", urgent=True),
    "customs": WaitingKind(N_("Orders whose customs data are not complete"), "orders.view"),
    "supply": WaitingKind(N_("Items to get: orders wait for them"), "stock.view"),
    "release": WaitingKind(N_("Pre-orders whose time has come"), "stock.view"),
    "jobs": WaitingKind(N_("Mails and jobs that were given up"), "jobs.view", urgent=True),
    "tasks": WaitingKind(N_("Tasks that failed"), "tasks.view", urgent=True),
}


def urgent(role: str, now: datetime, *, low: int, zone: str) -> tuple[Waiting, ...]:
    """What a member with ``role`` should hear about, oldest first. Two statements."""
    return tuple(
        waiting
        for waiting in today(now, low=low, zone=zone)
        if WAITING_KINDS[waiting.kind].urgent and may(role, WAITING_KINDS[waiting.kind].right)
    )
