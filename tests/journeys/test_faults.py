"""Processes really killed under a running shop: what was promised happens once. The long form is ``make soak``."""

import asyncio
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from redis import Redis
from sqlalchemy import create_engine, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from storefront.cli.valkey import find_binary, socket_path
from storefront.core.db import prepare_engine, utcnow
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.testing.postgresql import free_port
from storefront.testing.pytest_plugin import missing_service
from storefront.testing.running import RunningShop, wait_for

pytestmark = pytest.mark.slow


class Server(MessageHandler):
    """Takes mails; while ``hang`` is set it takes a mail's text and never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: list[Message] = []
        self.asked = threading.Event()
        self.hang = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.hang.is_set():
            self.asked.set()
            await asyncio.Event().wait()
        return str(await super().handle_DATA(server, session, envelope))

    def handle_message(self, message: Message) -> None:
        self.accepted.append(message)

    def to(self, recipient: str) -> list[str]:
        return [str(mail["Message-ID"]) for mail in list(self.accepted) if recipient in str(mail["To"])]


@pytest.fixture
def mail_server() -> Iterator[Controller]:
    controller = Controller(Server(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def shop(tmp_path: Path, mail_server: Controller) -> Iterator[RunningShop]:
    if find_binary(os.environ) is None:
        missing_service("Valkey")
    with RunningShop(tmp_path / "data", MAIL_URL=f"smtp://127.0.0.1:{mail_server.port}") as running:
        yield running


@pytest.fixture
def engine(shop: RunningShop) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{shop.data_dir / 'shop.sqlite'}", poolclass=NullPool)
    prepare_engine(made)
    yield made
    made.dispose()


def children(shop: RunningShop) -> dict[str, int]:
    """Process ids by name, as they are now: the children of ``storefront run``."""
    parent = shop.processes[0].pid
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) != parent:
                continue
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            continue
        name = re.search(r"main worker (\w+)$|main (\w+)$|(valkey)-server", command)
        if name:
            found[next(part for part in name.groups() if part)] = int(entry.name)
    return found


def killed(shop: RunningShop, name: str) -> None:
    """Kill one child as the kernel would, and wait until the parent started it again."""
    before = children(shop)[name]
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: children(shop).get(name, before) != before, 30, f"{name} runs again\n{shop.last_words()}")


def lease_ends(engine: Engine, state: OutboxState) -> None:
    """What would happen within a minute happens now."""
    with engine.begin() as connection:
        connection.execute(update(OutboxRow).where(OutboxRow.state == state).values(claimed_until=utcnow()))


def mail_states(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(OutboxRow.state).where(OutboxRow.name.startswith("mail."))))


def all_workers_listen(shop: RunningShop) -> bool:
    with Redis(unix_socket_path=str(socket_path(shop.data_dir, shop.env))) as client:
        return all(client.exists(*(client.smembers(f"rq:workers:{name}") or ["-"])) for name in ("critical", "mail"))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_every_mail_leaves_once_whatever_is_killed(
    shop: RunningShop, engine: Engine, mail_server: Controller, plain_shopper: Callable[[int], Any]
) -> None:
    """RELIABILITY J130, J131, J132."""
    server: Server = mail_server.handler
    wait_for(lambda: all_workers_listen(shop), 30, f"workers listen\n{shop.last_words()}")

    # A worker in the middle of sending.
    server.hang.set()
    plain_shopper(shop.port).buy_by_transfer("worker@example.com")
    assert server.asked.wait(30), shop.last_words()
    assert mail_states(engine) == [OutboxState.CLAIMED]
    server.hang.clear()
    killed(shop, "mail")
    lease_ends(engine, OutboxState.CLAIMED)
    wait_for(lambda: server.to("worker@example.com"), 60, f"the mail leaves\n{shop.last_words()}")

    # The server that carries the messages, with what it held.
    killed(shop, "valkey")
    plain_shopper(shop.port).buy_by_transfer("valkey@example.com")
    wait_for(lambda: server.to("valkey@example.com"), 60, f"the mail leaves\n{shop.last_words()}")

    # The relay, and everything in Redis gone while a row waits there for a worker that is stuck.
    wait_for(lambda: all_workers_listen(shop), 60, f"workers listen\n{shop.last_words()}")
    # A worker that is stopped while it holds SQLite's write lock would stop the whole shop: first it has nothing at hand.
    wait_for(lambda: set(mail_states(engine)) == {OutboxState.DONE}, 60, f"every mail is done\n{shop.last_words()}")
    stuck = children(shop)["mail"]
    os.kill(stuck, signal.SIGSTOP)
    plain_shopper(shop.port).buy_by_transfer("emptied@example.com")
    wait_for(lambda: OutboxState.SENT in mail_states(engine), 30, f"the row is handed over\n{shop.last_words()}")
    with Redis(unix_socket_path=str(socket_path(shop.data_dir, shop.env))) as client:
        client.flushall()
    killed(shop, "relay")
    os.kill(stuck, signal.SIGCONT)
    lease_ends(engine, OutboxState.SENT)
    wait_for(lambda: server.to("emptied@example.com"), 60, f"the mail leaves\n{shop.last_words()}")

    wait_for(lambda: set(mail_states(engine)) == {OutboxState.DONE}, 60, "every mail is done")
    for name in ("worker", "valkey", "emptied"):
        assert len(server.to(f"{name}@example.com")) == 1, name
    shop.audit()
