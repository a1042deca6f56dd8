"""Orders of up to three years with everything that hangs on them, by seed, all books right (``storefront audit``)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from sqlalchemy import Engine, func, select, text

from storefront.core.audit.models import AuditEntry
from storefront.core.billing.models import Bill, BillLine
from storefront.core.customers.models import Customer
from storefront.core.db import session, unit_of_work
from storefront.core.mail.models import MailRecord
from storefront.core.orders.models import (
    Charge,
    ChargeShare,
    Order,
    OrderEvent,
    OrderLine,
    OrderRevision,
)
from storefront.core.outbox.models import OutboxRow
from storefront.core.payments.models import PaymentAttempt, PaymentEvent, Refund, RefundLine, RefundTask
from storefront.core.settings.models import NumberSeries
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.core.shipping.models import Shipment, ShipmentLine
from storefront.core.stock.models import Reservation, StockItem, StockMovement
from storefront.core.upsert import insert_for
from storefront.jobs.search import index_all_orders, settle
from tools.bench.books import Books, Placed
from tools.bench.bulk import Bulk, loading, stamp
from tools.bench.fates import DAY, fate_of
from tools.bench.people import Person, person
from tools.bench.wares import Ware, sample_wares

LONGEST, SHORTEST = 3 * 365, 30
ORDERS_PER_DAY = 5  # at least, so that a small shop has open orders too
ORDERS_PER_PERSON = 3
MEMBER_EVERY = 10  # one person in ten has an account
WAITS = {"stock": 0, "back_order": 14 * DAY, "pre_order": 60 * DAY}
MODELS = (
    Customer, Order, OrderRevision, OrderLine, Charge, ChargeShare, OrderEvent, Bill, BillLine, PaymentAttempt,
    PaymentEvent, Refund, RefundLine, RefundTask, Shipment, ShipmentLine, Reservation, StockMovement, AuditEntry,
    OutboxRow, MailRecord,
)  # fmt: skip


class OrdersExist(Exception):
    """Generated orders go into a shop without orders only."""


def write_orders(engine: Engine, count: int, shop: ShopSnapshot, seed: int, until: datetime) -> int:
    """Write ``count`` orders into the shop of ``engine`` (core's current session is on it too), which has products and
    no orders; the newest was placed just before ``until``. Raises ``OrdersExist``."""
    if session.scalar(select(func.count()).select_from(Order)):
        raise OrdersExist("This shop has orders already.")
    wares = sample_wares(shop.currencies)
    session.rollback()
    if count <= 0 or not wares:
        return 0
    rnd = Random(seed)
    with loading(engine, MODELS) as bulk:
        people = max(count // ORDERS_PER_PERSON, 1)
        books = Books(bulk, shop, until, _members(bulk, people, until))
        for number, placed in enumerate(_moments(rnd, count, until)):
            books.write(_placed(rnd, number, placed, people, wares, int(until.timestamp())))
        bulk.flush()
        _stock(bulk, until)
    with unit_of_work():
        for day, last in books.days.items():
            row = insert_for(NumberSeries).values(name=f"order:{day}", last=last)
            session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"last": row.excluded.last}))
    index_all_orders()
    settle()
    return count


def _moments(rnd: Random, count: int, until: datetime) -> Iterator[int]:
    """When each order is placed, ascending: ever more of them as the shop grows."""
    span, end = _days(count) * DAY, int(until.timestamp()) - 60
    for i in range(count):
        yield end - span + int(span * ((i + rnd.random()) / count) ** 0.8)


def _days(count: int) -> int:
    return min(max(count // ORDERS_PER_DAY, SHORTEST), LONGEST)


def _members(bulk: Bulk, people: int, until: datetime) -> dict[int, int]:
    """Accounts: the customer's id by the person's number."""
    first = bulk.next_id(Customer)
    add = bulk.rows(Customer, "id", "email", "email_folded", "name", "locale", "created_at")
    since = stamp(int((until - timedelta(days=LONGEST)).timestamp()))
    members = {}
    for offset, number in enumerate(range(0, people, MEMBER_EVERY)):
        who = person(number)
        members[number] = first + offset
        add(first + offset, who.email, who.email, who.name, who.locale, since)
    return members


@lru_cache(maxsize=50_000)
def _person(number: int) -> Person:
    return person(number)


def _placed(rnd: Random, number: int, placed: int, people: int, wares: list[Ware], until: int) -> Placed:
    """Who orders what, and what becomes of it."""
    buyer = int(rnd.random() ** 1.5 * people)
    who = _person(buyer)
    lines: dict[int, tuple[Ware, int]] = {}
    for _ in range(1 + int(rnd.random() ** 2 * 5)):
        ware = wares[int(rnd.random() ** 2 * len(wares))]
        lines.setdefault(ware.sku_id, (ware, 1 + int(rnd.random() ** 3 * 4)))
    chosen = tuple(lines.values())
    cod = rnd.random() < 0.45 and who.country == "JP"
    wait = max(WAITS[ware.mode] for ware, _ in chosen)
    fate = fate_of(rnd, placed, until, cod=cod, lines=len(chosen), wait=wait)
    discount = 10 if rnd.random() < 0.05 else 0
    return Placed(number, buyer, who, chosen, fate, discount, rnd.getrandbits(60))


def _stock(bulk: Bulk, until: datetime) -> None:
    """What was sent had come before, what is promised is there: the shelf looks as it did before the orders."""
    opened = stamp(int((until - timedelta(days=LONGEST)).timestamp()))
    bulk.connection.execute(
        text(
            f"""
            INSERT INTO stock_movement (sku_id, kind, quantity, reason, actor, created_at)
            SELECT sku_id, 'received', SUM(quantity), 'deliveries', 'generator', '{opened}'
            FROM (
                SELECT sku_id, -quantity AS quantity FROM stock_movement WHERE order_line_id IS NOT NULL
                UNION ALL
                SELECT sku_id, quantity FROM reservation WHERE source = 'on_hand'
            ) gone
            GROUP BY sku_id HAVING SUM(quantity) > 0
            """
        )
    )
    bulk.connection.execute(
        text(
            f"""
            UPDATE {StockItem.__tablename__}
            SET on_hand = stock_item.on_hand + r.on_hand, reserved = r.on_hand, slots_taken = r.incoming,
                slots = CASE WHEN stock_item.slots < r.incoming THEN r.incoming ELSE stock_item.slots END
            FROM (
                SELECT sku_id, SUM(CASE WHEN source = 'on_hand' THEN quantity ELSE 0 END) AS on_hand,
                       SUM(CASE WHEN source = 'incoming' THEN quantity ELSE 0 END) AS incoming
                FROM reservation GROUP BY sku_id
            ) r
            WHERE r.sku_id = stock_item.sku_id
            """
        )
    )
