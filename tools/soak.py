"""The long form of the fault tests: many mails, workers killed in the middle of them, Valkey killed and emptied, the mail
server away for a while. Prints a table and fails when a promise was broken.

    make soak ARGS="--mails 10000 --kills 50"

Linux only (reads /proc). Uses SQLite in a folder of its own.
"""

import argparse
import asyncio
import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from memory import family, pss_kib
from redis import Redis
from sqlalchemy import create_engine, func, insert, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from storefront.cli.valkey import socket_path
from storefront.core.db import new_id, prepare_engine, utcnow
from storefront.core.mail.models import MailRecord, Outcome
from storefront.core.orders.models import Order, OrderLine, OrderRevision
from storefront.core.outbox.models import InboxRow, OutboxRow, OutboxState
from storefront.core.values.language import LANGUAGES, html_lang
from storefront.jobs import handover
from storefront.testing.postgresql import free_port
from storefront.testing.running import RunningShop, wait_for
from storefront.testing.valkey import ValkeyServer

MAIL = "mail.order_accepted"
SOME_MAILS = 5
ROUNDS = 3
UP_SECONDS = 5.5  # a worker that was up for so long is started again at once


class Server(MessageHandler):
    """Keeps every copy it accepted; answers after ``delay`` seconds, so that kills fall into the middle of mails."""

    def __init__(self, delay: float) -> None:
        super().__init__()
        self.delay = delay
        self.accepted: list[tuple[str, str, str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        await asyncio.sleep(self.delay / 2)
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.delay / 2)
        return str(answer)

    def handle_message(self, message: Message) -> None:
        names = ("Message-ID", "To", "Content-Language", "Subject")
        self.accepted.append(tuple(str(make_header(decode_header(message[name]))) for name in names))  # type: ignore[arg-type]


def listen(handler: Server, port: int) -> Controller:
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    return controller


@dataclass
class Soak:
    shop: RunningShop
    engine: Engine
    listening: Controller
    mails: int
    kills: int
    outage: float
    struck: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    away: tuple[datetime, datetime] | None = None
    faults: Counter[str] = field(default_factory=Counter)

    def promise(self) -> None:
        """Orders as a shop has them, each with the mail it owes, in turn in every language."""
        now, tags = utcnow(), list(LANGUAGES)
        address = {
            "country": "JP",
            "name": "山田 花子",
            "postal_code": "1000001",
            "region": "13",
            "city": "千代田区",
            "line1": "1-1",
        }
        with self.engine.begin() as connection:
            for n in range(self.mails):
                lang = tags[n % len(tags)]
                order = {
                    "number": f"SOAK-{n:06d}", "secret": f"soak-{n:06d}", "state": "pending", "country": "JP",
                    "email": f"reader-{n:06d}.{lang}@example.com", "address": address, "locale": lang, "currency": "JPY",
                    "base_currency": "JPY", "placed_at": now,
                }  # fmt: skip
                order_id = connection.execute(insert(Order).values(**order).returning(Order.id)).scalar_one()
                line = {"position": 1, "title": "煎茶", "title_locale": "ja", "quantity": 2, "unit_price": 1080}
                connection.execute(insert(OrderLine).values(order_id=order_id, **line))
                connection.execute(insert(OrderRevision).values(order_id=order_id, revision=1, items=2160, total=2160))
                row = {"args": {"order_id": order_id}, "queue": "mail", "subject": f"order:{order_id}", "locale": lang}
                connection.execute(
                    insert(OutboxRow).values(
                        id=new_id(), name=MAIL, dedupe_key=f"{MAIL}:{order_id}", available_at=now, **row
                    )
                )

    # --- who runs

    def child(self, pattern: str) -> int:
        """Process id of a child of ``storefront run``; 0 while it does not run."""
        for pid in family(self.shop.processes[0].pid)[1:]:
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            except OSError:
                continue
            if re.search(pattern, command):
                return pid
        return 0

    def strike(self, name: str, pattern: str) -> None:
        pid = self.child(pattern)
        if not pid:
            return
        os.kill(pid, signal.SIGKILL)
        self.faults[name] += 1
        if name == "kills of the mail worker":
            at = utcnow()
            with self.engine.connect() as connection:
                rows = connection.execute(
                    select(OutboxRow.id, OutboxRow.attempts).where(
                        OutboxRow.name == MAIL, OutboxRow.state == OutboxState.CLAIMED
                    )
                ).all()
            for row_id, attempts in rows:
                if self.struck.get(row_id, (0, at))[0] != attempts:  # not one that an earlier kill left
                    self.struck[row_id] = (attempts, at)
        wait_for(lambda: self.child(pattern) not in (0, pid), 60, f"{name}: it runs again\n{self.shop.last_words()}")

    def left(self) -> int:
        with self.engine.connect() as connection:
            statement = select(func.count()).where(OutboxRow.name == MAIL, OutboxRow.state != OutboxState.DONE)
            return connection.execute(statement).scalar_one()

    def nothing_waits(self) -> bool:
        with self.engine.connect() as connection:
            due = (OutboxRow.state != OutboxState.DONE) & (OutboxRow.available_at <= utcnow())
            return connection.execute(select(func.count()).where(due)).scalar_one() == 0

    def work_goes_on(self) -> None:
        """Until the worker, up for a while, has sent some more mails: only then a kill falls into its work."""
        before, start = len(self.listening.handler.accepted), time.monotonic()

        def ready() -> bool:
            there = len(self.listening.handler.accepted)
            return time.monotonic() - start > UP_SECONDS and (there >= before + SOME_MAILS or not self.left())

        wait_for(ready, 180, f"mails leave again\n{self.shop.last_words()}")

    def disturb(self) -> None:
        """All the kills, evenly; in between Valkey killed and emptied, and the mail server away."""
        chance = random.Random(20261125)
        for number in range(1, self.kills + 1):
            self.work_goes_on()
            time.sleep(chance.random())
            self.strike("kills of the mail worker", r"main worker mail$")
            if number in (self.kills // 4, self.kills * 3 // 4):
                self.strike("kills of Valkey", r"unixsocket:")
            if number == self.kills // 3:
                with Redis(unix_socket_path=str(socket_path(self.shop.data_dir, self.shop.env))) as client:
                    client.flushall()
                self.faults["times Redis was emptied"] += 1
            if number == self.kills * 2 // 3:
                self.strike("kills of the relay", r"main relay$")
            if number == self.kills // 2 and self.outage:
                begin = utcnow()
                self.listening.stop()
                time.sleep(self.outage)
                self.away = (begin, utcnow())
                self.listening = listen(self.listening.handler, self.listening.port)
                self.faults["seconds without a mail server"] += int(self.outage)
            print(f"{number} kills, {self.left()} mails to go", flush=True)

    # --- what came of it

    def recovery(self) -> list[float]:
        """Seconds from a kill to the end of the mail that was at hand then; without those that met no mail server."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(OutboxRow.id, OutboxRow.done_at).where(OutboxRow.id.in_(self.struck)))
            ended = {row.id: row.done_at for row in rows}
        begin, end = self.away or (utcnow(), utcnow())
        return [
            (ended[row_id] - at).total_seconds()
            for row_id, (_, at) in self.struck.items()
            if ended[row_id] < begin or at > end
        ]

    def report(self, server: Server, memory: float, rate: float, seconds: float) -> int:
        copies = Counter(message_id for message_id, *_ in server.accepted)
        readers: dict[str, set[str]] = defaultdict(set)
        subjects: dict[str, set[str]] = defaultdict(set)
        wrong = 0
        for message_id, to, language, subject in server.accepted:
            found = re.search(r"reader-(\d+)\.([a-z-]+)@", to)
            assert found, to
            readers[found[1]].add(message_id)
            subjects[found[2]].add(re.sub(r"SOAK-\d+", "", subject))
            wrong += language != html_lang(found[2])
        apart = len({next(iter(s)) for s in subjects.values()}) == len(LANGUAGES) and all(
            len(s) == 1 for s in subjects.values()
        )
        with self.engine.connect() as connection:
            inbox = connection.execute(select(func.count()).where(InboxRow.handler == MAIL)).scalar_one()
            known = select(func.count(MailRecord.address.distinct())).where(MailRecord.outcome == Outcome.SENT)
            logged = connection.execute(known).scalar_one()
        kills = self.faults["kills of the mail worker"]
        twins, longest = sum(copies.values()) - len(copies), max(ways := self.recovery(), default=0.0)
        rows: list[tuple[str, str, bool]] = [
            (f"mails promised {self.mails}, readers reached", str(len(readers)), len(readers) == self.mails),
            ("effects noted in the inbox", str(inbox), inbox == self.mails),
            ("readers the mail log knows as reached", str(logged), logged == self.mails),
            (f"twins (at most one for each of {kills} kills)", str(twins), twins <= kills + self.faults["kills of the relay"]),
            ("readers with two Message-IDs", str(sum(len(ids) > 1 for ids in readers.values())), all(len(ids) == 1 for ids in readers.values())),
            ("mails in a wrong language", str(wrong if apart else "subjects mixed"), wrong == 0 and apart),
            (f"longest way back after a kill in mid-job ({len(ways)} struck, the outage not counted), s", f"{longest:.0f}", longest <= 120),
            ("relay hands over, rows/s (SQLite)", f"{rate:.0f}", rate >= 1000),
            ("idle memory of storefront run with demo data, MiB PSS", f"{memory:.0f}", memory <= 600),
            *((name, str(count), True) for name, count in self.faults.items()),
            ("took, s", f"{seconds:.0f}", True),
        ]  # fmt: skip
        print("\n| what | figure | |\n|---|---:|---|")
        for name, value, good in rows:
            print(f"| {name} | {value} | {'ok' if good else 'BROKEN'} |")
        return sum(not good for _, _, good in rows)


def hand_over_rate(engine: Engine, folder: Path, url: str) -> float:
    """Rows a second that the relay hands to a Valkey of its own, with a listener that takes none; the
    best of some rounds, since the machine may be busy. The rows are put back."""
    from storefront.app import create_app  # only this part needs the application in this process
    from storefront.config import Settings
    from storefront.jobs.runtime import runtime_of

    handover.HIGH_WATER = 10**9
    with ValkeyServer(folder) as server:
        env = {
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "REDIS_URL": server.url,
            "PUBLIC_URL": "http://127.0.0.1:8000",
        }
        runtime = runtime_of(create_app(Settings.from_env(env)))
        with server.client() as client:
            client.sadd("rq:workers:mail", "rq:worker:nobody")
            client.set("rq:worker:nobody", "1")
        best = 0.0
        for _ in range(ROUNDS):
            relay = handover.Handover(runtime)
            start = time.perf_counter()
            handed = relay.turn()
            best = max(best, handed / (time.perf_counter() - start))
            with engine.begin() as connection:
                values = {"state": OutboxState.NEW, "attempts": 0, "claimed_until": None}
                connection.execute(update(OutboxRow).where(OutboxRow.state == OutboxState.SENT).values(**values))
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--outage", type=float, default=60.0, help="seconds without a mail server")
    parser.add_argument("--delay", type=float, default=0.04, help="seconds the mail server takes for a mail")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        controller = listen(Server(arguments.delay), free_port())
        shop = RunningShop(folder / "shop", MAIL_URL=f"smtp://127.0.0.1:{controller.port}")
        shop.cli("demo")
        url = f"sqlite:///{shop.data_dir / 'shop.sqlite'}"
        engine = create_engine(url, poolclass=NullPool)
        prepare_engine(engine)
        soak = Soak(shop, engine, controller, arguments.mails, arguments.kills, arguments.outage)
        with shop:
            wait_for(lambda: soak.child("main relay$"), 60, "the shop runs")
            time.sleep(45)  # the caches of the web processes are warm
            # Only then it is idle: on a busy machine the demo's pictures take longer.
            wait_for(lambda: soak.nothing_waits(), 300, "the pictures of the demo are prepared")
            shop.get("/en/")
            memory = sum(pss_kib(pid) for pid in family(shop.processes[0].pid)) / 1024
        soak.promise()
        rate = hand_over_rate(engine, folder / "rate", url)
        print(f"memory {memory:.0f} MiB, hand-over {rate:.0f} rows/s", flush=True)
        start = time.monotonic()
        with shop:
            wait_for(lambda: soak.child("main worker mail$"), 60, "the shop runs")
            soak.disturb()
            wait_for(lambda: soak.left() == 0, 1800, f"every mail is done\n{shop.last_words()}")
        broken = soak.report(controller.handler, memory, rate, time.monotonic() - start)
        soak.listening.stop()
        engine.dispose()
    assert threading.active_count() < 10
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
