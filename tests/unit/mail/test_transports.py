"""MAIL_URL, and the transports that need no server."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storefront.core.mail.message import Mail, build
from storefront.core.mail.transports import (
    BadMailUrl,
    ConsoleTransport,
    FileTransport,
    MailFailed,
    SmtpTransport,
    transport_for,
)

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MAIL = Mail(
    "job1", "shop.example", "ja", "shop@example.com", "店", "a@example.com", "花子", "件名", "本文\n", "<p>本文</p>"
)


def test_every_scheme_of_mail_url_is_understood(tmp_path: Path) -> None:
    assert transport_for(f"file:{tmp_path}/mail") == FileTransport(tmp_path / "mail")
    assert transport_for(f"file://{tmp_path}/mail") == FileTransport(tmp_path / "mail")
    assert isinstance(transport_for("console:"), ConsoleTransport)
    assert transport_for("smtp://mail.example") == SmtpTransport("mail.example", 25)
    assert transport_for("smtps://u%40x:p%2Fw@mail.example:4650") == SmtpTransport(
        "mail.example", 4650, "u@x", "p/w", tls=True
    )


@pytest.mark.parametrize("url", ["", "file:", "ftp://x", "smtp://", "smtp://host:port", "smtps:///x"])
def test_a_wrong_mail_url_is_a_sentence(url: str) -> None:
    with pytest.raises(BadMailUrl, match=r"MAIL_URL.*\."):
        transport_for(url)


def test_the_password_shows_in_no_text() -> None:
    transport = transport_for("smtp://user:open-sesame@mail.example")
    assert "open-sesame" not in repr(transport)
    with pytest.raises(BadMailUrl) as caught:
        transport_for("smtp://user:open-sesame@mail.example:nonsense")
    assert "open-sesame" not in str(caught.value)


def test_a_file_per_job_and_no_draft_left(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path / "mail")
    transport.send(build(MAIL, NOW), "job1")
    transport.send(build(MAIL, NOW), "job1")
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["job1.eml"]
    assert b"Message-ID: <job1@shop.example>" in (tmp_path / "mail" / "job1.eml").read_bytes()


def test_a_folder_that_cannot_be_written_is_a_failure_to_try_again(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file stands where the folder should be")
    with pytest.raises(MailFailed, match="could not be written"):
        FileTransport(tmp_path / "mail").send(build(MAIL, NOW), "job1")


def test_the_console_shows_a_readable_mail() -> None:
    stream = io.StringIO()
    ConsoleTransport(stream).send(build(MAIL, NOW), "job1")
    assert "件名" in stream.getvalue() and "本文" in stream.getvalue()


def test_no_server_is_a_failure_to_try_again() -> None:
    with pytest.raises(MailFailed, match="could not be used"):
        SmtpTransport("127.0.0.1", 1, timeout=2).send(build(MAIL, NOW), "job1")
