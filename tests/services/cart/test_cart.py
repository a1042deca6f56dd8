"""Acts on a cart."""

import pytest

from storefront.core.cart import service as cart
from storefront.core.cart.errors import NotOrderable, OutOfStock, QuantityTooLarge, UnknownLine, UnknownSku
from storefront.core.cart.models import Cart, CartLine
from storefront.core.cart.queries import cart_count, find_cart_id, load_cart
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.customers.models import Customer, ShopperSession
from storefront.core.db import session, unit_of_work
from storefront.core.settings.policies import DEFAULTS
from storefront.testing.databases import Database
from storefront.testing.factories import make_product, make_session

YEN = CurrencyRate("JPY", "JPY")


def add(session_id: int, code: str, quantity: int = 1, maximum: int = 10) -> cart.AddedLine:
    with unit_of_work():
        return cart.add(session_id, code, quantity, YEN, maximum)


def quantities(session_id: int) -> dict[str, int]:
    return {line.sku_code: line.quantity for line in load_cart(session_id, "en", YEN, DEFAULTS).lines}


@pytest.mark.req("CRT-1")
def test_adding_counts_up_in_four_statements_at_most(db: Database, shopper: int) -> None:
    with unit_of_work():
        make_product(code="TEA", price=1200, skus=2)
    first = add(shopper, "TEA-1", 2)
    assert (first.quantity, first.added, first.count, first.price) == (2, 2, 2, 1200)
    with unit_of_work(), db.count_statements() as seen:
        again = cart.add(shopper, "TEA-1", 1, YEN, 10)
    assert len(seen) <= 4
    assert (again.line_id, again.quantity, again.count) == (first.line_id, 3, 3)
    assert add(shopper, "TEA-2").count == 4 == cart_count(shopper)


@pytest.mark.req("CRT-4")
@pytest.mark.parametrize("code", ["NO-SUCH", "", "x" * 500, "A\x00B", "DRAFT-1", "\ud800"])
def test_an_unknown_item_is_refused(db: Database, shopper: int, code: str) -> None:
    with unit_of_work():
        make_product(code="DRAFT", state="draft")
    with pytest.raises(UnknownSku, match="do not have this item"):
        add(shopper, code)
    assert find_cart_id(shopper) is None


@pytest.mark.req("CAT-4")
@pytest.mark.parametrize(
    ("product", "sku", "sentence"),
    [
        ({"state": "withdrawn"}, {}, "no longer sold"),
        ({}, {"active": False}, "no longer sold"),
        ({}, {"mode": "closed"}, "Orders for this item have closed"),
        ({"slots": 0}, {"mode": "pre_order"}, "Pre-orders for this item have closed"),
    ],
)
def test_what_cannot_be_ordered_does_not_enter_a_cart(
    db: Database, shopper: int, product: dict[str, object], sku: dict[str, object], sentence: str
) -> None:
    with unit_of_work():
        make_product(code="TEA", sku_values=sku, **product)  # type: ignore[arg-type]
    with pytest.raises(NotOrderable, match=sentence):
        add(shopper, "TEA-1")


def test_a_cart_holds_no_more_of_an_item_than_the_shop_allows(db: Database, shopper: int) -> None:
    with unit_of_work():
        make_product(code="TEA", on_hand=None)
    with pytest.raises(QuantityTooLarge, match=r"At most 10 of one item in a cart\."):
        add(shopper, "TEA-1", 11)
    add(shopper, "TEA-1", 8)
    with pytest.raises(QuantityTooLarge, match="At most 10 .* 8 are there already"):
        add(shopper, "TEA-1", 3)
    with pytest.raises(QuantityTooLarge):
        add(shopper, "TEA-1", 2**63)
    assert quantities(shopper) == {"TEA-1": 8}


def test_no_more_than_is_left_enters_a_cart(db: Database, shopper: int) -> None:
    with unit_of_work():
        make_product(code="TEA", on_hand=3)
        make_product(code="GONE", on_hand=0)
    with pytest.raises(OutOfStock, match="sold out"):
        add(shopper, "GONE-1")
    with pytest.raises(OutOfStock, match="Only 3 left"):
        add(shopper, "TEA-1", 4)
    add(shopper, "TEA-1", 2)
    with pytest.raises(OutOfStock) as refused:
        add(shopper, "TEA-1", 2)
    assert refused.value.problem.params == {"count": 3, "in_cart": 2}
    assert quantities(shopper) == {"TEA-1": 2}


@pytest.mark.req("CRT-4")
def test_a_quantity_is_set_and_zero_removes(db: Database, shopper: int) -> None:
    with unit_of_work():
        make_product(code="TEA", on_hand=3)
    line = add(shopper, "TEA-1", 1)
    with unit_of_work():
        assert cart.set_quantity(line.cart_id, line.line_id, 3, max_quantity=10).count == 3
    for quantity, error in ((4, OutOfStock), (11, QuantityTooLarge)):
        with pytest.raises(error), unit_of_work():
            cart.set_quantity(line.cart_id, line.line_id, quantity, max_quantity=10)
    with unit_of_work():
        assert cart.set_quantity(line.cart_id, line.line_id, 0, max_quantity=10).count == 0
    with pytest.raises(UnknownLine), unit_of_work():
        cart.remove(line.cart_id, line.line_id)


def test_fewer_pieces_are_allowed_even_of_what_is_gone(db: Database, shopper: int) -> None:
    with unit_of_work():
        product = make_product(code="TEA", on_hand=9)
    line = add(shopper, "TEA-1", 5)
    with unit_of_work():
        product.state = "withdrawn"
    with unit_of_work():
        assert cart.set_quantity(line.cart_id, line.line_id, 2, max_quantity=10).quantity == 2
    with pytest.raises(NotOrderable), unit_of_work():
        cart.set_quantity(line.cart_id, line.line_id, 3, max_quantity=10)


@pytest.mark.req("CRT-4")
def test_a_line_of_another_cart_cannot_be_touched(db: Database, shopper: int) -> None:
    with unit_of_work():
        make_product(code="TEA")
        stranger = make_session().id
        strangers_cart = cart.ensure_cart(stranger)
    mine = add(shopper, "TEA-1", 2)
    for quantity in (0, 1, 5):
        with pytest.raises(UnknownLine), unit_of_work():
            cart.set_quantity(strangers_cart, mine.line_id, quantity, max_quantity=10)
    assert quantities(shopper) == {"TEA-1": 2}
    assert quantities(stranger) == {}


def test_an_order_takes_out_what_was_ordered_and_leaves_what_came_since(db: Database, shopper: int) -> None:
    with unit_of_work():
        product = make_product(code="TEA", skus=3)
    for code, quantity in (("TEA-1", 2), ("TEA-2", 5), ("TEA-3", 1)):
        line = add(shopper, code, quantity)
    skus = {row.sku_code: row.sku_id for row in load_cart(shopper, "en", YEN, DEFAULTS).lines}
    assert product.code == "TEA"
    with unit_of_work():
        cart.clear_lines(line.cart_id, {skus["TEA-1"]: 2, skus["TEA-2"]: 3})
        cart.clear_lines(None, {skus["TEA-3"]: 1})
    assert quantities(shopper) == {"TEA-2": 2, "TEA-3": 1}


@pytest.mark.req("CRT-1")
def test_a_guests_cart_joins_the_customers_without_loss_or_doubling(db: Database, shopper: int) -> None:
    with unit_of_work():
        make_product(code="TEA", skus=3)
        customer = Customer(email="a@example.com", email_folded="a@example.com")
        session.add(customer)
        session.flush()
        theirs = Cart(customer_id=customer.id)
        session.add(theirs)
        session.flush()
        customer_id, customer_cart = customer.id, theirs.id
    add(shopper, "TEA-1", 2)
    guest_cart = add(shopper, "TEA-2", 1).cart_id
    with unit_of_work():
        other_browser = make_session()
        other_browser.customer_id = customer_id
        session.flush()
        assert cart.add(other_browser.id, "TEA-1", 1, YEN, 10).cart_id == customer_cart
        cart.add(other_browser.id, "TEA-3", 4, YEN, 10)
    with unit_of_work():
        session.get_one(ShopperSession, shopper).customer_id = customer_id
        cart.merge(guest_cart, customer_cart)
    with unit_of_work():
        cart.merge(guest_cart, customer_cart)
    assert quantities(shopper) == {"TEA-1": 2, "TEA-2": 1, "TEA-3": 4}
    assert find_cart_id(shopper) == customer_cart
    assert session.query(CartLine).filter_by(cart_id=guest_cart).count() == 0


@pytest.mark.req("CRT-2")
def test_a_cart_remembers_the_destination_of_the_estimate(db: Database, shopper: int) -> None:
    with unit_of_work():
        cart.set_country(cart.ensure_cart(shopper), "TW")
    view = load_cart(shopper, "en", YEN, DEFAULTS)
    assert (view.country, view.lines, view.count) == ("TW", (), 0)
