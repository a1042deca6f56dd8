"""Whether an order has what customs want (SHP-7): kept as a flag, so that the list and Today find those that do not. The
flag goes by itself: when everything is there, and when the order ends (``orders.service.transition``)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete

from storefront.core.db import session
from storefront.core.orders.models import Order, OrderFlag, OrderLine
from storefront.core.orders.service import lines_of, live_lines
from storefront.core.orders.states import FlagKind
from storefront.core.shipping.customs import CustomsFacts, is_complete
from storefront.core.upsert import insert_for
from storefront.core.values.address import Address


def facts_of(lines: Iterable[OrderLine]) -> tuple[CustomsFacts, ...]:
    """Of the lines that travel, as far as anything is left of them."""
    return tuple(
        CustomsFacts(
            position=line.position,
            description=line.customs_description,
            hs_code=line.hs_code,
            origin=line.origin,
            weight=line.weight,
            valued=line.unit_price is not None or line.customs_value is not None,
        )
        for line in live_lines(list(lines))
        if line.kind != "service"
    )


def flag_draft(order: Order, lines: Iterable[OrderLine], home: str, now: datetime) -> None:
    """The first look at an order that is being written. ``home``: the country parcels leave from."""
    if order.country != home and not is_complete(Address.from_json(order.address), facts_of(lines)):
        _raise(order, now)


def follow_customs(order: Order, home: str, now: datetime) -> None:
    """After lines, address or facts of a (locked) order changed: raise or clear its flag. Inside the caller's unit."""
    session.flush()
    if order.country == home or is_complete(Address.from_json(order.address), facts_of(lines_of(order.id))):
        session.execute(delete(OrderFlag).where(OrderFlag.order_id == order.id, OrderFlag.kind == FlagKind.CUSTOMS))
    else:
        _raise(order, now)


def _raise(order: Order, now: datetime) -> None:
    """It keeps its first moment."""
    row = insert_for(OrderFlag).values(order_id=order.id, kind=FlagKind.CUSTOMS, words="", actor="", raised_at=now)
    session.execute(row.on_conflict_do_nothing(index_elements=["order_id", "kind"]))
