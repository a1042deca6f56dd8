"""Sending a notice: to addresses the owner meant and nowhere else, with an end to every wait, and no answer is followed."""

import ipaddress
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from storefront.plugin import N_, Problem
from storefront_notify_webhook.notice import Notice, signature

# Seconds: for one step, and for the whole of it.
STEP, WHOLE = 5.0, 8.0
MAX_ADDRESS = 500
IPV4_IN_IPV6 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
GONE = 410

NO_ADDRESS = N_("%(address)s is no address to send notices to. Write it whole, such as https://erp.example/inbox.")
NOT_SECURE = N_("%(address)s does not begin with https://. Notices would travel unencrypted.")
NOT_FOUND = N_("%(host)s is not known in the network.")
INWARD = N_("%(host)s leads into the shop's own network. Allow that in the settings if you mean it.")
NOT_GENUINE = N_("%(host)s has no certificate that holds: it is not sure who answers there.")
NO_ANSWER = N_("%(host)s does not answer.")
REFUSED = N_("%(host)s answered with %(status)s.")


class NotThere(Exception):
    """The notice did not arrive. ``final``: trying again cannot help. The words name the host and nothing else."""

    def __init__(self, message: str, *, final: bool = False, **params: object) -> None:
        super().__init__(message % params)
        self.final = final
        self.problem = Problem(message, params)


@dataclass(frozen=True, slots=True)
class Target:
    secure: bool
    host: str
    port: int
    path: str


def target_of(address: str, *, insecure: bool) -> Target:
    """An address as typed. Raises ``NotThere``; nobody is asked for that."""
    shown = address[:80].partition("?")[0]
    bad = NotThere(NO_ADDRESS, final=True, address=shown)
    if (
        len(address) > MAX_ADDRESS
        or not address.isascii()
        or any(c <= " " or c == "\x7f" or c == "\\" for c in address)
    ):
        raise bad
    try:
        parts: SplitResult = urlsplit(address)
        port = parts.port
    except ValueError:
        raise bad from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.fragment:
        raise bad
    secure = parts.scheme == "https"
    if not secure and not insecure:
        raise NotThere(NOT_SECURE, final=True, address=shown)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, parts.hostname, port or (443 if secure else 80), path)


def post(address: str, notice: Notice, secret: str, *, insecure: bool = False) -> None:
    """Send it once. Raises ``NotThere``."""
    target = target_of(address, insecure=insecure)
    # Every step has its time; together they have theirs, whatever drips in. Securing it puts another socket in its place.
    line, late = [_connected(target, insecure=insecure)], threading.Event()
    end = threading.Timer(WHOLE, _cut, (line, late))
    end.daemon = True
    end.start()
    try:
        if target.secure:
            line[0] = ssl.create_default_context().wrap_socket(
                line[0], server_hostname=target.host, do_handshake_on_connect=False
            )
            line[0].do_handshake()
        status = _exchange(line[0], target, notice, secret)
    except ssl.SSLCertVerificationError as error:
        raise NotThere(NOT_GENUINE, host=target.host) from error
    except (OSError, ValueError, HTTPException) as error:
        raise NotThere(NO_ANSWER, host=target.host) from error
    finally:
        end.cancel()
        line[0].close()
    if late.is_set():  # what was cut off looks like the end of an answer
        raise NotThere(NO_ANSWER, host=target.host)
    if not 200 <= status < 300:
        raise NotThere(REFUSED, final=status == GONE, host=target.host, status=status)


def _exchange(sock: socket.socket, target: Target, notice: Notice, secret: str) -> int:
    kind = HTTPSConnection if target.secure else HTTPConnection
    connection = kind(target.host, target.port)
    connection.sock = sock
    try:
        connection.request(
            "POST",
            target.path,
            notice.body,
            {
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Storefront",
                "Storefront-Event": notice.event,
                "Storefront-Id": notice.id,
                "Storefront-Signature": signature(notice.body, secret, int(time.time())),
                "Connection": "close",
            },
        )
        return connection.getresponse().status
    finally:
        connection.close()


def _connected(target: Target, *, insecure: bool) -> socket.socket:
    """A connection to an address that was looked at: the name is asked once, so it cannot mean another one afterwards."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotThere(NOT_FOUND, host=target.host) from error
    if not insecure and not all(is_outside(str(entry[4][0])) for entry in found):
        raise NotThere(INWARD, final=True, host=target.host)
    until = time.monotonic() + STEP
    for family, kind, protocol, _name, where in found:
        left = until - time.monotonic()
        if left <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left)
            sock.connect(where)
            sock.settimeout(STEP)
            return sock
        except OSError:
            sock.close()
    raise NotThere(NO_ANSWER, host=target.host)


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the public network, also where an IPv6 address only wraps an IPv4 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and any(ip in network for network in IPV4_IN_IPV6):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_outside(str(inner))
    return ip.is_global and not ip.is_multicast


def _cut(line: list[socket.socket], late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        line[0].shutdown(socket.SHUT_RDWR)
