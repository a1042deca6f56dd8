"""Shops made for measuring are real ones: their books are right, and the same seed makes the same shop."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from storefront.core.billing.models import Bill
from storefront.core.catalog.cards.keeping import refresh_concerned
from storefront.core.catalog.models import Product, ProductText
from storefront.core.db import session
from storefront.core.invariants.checks import run_all
from storefront.core.orders.models import Order, OrderLine
from storefront.core.payments.models import RefundTask
from storefront.core.search.models import SearchOrder, SearchProduct
from storefront.core.settings.snapshot import load_snapshot
from storefront.core.shipping.models import Shipment
from storefront.core.stock.models import Reservation
from storefront.profiles.loader import seed_if_empty
from storefront.testing.databases import Database, Templates, open_database
from tools.bench.orders import OrdersExist, write_orders
from tools.bench.products import write_products

UNTIL = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def filled(db: Database, tmp_path: Path) -> Database:
    assert seed_if_empty("mart", tmp_path)
    assert write_products(db.engine, 240, 7, UNTIL) > 100
    shop = load_snapshot(1)
    session.rollback()
    assert write_orders(db.engine, 300, shop, 7, UNTIL) == 300
    refresh_concerned("all", ())  # as tools/bench/shop.py does once everything is there
    return db


def kinds(column: object) -> set[str]:
    return set(session.scalars(select(column).distinct()))  # type: ignore[call-overload]


def test_the_books_of_a_generated_shop_are_right(filled: Database) -> None:
    assert [str(finding) for finding in run_all(UNTIL)] == []
    assert session.scalar(select(func.count()).select_from(Product)) == 240
    assert kinds(Order.state) == {"pending", "processing", "shipped", "completed", "cancelled"}
    assert kinds(Bill.state) == {"open", "settled", "void"}
    assert kinds(ProductText.locale) == {"en", "ja", "zh-hans", "zh-hant"}
    assert {"delivered"} <= kinds(Shipment.state)
    assert kinds(Order.currency) >= {"JPY", "TWD", "USD"}
    assert session.scalar(select(func.count()).select_from(RefundTask))
    assert session.scalar(select(func.count()).select_from(Reservation))
    session.rollback()


def test_what_was_generated_is_indexed_found_and_can_be_added_to(filled: Database) -> None:
    for documents, things in (
        (SearchProduct, Product.state == "published"),
        (SearchOrder, Order.placed_at.is_not(None)),
    ):
        there = session.scalar(select(func.count()).where(things))
        assert session.scalar(select(func.count()).select_from(documents)) == there
    name = session.scalars(
        select(ProductText.name).where(ProductText.locale == "ja").order_by(ProductText.product_id.desc())
    ).first()
    assert name
    missing = [
        index.name
        for table in (Order.__table__, OrderLine.__table__, Product.__table__)
        for index in table.indexes  # type: ignore[attr-defined]
        if index.name not in indexes_of(filled, table.name)  # type: ignore[attr-defined]
    ]
    assert missing == []
    session.add(Product(code="NEXT", slug="next"))  # the sequences go on after what was written
    session.flush()
    session.rollback()
    with pytest.raises(OrdersExist):
        write_orders(filled.engine, 1, load_snapshot(1), 7, UNTIL)
    session.rollback()


def test_the_same_seed_makes_the_same_shop(templates: Templates, tmp_path: Path) -> None:
    def rows_of(seed: int) -> list[object]:
        with open_database("sqlite", templates.new_url("sqlite")) as database:
            seed_if_empty("mart", tmp_path)
            write_products(database.engine, 160, seed, UNTIL)
            shop = load_snapshot(1)
            session.rollback()
            write_orders(database.engine, 40, shop, seed, UNTIL)
            found: list[object] = []
            demo = session.scalar(select(func.count()).select_from(Product)) - 40
            for table in (
                "product",
                "product_text",
                "sku",
                "search_product",
                "order_line",
                "shipment",
                "payment_attempt",
            ):
                found += session.execute(
                    text(f"SELECT * FROM {table} WHERE rowid > :demo ORDER BY rowid"), {"demo": demo}
                ).all()
            session.rollback()
            return found

    assert rows_of(7) == rows_of(7)
    assert rows_of(7) != rows_of(8)


def indexes_of(database: Database, table: str) -> set[str]:
    if database.kind == "sqlite":
        return set(
            session.scalars(text(f"SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}'"))
        )
    return set(session.scalars(text(f"SELECT indexname FROM pg_indexes WHERE tablename = '{table}'")))
