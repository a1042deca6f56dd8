"""A runtime without a web application, a transport that remembers, and orders as rows."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from storefront.core.contracts.providers import Providers, StaticProviders
from storefront.core.db import unit_of_work, utcnow
from storefront.core.mail.transports import Transport
from storefront.core.orders.models import Order, OrderLine, OrderRevision
from storefront.core.secrecy import MAIL_LINKS, STAFF, SecretBox
from storefront.core.settings.snapshot import ShopSnapshot, SnapshotCache
from storefront.core.values.address import Address
from storefront.jobs.runtime import Runtime, mail_templates
from storefront.testing.databases import Database

TEMPLATES = Path(__file__).parents[3] / "templates"
ADDRESS = Address(
    country="JP", name="山田 花子", postal_code="1000001", region="13", city="千代田区", line1="千代田1-1"
)


class Outgoing(Transport):
    """Keeps what was sent; ``trouble`` may raise before or after."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.trouble: Callable[[str], None] = lambda moment: None
        self.lock = threading.Lock()

    def send(self, message: EmailMessage, job_id: str) -> None:
        self.trouble("before")
        with self.lock:
            self.sent.append(message)
        self.trouble("after")

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.sent]


@pytest.fixture
def outgoing() -> Outgoing:
    return Outgoing()


@pytest.fixture
def make_runtime(db: Database, tmp_path: Path) -> Callable[[Transport], Runtime]:
    @contextmanager
    def bind(shop: ShopSnapshot) -> Iterator[Providers]:
        yield StaticProviders({}, {})

    def make(transport: Transport) -> Runtime:
        return Runtime(
            public_url="https://shop.example",
            public_host="shop.example",
            transport=transport,
            templates=mail_templates(TEMPLATES),
            snapshots=SnapshotCache(),
            bind=bind,
            scope=db.thread_session,
            media_dir=tmp_path / "media",
            originals_dir=tmp_path / "originals",
            staff_box=SecretBox("a-key-for-tests", purpose=STAFF),
            mail_box=SecretBox("a-key-for-tests", purpose=MAIL_LINKS),
            imports=tmp_path / "data" / "imports",
        )

    return make


@pytest.fixture
def runtime(make_runtime: Callable[[Transport], Runtime], outgoing: Outgoing) -> Runtime:
    return make_runtime(outgoing)


@pytest.fixture
def make_order(db: Database) -> Callable[..., int]:
    """An order with one line, as the mails read it. Returns its id."""
    count = itertools.count(1)

    def make(*, locale: str = "ja", email: str = "hanako@example.com", name: str = ADDRESS.name, **values: Any) -> int:
        number = f"261122-{next(count):04d}"
        with unit_of_work() as session:
            order = Order(
                number=number,
                secret=f"secret-{number}",
                state=values.get("state", "pending"),
                cancel_reason=values.get("cancel_reason", ""),
                shipping_quote=values.get("shipping_quote", {}),
                email=email,
                address={**ADDRESS.to_json(), "name": name},
                country="JP",
                locale=locale,
                currency="JPY",
                base_currency="JPY",
                placed_at=utcnow(),
            )
            session.add(order)
            session.flush()
            session.add(
                OrderLine(order_id=order.id, position=1, title="煎茶", title_locale="ja", quantity=2, unit_price=1080)
            )
            session.add(OrderRevision(order_id=order.id, revision=1, items=2160, total=2160))
            return order.id

    return make
