"""Fetching a picture from an address that somebody wrote into an import file: never trusted.

Only http and https on their usual ports, only to addresses of the public internet. A name is looked up once, every
address it has must be public, and the connection goes to one that was checked: a name that answers differently the
second time (DNS rebinding) gains nothing. Each redirect begins anew. Limits on size, on every wait and on the whole.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote, urljoin, urlsplit

from storefront.core.catalog.errors import CatalogError
from storefront.core.catalog.picturing.limits import MAX_BYTES
from storefront.core.i18n.translate import N_

MAX_REDIRECTS = 3
WAIT_SECONDS = 10.0
WHOLE_SECONDS = 60.0
CHUNK = 64 * 1024
PORTS = {"http": 80, "https": 443}
# Networks that carry other addresses inside theirs (NAT64, 6to4, Teredo): a private one could hide there.
CARRIERS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NOT_WEB = N_("The address does not begin with http:// or https://.")
PRIVATE = N_("The address leads to a machine that is not on the public internet.")
NO_NAME = N_("There is no machine of that name.")
NO_ANSWER = N_("The machine did not answer in time, or not in an orderly way.")
REFUSED = N_("The machine answered that it does not give the picture out.")
ASTRAY = N_("The address leads from one to the next and to no picture.")
TOO_HEAVY = N_("The file is larger than the shop takes.")


class FetchFailed(CatalogError):
    """``problem`` says why, without the address."""


@dataclass(frozen=True, slots=True)
class Reach:
    """``anywhere``: also private machines and other ports. For a test that runs its own server; nothing else sets it."""

    anywhere: bool = False


class _Target:
    """One address, looked up and checked."""

    def __init__(self, url: str, reach: Reach) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise FetchFailed(NOT_WEB) from error
        if parts.scheme not in PORTS or not parts.hostname:
            raise FetchFailed(NOT_WEB)
        if port not in (None, PORTS[parts.scheme]) and not reach.anywhere:
            raise FetchFailed(PRIVATE)
        self.scheme, self.port = parts.scheme, port or PORTS[parts.scheme]
        try:
            self.host = parts.hostname.encode("idna").decode("ascii") if not _is_ip(parts.hostname) else parts.hostname
        except UnicodeError as error:
            raise FetchFailed(NO_NAME) from error
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        self.path = f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else path
        self.address = _look_up(self.host, self.port, reach)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str, port: int, reach: Reach) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(NO_NAME) from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses:
        raise FetchFailed(NO_NAME)
    if not reach.anywhere and not all(is_public(ipaddress.ip_address(each)) for each in addresses):
        raise FetchFailed(PRIVATE)
    return addresses[0]


def is_public(address: Address) -> bool:
    """Whether ``address`` is one of the public internet, for one machine alone."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in CARRIERS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever the name means by now. It ends at ``end`` (a monotonic
    instant): a machine that sends a byte now and then would keep us for ever."""

    def __init__(self, target: _Target, end: float) -> None:
        super().__init__(target.host, target.port, timeout=WAIT_SECONDS)
        self.target, self.end = target, end
        self.raw: socket.socket | None = None
        self.answer: http.client.HTTPResponse | None = None
        self.too_late = False
        self.alarm = threading.Timer(max(0.0, end - time.monotonic()), self._end)
        self.alarm.daemon = True

    def connect(self) -> None:
        self.alarm.start()
        plain = socket.create_connection((self.target.address, self.target.port), WAIT_SECONDS)
        self.raw = self.sock = plain
        if self.target.scheme == "https":
            context = ssl.create_default_context()
            self.raw = self.sock = context.wrap_socket(plain, server_hostname=self.target.host)

    def close(self) -> None:
        self.alarm.cancel()
        super().close()
        if self.answer is not None:  # it holds the socket open on its own
            self.answer.close()
        if self.raw is not None:
            self.raw.close()

    def _end(self) -> None:
        self.too_late = True
        if self.raw is not None:
            with suppress(OSError):
                self.raw.shutdown(socket.SHUT_RDWR)


def fetch(url: str, into: BinaryIO, reach: Reach | None = None) -> None:
    """Write what ``url`` answers with into ``into``. Call with no unit open. Raises ``FetchFailed``."""
    end = time.monotonic() + WHOLE_SECONDS
    reach = reach or Reach()
    for _ in range(MAX_REDIRECTS + 1):
        connection = _Pinned(_Target(url, reach), end)
        try:
            answer = connection.answer = _ask(connection)
            if answer.status in (301, 302, 303, 307, 308):
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            if answer.status != 200:
                raise FetchFailed(REFUSED)
            _read(answer, into)
            if connection.too_late:
                raise FetchFailed(NO_ANSWER)
            return
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchFailed(NO_ANSWER) from error
        finally:
            connection.close()
    raise FetchFailed(ASTRAY)


def _ask(connection: _Pinned) -> http.client.HTTPResponse:
    target = connection.target
    usual = target.port == PORTS[target.scheme]
    host = f"[{target.host}]" if ":" in target.host else target.host
    connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host if usual else f"{host}:{target.port}")
    connection.putheader("Accept", "image/avif,image/webp,image/png,image/jpeg,image/gif")
    connection.putheader("Accept-Encoding", "identity")
    connection.putheader("User-Agent", "storefront")
    connection.endheaders()
    return connection.getresponse()


def _read(answer: http.client.HTTPResponse, into: BinaryIO) -> None:
    length = answer.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MAX_BYTES:
        raise FetchFailed(TOO_HEAVY)
    size = 0
    while chunk := answer.read1(CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise FetchFailed(TOO_HEAVY)
        into.write(chunk)
    if length.isdigit() and size < int(length):
        raise FetchFailed(NO_ANSWER)
