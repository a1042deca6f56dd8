"""Order lines for tests of stock: the rest of the order does not matter here."""

from collections.abc import Callable
from itertools import count

import pytest

from storefront.core.db import new_secret, session
from storefront.core.orders.models import Order, OrderLine

LineMaker = Callable[..., int]


@pytest.fixture
def make_line() -> LineMaker:
    """``make_line(sku_id, quantity=1, mode="stock", order_id=None) -> order_line.id``, of a new draft by default."""
    numbers = count(1)

    def make(sku_id: int, quantity: int = 1, mode: str = "stock", order_id: int | None = None) -> int:
        n = next(numbers)
        if order_id is None:
            order = Order(
                number=f"T-{n}",
                secret=new_secret(),
                email="a@example.com",
                country="JP",
                locale="en",
                currency="JPY",
                base_currency="JPY",
            )
            session.add(order)
            session.flush()
            order_id = order.id
        line = OrderLine(order_id=order_id, position=n, sku_id=sku_id, title="x", quantity=quantity, mode=mode)
        session.add(line)
        session.flush()
        return line.id

    return make
