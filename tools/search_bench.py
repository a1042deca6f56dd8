"""How long a search takes in the process: synthetic products (four titles each) and orders on both databases.

Usage: .venv/bin/python tools/search_bench.py [--sizes 100000,1000000] [--databases sqlite,postgresql] [--copies 10]
Only the search's own tables are filled, through the functions that index real goods. Times are of the whole call, the
reordering of the first hits included: p50 and p95 over all calls of a row, and the row's slowest question by the median
of its calls, in milliseconds."""

import argparse
import random
import shutil
import statistics
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, event, insert, text

from storefront.core.catalog.indexing import IN_STOCK, brand_facet, category_facet
from storefront.core.catalog.searching import Narrowed, search_products
from storefront.core.db import session, unit_of_work
from storefront.core.orders.finding import find_orders
from storefront.core.search.ddl import REACH, TIERS, create_statements
from storefront.core.search.service import ORDERS, PRODUCTS, Document, SearchIndex, rows_of
from storefront.core.search.tokens import ending_token
from storefront.plugin_host.migrations import upgrade
from storefront.testing.databases import open_database
from storefront.testing.postgresql import PostgresServer

BATCH = 5000
ROUNDS = 12
HIRAGANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん"
KANJI = "茶湯器皿木竹紙布絹糸花月雪風山川海空星夜朝春夏秋冬白黒赤青緑金銀銅鉄石玉香塩糖米麦豆酒油味色形手足目口耳心音光火水土空鳥魚虫犬猫"
LATIN = (
    "ka",
    "to",
    "mi",
    "re",
    "lo",
    "sa",
    "ne",
    "bu",
    "ri",
    "do",
    "va",
    "le",
    "pi",
    "mo",
    "ten",
    "gar",
    "sil",
    "bra",
    "cor",
    "win",
)
TRADITIONAL = str.maketrans("銀銅鉄塩麦緑黒鳥魚虫", "銀銅鐵鹽麥綠黑鳥魚蟲")
SIMPLIFIED = str.maketrans("銀銅鉄塩麦緑黒鳥魚虫", "银铜铁盐麦绿黑鸟鱼虫")


class Asked(NamedTuple):
    kind: str
    questions: Sequence[Any]
    ask: Callable[[Any], Any]


class Words:
    """A vocabulary whose words are used as unevenly as real ones."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.latin = [self._word(LATIN, 2, 4) for _ in range(4000)]
        self.han = [self._word(KANJI, 2, 3) for _ in range(3000)]
        self.kana = [self._word(HIRAGANA, 2, 5) for _ in range(2000)]
        self.weights = {n: [1 / (i + 8) for i in range(n)] for n in (2000, 3000, 4000)}

    def _word(self, parts: Sequence[str], least: int, most: int) -> str:
        return "".join(self.chance.choices(parts, k=self.chance.randint(least, most)))

    def some(self, words: list[str], count: int) -> list[str]:
        return self.chance.choices(words, self.weights[len(words)], k=count)


def tier_of(place: float) -> int:
    """Of a document so far down all of them."""
    return bisect_right(REACH, place)


def products(words: Words, size: int) -> Iterator[tuple[Document, int]]:
    """Documents with their tiers: the score says which."""
    for number in range(1, size + 1):
        latin, han = words.some(words.latin, 4), words.some(words.han, 3)
        kana = words.some(words.kana, 2)
        ja = f"{han[0]}の{kana[0]} {han[1]}{kana[1]} {number % 90 + 10}g"
        score = words.chance.randrange(1_000_000)
        yield (
            Document(
                number,
                score=score,
                heads={
                    "en": f"{latin[0].title()} {latin[1]} with {latin[2]}, {number % 90 + 10} g",
                    "ja": ja,
                    "zh-hans": f"{han[0]}{han[2]} {han[1]}".translate(SIMPLIFIED),
                    "zh-hant": f"{han[0]}{han[2]} {han[1]}".translate(TRADITIONAL),
                },
                texts=[latin[3], f"AB{number % 40:02d}-{number:07d}"],
                codes=[f"AB{number % 40:02d}-{number:07d}", f"49{number:011d}"],
                marks=[
                    category_facet(f"k{number % 200}"),
                    brand_facet(f"b{number % 500}"),
                    *([IN_STOCK] if number % 3 else []),
                ],
            ),
            tier_of(1 - score / 1_000_000),
        )


def orders(words: Words, size: int) -> Iterator[tuple[Document, int]]:
    for number in range(1, size + 1):
        family, given = words.some(words.han, 2)
        latin, goods = words.some(words.latin, 2), words.some(words.han, 4)
        yield (
            Document(
                number,
                texts=[
                    family + given,
                    family,
                    given,
                    " ".join(latin).title(),
                    *(f"{goods[i]} {goods[i + 1]}" for i in (0, 2)),
                    f"2611{number % 28 + 1:02d}-{number:07d}",
                    f"mail{number}",
                    f"RR{number:09d}JP",
                ],
                codes=[f"2611{number % 28 + 1:02d}-{number:07d}", f"mail{number}", f"RR{number:09d}JP"],
                marks=[ending_token(f"+8190{number * 7919 % 10**8:08d}")],
            ),
            tier_of(1 - number / size),
        )


def fill(
    engine: Engine, index: SearchIndex, documents: Iterator[tuple[Document, int]], size: int = 0, copies: int = 1
) -> float:
    """The rows without what they belong to; PostgreSQL's indexes are made at the end, as a restore would."""
    start = time.perf_counter()
    postgresql = engine.dialect.name == "postgresql"
    with engine.begin() as connection:
        if postgresql:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for tier in TIERS:
                connection.execute(text(f"DROP INDEX ix_{index.table}_tokens_gin_{tier}"))
    for rows in _batches(documents):
        with unit_of_work():
            if postgresql:
                session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(insert(index.model), rows)
    if copies > 1:
        repeat(engine, index, size, copies, index is ORDERS)
    if postgresql:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
            for statement in create_statements(index.table)["postgresql"]:
                connection.execute(text(statement))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM ANALYZE {index.table}"))
    return time.perf_counter() - start


def repeat(engine: Engine, index: SearchIndex, size: int, copies: int, newest_first: bool) -> None:
    """Every document again under other ids, until there are ``size``: as many hits in the share as before, in a tenth of the
    time it takes to make tokens of that many texts."""
    own = size // copies
    cases = " ".join(f"WHEN id + :step > {size * (1 - reach):.0f} THEN {tier}" for tier, reach in enumerate(REACH))
    tier = f"CASE {cases} ELSE {TIERS[-1]} END"
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for copy in range(1, copies):
            connection.execute(
                text(
                    f"INSERT INTO {index.table} (id, rank, tier, heads, tokens) SELECT id + :step, rank - :step, "
                    f"{tier if newest_first else 'tier'}, heads, tokens FROM {index.table} WHERE id <= :own"
                ),
                {"step": own * copy, "own": own},
            )
        if newest_first:
            connection.execute(text(f"UPDATE {index.table} SET tier = {TIERS[-1]} WHERE id <= :own"), {"own": own})


def _batches(documents: Iterator[tuple[Document, int]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[tuple[Document, int]] = []
    for each in documents:
        batch.append(each)
        if len(batch) == BATCH:
            yield _rows(batch)
            batch = []
    if batch:
        yield _rows(batch)


def _rows(batch: list[tuple[Document, int]]) -> list[dict[str, Any]]:
    rows = rows_of(document for document, _ in batch)
    return [{**row, "tier": tier} for row, (_, tier) in zip(rows, batch, strict=True)]


def product_questions(words: Words, size: int) -> list[Asked]:
    def plain(question: str) -> Any:
        return search_products(question, "ja", limit=24)

    def typed(question: str) -> Any:
        return search_products(question, "ja", limit=6, typing=True)

    def narrowed(question: str) -> Any:
        return search_products(question, "en", limit=24, narrowed=Narrowed("k7", in_stock=True))

    latin, han, kana = words.latin, words.han, words.kana
    places = (0, 1, 2, 5, 20, 100, 500, 1500)
    return [
        Asked("word, en", [latin[i] for i in places], plain),
        Asked("two words, en", [f"{latin[i]} {latin[i + 1]}" for i in places], plain),
        Asked("beginning of a word", [latin[i][:3] for i in places], typed),
        Asked("word, ja", [han[i] for i in places] + [kana[i] for i in places], plain),
        Asked("word, zh", [han[i].translate(t) for i in places for t in (SIMPLIFIED, TRADITIONAL)], plain),
        Asked("phrase, ja", [f"{han[i]}の{kana[i]}" for i in places], plain),
        Asked("one character", [*"茶湯器皿木竹かの", "a", "5"], plain),
        Asked("two characters", [han[i][:2] for i in places] + [kana[i][:2] for i in places], plain),
        Asked(
            "code, barcode",
            [f"AB{n % 40:02d}-{n:07d}" for n in (7, size // 2, size - 1)] + [f"49{size // 3:011d}"],
            plain,
        ),
        Asked(
            "no hit", ["zzyzxq", "qqq www", "ぬぽぬぽ", "鬱鬱", f"{latin[0]} zzyzxq", f"{han[0]}鬱", "xq", "鬱"], plain
        ),
        Asked("category, in stock", [latin[i] for i in places] + [han[i] for i in places] + ["茶", "a"], narrowed),
        Asked(
            "page 9",
            [latin[i] for i in (0, 1, 2)] + [han[0], "茶"],
            lambda q: search_products(q, "ja", limit=24, offset=192),
        ),
    ]


def order_questions(words: Words, size: int) -> list[Asked]:
    some = [size // 7, size // 3, size - 5]
    han, latin = words.han, words.latin
    return [
        Asked("order: number", [f"2611{n % 28 + 1:02d}-{n:07d}" for n in some], find_orders),
        Asked("order: mail", [f"mail{n}@example.com" for n in some], find_orders),
        Asked(
            "order: end of a telephone number",
            [f"090{n * 7919 % 10**8:08d}" for n in some] + [f"{n * 7919 % 10**4:04d}" for n in some],
            find_orders,
        ),
        Asked("order: tracking number", [f"RR{n:09d}JP" for n in some], find_orders),
        Asked(
            "order: name",
            [han[i] + han[i + 3] for i in (0, 5, 50)] + [f"{latin[i]} {latin[i + 1]}" for i in (0, 5, 50)],
            find_orders,
        ),
        Asked("order: item", [han[i] for i in (0, 1, 20, 500)] + ["茶"], find_orders),
        Asked("order: no hit", ["zzyzxq", "鬱鬱", "0000000000001", "no@where.example"], find_orders),
    ]


class Times(NamedTuple):
    """Milliseconds. ``worst``: the question that takes longest, by the median of its rounds: what a busy machine adds to
    single calls is not in it."""

    p50: float
    p95: float
    worst: float
    found: int


def measure(asked: Asked) -> Times:
    times: dict[Any, list[float]] = {question: [] for question in asked.questions}
    found = 0
    for round_ in range(ROUNDS + 1):
        for question in times:
            start = time.perf_counter()
            hits = asked.ask(question)
            session.rollback()
            if round_:  # the first round warms the caches
                times[question].append((time.perf_counter() - start) * 1000)
            found += round_ == 0 and bool(hits.ids)
    every = [each for question in times.values() for each in question]
    worst = max(map(statistics.median, times.values()))
    return Times(statistics.median(every), statistics.quantiles(every, n=20)[-1], worst, found)


def run(kind: str, url: str, size: int, only: str, copies: int) -> dict[str, Times]:
    with open_database(kind, url) as database:
        upgrade(database.engine)
        if kind == "sqlite":
            # After the shop's own pragmas: there are no products behind the documents.
            event.listen(
                database.engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF")
            )
        words = Words(random.Random(7))
        found = {}
        if only != "orders":
            took = fill(database.engine, PRODUCTS, products(words, size // copies), size, copies)
            print(f"{kind}, {size:,} products: filled in {took:.0f} s, {_size(database.engine, PRODUCTS)}", flush=True)
            found |= {asked.kind: measure(asked) for asked in product_questions(words, size // copies)}
        if only != "products":
            took = fill(database.engine, ORDERS, orders(words, size // copies), size, copies)
            print(f"{kind}, {size:,} orders: filled in {took:.0f} s, {_size(database.engine, ORDERS)}", flush=True)
            found |= {asked.kind: measure(asked) for asked in order_questions(words, size // copies)}
        for name, t in found.items():
            print(f"  {name:34} {t.p50:8.2f} {t.p95:8.2f} {t.worst:8.2f}   {t.found} found something", flush=True)
        return found


def _size(engine: Engine, index: SearchIndex) -> str:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            size = connection.execute(text(f"SELECT pg_total_relation_size('{index.table}')")).scalar_one()
        else:
            size = Path(str(engine.url.database)).stat().st_size
    return f"{size / 1e6:.0f} MB{'' if engine.dialect.name == 'postgresql' else ' of file'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100000")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--only", choices=("products", "orders", "both"), default="both")
    parser.add_argument(
        "--copies", type=int, default=1, help="Make a part of the documents and repeat them so many times."
    )
    parser.add_argument("--folder", type=Path, help="For the database files. Default: a temporary one.")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="search-bench-", dir=options.folder))
    tables = {}
    try:
        for kind in options.databases.split(","):
            for size in map(int, options.sizes.split(",")):
                if kind == "sqlite":
                    tables[kind, size] = run(
                        kind, f"sqlite:///{folder / f'{size}.sqlite'}", size, options.only, options.copies
                    )
                else:
                    with PostgresServer() as server:
                        tables[kind, size] = run(kind, server.url("postgres"), size, options.only, options.copies)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    heads = [f"{kind} {size:,}" for kind, size in tables]
    print("\n| | " + " | ".join(heads) + " |\n|---|" + "---:|" * len(heads))
    for name in next(iter(tables.values())):
        cells = [f"{t.p50:.1f} / {t.p95:.1f} / {t.worst:.1f}" for t in (table[name] for table in tables.values())]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
