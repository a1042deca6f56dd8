"""What the staff write about an order for one another: notes and flags. The shopper sees neither."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from storefront.core.audit.service import record
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.orders.errors import OrderError
from storefront.core.orders.models import Order, OrderFlag
from storefront.core.orders.service import lock_order, note_event
from storefront.core.orders.states import FlagKind
from storefront.core.upsert import insert_for

MAX_NOTE = 4000


def add_note(number: str, words: str, *, actor: str, now: datetime) -> None:
    """Append a note to the history of order ``number``, inside the caller's unit. Raises ``UnknownOrder``,
    ``OrderError`` for no words or too many."""
    order = lock_order(number)
    text = words.replace("\0", "").strip()
    if not text:
        raise OrderError(N_("Please write something. Nothing was kept."))
    if len(text) > MAX_NOTE:
        raise OrderError(N_("A note has at most %(most)d characters. Nothing was kept."), most=MAX_NOTE)
    note_event(order, "note", actor, reason=text, now=now)
    record(actor, "order.note", ("order", order.number))


def raise_flag(number: str, words: str = "", *, actor: str, now: datetime, kind: FlagKind = FlagKind.LOOK) -> None:
    """Somebody should look at order ``number``: it is listed until the flag is cleared. Inside the caller's unit. Raised
    again it keeps its first moment and takes the new words. Raises ``UnknownOrder``."""
    order = lock_order(number)
    flag_locked(order, kind, words, actor=actor, now=now)
    record(actor, "order.flag", ("order", order.number), words, kind=str(kind))


def flag_locked(order: Order, kind: FlagKind, words: str, *, actor: str, now: datetime) -> None:
    """The same for an order that is locked already, without an audit row."""
    text = words.replace("\0", "").strip()[:MAX_NOTE]
    row = insert_for(OrderFlag).values(order_id=order.id, kind=kind, words=text, actor=actor, raised_at=now)
    session.execute(
        row.on_conflict_do_update(index_elements=["order_id", "kind"], set_={"words": text, "actor": actor})
    )
    note_event(order, "flagged", actor, reason=text, now=now, kind=str(kind))


def clear_flag(number: str, kind: FlagKind, words: str = "", *, actor: str, now: datetime) -> bool:
    """It was looked at. Inside the caller's unit; ``False`` when somebody else cleared it before. Raises
    ``UnknownOrder``."""
    if kind is FlagKind.CUSTOMS:
        raise OrderError(N_("This mark goes by itself, when the customs data are complete. Nothing was changed."))
    order = lock_order(number)
    gone = session.execute(
        delete(OrderFlag).where(OrderFlag.order_id == order.id, OrderFlag.kind == kind).returning(OrderFlag.kind)
    ).first()
    if gone is None:
        return False
    note_event(order, "flag_cleared", actor, reason=words.strip()[:MAX_NOTE], now=now, kind=str(kind))
    record(actor, "order.flag_cleared", ("order", order.number), words, kind=str(kind))
    return True


def flags_of(order_ids: Sequence[int]) -> list[OrderFlag]:
    """What somebody should look at, oldest first; missing customs data are told apart (``orders.customs``)."""
    if not order_ids:
        return []
    return list(
        session.scalars(
            select(OrderFlag)
            .where(OrderFlag.order_id.in_(order_ids), OrderFlag.kind != FlagKind.CUSTOMS)
            .order_by(OrderFlag.raised_at, OrderFlag.kind)
        )
    )
