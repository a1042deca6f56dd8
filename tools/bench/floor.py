"""The bare Flask pages that the shop's are measured against: the least such a page can cost on this machine.

``/hello``: a string. ``/list``: 24 products by the ORM through one template. ``/detail``: one product by its slug.
``/fts``: 24 products by full-text search (SQLite FTS5 trigrams; PostgreSQL: a GIN index), neither ranked nor counted.
``FLOOR_DATABASE`` is its database, ``FLOOR_LIST_BYTES`` and ``FLOOR_DETAIL_BYTES`` are the sizes that its pages are
filled up to, so that they are as long as the shop's.
"""

import os
from functools import cache

from flask import Flask, render_template, request
from sqlalchemy import Engine, Integer, String, create_engine, event, insert, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

PER_PAGE = 24
SLUG = "product-500"
FILLER = "A sturdy thing for the home, in several colours. "
NAV = [f"Category {i}" for i in range(20)]
FACETS = [(f"Facet {f}", [(f"Value {v}", 17 * v) for v in range(12)]) for f in range(4)]
WORDS = ("lamp", "chair", "table", "mug", "bowl", "knife", "clock", "vase", "rug", "shelf", "towel", "kettle", "tray")
LOOKS = ("red", "blue", "oak", "walnut", "linen", "cotton", "steel", "brass", "small", "round", "modern", "glass")


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(400))
    price: Mapped[int] = mapped_column(Integer)
    stock: Mapped[int] = mapped_column(Integer)
    picture: Mapped[str] = mapped_column(String(120))


def make_engine(url: str) -> Engine:
    """An engine; on SQLite with everything that makes reading fast: the floor shall be as low as it can be."""
    engine = create_engine(url, pool_size=8)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def pragmas(connection, _record) -> None:  # type: ignore[no-untyped-def]
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536", "mmap_size=268435456"):
                connection.execute(f"PRAGMA {pragma}")

    return engine


def seed(url: str, count: int) -> None:
    """Make and fill the floor's own database."""
    engine = make_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    rows = [
        {
            "id": i, "slug": f"product-{i}", "title": f"{LOOKS[i * 7 % 12]} {LOOKS[i // 12 % 12]} {WORDS[i % 13]} {i}",
            "summary": FILLER * 2, "price": 300 + i * 37 % 90_000, "stock": i % 50, "picture": f"/media/{i % 50}.webp",
        }
        for i in range(1, count + 1)
    ]  # fmt: skip
    with engine.begin() as connection:
        for at in range(0, count, 10_000):
            connection.execute(insert(Item), rows[at : at + 10_000])
        if engine.dialect.name == "sqlite":
            fts = "fts5(title, summary, content='item', content_rowid='id', tokenize='trigram')"
            connection.execute(text("DROP TABLE IF EXISTS item_fts"))
            connection.execute(text(f"CREATE VIRTUAL TABLE item_fts USING {fts}"))
            connection.execute(text("INSERT INTO item_fts (rowid, title, summary) SELECT id, title, summary FROM item"))
        else:
            connection.execute(text("CREATE INDEX item_fts ON item USING gin (to_tsvector('simple', title))"))
        connection.execute(text("ANALYZE"))
    engine.dispose()


app = Flask(__name__)


@cache
def engine() -> Engine:
    return make_engine(os.environ["FLOOR_DATABASE"])


@cache
def filler(kind: str, items: int) -> str:
    """Words for each item, so that the page becomes as long as was asked for."""
    wanted = int(os.environ.get(f"FLOOR_{kind}_BYTES", "0"))
    with Session(engine()) as session:
        bare = len(_page(list(session.scalars(select(Item).limit(items))), "").encode())
    missing = max(0, wanted - bare) // items
    return (FILLER * (missing // len(FILLER) + 1))[:missing]


def _page(items: list[Item], words: str) -> str:
    return render_template("list.html", items=items, nav=NAV, facets=FACETS, words=words)


@app.get("/hello")
def hello() -> str:
    return "Hello, World"


@app.get("/list")
def list_() -> str:
    with Session(engine()) as session:
        found = session.scalars(select(Item).where(Item.id > 100).order_by(Item.id).limit(PER_PAGE)).all()
        return _page(list(found), filler("LIST", PER_PAGE))


@app.get("/detail")
def detail() -> str:
    with Session(engine()) as session:
        item = session.scalars(select(Item).where(Item.slug == request.args.get("slug", SLUG))).one()
        return _page([item], filler("DETAIL", 1))


@app.get("/fts")
def fts() -> str:
    if engine().dialect.name == "sqlite":
        found = "item JOIN item_fts ON item_fts.rowid = item.id WHERE item_fts MATCH :q LIMIT 24"
    else:
        found = "item WHERE to_tsvector('simple', title) @@ plainto_tsquery('simple', :q) LIMIT 24"
    with engine().connect() as connection:
        rows = connection.execute(text(f"SELECT item.* FROM {found}"), {"q": request.args.get("q", "lamp")}).all()
    return _page(list(rows), filler("LIST", PER_PAGE))  # type: ignore[arg-type]
