"""Notices: to whom, how signed, what counts as arrived, and where they never go. A real server on this machine is the other side."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from storefront_notify_webhook import delivery, plugin
from storefront_notify_webhook.delivery import NotThere, is_outside, post, target_of
from storefront_notify_webhook.notice import notice
from storefront_notify_webhook.settings import KINDS, NoticeSettings, try_out
from storefront_notify_webhook.work import deliver, mark_of, say_alive, spread

from storefront.plugin import Event, GiveUp, JobTurn, Money, OrderPaid, TryLater
from storefront.testing.contracts import ShopContract, WholePluginContract
from storefront.testing.plugins import settings_bound

SECRET = "sixteen letters!"
PAID = OrderPaid(
    id="e1", at=datetime(2026, 11, 25, 1, 2, tzinfo=UTC), order_id=7, number="26-0007", lang="ja", country="JP",
    bill_id=9, amount=Money(2200, "JPY"),
)  # fmt: skip


class TestPlugin(WholePluginContract):
    module = plugin
    stored = {"addresses": ["http://127.0.0.1:9/"], "insecure": True}

    def test_it_can_be_enabled_with_the_settings_of_this_test(self) -> None:
        """Not without its secret, which is never stored in the open; ``plugins set`` of a shop is in the shop's own tests."""
        (problem,) = self.host().check(self.name, self.enabled())
        assert problem.field_name == "secret"


class TestInAShop(ShopContract):
    module = plugin


class Server(ThreadingHTTPServer):
    """Keeps what it was sent and answers with ``status``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.to = 204, ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/orders"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers.items()), body))
        self.send_response(self.server.status)
        if self.server.to:
            self.send_header("Location", self.server.to)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@contextmanager
def told(**given: Any) -> Iterator[list[tuple[str, str, Any]]]:
    enqueued: list[tuple[str, str, Any]] = []
    with settings_bound({plugin.NAME: NoticeSettings(secret=SECRET, insecure=True, **given)}, enqueued=enqueued):
        yield enqueued


def turn_of(event: Event, address: str) -> JobTurn:
    with told(addresses=(address,)) as enqueued:
        spread(event)
    return JobTurn("job", enqueued[0][2].args)


def test_every_event_is_promised_to_every_address_once_and_others_are_not() -> None:
    with told(addresses=("http://a.example/", "http://b.example/", "http://a.example/")) as enqueued:
        spread(PAID)
    assert [(name, key) for name, key, _ in enqueued] == [("notify_webhook", "post")] * 2
    assert len({turn.once for *_, turn in enqueued}) == 2, "each address is promised its own"
    assert all("example" not in json.dumps(dict(turn.args)) for *_, turn in enqueued), "addresses may hold keys"
    with told(addresses=("http://a.example/",), events=("order.placed",)) as enqueued:
        spread(PAID)
    assert enqueued == []


def test_a_notice_arrives_signed_and_says_what_happened(server: Server) -> None:
    turn = turn_of(PAID, server.address)
    with told(addresses=(server.address,)):
        deliver(turn)
        deliver(turn)
    first, second = server.got
    path, headers, body = first
    assert path == "/orders"
    assert second[2] == body, "the same notice has the same id and words"
    assert json.loads(body) == {
        "event": "order.paid", "version": 1, "id": "e1", "at": "2026-11-25T01:02:00+00:00", "order_id": 7,
        "number": "26-0007", "lang": "ja", "country": "JP", "bill_id": 9,
        "amount": {"amount": 2200, "currency": "JPY"},
    }  # fmt: skip
    time, sign = headers["Storefront-Signature"].removeprefix("t=").split(",v1=")
    assert hmac.new(SECRET.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest() == sign
    assert (headers["Storefront-Event"], headers["Storefront-Id"]) == ("order.paid", "e1")


@pytest.mark.parametrize(
    ("status", "raised"), [(500, TryLater), (404, TryLater), (302, TryLater), (410, GiveUp), (201, None)]
)
def test_what_is_no_success_is_tried_again_and_no_redirect_is_followed(
    server: Server, status: int, raised: type[Exception] | None
) -> None:
    turn = turn_of(PAID, server.address)
    server.status, server.to = status, server.address if status == 302 else ""
    with told(addresses=(server.address,)):
        if raised is None:
            deliver(turn)
        else:
            with pytest.raises(raised, match=f"127.0.0.1 answered with {status}"):
                deliver(turn)
    assert len(server.got) == 1


def test_nobody_there_is_tried_again_an_address_taken_out_is_forgotten_and_life_is_not_told_late(
    server: Server,
) -> None:
    turn = turn_of(PAID, server.address)
    with told(addresses=("http://127.0.0.1:1/",)):
        deliver(turn)
    assert server.got == []
    dead = turn_of(PAID, "http://127.0.0.1:1/")
    assert dead.args["to"] == mark_of("http://127.0.0.1:1/")
    with told(addresses=("http://127.0.0.1:1/",), alive="http://127.0.0.1:1/"):
        with pytest.raises(TryLater, match="does not answer"):
            deliver(dead)
        with pytest.raises(GiveUp, match="does not answer"):
            say_alive(JobTurn("job"))
    with told():
        say_alive(JobTurn("job"))
    with told(alive=server.address):
        say_alive(JobTurn("job"))
    assert json.loads(server.got[0][2])["event"] == "shop.alive"


def test_the_check_button_tries_every_address(server: Server) -> None:
    given = NoticeSettings(addresses=(server.address, "http://127.0.0.1:1/"), secret=SECRET, insecure=True)
    (problem,) = try_out(given)
    assert problem.message % problem.params == "127.0.0.1 does not answer."
    assert json.loads(server.got[0][2])["event"] == "shop.test"


def test_an_answer_that_drips_in_has_an_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def drip(handler: _Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not released.wait(0.02):
            try:
                handler.wfile.write(b"X: y\r\n")
            except OSError:
                return

    monkeypatch.setattr(_Handler, "do_POST", drip)
    monkeypatch.setattr(delivery, "WHOLE", 0.3)
    try:
        with pytest.raises(NotThere, match="does not answer"):
            post(server.address, notice("shop.test"), SECRET, insecure=True)
    finally:
        released.set()


@pytest.mark.parametrize(
    "address",
    [
        "http://stock.example/", "ftp://stock.example/", "stock.example", "https://", "https://me:secret@stock.example/",
        "https://stock.example:99999/", "https://stock.example/a b", "https://stock.example/\r\nX: y",
        "https://stock.example/#part", "https://例え.jp/", f"https://stock.example/{'a' * 600}", "https://[::1",
    ],
)  # fmt: skip
def test_addresses_that_are_none_are_refused_before_anybody_is_asked(address: str) -> None:
    with pytest.raises(NotThere) as refused:
        target_of(address, insecure=False)
    assert refused.value.final
    assert "secret@" not in str(refused.value) or address.startswith("https://me")


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("93.184.216.34", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("192.168.0.1", False), ("169.254.169.254", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False),
        ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False), ("100.64.0.1", False), ("::127.0.0.1", False),
    ],
)  # fmt: skip
def test_which_ip_addresses_are_outside(address: str, outside: bool) -> None:
    assert is_outside(address) is outside


def test_a_name_that_leads_inward_is_not_connected_to(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when only one of several addresses does, and whatever the name says a moment later."""
    asked: list[str] = []

    def resolved(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.216.34", port)), (2, 1, 6, "", ("127.0.0.1", server.server_port))]

    def refuse(*_: Any) -> None:
        raise AssertionError("it connected")

    monkeypatch.setattr(delivery.socket, "getaddrinfo", resolved)
    monkeypatch.setattr(delivery.socket.socket, "connect", refuse)
    with pytest.raises(NotThere, match="leads into the shop's own network") as refused:
        post("https://stock.example/", notice("shop.test"), SECRET)
    assert refused.value.final
    assert asked == ["stock.example"]


def test_somebody_without_a_certificate_gets_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotThere, match="does not answer"):
        post(server.address.replace("http:", "https:"), notice("shop.test"), SECRET, insecure=True)
    assert server.got == []


def test_settings_are_complete_before_it_can_be_enabled() -> None:
    ask: Callable[[NoticeSettings], Any] = plugin.storefront_checks
    assert [p.field_name for p in ask(NoticeSettings(addresses=("http://a.example/",), alive="nonsense"))] == [
        "secret", "addresses", "alive",
    ]  # fmt: skip
    assert ask(NoticeSettings(addresses=("https://a.example/",), secret=SECRET)) == []
    assert {kind.name for kind in KINDS} >= {"order.placed", "parcel.sent", "refund.sent"}
