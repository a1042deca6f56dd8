"""Where mails go, by ``MAIL_URL``: a folder, the console, or a mail server. Called outside any transaction."""

import os
import smtplib
import ssl
import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import TextIO
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT_SECONDS = 10
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


class BadMailUrl(ValueError):
    """MAIL_URL cannot be used; the sentence says what is wrong and never holds the password."""


class MailFailed(Exception):
    """The mail did not leave; trying again later may help."""


class MailRefused(Exception):
    """The mail server refuses this mail for good."""


class Transport(ABC):
    @abstractmethod
    def send(self, message: EmailMessage, job_id: str) -> None:
        """Hand ``message`` over. Raises ``MailFailed`` (later) or ``MailRefused`` (never)."""


def transport_for(url: str) -> Transport:
    """``file:DIR``, ``console:``, ``smtp://user:password@host:port``, ``smtps://…``. Raises ``BadMailUrl``."""
    scheme, _, rest = url.partition(":")
    if scheme == "console":
        return ConsoleTransport()
    if scheme == "file":
        folder = "/" + rest.lstrip("/") if rest.startswith("//") else rest
        if not folder:
            raise BadMailUrl("MAIL_URL is file: without a folder. Write file:/path/to/folder.")
        return FileTransport(Path(unquote(folder)).expanduser())
    if scheme in DEFAULT_PORTS:
        return _smtp(url)
    raise BadMailUrl(f"MAIL_URL begins with {scheme[:20]!r}. Use file:, console:, smtp:// or smtps://.")


def _smtp(url: str) -> "SmtpTransport":
    try:
        parts: SplitResult = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadMailUrl("The port in MAIL_URL is not a number.") from None
    if not host:
        raise BadMailUrl(f"MAIL_URL names no mail server. Write {parts.scheme}://host:port.")
    return SmtpTransport(
        host=host,
        port=port or DEFAULT_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
    )


@dataclass(frozen=True, slots=True)
class FileTransport(Transport):
    """One file per job: the same job again replaces its file, so a mail that was written twice is there once."""

    folder: Path

    def send(self, message: EmailMessage, job_id: str) -> None:
        draft = self.folder / f".{job_id}.{os.getpid()}.tmp"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.folder / f"{job_id}.eml")
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise MailFailed(f"The mail could not be written to {self.folder}: {error.strerror}.") from error


@dataclass(frozen=True, slots=True)
class ConsoleTransport(Transport):
    """Readable, for a developer: the headers and the plain text."""

    stream: TextIO | None = None

    def send(self, message: EmailMessage, job_id: str) -> None:
        body = message.get_body(("plain",))
        lines = [f"{name}: {message[name]}" for name in ("From", "To", "Subject", "Message-ID", "Content-Language")]
        text = body.get_content() if body is not None else ""
        print("\n".join(["-" * 72, *lines, "", text]), file=self.stream or sys.stdout, flush=True)


@dataclass(frozen=True, slots=True)
class SmtpTransport(Transport):
    """A new connection per mail. STARTTLS is used where it is offered; a password never travels in the clear, except
    to this machine itself."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    timeout: float = TIMEOUT_SECONDS

    def send(self, message: EmailMessage, job_id: str) -> None:
        try:
            server = self._connect()
            try:
                self._greet(server)
                server.send_message(message)
            finally:
                _say_goodbye(server)
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError) as error:
            # About us or the server, not about this mail: it may be put right.
            raise MailFailed(f"The mail server {self.host} answered {error.smtp_code}: {error.smtp_error!r}") from error
        except smtplib.SMTPResponseException as error:
            raise self._judged(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise self._judged(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused(f"The mail server {self.host} cannot take this address: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailFailed(f"The mail server {self.host}:{self.port} could not be used: {error}") from error

    def _connect(self) -> smtplib.SMTP:
        if self.tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        secure = self.tls
        if not secure and server.has_extn("starttls"):
            server.starttls(context=self._context())
            server.ehlo()
            secure = True
        if not self.user:
            return
        if not secure and self.host not in LOOPBACK:
            raise MailFailed(
                f"The mail server {self.host} offers no encryption, so the password was not sent. Use smtps://."
            )
        server.login(self.user, self.password)

    def _context(self) -> ssl.SSLContext:
        """Without a password there is nothing to steal by a false certificate that plain SMTP would not give away too;
        with one, or to be sure, the certificate must be right."""
        context = ssl.create_default_context()
        if not self.user:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _judged(self, code: int, answer: bytes | str) -> Exception:
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        sentence = f"The mail server {self.host} answered {code}: {text[:300]}"
        return MailRefused(sentence) if code >= 500 and code != 530 else MailFailed(sentence)


def _say_goodbye(server: smtplib.SMTP) -> None:
    """Whatever the server makes of QUIT: the mail has been taken or refused before."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
