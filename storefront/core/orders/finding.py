"""Finding orders in the back office: by number, name in any script, mail, telephone, item, tracking number."""

from sqlalchemy import select

from storefront.core.db import session
from storefront.core.orders.models import Order, OrderLine
from storefront.core.search import service as search
from storefront.core.search.asking import by_ending, understand
from storefront.core.search.queries import Hits, Wanted, after_document, find
from storefront.core.search.tokens import ending_token
from storefront.core.shipping.models import Shipment
from storefront.core.values.address import Address

PAGE = 50


def find_orders(question: str, *, limit: int = PAGE, before_id: int | None = None) -> Hits:
    """The ids of orders that ``question``, as typed, finds: the one with just this number, mail, telephone or tracking
    number first, then the newest first. ``before_id``: only older ones than this, for the next page. One statement; drafts
    are not found. Never raises for what was typed; a question without any word finds nothing."""
    asked = by_ending(understand(question, typing=True), question)
    return find(search.ORDERS, asked, Wanted(limit, after=None if before_id is None else after_document(before_id)))


def index_new_order(order: Order, lines: list[OrderLine]) -> None:
    """``index_order`` for one that was just placed, with its lines: nothing of it has left. One statement."""
    search.put(search.ORDERS, [_document(order, [(line.title, line.sku_code) for line in lines], [])])


def index_order(order: Order) -> None:
    """Write the search document of an order anew. Inside the unit of whatever changed its address, its lines or its
    parcels; rows must be flushed. A draft has none. Three statements."""
    index_orders([order])


def index_orders(orders: list[Order]) -> None:
    """``index_order`` for many, in the same number of statements."""
    placed = [order for order in orders if is_found(order)]
    if not placed:
        return
    ids = [order.id for order in placed]
    goods: dict[int, list[tuple[str, str]]] = {id_: [] for id_ in ids}
    for id_, title, code in session.execute(
        select(OrderLine.order_id, OrderLine.title, OrderLine.sku_code)
        .where(OrderLine.order_id.in_(ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    ):
        goods[id_].append((title, code))
    tracking: dict[int, list[str]] = {id_: [] for id_ in ids}
    for id_, number in session.execute(
        select(Shipment.order_id, Shipment.tracking).where(Shipment.order_id.in_(ids), Shipment.tracking != "")
    ):
        tracking[id_].append(number)
    search.put(search.ORDERS, [_document(order, goods[order.id], tracking[order.id]) for order in placed])


def is_found(order: Order) -> bool:
    """Whether an order is in the index: placed once, whatever became of it; neither a draft nor a lapsed one."""
    return order.placed_at is not None


def _document(order: Order, goods: list[tuple[str, str]], tracking: list[str]) -> search.Document:
    address = Address.from_json(order.address)
    names = (address.full_name, address.name, address.family_name, address.given_name, address.latin_name)
    mails = {mail: mail.partition("@")[0] for mail in (order.email, address.email)}
    return search.Document(
        order.id,
        # Of a mail address only the person's half is words.
        texts=[*names, order.number, *mails.values(), *tracking, *(text for line in goods for text in line)],
        codes=[order.number, *mails, *tracking],
        marks=[ending_token(address.phone)],
    )
