"""Shoppers over HTTP: sessions with carts, and whole guest checkouts."""

import http.client
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from storefront.core.db import session
from storefront.extensions import db
from storefront.testing.databases import count_statements_of
from storefront.testing.visitor import TAIPEI, Visitor
from tools.bench.pages import CART_LINES, SESSIONS, Page, Stage, requests_of
from tools.bench.products import sellable
from tools.bench.servers import Server


@dataclass
class HttpAnswer:
    """As much of Werkzeug's test response as ``Visitor`` reads."""

    status_code: int
    location: str
    body: bytes
    request: SimpleNamespace

    def get_data(self, as_text: bool = False) -> Any:
        return self.body.decode("utf-8") if as_text else self.body


class HttpClient:
    """Werkzeug's test client, but over the network: one cookie jar, no redirects followed."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> HttpAnswer:
        return self._send("GET", path, None, headers or {})

    def post(self, path: str, data: Mapping[str, str], headers: Mapping[str, str]) -> HttpAnswer:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, urlencode(data), {**headers, **form})

    def _send(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> HttpAnswer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookie = {"Cookie": self.cookie} if self.cookies else {}
        connection.request(method, path, body, {**headers, **cookie})
        answer = connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return HttpAnswer(answer.status, answer.getheader("Location") or "", content, SimpleNamespace(path=path))


@dataclass(frozen=True, slots=True)
class Checkout:
    """A whole guest checkout of five lines. ``seconds``: of one at a time, the median; ``requests``: made for it."""

    seconds: float
    requests: int


def guest_buys(client: Any, skus: tuple[str, ...]) -> Visitor:
    """From an empty cart to the thanks. Raises ``RuntimeError`` when no order came of it."""
    visitor = Visitor(cast(FlaskClient, client))
    for sku in skus:
        visitor.adds(sku)
    visitor.gets("cart")
    visitor.comes_to_confirm(TAIPEI)
    visitor.places()
    if not visitor.page.text("order-number"):
        raise RuntimeError(f"no order was placed: {visitor.last.get_data(as_text=True)[:2000]}")
    return visitor


def time_checkout(server: Server, stage: Stage, times: int) -> Checkout:
    took, requests = [], 0
    for _ in range(times):
        start = time.perf_counter()
        requests = guest_buys(HttpClient(server.port), stage.skus).requests
        took.append(time.perf_counter() - start)
    return Checkout(statistics.median(took), requests)


def stage_of(app: Flask) -> Stage:
    """Inside the app's context."""
    rows = sellable(CART_LINES)
    session.rollback()
    if len(rows) < CART_LINES:
        raise RuntimeError("The shop has too few generated goods.")
    return Stage(rows[0].slug, tuple(row.code for row in rows))


def with_carts(client_of: Any, stage: Stage) -> Stage:
    """The same with sessions in the shop: one with five lines, sixteen with one. ``client_of()``: a new client with a
    ``cookie``."""

    def cookie(count: int) -> str:
        client = client_of()
        visitor = Visitor(client)
        for sku in stage.skus[:count]:
            answer = visitor.adds(sku)
            if answer.status_code not in (302, 303):
                raise RuntimeError(f"{sku} could not be put into the cart: {answer.status_code}")
        return str(client.cookie)

    return Stage(stage.slug, stage.skus, cookie(CART_LINES), tuple(cookie(1) for _ in range(SESSIONS)))


def statements_of(app: Flask, page: Page, stage: Stage) -> tuple[int, int]:
    """SQL statements of the page, exact, and its status. Asked for twice: the second time is counted."""
    client = app.test_client(use_cookies=False)
    asked = requests_of(page, stage)[0]

    def ask() -> int:
        if asked.body:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            return client.post(asked.path, data=asked.body, headers={**asked.headers, **form}).status_code
        return client.get(asked.path, headers=dict(asked.headers)).status_code

    ask()
    with app.app_context():
        engine = db.engine
    with count_statements_of(engine) as seen:
        status = ask()
    return len(seen), status


def checkout_statements(app: Flask, stage: Stage) -> int:
    with app.app_context():
        engine = db.engine
    guest_buys(app.test_client(), stage.skus)
    with count_statements_of(engine) as seen:
        guest_buys(app.test_client(), stage.skus)
    return len(seen)


class LocalClient(HttpClient):
    """The same inside this process, for tests and counts."""

    def __init__(self, app: Flask) -> None:
        super().__init__(0)
        self.client = app.test_client(use_cookies=False)

    def _send(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> HttpAnswer:
        cookie = {"Cookie": self.cookie} if self.cookies else {}
        answer = self.client.open(path, method=method, data=body, headers={**headers, **cookie})
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return HttpAnswer(answer.status_code, answer.location or "", answer.get_data(), SimpleNamespace(path=path))
