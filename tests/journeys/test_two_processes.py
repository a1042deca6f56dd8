"""Several processes on one database agree at once, and what one of them promised survives its end."""

import asyncio
import threading
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from sqlalchemy import create_engine, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from storefront.core.db import prepare_engine, utcnow
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.testing.postgresql import free_port
from storefront.testing.running import RunningShop, wait_for

pytestmark = pytest.mark.slow
TRANSFER = 'data-key="payments_bank_transfer"'


@pytest.mark.req("SHOP-6")
def test_plugin_switched_off_is_gone_from_every_process_at_once(idle_shop, plain_shopper):
    shop = idle_shop()
    ports = [free_port(), free_port()]
    for port in ports:
        shop.start("serve", "--workers", "1", port=port)
    shopper = plain_shopper(ports[0])
    assert TRANSFER in shopper.reach_delivery("first@example.com").text

    def shown() -> list[bool]:
        return [TRANSFER in shopper.get("/checkout/delivery", port).text for port in ports]

    assert shown() == [True, True]
    shop.cli("plugins", "disable", "payments_bank_transfer")
    assert shown() == [False, False]
    shop.cli("plugins", "enable", "payments_bank_transfer")
    assert shown() == [True, True]
    shop.audit()


class HangingServer(MessageHandler):
    """A mail server that takes the first mail's text and then never answers; later ones it accepts."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: list[Message] = []
        self.asked = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if not self.asked.is_set():
            self.asked.set()
            await asyncio.Event().wait()
        return str(await super().handle_DATA(server, session, envelope))

    def handle_message(self, message: Message) -> None:
        self.accepted.append(message)


@pytest.fixture
def mail_server() -> Iterator[Controller]:
    controller = Controller(HangingServer(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Any]:
    engines: list[Engine] = []

    def connect(shop: RunningShop) -> Engine:
        engine = create_engine(
            shop.env.get("DATABASE_URL") or f"sqlite:///{shop.data_dir / 'shop.sqlite'}", poolclass=NullPool
        )
        prepare_engine(engine)
        engines.append(engine)
        return engine

    yield connect
    for engine in engines:
        engine.dispose()


def test_mail_leaves_once_though_the_relay_died_while_sending_it(idle_shop, plain_shopper, mail_server, database):
    server = mail_server.handler
    shop = idle_shop(MAIL_URL=f"smtp://127.0.0.1:{mail_server.port}")
    shop.start("serve", "--workers", "1", port=shop.port)
    relay = shop.start("relay")
    number = plain_shopper(shop.port).buy_by_transfer("once@example.com")
    assert server.asked.wait(30), shop.last_words()
    shop.kill(relay)
    assert server.accepted == []
    engine = database(shop)
    assert mail_states(engine) == [OutboxState.CLAIMED]

    # The lease of the dead process ends after a minute; here it is made to end now.
    with engine.begin() as connection:
        connection.execute(
            update(OutboxRow).where(OutboxRow.state == OutboxState.CLAIMED).values(claimed_until=utcnow())
        )
    for _ in range(2):  # the second relay finds nothing to do
        relay = shop.start("relay")
        wait_for(lambda: mail_states(engine) == [OutboxState.DONE], 30, f"the mail is done\n{shop.last_words()}")
        shop.stop(relay)
    assert [str(mail["To"]) for mail in server.accepted] == [server.accepted[0]["To"]]
    assert "once@example.com" in str(server.accepted[0]["To"])
    assert number in str(server.accepted[0]["Subject"])
    shop.audit()


def mail_states(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(OutboxRow.state).where(OutboxRow.name == "mail.order_accepted")))
