"""The pages of shops of several sizes beside bare Flask pages, in one run on the same servers."""

import argparse
import gzip
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from storefront.testing.postgresql import PostgresServer
from tools.bench.floor import seed as seed_floor
from tools.bench.load import Asked, NotAnswered, Run, load, probe
from tools.bench.pages import PAGES, Page, Stage, requests_of
from tools.bench.report import Figure, Figures, markdown
from tools.bench.servers import Server, serving
from tools.bench.shop import environment, fill, opened
from tools.bench.visits import (
    HttpClient,
    LocalClient,
    checkout_statements,
    stage_of,
    statements_of,
    time_checkout,
    with_carts,
)

SIZES = (1_000, 100_000)
WARM_UP = 1.0
LIST, PRODUCT = "list", "product"


@dataclass
class Target:
    """A shop under measure: how to start it, what it has, what its pages cost in statements."""

    size: int
    env: Mapping[str, str]
    stage: Stage
    statements: dict[str, int]
    checkout_statements: int
    server: Server | None = None
    runs: dict[str, list[Run]] = field(default_factory=dict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="one size, short rounds: a minute or two")
    parser.add_argument("--sizes", type=lambda s: tuple(map(int, s.split(","))), help="products, such as 1000,100000")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--keep", type=Path, help="a folder for the shops' data, to be used again (SQLite)")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file too")


def measure_pages(options: argparse.Namespace) -> int:
    """Measure and print. Exit code 1 when a page did not answer 200."""
    sizes = options.sizes or (SIZES[:1] if options.quick else SIZES)
    options.rounds = options.rounds or (2 if options.quick else 3)
    options.seconds = options.seconds or (1 if options.quick else 3)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="storefront-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as stack:
            server = stack.enter_context(PostgresServer(autovacuum=True)) if options.database == "postgresql" else None
            targets = [_prepare(folder, size, server) for size in sizes]
            figures = _measure(stack, folder, targets, server, options)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    table = markdown(figures, options)
    print(f"\n{table}")
    if options.markdown:
        options.markdown.write_text(table, "utf-8")
    return 1 if any(figure.bad for figure in figures.pages) else 0


def _prepare(folder: Path, size: int, postgres: PostgresServer | None) -> Target:
    """A shop with ``size`` products, and the statements its pages need (exact, in this process)."""
    url = _new_database(postgres, f"shop_{size}") if postgres else ""
    env = environment(folder / f"products-{size}", url)
    with opened(env) as app:
        written, _ = fill(app, size, 0)
        print(f"shop of {size:,} products: {written:,} written", flush=True)
        stage = stage_of(app)
    # Pages open contexts of their own: none may be open around them.
    with closing_app(env) as app:
        local = with_carts(lambda: LocalClient(app), stage)
        counts = {page.name: statements_of(app, page, local)[0] for page in PAGES}
        return Target(size, env, stage, counts, checkout_statements(app, stage))


@contextmanager
def closing_app(env: Mapping[str, str]) -> "Iterator[object]":
    from storefront.app import create_app  # here, not above: reading this module must not build an application
    from storefront.config import Settings
    from storefront.extensions import db

    app = create_app(Settings.from_env(env))
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def _new_database(postgres: PostgresServer, name: str) -> str:
    engine = create_engine(postgres.url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgres.url(name)


def _measure(
    stack: ExitStack, folder: Path, targets: list[Target], postgres: PostgresServer | None, options: argparse.Namespace
) -> Figures:
    log = folder / "servers.log"
    for target in targets:
        name = f"shop of {target.size:,}"
        target.server = stack.enter_context(serving(name, "storefront.app:create_app()", target.env, log))
        port = target.server.port
        target.stage = with_carts(lambda port=port: HttpClient(port), target.stage)  # type: ignore[misc]
    floor = stack.enter_context(serving("floor", "tools.bench.floor:app", _floor(folder, targets, postgres), log))
    figures = Figures(sizes=tuple(t.size for t in targets), database=options.database)
    for page in PAGES:
        if options.only not in page.name:
            continue
        print(f"{page.name} …", flush=True)
        figures.pages += _page(page, floor, targets, options)
    for target in targets:
        assert target.server is not None
        checkout = time_checkout(target.server, target.stage, 2 if options.quick else 6)
        figures.checkouts[target.size] = (checkout.seconds, checkout.requests, target.checkout_statements)
        figures.memory[f"shop of {target.size:,}"] = target.server.worker_memory()
    figures.memory["floor"] = floor.worker_memory()
    return figures


def _floor(folder: Path, targets: list[Target], postgres: PostgresServer | None) -> dict[str, str]:
    """The floor's environment: as many rows and pages as long as those of the largest shop."""
    largest = targets[-1]
    assert largest.server is not None
    url = _new_database(postgres, "floor") if postgres else f"sqlite:///{folder / 'floor.sqlite'}"
    seed_floor(url, max(largest.size, 1_000))
    lengths = {
        page.name: len(probe(largest.server, requests_of(page, largest.stage)[0]))
        for page in PAGES
        if page.name in (LIST, PRODUCT)
    }
    return {
        "FLOOR_DATABASE": url,
        "FLOOR_LIST_BYTES": str(lengths[LIST]),
        "FLOOR_DETAIL_BYTES": str(lengths[PRODUCT]),
    }


def _page(page: Page, floor: Server, targets: list[Target], options: argparse.Namespace) -> list[Figure]:
    """All targets of one page in the same minutes: alternating, every second round in reverse order; then one request
    at a time for the growth."""
    asked: list[tuple[Server, Sequence[Asked]]] = [(floor, [Asked(page.floor)])]
    for target in targets:
        assert target.server is not None
        asked.append((target.server, requests_of(page, target.stage)))
    bodies = []
    for server, requests in asked:
        try:
            bodies.append(probe(server, requests[0]))
        except NotAnswered as error:
            print(error)
            return [Figure(page, t.size, bad=1) for t in targets]
        load(server, requests, WARM_UP, options.clients)
    busy = _rounds(asked, options.rounds, options.seconds, options.clients)
    alone = [] if options.quick else _rounds(asked, 2, 1, 1)
    found = []
    for at, target in enumerate(targets, start=1):
        found.append(
            Figure(
                page, target.size, runs=busy[at], floor=busy[0], statements=target.statements[page.name],
                raw=len(bodies[at]), gz=len(gzip.compress(bodies[at], 6)),
                floor_raw=len(bodies[0]),
                alone=statistics.median(run.p50 for run in alone[at]) if alone else 0.0,
                floor_alone=[run.p50 for run in alone[0]] if alone else [],
                clients=options.clients,
                bad=sum(run.bad for runs in busy for run in runs),
            )
        )  # fmt: skip
    return found


def _rounds(
    asked: "list[tuple[Server, Sequence[Asked]]]", rounds: int, seconds: float, clients: int
) -> list[list[Run]]:
    found: list[list[Run]] = [[] for _ in asked]
    for number in range(rounds):
        order = range(len(asked)) if number % 2 == 0 else reversed(range(len(asked)))
        for at in order:
            found[at].append(load(*asked[at], seconds, clients))
    return found
