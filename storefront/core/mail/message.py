"""One mail as a value, and its form on the wire. Nothing here sends anything."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from storefront.core.values.language import html_lang

MAX_SUBJECT = 200
MAX_ADDRESS = 254  # RFC 5321: 256 with its brackets
MAX_URL = 900  # a line of the wire holds 998 bytes
_JOB_ID = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")


class BadAddress(ValueError):
    """No mail can be sent to or from this address."""


@dataclass(frozen=True, slots=True)
class Mail:
    """``sender_name`` and ``recipient_name`` may hold anything: they are cleaned. ``lang``: URL tag. ``html`` may be
    empty. ``unsubscribe_url``: of a mail that is not transactional; a POST to it frees its reader from such mails, without a
    log-in (RFC 8058). ``host``: of PUBLIC_URL; with ``job_id`` it makes a Message-ID that is the same in every attempt."""

    job_id: str
    host: str
    lang: str
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    unsubscribe_url: str = ""


class _Link(UnstructuredHeader):
    """An address of a page stands in one line, however long: broken, or written as an encoded word, it is none."""

    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _Link)  # type: ignore[arg-type]
_POLICY = SMTP.clone(header_factory=_headers)


def message_id(job_id: str, host: str) -> str:
    """The same for every attempt at one job, so that a twin after a crash is recognised. ``ValueError`` for a bad id."""
    if not _JOB_ID.match(job_id):
        raise ValueError(f"{job_id[:40]!r} is no job id")
    return f"<{job_id}@{_ascii_domain(host or 'localhost')}>"


def build(mail: Mail, now: datetime) -> EmailMessage:
    """The message as it is sent. Raises ``BadAddress`` for an address that cannot be written on an envelope."""
    sender, recipient = _address(mail.sender_name, mail.sender), _address(mail.recipient_name, mail.recipient)
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = recipient
    if mail.reply_to:
        message["Reply-To"] = _address(mail.sender_name, mail.reply_to)
    message["Subject"] = one_line(mail.subject)[:MAX_SUBJECT]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(mail.job_id, mail.host)
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{_one_word(mail.unsubscribe_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, subtype="plain", charset="utf-8", cte=_encoding(mail.text))
    if mail.html:
        message.add_alternative(mail.html, subtype="html", charset="utf-8", cte=_encoding(mail.html))
    # Last: setting the content clears every header that begins like this.
    message["Content-Language"] = html_lang(mail.lang)
    return message


def one_line(text: str) -> str:
    """``text`` without line breaks and control characters, runs of white space made one: safe in a header."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in text)
    return " ".join(kept.split())


def _one_word(url: str) -> str:
    if not url.isascii() or len(url) > MAX_URL or any(c <= " " or c in "<>" for c in url):
        raise ValueError("not an address a header can hold")
    return url


def _encoding(text: str) -> str:
    """Lines never stand as they are: the wire limits them to 998 bytes. Base64 is the shorter one for CJK text."""
    others = sum(not c.isascii() for c in text)
    return "base64" if others * 6 > len(text) else "quoted-printable"


def _address(name: str, address: str) -> Address:
    local, at, domain = address.rpartition("@")
    if len(address) > MAX_ADDRESS:
        raise BadAddress(f"{one_line(address)[:80]!r}… is too long for a mail address.")
    if not local.isascii():
        raise BadAddress(f"{one_line(address)[:80]!r} has letters before its @ that most mail servers cannot take.")
    if not at or not local or not domain or one_line(address) != address or " " in address or "," in address:
        raise BadAddress(f"{one_line(address)[:80]!r} is not a mail address.")
    try:
        return Address(one_line(name)[:120], addr_spec=f"{local}@{_ascii_domain(domain)}")
    except (HeaderParseError, ValueError, IndexError) as error:
        raise BadAddress(f"{one_line(address)[:80]!r} is not a mail address.") from error


def _ascii_domain(domain: str) -> str:
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadAddress(f"{one_line(domain)[:80]!r} is not a mail domain.") from error
