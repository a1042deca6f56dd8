"""The form of a mail on the wire."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.core.mail.message import BadAddress, Mail, build, message_id, one_line

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MAIL = Mail(
    job_id="0198c0ffee",
    host="shop.example",
    lang="ja",
    sender="shop@example.com",
    sender_name="ひより堂",
    recipient="reader@example.com",
    recipient_name="山田 花子",
    subject="ご注文 261122-0001 を承りました",
    text="ご注文ありがとうございます。\n",
    html="<p>ご注文ありがとうございます。</p>",
    reply_to="shop@example.com",
)


def on_the_wire(mail: Mail) -> tuple[bytes, EmailMessage]:
    raw = build(mail, NOW).as_bytes()
    return raw, message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]


def test_japanese_subject_and_names_arrive_as_they_were_written() -> None:
    raw, read = on_the_wire(MAIL)
    assert raw.isascii()
    assert read["Subject"] == MAIL.subject
    assert read["From"].addresses[0].display_name == "ひより堂"
    assert read["To"].addresses[0].display_name == "山田 花子"
    assert read["Content-Language"] == "ja"
    assert read["Reply-To"].addresses[0].addr_spec == "shop@example.com"


def test_text_comes_first_and_html_is_its_alternative() -> None:
    _, read = on_the_wire(MAIL)
    assert read.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in read.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert read.get_body(("plain",)).get_content().splitlines() == MAIL.text.splitlines()  # type: ignore[union-attr]
    assert "ご注文" in read.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_every_line_is_short_enough_for_the_wire() -> None:
    raw, _ = on_the_wire(replace(MAIL, text="あ" * 3000 + "a" * 3000 + "\n", html="<p>" + "b" * 3000 + "</p>"))
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"format=flowed" not in raw


@pytest.mark.parametrize("field", ["subject", "recipient_name", "sender_name"])
def test_a_line_break_in_a_header_value_adds_no_header(field: str) -> None:
    raw, read = on_the_wire(replace(MAIL, **{field: "Hanako\r\nBcc: thief@example.net\u2028X-Evil: 1"}))
    assert read["Bcc"] is None and read["X-Evil"] is None
    assert b"\r\nBcc" not in raw and b"\nBcc" not in raw
    assert len(read["To"].addresses) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "no-at",
        "@example.com",
        "a@",
        "a@b.example\r\nBcc: c@example.com",
        "a@b.example, c@d.example",
        "a b@c.example",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        build(replace(MAIL, recipient=address), NOW)


def test_a_domain_in_another_script_is_written_as_its_ascii_form() -> None:
    _, read = on_the_wire(replace(MAIL, recipient="a@見本.example"))
    assert read["To"].addresses[0].domain.startswith("xn--")


def test_message_id_depends_on_job_and_host_alone() -> None:
    first = build(MAIL, NOW)["Message-ID"]
    second = build(replace(MAIL, subject="changed", lang="en"), NOW.replace(year=2027))["Message-ID"]
    assert first == second == "<0198c0ffee@shop.example>"
    assert message_id("other", "shop.example") != first
    with pytest.raises(ValueError, match="no job id"):
        message_id("a>\r\nBcc: b", "shop.example")


@given(st.text(max_size=80))
def test_whatever_a_name_holds_the_mail_has_one_recipient_and_no_new_header(name: str) -> None:
    raw, read = on_the_wire(replace(MAIL, recipient_name=name, subject=name))
    assert read["To"].addresses[0].addr_spec == "reader@example.com"
    assert len(read["To"].addresses) == 1
    headers = {"from", "to", "reply-to", "subject", "date", "message-id", "content-language", "auto-submitted"}
    assert {key.lower() for key in read} == headers | {"mime-version", "content-type"}


@given(st.text(max_size=200))
def test_one_line_holds_no_break(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
