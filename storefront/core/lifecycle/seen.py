"""Two people at one order: an act carries what its page had seen of the order's history, and one that had not seen the
newest of it is refused with what changed since, never carried out on top of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.orders.errors import OrderError
from storefront.core.orders.models import OrderEvent
from storefront.core.orders.service import lock_order

# What staff write to each other changes nothing that another act was decided upon.
HARMLESS = ("note", "flagged", "flag_cleared", "mail_resent")


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An event of an order, for readers. ``data``: as kept with it."""

    id: int
    name: str
    at: datetime
    actor: str
    from_state: str
    to_state: str
    reason: str
    data: Mapping[str, Any]


class ChangedMeanwhile(OrderError):
    """``events``: what happened since the page was made, oldest first."""

    def __init__(self, number: str, events: Sequence[HistoryRow]) -> None:
        super().__init__(
            N_("Order %(number)s changed while you had this page open. Nothing was done; please look again."),
            number=number,
        )
        self.events = events


def last_event(order_id: int) -> int:
    """What a page says it has seen: the newest event of the order."""
    return session.scalar(select(func.max(OrderEvent.id)).where(OrderEvent.order_id == order_id)) or 0


def require_seen(number: str, seen: int) -> None:
    """Lock order ``number`` and make sure that nothing happened to it since event ``seen``, inside the caller's unit and
    before its act. Raises ``UnknownOrder``, ``ChangedMeanwhile``."""
    order = lock_order(number)
    newer = changed_since(order.id, seen)
    if newer:
        raise ChangedMeanwhile(order.number, newer)


def changed_since(order_id: int, seen: int) -> list[HistoryRow]:
    """What happened since event ``seen`` that an act may depend upon, oldest first."""
    return [event for event in history_of(order_id, after=seen) if event.name not in HARMLESS]


def history_of(order_id: int, after: int = 0) -> tuple[HistoryRow, ...]:
    """Oldest first. One statement."""
    rows = session.scalars(
        select(OrderEvent).where(OrderEvent.order_id == order_id, OrderEvent.id > after).order_by(OrderEvent.id)
    )
    return tuple(HistoryRow(e.id, e.name, e.at, e.actor, e.from_state, e.to_state, e.reason, e.data) for e in rows)
