"""A shop that sells, its staff, and orders of shoppers who really bought."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from storefront.core.db import session
from storefront.core.invariants.checks import run_all
from storefront.testing.desk import make_member, staff_client
from storefront.testing.factories import make_product
from storefront.testing.visitor import TAIPEI, Visitor

Buy = Callable[..., str]


@pytest.fixture
def plugin_modules(selling_plugins: list[object]) -> list[object]:
    return selling_plugins


@pytest.fixture(autouse=True)
def goods(app: Flask, open_shop: None, unit: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Tea and cups on the shelf, a pot that must be ordered; at the end the books agree."""
    with unit():
        make_product(
            code="TEA", name="Sencha", price=1000, on_hand=20, tax_class="reduced", customs_description="Green tea",
            hs_code="0902.10", origin="JP",
        )  # fmt: skip
        make_product(
            code="CUP", name="Tea cup", price=3000, on_hand=9, customs_description="Porcelain cup",
            hs_code="6911.10", origin="JP",
        )  # fmt: skip
        make_product(
            code="POT", name="Iron pot", price=8000, on_hand=0, sku_values={"mode": "back_order"},
            customs_description="Cast iron teapot", hs_code="7323.91", origin="JP",
        )  # fmt: skip
    with app.app_context():
        make_member("owner")  # a shop with staff has an owner
    yield
    with app.app_context():
        assert run_all() == []
        session.rollback()


@pytest.fixture
def member(app: Flask) -> Callable[..., Visitor]:
    """``member("packer")``: a new member of the staff with that role, in a browser of their own."""
    return lambda role="owner", locale="en": Visitor(staff_client(app, role, locale=locale))


@pytest.fixture
def bought(app: Flask) -> Buy:
    """``bought(TEA=2, CUP=1, address=TOKYO)``: the number of an order that a shopper just placed."""

    def buys(
        address: dict[str, str] = TAIPEI, method: str = "payments_bank_transfer", lang: str = "en", **pieces: int
    ) -> str:
        shopper = Visitor(app.test_client(), lang=lang)
        for code, quantity in pieces.items():
            shopper.adds(f"{code}-1", quantity)
        shopper.comes_to_confirm(address, method)
        shopper.places()
        return shopper.page.text("order-number")

    return buys
