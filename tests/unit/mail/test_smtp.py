"""Mails handed to a real mail server: encryption, passwords, refusals, and texts that could break a header."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from storefront.core.mail.message import BadAddress, Mail, build
from storefront.core.mail.transports import MailFailed, MailRefused, SmtpTransport
from storefront.testing.postgresql import free_port

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MAIL = Mail(
    "job1",
    "shop.example",
    "ja",
    "shop@example.com",
    "ひより堂",
    "a@example.com",
    "山田 花子",
    "ご注文",
    "本文\n",
    "<p>本文</p>",
)
USER, PASSWORD = "shop", "open-sesame"


@dataclass
class Server:
    """Keeps what arrived, and how; ``answer``: to a mail's text, "" for never."""

    answer: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    passwords: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if not self.answer:
            await asyncio.sleep(60)
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            # Python's newer parser puts a blank between two encoded words of a name; mail programs do not.
            header = message_from_bytes(envelope.content)["To"]
            self.names.append(parseaddr(str(make_header(decode_header(header))))[0])
            self.recipients += envelope.rcpt_tos
            self.encrypted.append(session.ssl is not None)
        return self.answer

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.passwords.append(data.password)
        right = data.password == PASSWORD.encode()
        return AuthResult(success=right, handled=False)


Start = Callable[..., SmtpTransport]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def start(server: Server) -> Iterator[Start]:
    """``start(tls_context=…)``: the server listens; returns a transport that leads to it."""
    running: list[Controller] = []

    def listen(host: str = "127.0.0.1", *, smtps: ssl.SSLContext | None = None, **options: Any) -> SmtpTransport:
        options = {"authenticator": server.authenticate, "auth_require_tls": False, **options}
        controller = Controller(server, hostname=host, port=free_port(), ssl_context=smtps, **options)
        controller.start()
        running.append(controller)
        return SmtpTransport(host, controller.port, tls=smtps is not None, timeout=5)

    yield listen
    for controller in running:
        controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1 and its neighbour, signed by nobody else; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    addresses = [x509.IPAddress(ip_address(text)) for text in ("127.0.0.1", "127.0.0.2")]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture(scope="module")
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def sends(transport: SmtpTransport, **changes: Any) -> None:
    transport.send(build(replace(MAIL, **changes), NOW), "job1")


# --- encryption and passwords ------------------------------------------------------------------------------------------


def test_encryption_is_used_where_it_is_offered(start: Start, server: Server, tls: ssl.SSLContext) -> None:
    sends(start(tls_context=tls))
    sends(start())
    assert server.encrypted == [True, False]


def test_a_password_goes_to_the_right_server_only(
    start: Start, server: Server, tls: ssl.SSLContext, request: pytest.FixtureRequest
) -> None:
    transport = replace(start(tls_context=tls), user=USER, password=PASSWORD)
    with pytest.raises(MailFailed, match="certificate"):
        sends(transport)
    assert server.passwords == [] and server.mails == []
    request.getfixturevalue("trusted")
    sends(transport)
    assert server.passwords == [PASSWORD.encode()] and server.encrypted == [True]


def test_a_password_never_travels_in_the_clear(start: Start, server: Server) -> None:
    away = replace(start("127.0.0.2"), user=USER, password=PASSWORD)
    with pytest.raises(MailFailed, match="password was not sent"):
        sends(away)
    assert server.passwords == []
    sends(replace(start(), user=USER, password=PASSWORD))  # this machine itself
    assert server.passwords == [PASSWORD.encode()]


def test_smtps_is_encrypted_from_the_start_and_its_certificate_must_be_right(
    start: Start, server: Server, tls: ssl.SSLContext, request: pytest.FixtureRequest
) -> None:
    transport = start(smtps=tls)
    with pytest.raises(MailFailed, match="certificate"):
        sends(transport)
    request.getfixturevalue("trusted")
    sends(transport)
    assert len(server.mails) == 1


def test_a_wrong_password_can_be_put_right_later(start: Start, server: Server) -> None:
    with pytest.raises(MailFailed, match="535") as caught:
        sends(replace(start(), user=USER, password="wrong-word"))
    assert "wrong-word" not in str(caught.value)


# --- what the server answers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 4.3.0 later", MailFailed), ("550 5.7.1 spam", MailRefused), ("530 log in", MailFailed), ("", MailFailed)],
)
def test_an_answer_decides_whether_it_is_tried_again(
    start: Start, server: Server, answer: str, error: type[Exception]
) -> None:
    server.answer = answer
    with pytest.raises(error):
        sends(replace(start(), timeout=0.5))
    assert server.mails == []


# --- what could break a mail -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        'Yamada, "Hanako" <thief@example.net>',
        "花子, 太郎; 次郎",
        "花子\r\nBcc: thief@example.net",
        "山" * 300,
        "a" * 300,
        "=?utf-8?q?x?=",
    ],
)
def test_whatever_a_name_holds_one_reader_gets_the_mail(start: Start, server: Server, name: str) -> None:
    sends(start(), recipient_name=name, subject=name, sender_name=name)
    (mail,) = server.mails
    assert server.recipients == ["a@example.com"]
    assert [address.addr_spec for address in mail["To"].addresses] == ["a@example.com"]
    assert mail["Bcc"] is None and mail["Message-ID"] == "<job1@shop.example>"
    if "\r" not in name and not name.startswith("=?"):
        shown = server.names[0] if len(name) > 100 else mail["To"].addresses[0].display_name
        assert (mail["Subject"], shown) == (name[:200], name[:120])


def test_a_domain_of_another_script_is_written_in_ascii(start: Start, server: Server) -> None:
    sends(start(), recipient="a@見本.example")
    assert server.recipients[0].startswith("a@xn--")


@pytest.mark.parametrize(
    "address",
    ["a" * 300 + "@example.com", "a@" + "b" * 300 + ".example", "a@b.example,c@d.example", "花子@example.com"],
)
def test_an_address_that_no_server_takes_is_refused_before_it_is_asked(
    start: Start, server: Server, address: str
) -> None:
    with pytest.raises(BadAddress):
        sends(start(), recipient=address)
    assert server.mails == []


def test_the_link_to_unsubscribe_arrives_in_one_piece(start: Start, server: Server) -> None:
    url = "https://shop.example/ja/mail/unsubscribe/" + "gAAAAABo_-x" * 40
    raw = build(replace(MAIL, unsubscribe_url=url), NOW).as_bytes()
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in raw
    sends(start(), unsubscribe_url=url)
    (mail,) = server.mails
    assert mail["List-Unsubscribe"] == f"<{url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    sends(start())
    assert server.mails[1]["List-Unsubscribe"] is None and server.mails[1]["List-Unsubscribe-Post"] is None
    for wrong in ("https://x\r\nBcc: a@b.example", "https://x/<y>", "https://x/" + "y" * 1000, "https://見本/"):
        with pytest.raises(ValueError, match="no|not"):
            build(replace(MAIL, unsubscribe_url=wrong), NOW)
