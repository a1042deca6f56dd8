"""Verbs on order rows. What touches several areas is in ``core/lifecycle``."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from storefront.core.db import lock_for_update, session, utcnow
from storefront.core.i18n.translate import N_
from storefront.core.orders.errors import IllegalTransition, UnknownOrder
from storefront.core.orders.models import Order, OrderEvent, OrderFlag, OrderLine
from storefront.core.orders.states import ITEM_MOVES, TRANSITIONS, CancelReason, FlagKind, ItemState, OrderState
from storefront.core.orders.telling import tell_history

NO_SUCH_ORDER = N_("There is no order %(number)s.")


def lock_order(number: str) -> Order:
    """The order, locked until the unit ends. Raises ``UnknownOrder``."""
    order = session.scalars(
        lock_for_update(select(Order).where(Order.number == number)).execution_options(populate_existing=True)
    ).first()
    if order is None:
        raise UnknownOrder(NO_SUCH_ORDER, number=number[:40])
    return order


def lock_order_by_id(order_id: int) -> Order:
    order = session.scalars(
        lock_for_update(select(Order).where(Order.id == order_id)).execution_options(populate_existing=True)
    ).one()
    return order


def transition(
    order: Order,
    name: str,
    actor: str,
    *,
    reason: str = "",
    cancel_reason: CancelReason | None = None,
    now: datetime | None = None,
    **data: Any,
) -> OrderEvent:
    """Move ``order`` (locked by the caller) along one arrow of the table and write the event. The only writer of
    ``Order.state``. Raises ``IllegalTransition``."""
    rule = TRANSITIONS[name]
    state = OrderState(order.state)
    if state not in rule.sources:
        raise IllegalTransition(
            N_("Order %(number)s is %(state)s; that cannot be done now. Nothing was changed."),
            number=order.number,
            state=order.state,
        )
    if (cancel_reason in rule.reasons) != bool(rule.reasons):
        raise ValueError(f"transition {name} does not take the reason {cancel_reason}")
    order.state = rule.target
    order.cancel_reason = cancel_reason or ""
    order.version += 1
    if rule.target in (OrderState.SHIPPED, OrderState.CANCELLED):
        # Nothing can be completed for customs any more.
        done = delete(OrderFlag).where(OrderFlag.order_id == order.id, OrderFlag.kind == FlagKind.CUSTOMS)
        session.execute(done)
    return note_event(
        order,
        name,
        actor,
        from_state=state,
        to_state=rule.target,
        reason=reason or (cancel_reason or ""),
        now=now,
        **data,
    )


def note_event(
    order: Order,
    name: str,
    actor: str,
    *,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    now: datetime | None = None,
    **data: Any,
) -> OrderEvent:
    """Add a row to the order's history; plugins that listen are told of it."""
    event = OrderEvent(
        order_id=order.id,
        name=name,
        from_state=from_state,
        to_state=to_state,
        actor=actor,
        reason=reason,
        data=data,
        at=now or utcnow(),
    )
    session.add(event)
    tell_history(order, name, event.at, data)
    return event


def lines_of(order_id: int) -> list[OrderLine]:
    return list(session.scalars(select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)))


def live_quantity(line: OrderLine) -> int:
    return line.quantity - line.cancelled_quantity


def live_lines(lines: Iterable[OrderLine]) -> list[OrderLine]:
    return [line for line in lines if live_quantity(line) > 0]


def move_item(line: OrderLine, target: ItemState) -> None:
    """Set a line's item state along the table; the same state again is no change. Raises ``IllegalTransition``."""
    current = ItemState(line.item_state)
    if target == current:
        return
    if target not in ITEM_MOVES[current]:
        raise IllegalTransition(
            N_("%(title)s is %(state)s and cannot become %(target)s. Nothing was changed."),
            title=line.title,
            state=str(current),
            target=str(target),
        )
    line.item_state = target
