"""The back office in process: time and SQL statements of its pages on a large shop."""

import argparse
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from storefront.core.db import session
from storefront.extensions import db
from storefront.testing.databases import count_statements_of
from storefront.testing.desk import staff_client
from tools.bench.shop import SEED, environment, fill, opened

# Pages of the owner; more are given as arguments. Each new list and search is added here.
PATHS: tuple[str, ...] = (
    "/manage/announcements/",
    "/manage/products/",
    "/manage/products/?sort=code",
    "/manage/products/?sort=-popularity",
    "/manage/products/?sort=-updated_at",
    "/manage/products/?state=draft",
    "/manage/products/?stock=low",
    "/manage/",
    "/manage/orders/",
    "/manage/orders/?sort=placed_at",
    "/manage/orders/?status=awaiting_payment",
    "/manage/orders/?status=processing",
    "/manage/orders/?status=partly_shipped",
    "/manage/orders/?status=completed",
    "/manage/orders/?waits=pack",
    "/manage/orders/?waits=hand_over",
    "/manage/orders/?waits=goods",
    "/manage/orders/?waits=refund",
    "/manage/orders/?waits=customs",
    "/manage/orders/?payment=open",
    "/manage/orders/?payment=paid",
    "/manage/orders/?country=TW",
    "/manage/orders/?country=TW&method=payments_cod",
    "/manage/orders/?from=2025-03-01&to=2025-03-31",
    "/manage/orders/?q=tanaka",
    "/manage/mails/",
    "/manage/mails/?state=parked",
    "/manage/mails/?q=tanaka",
    "/manage/background/",
    "/manage/dead-jobs/",
    "/manage/products/?stock=out",
    "/manage/products/?stock=untracked",
    "/manage/products/?missing=zh-hant",
    "/manage/products/?restriction=food",
    "/manage/products/?restriction=blade",
    "/manage/products/?q=tea",
    "/manage/products/1",
    "/manage/stock/",
    "/manage/stock/?stock=low",
    "/manage/stock/?stock=untracked",
    "/manage/stock/?stock=waiting",
    "/manage/stock/?q=tea",
    "/manage/stock/1",
    "/manage/translations/",
    "/manage/brands/",
    "/manage/boxes/",
)
MUST_P95 = 150.0
MUST_STATEMENTS = 12
TIMES = 20


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds of the requests of one path, ascending; the answer's status, length and statements."""

    path: str
    status: int
    size: int
    statements: int
    times: tuple[float, ...]

    def percentile(self, share: float) -> float:
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))]


def time_pages(app: Flask, paths: Sequence[str], times: int = TIMES) -> list[Timed]:
    """Ask for each path as the owner, ``times`` times after a first one that is not counted. Outside any context."""
    client = staff_client(app)
    with app.app_context():
        engine = db.engine
    found = []
    gc.collect()
    gc.freeze()  # as the web server does with what is there before the first request
    for path in paths:
        client.get(path)
        with count_statements_of(engine) as seen:
            answer = client.get(path)
        took = []
        for _ in range(times):
            start = time.perf_counter()
            client.get(path)
            took.append((time.perf_counter() - start) * 1000)
        found.append(Timed(path, answer.status_code, len(answer.data), len(seen), tuple(sorted(took))))
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--keep", type=Path, required=True, help="the shop's DATA_DIR; made and filled when it is empty"
    )
    parser.add_argument("--database-url", default="", help="default: SQLite in --keep")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("paths", nargs="*", help="more pages, such as '/manage/orders/?q=tanaka'")


def measure_back_office(options: argparse.Namespace) -> int:
    """Measure and print. Exit code 1 when a page did not answer 200."""
    env = environment(options.keep, options.database_url)
    with opened(env) as app:
        products, orders = fill(app, options.products, options.orders, seed=options.seed)
        session.rollback()
        print(f"{products:,} products and {orders:,} orders written", flush=True)
    found = time_pages(app, [*PATHS, *options.paths], options.times)
    print(f"\n| path | status | p50 ms | p95 ms (≤ {MUST_P95:g}) | SQL (≤ {MUST_STATEMENTS}) | KB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for timed in found:
        p95 = timed.percentile(0.95)
        over = " ↓" if p95 > MUST_P95 or timed.statements > MUST_STATEMENTS else ""
        print(
            f"| `{timed.path}`{over} | {timed.status} | {timed.percentile(0.5):.1f} | {p95:.1f} | {timed.statements} "
            f"| {timed.size / 1024:.1f} |"
        )
    with app.app_context():
        db.engine.dispose()
    return 1 if any(timed.status != 200 for timed in found) else 0
