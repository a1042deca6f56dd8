"""The order's private page (ORD-1 to ORD-3), and that nobody else gets to see it."""

import pytest
from sqlalchemy import select

from storefront.core.db import session, utcnow
from storefront.core.lifecycle.cancel import cancel_order
from storefront.core.lifecycle.receive import receive
from storefront.core.lifecycle.ship import hand_over, pack, plan
from storefront.core.orders.models import Order
from storefront.core.orders.states import CancelReason
from storefront.core.settings.snapshot import load_snapshot
from storefront.core.shipping.models import Shipment
from storefront.core.values.money import Money
from storefront.testing.factories import make_product
from storefront.testing.visitor import TOKYO, Visitor


@pytest.fixture
def bought(unit, visitor: Visitor) -> str:
    """The path of an order that waits for a bank transfer."""
    with unit():
        make_product(name={"en": "Sencha", "ja": "煎茶"}, code="TEA", price=1200, weight=200)
    visitor.buys("TEA-1")
    return visitor.last.request.path


def status(visitor: Visitor) -> str:
    return next(visitor.page.attributes("order-status"))["data-status"]


@pytest.mark.req("ORD-2", "ORD-3")
def test_the_first_visit_says_thanks_and_later_ones_do_not(visitor: Visitor, bought: str) -> None:
    assert visitor.last.request.args["placed"] == "1"
    assert visitor.page.text("thanks") == "Thank you for your order"
    visitor.gets(bought)
    assert visitor.page.text("thanks") == ""
    assert visitor.page.text("order-number") == bought.split("/")[3]
    assert "2,650" in visitor.page.text("next")


@pytest.mark.req("ORD-3")
def test_a_private_page_is_private(visitor: Visitor, another_visitor: Visitor, bought: str) -> None:
    answer = visitor.gets(bought)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"] and 'name="robots"' in answer.text
    assert another_visitor.gets(bought).status_code == 200, "the link is the key"


@pytest.mark.req("ORD-3")
def test_every_wrong_link_gets_the_same_answer(visitor: Visitor, another_visitor: Visitor, unit, bought: str) -> None:
    _, _, _, number, secret = bought.split("/")
    another_visitor.buys("TEA-1")
    other = another_visitor.last.request.path.split("/")
    wrong = [
        (number, other[4]), (other[3], secret), ("261122-9999", secret), (number, secret[:-1]), (number, secret + "A"),
        (number, secret.swapcase()), (number, "null"), (number, "[]"), (number, "%20"), (number, "0"), (number, "%00"),
        (number, "x" * 3000), ("x" * 3000, secret), ("%00", secret), (number, "日本"), (number, "%27%20OR%201=1--"),
    ]  # fmt: skip
    bodies = set()
    for a_number, a_secret in wrong:
        answer = visitor.gets(f"/en/orders/{a_number}/{a_secret}")
        assert answer.status_code == 404, (a_number[:20], a_secret[:20])
        bodies.add(answer.text.split("<main")[1].split("</main>")[0])
    assert len(bodies) == 1
    assert visitor.gets(f"/en/orders/{number}/").status_code == 404


@pytest.mark.req("ORD-3")
def test_a_number_alone_tells_nothing(visitor: Visitor, bought: str) -> None:
    number = bought.split("/")[3]
    known, unknown = visitor.gets(f"orders/{number}"), visitor.gets("orders/261122-9999")
    assert known.status_code == unknown.status_code == 404
    assert "private page" in known.text
    assert known.text.replace(number, "") == unknown.text.replace("261122-9999", "")


def test_the_page_speaks_the_language_of_its_address_and_marks_the_orders_own_words(
    visitor: Visitor, bought: str
) -> None:
    answer = visitor.gets(bought.replace("/en/", "/ja/"))
    assert '<html lang="ja">' in answer.text
    assert '<h3 class="line__name" lang="en">Sencha</h3>' in answer.text


@pytest.mark.req("ORD-1", "ORD-2")
def test_the_page_follows_the_order_to_the_door(visitor: Visitor, app, unit, bought: str) -> None:
    number = bought.split("/")[3]
    host = app.extensions["storefront"].host
    with unit():
        shop = load_snapshot(1)
        with host.bind(shop) as providers:
            receive(number, Money(2650, "JPY"), shop, providers, actor="owner", now=utcnow(), reference="r-1")
    visitor.gets(bought)
    assert status(visitor) == "processing"
    assert "settled" in [given["data-state"] for given in visitor.page.attributes("bill")]
    with unit():
        shop = load_snapshot(1)
        with host.bind(shop) as providers:
            order_id = session.scalars(select(Order.id).where(Order.number == number)).one()
            shipment = plan(number, actor="owner", now=utcnow())
            pack(shipment.id, 300, actor="owner", now=utcnow())
            hand_over(shipment.id, providers, actor="owner", now=utcnow(), tracking="AB123")
            assert session.scalars(select(Shipment.order_id)).one() == order_id
    visitor.gets(bought)
    assert status(visitor) == "shipped"
    assert visitor.page.text("tracking") == "AB123"


@pytest.mark.req("ORD-1")
@pytest.mark.parametrize(
    ("reason", "words"),
    [(CancelReason.UNPAID, "did not arrive in time"), (CancelReason.UNAVAILABLE, "cannot be had")],
)
def test_a_cancelled_order_says_why(visitor: Visitor, app, unit, bought: str, reason: CancelReason, words: str) -> None:
    with unit():
        shop = load_snapshot(1)
        with app.extensions["storefront"].host.bind(shop) as providers:
            cancel_order(bought.split("/")[3], providers, actor="system", now=utcnow(), cancel_reason=reason)
    visitor.gets(bought)
    assert visitor.last.status_code == 200 and status(visitor) == "cancelled"
    assert words in visitor.page.text("next")
    assert visitor.page.texts("payment-instructions") == []


@pytest.mark.req("ORD-2")
def test_cash_on_delivery_needs_no_payment_step(visitor: Visitor, unit) -> None:
    with unit():
        make_product(code="TEA", price=1200)
    visitor.buys("TEA-1", TOKYO, "payments_cod")
    assert "Payment" not in visitor.page.text("steps")
    assert "¥1,900 when the parcel arrives" in visitor.page.text("next")


def test_an_order_page_costs_few_statements_however_long_the_order_is(visitor: Visitor, unit, count_statements) -> None:
    with unit():
        make_product(code="SET", skus=8)
    counts = []
    for lines in (1, 8):
        for n in range(lines):
            visitor.adds(f"SET-{n + 1}")
        visitor.comes_to_confirm()
        visitor.places()
        with count_statements() as seen:
            visitor.gets(visitor.last.request.path)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 13, counts
