"""Pictures known by their addresses: fetched on the owner's word, from the public internet and nowhere else."""

import io
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from storefront.core.catalog.models import ProductPicture
from storefront.core.catalog.picturing import fetching
from storefront.core.catalog.picturing.fetch_all import fetch_remote
from storefront.core.catalog.picturing.fetching import FetchFailed, Reach, fetch, is_public
from storefront.core.catalog.picturing.queries import pictures_of
from storefront.core.db import session, unit_of_work
from storefront.testing.databases import Database
from storefront.testing.factories import make_product

ANYWHERE = Reach(anywhere=True)


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(file, "PNG")
    return file.getvalue()


class Elsewhere(BaseHTTPRequestHandler):
    """A machine of somebody else, with all its moods."""

    asked: list[tuple[str, str]] = []

    def do_GET(self) -> None:  # noqa: N802
        self.asked.append((self.path, self.headers["Host"]))
        path, _, query = self.path.partition("?")
        if path == "/picture%20%E8%8C%B6.png":
            self._answer(200, picture())
        elif path == "/there":
            self._answer(302, location="/picture%20%E8%8C%B6.png")
        elif path == "/round":
            self._answer(302, location="/round")
        elif path == "/to":
            self._answer(302, location=query)
        elif path == "/page":
            self._answer(200, b"<html>not here</html>")
        elif path == "/long":
            self._answer(200, b"x", length=30 * 1024 * 1024)
        elif path == "/flood":
            self._flood()
        elif path == "/short":
            self._answer(200, picture(), length=10_000)
        elif path == "/drip":
            self._drip()
        elif path == "/nonsense":
            self.wfile.write(b"\x00\x01\x02 hello\r\n\r\n")
        else:
            self._answer(404)

    def _answer(self, status: int, body: bytes = b"", location: str = "", length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def _flood(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(40):
                self.wfile.write(bytes(1024 * 1024))
        except OSError:
            pass  # the other side had enough, as it should

    def _drip(self) -> None:
        try:
            for _ in range(100):
                self.wfile.write(b"H")
                time.sleep(0.1)
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    Elsewhere.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def failure(url: str, reach: Reach = ANYWHERE) -> str:
    with pytest.raises(FetchFailed) as failed:
        fetch(url, io.BytesIO(), reach)
    return failed.value.problem.message


def test_a_picture_comes_whole_also_by_a_detour(elsewhere: str) -> None:
    for path in ("/picture 茶.png", "/picture%20%E8%8C%B6.png", "/there"):
        into = io.BytesIO()
        fetch(elsewhere + path, into, ANYWHERE)
        assert into.getvalue() == picture()
    assert {host for _, host in Elsewhere.asked} == {elsewhere.removeprefix("http://")}


def test_what_goes_wrong_is_a_sentence(elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert failure(elsewhere + "/gone") == fetching.REFUSED
    assert failure(elsewhere + "/round") == fetching.ASTRAY and len(Elsewhere.asked) == 5
    assert failure(elsewhere + "/long") == failure(elsewhere + "/flood") == fetching.TOO_HEAVY
    assert failure(elsewhere + "/short") == failure(elsewhere + "/nonsense") == fetching.NO_ANSWER
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert failure(f"http://127.0.0.1:{closed.getsockname()[1]}/") == fetching.NO_ANSWER
    assert failure("http://no-such-name.invalid/a.png") == fetching.NO_NAME
    for url in (
        "ftp://a.example/1",
        "file:///etc/passwd",
        "gopher://a/",
        "//a.example/1",
        "",
        "http://",
        "http://[::",
        "http://a:b/",
    ):
        assert failure(url) == fetching.NOT_WEB, url
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 0.5)
    assert failure(elsewhere + "/drip") == fetching.NO_ANSWER


def test_no_way_leads_to_a_private_machine(elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = elsewhere.rpartition(":")[2]
    for url in (
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/", "http://0/",
        "http://2130706433/", "http://0x7f.1/", "http://[fe80::1%25eth0]/", "http://user:word@127.0.0.1/",
        f"http://127.0.0.1:{port}/", "http://1.1.1.1:22/",
    ):  # fmt: skip
        assert failure(url, Reach()) in (fetching.PRIVATE, fetching.NO_NAME), url
    assert Elsewhere.asked == []

    # A public name that leads on to a private one is followed as far as the first.
    real = fetching._look_up

    def first_is_public(host: str, port: int, reach: Reach) -> str:
        return "127.0.0.1" if host == "shop.example" else real(host, port, Reach())

    monkeypatch.setattr(fetching, "_look_up", first_is_public)
    for target in ("http://127.0.0.1/secret", "http://[::1]/", "ftp://127.0.0.1/", "//localhost/"):
        assert failure(f"http://shop.example:{port}/to?{target}") in (fetching.PRIVATE, fetching.NOT_WEB)
    assert [path.partition("?")[0] for path, _ in Elsewhere.asked] == ["/to"] * 4


def test_a_name_that_changes_its_mind_gains_nothing(elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is checked and used; there is no second."""
    answers = iter(["93.184.215.14", "127.0.0.1", "127.0.0.1"])
    connected: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (next(answers), 80))])

    def note(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        raise OSError("far away")

    monkeypatch.setattr(socket, "create_connection", note)
    assert failure("http://rebinding.example/", Reach()) == fetching.NO_ANSWER
    assert connected == [("93.184.215.14", 80)]
    # One private address among several is enough to stay away.
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (ip, 80)) for ip in ("93.184.215.14", "10.1.2.3")]
    )
    assert failure("http://both.example/", Reach()) == fetching.PRIVATE


def test_which_addresses_are_public() -> None:
    public = ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"]
    private = ["127.0.0.1", "10.0.0.1", "100.64.0.1", "169.254.1.1", "224.0.0.1", "255.255.255.255", "0.0.0.0", "::", "::1",
               "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "192.0.2.1"]  # fmt: skip
    assert [ip for ip in public if not is_public(ipaddress.ip_address(ip))] == []
    assert [ip for ip in private if is_public(ipaddress.ip_address(ip))] == []


def test_the_owners_act(db: Database, elsewhere: str, tmp_path: Path) -> None:
    good, page, gone = (elsewhere + path for path in ("/there", "/page", "/gone"))
    with unit_of_work():
        one, two = make_product(), make_product()
        for product, position, url in ((one, 0, good), (one, 1, page), (two, 0, good), (two, 1, gone)):
            session.add(ProductPicture(product_id=product.id, position=position, file="", source_url=url, alt={}))
        ids = one.id, two.id
    seen: list[tuple[int, int]] = []
    report = fetch_remote(tmp_path / "originals", "test", limit=2, progress=lambda *at: seen.append(at), reach=ANYWHERE)
    assert report.fetched == 1 and [failed.url for failed in report.failed] == [page] and seen == [(1, 2), (2, 2)]
    report = fetch_remote(tmp_path / "originals", "test", reach=ANYWHERE)
    assert report.fetched == 0 and [failed.url for failed in report.failed] == [gone]
    for product_id in ids:
        session.rollback()
        first, second = pictures_of(product_id)
        assert (first.state, second.state) == ("waiting", "remote") and first.problem is None
        assert second.problem is not None and (second.problem.message % second.problem.params).endswith(".")
    assert fetch_remote(tmp_path / "originals", "test", reach=ANYWHERE).failed == []
    assert len(fetch_remote(tmp_path / "originals", "test", again=True, reach=ANYWHERE).failed) == 2
    # Two addresses led to one file, which is there once; nothing half lies about.
    assert len([path for path in (tmp_path / "originals").rglob("*") if path.is_file()]) == 1
