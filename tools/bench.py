"""``make bench``: the shop's pages beside a bare Flask page, on the same server, alternating in one run.

Both run on gunicorn with two sync workers on loopback. The bare app reads 24 rows by SQLAlchemy and renders one template
of about the size of the shop's list. Read the ratios, not the times: the machine may be busy. Statements are exact.
Bounded: rounds x seconds x pages, and both servers are ended by pid.
"""

import argparse
import gzip
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOOR = '''
from flask import Flask, render_template_string
from sqlalchemy import Integer, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
class Base(DeclarativeBase): pass
class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    price: Mapped[int] = mapped_column(Integer)
engine = create_engine("sqlite:///%s")
app = Flask(__name__)
PAGE = """<!doctype html><title>List</title>{% for i in items %}<article class="card"><a href="/{{ i.id }}"><img
src="/p/{{ i.id }}.jpg" width="256" height="256" alt=""></a><h2>{{ i.name }}</h2><p class="price">{{ i.price }}</p>
<p class="filler">""" + "The quick brown fox jumps over the lazy dog. " * 18 + """</p></article>{% endfor %}"""
@app.get("/")
def page():
    with Session(engine) as s:
        return render_template_string(PAGE, items=s.scalars(select(Item).limit(24)).all())
def seed():
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add_all(Item(name=f"Item {n} of the bare list", price=n * 10) for n in range(1000)); s.commit()
'''


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def server(target: str, cwd: Path, env: Mapping[str, str]) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-w2", "-b", f"127.0.0.1:{port}", "--no-control-socket", target]
    process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **env}, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def fetch(port: int, path: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def load(port: int, path: str, headers: Mapping[str, str], seconds: float, clients: int) -> list[float]:
    """Seconds of each answer; raises when one is not 200."""
    times: list[float] = []
    until = time.monotonic() + seconds

    def client() -> None:
        while time.monotonic() < until:
            start = time.perf_counter()
            status, _ = fetch(port, path, headers)
            if status != 200:
                raise RuntimeError(f"{path} answered {status}")
            times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def statements(settings_env: Mapping[str, str], paths: Mapping[str, str], cookie: str) -> dict[str, int]:
    from storefront.app import create_app
    from storefront.config import Settings
    from storefront.extensions import db
    from storefront.testing.databases import count_statements_of

    app = create_app(Settings.from_env(settings_env))
    with app.app_context():
        engine = db.engine
    client = app.test_client(use_cookies=False)
    found = {}
    for name, path in paths.items():
        headers = {"Cookie": cookie} if name == "cart" else {}
        client.get(path, headers=headers)
        with count_statements_of(engine) as seen:
            client.get(path, headers=headers)
        found[name] = len(seen)
    engine.dispose()
    return found


def cart_cookie(port: int) -> str:
    """A session with two lines in its cart."""
    cookie = ""
    for sku in ("KRY-0130-12", "KRY-0130-30"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        if cookie:
            headers["Cookie"] = cookie
        connection.request("POST", "/en/cart/items", f"sku={sku}&quantity=1", headers)
        answer = connection.getresponse()
        answer.read()
        cookie = (answer.getheader("Set-Cookie") or cookie).split(";")[0]
        connection.close()
    return cookie


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="storefront-bench-"))
    try:
        run(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(folder: Path, options: argparse.Namespace) -> None:
    (folder / "floor.py").write_text(FLOOR.replace("%s", str(folder / "floor.sqlite")))
    subprocess.run([sys.executable, "-c", "import floor; floor.seed()"], cwd=folder, check=True)
    env = {"DATA_DIR": str(folder / "data"), "STOREFRONT_ENV": "development", "PUBLIC_URL": "http://127.0.0.1:1"}
    command = [sys.executable, "-m", "storefront.cli.main", "demo", "--profile", "mart"]
    subprocess.run(command, env={**os.environ, **env}, check=True, stdout=subprocess.DEVNULL)
    pages = {
        "home": "/en/",
        "list": "/en/products/",
        "category": "/en/categories/tea",
        "product": "/en/products/morning-mist-sencha",
        "search": "/ja/products/?q=%E7%85%8E%E8%8C%B6",
        "cart": "/en/cart",
    }
    with server("floor:app", folder, {}) as bare, server("storefront.app:create_app()", ROOT, env) as shop:
        cookie = cart_cookie(shop)
        counts = statements(env, pages, cookie)
        print(
            f"{'page':10} {'req/s':>7} {'bare':>7} {'ratio':>6} {'p50 ms':>7} {'p99 ms':>7} {'SQL':>4} {'KB':>6} {'gz':>5}"
        )
        for name, path in pages.items():
            headers = {"Cookie": cookie} if name == "cart" else {}
            ours: list[list[float]] = []
            floor: list[list[float]] = []
            load(shop, path, headers, 0.5, options.clients)
            for _ in range(options.rounds):
                floor.append(load(bare, "/", {}, options.seconds, options.clients))
                ours.append(load(shop, path, headers, options.seconds, options.clients))
            rate = statistics.median(len(times) for times in ours) / options.seconds
            base = statistics.median(len(times) for times in floor) / options.seconds
            every = sorted(t * 1000 for times in ours for t in times)
            body = fetch(shop, path, headers)[1]
            print(
                f"{name:10} {rate:7.0f} {base:7.0f} {rate / base:6.2f} {every[len(every) // 2]:7.1f} "
                f"{every[int(len(every) * 0.99)]:7.1f} {counts[name]:4} {len(body) / 1024:6.1f} "
                f"{len(gzip.compress(body, 6)) / 1024:5.1f}"
            )


if __name__ == "__main__":
    main()
