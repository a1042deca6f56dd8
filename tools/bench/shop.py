"""A shop to measure: its database made and filled, in a folder that may be kept."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import exists, select

from storefront.app import create_app
from storefront.config import Settings
from storefront.core.catalog.cards.keeping import refresh_concerned
from storefront.core.db import session, unit_of_work
from storefront.core.orders.models import Order
from storefront.core.settings.service import set_policy
from storefront.core.settings.snapshot import load_snapshot, read_version
from storefront.extensions import db
from storefront.plugin_host.migrations import upgrade_all
from storefront.profiles.loader import seed_if_empty
from tools.bench.orders import write_orders
from tools.bench.products import ACTOR, write_products

SEED = 7
PLENTY = 1_000_000


def environment(data_dir: Path, database_url: str = "") -> dict[str, str]:
    """What a process of this shop is started with; nothing of the caller's own shop gets in."""
    return {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "STOREFRONT_ENV": "development",
        "PUBLIC_URL": "http://127.0.0.1:1",
    }


@contextmanager
def opened(env: Mapping[str, str]) -> Iterator[Flask]:
    """The application in its context; its connections are given back at the end."""
    app = create_app(Settings.from_env(env))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def fill(app: Flask, products: int, orders: int, *, seed: int = SEED, until: datetime | None = None) -> tuple[int, int]:
    """Make the tables, the demo's decisions and goods, then products until there are ``products`` and, in a shop without
    orders, ``orders``. Inside the app's context; returns what was written. A shop that is filled already is left as it
    is. ``until``: the moment up to which its life goes; default this hour."""
    moment = until or datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    extension = app.extensions["storefront"]
    upgrade_all(db.engine, extension.host)
    if seed_if_empty("mart", extension.settings.media_dir):
        with unit_of_work():
            set_policy("cart.max_quantity", PLENTY, ACTOR)  # the bench adds one item to one cart again and again
    goods = write_products(db.engine, products, seed, moment)
    session.rollback()
    refresh_concerned("all", ())
    sold = 0
    if orders and not session.scalar(select(exists(select(Order.id)))):
        shop = load_snapshot(read_version())
        session.rollback()
        with extension.host.bind(shop):
            sold = write_orders(db.engine, orders, shop, seed, moment)
    return goods, sold
