"""Mails about orders, from the promise to the server that takes them."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from sqlalchemy import select

from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.mail.transports import MailFailed, Transport, transport_for
from storefront.core.orders.models import Order
from storefront.core.outbox.claiming import MAX_ATTEMPTS
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.core.outbox.service import later
from storefront.core.outbox.tending import retry
from storefront.core.values.language import LANGUAGES, html_lang
from storefront.jobs import registry
from storefront.jobs.mail_content import ORDER_MAILS
from storefront.jobs.relay import WAKE_SECONDS, relay_forever, run_due
from storefront.jobs.runtime import Runtime
from storefront.testing.databases import Database
from storefront.testing.postgresql import free_port
from storefront.testing.running import wait_for

MakeOrder = Callable[..., int]
MakeRuntime = Callable[[Transport], Runtime]


def promise(order_id: int, kind: str = "order_accepted") -> None:
    with unit_of_work():
        later(f"mail.{kind}", queue="mail", subject=f"order:{order_id}", order_id=order_id)


def only_row() -> OutboxRow:
    session.rollback()
    row = session.scalars(select(OutboxRow)).one()
    session.expunge(row)  # readable after the relay has given its session back
    return row


class Box:
    """A mail server's handler: keeps what arrives, and answers ``answers`` first, one per mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return answer


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    handler = Box()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


@pytest.mark.req("ORD-1")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_mail_is_in_the_orders_language_whatever_the_row_says(
    make_order: MakeOrder, runtime: Runtime, outgoing: Any, lang: str
) -> None:
    promise(make_order(locale=lang))
    assert run_due(runtime) == 1
    (mail,) = outgoing.sent
    html = mail.get_body(("html",)).get_content()
    assert mail["Content-Language"] == html_lang(lang)
    assert f'<html lang="{html_lang(lang)}">' in html
    text = mail.get_body(("plain",)).get_content()
    assert f"https://shop.example/{lang}/orders/261122-0001/secret-261122-0001" in text
    assert "261122-0001" in mail["Subject"]
    assert only_row().state == OutboxState.DONE


@pytest.mark.parametrize("kind", ORDER_MAILS)
def test_every_kind_of_mail_can_be_sent_without_a_request(
    make_order: MakeOrder, runtime: Runtime, outgoing: Any, kind: str
) -> None:
    moved = {"before": "Air packet", "after": "EMS", "reason": "It weighs too much.", "postage": None}
    states = {
        "order_cancelled": {"state": "cancelled", "cancel_reason": "unpaid"},
        "delivery_changed": {"shipping_quote": {"moved": moved}},
    }
    promise(make_order(locale="en", **states.get(kind, {})), kind)
    run_due(runtime)
    (mail,) = outgoing.sent
    assert "煎茶" in mail.get_body(("plain",)).get_content()
    assert "煎茶" in mail.get_body(("html",)).get_content()


def test_mails_leave_by_smtp_with_japanese_subject_and_a_name_that_breaks_lines(
    make_order: MakeOrder, make_runtime: MakeRuntime, box: tuple[Box, str]
) -> None:
    handler, url = box
    promise(make_order(name="花子\r\nBcc: thief@example.net"))
    run_due(make_runtime(transport_for(url)))
    (mail,) = handler.mails
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].display_name == "花子 Bcc: thief@example.net"
    assert "261122-0001" in mail["Subject"]
    assert "煎茶" in mail.get_body(("plain",)).get_content()


def test_a_mail_refused_for_now_is_tried_again_with_the_same_message_id(
    make_order: MakeOrder, make_runtime: MakeRuntime, box: tuple[Box, str]
) -> None:
    handler, url = box
    handler.answers = ["451 4.3.0 busy, come back"]
    runtime = make_runtime(transport_for(url))
    promise(make_order())
    run_due(runtime)
    row = only_row()
    assert (row.state, row.attempts) == (OutboxState.NEW, 1) and "451" in row.last_error
    assert run_due(runtime) == 0
    with time_machine.travel(utcnow() + timedelta(minutes=1), tick=False):
        run_due(runtime)
    assert [mail["Message-ID"] for mail in handler.mails] == [f"<{row.id}@shop.example>"]


def test_an_address_that_does_not_exist_is_parked_and_the_others_flow(
    make_order: MakeOrder, make_runtime: MakeRuntime, box: tuple[Box, str]
) -> None:
    handler, url = box
    promise(make_order(email="nobody@example.com"))
    promise(make_order(email="hanako@example.com"))
    run_due(make_runtime(transport_for(url)))
    assert [mail["To"].addresses[0].addr_spec for mail in handler.mails] == ["hanako@example.com"]
    session.rollback()
    rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
    assert [row.state for row in rows] == [OutboxState.DEAD, OutboxState.DONE]
    assert "550" in rows[0].last_error


def test_mails_are_files_named_by_their_job(make_order: MakeOrder, make_runtime: MakeRuntime, tmp_path: Path) -> None:
    promise(make_order())
    run_due(make_runtime(transport_for(f"file:{tmp_path / 'mail'}")))
    assert [path.name for path in (tmp_path / "mail").iterdir()] == [f"{only_row().id}.eml"]


def test_mails_are_shown_on_the_console(
    make_order: MakeOrder, make_runtime: MakeRuntime, capsys: pytest.CaptureFixture[str]
) -> None:
    promise(make_order(locale="en"))
    run_due(make_runtime(transport_for("console:")))
    assert "Thank you. We have received your order 261122-0001." in capsys.readouterr().out


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.req("ORD-1")
def test_a_crash_between_sending_and_writing_it_down_sends_a_twin_with_the_same_message_id(
    make_order: MakeOrder, runtime: Runtime, outgoing: Any
) -> None:
    def die_after_sending(moment: str) -> None:
        if moment == "after":
            raise Killed

    outgoing.trouble = die_after_sending
    promise(make_order())
    with pytest.raises(Killed):
        run_due(runtime)
    outgoing.trouble = lambda moment: None
    assert run_due(runtime) == 0
    with time_machine.travel(utcnow() + timedelta(seconds=61), tick=False):
        run_due(runtime)
        run_due(runtime)
    assert len(outgoing.sent) == 2 and len(set(outgoing.ids)) == 1
    assert only_row().state == OutboxState.DONE


def test_a_mail_that_was_written_down_is_not_sent_again_when_its_row_comes_back(
    make_order: MakeOrder, runtime: Runtime, outgoing: Any
) -> None:
    promise(make_order())
    run_due(runtime)
    row_id = only_row().id
    session.rollback()

    def lost() -> None:
        session.get_one(OutboxRow, row_id).state = OutboxState.NEW

    run_unit(lost)
    assert run_due(runtime) == 1
    assert len(outgoing.sent) == 1


def test_after_the_last_attempt_the_mail_is_dead_and_can_be_sent_by_hand_later(
    make_order: MakeOrder, runtime: Runtime, outgoing: Any
) -> None:
    def server_is_down(moment: str) -> None:
        raise MailFailed("The mail server is down.")

    outgoing.trouble = server_is_down
    promise(make_order())
    moment = utcnow()
    for _ in range(MAX_ATTEMPTS):
        with time_machine.travel(moment, tick=False):
            assert run_due(runtime) == 1
        moment += timedelta(hours=8)
    row = only_row()
    assert (row.state, row.last_error) == (OutboxState.DEAD, "The mail server is down.")
    outgoing.trouble = lambda moment: None
    row_id = row.id
    session.rollback()
    run_unit(lambda: retry(row_id))
    assert run_due(runtime) == 1 and len(outgoing.sent) == 1


def test_a_mail_about_an_order_that_is_gone_is_parked(db: Database, runtime: Runtime, outgoing: Any) -> None:
    promise(4711)
    run_due(runtime)
    assert only_row().state == OutboxState.DEAD and "4711" in only_row().last_error
    assert outgoing.sent == []


def test_two_relays_at_once_send_each_mail_once(
    db: Database, make_order: MakeOrder, runtime: Runtime, outgoing: Any
) -> None:
    ids = [make_order(locale=LANGUAGES[n % 4]) for n in range(12)]
    for order_id in ids:
        promise(order_id)
    start = threading.Barrier(2)

    def relay() -> None:
        start.wait()
        run_due(runtime)

    threads = [threading.Thread(target=relay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outgoing.ids) == 12 and len(set(outgoing.ids)) == 12
    session.rollback()
    locales = dict(session.execute(select(Order.number, Order.locale)).all())
    for mail in outgoing.sent:
        number = next(number for number in locales if number in mail["Subject"])
        assert mail["Content-Language"] == html_lang(locales[number])


def test_a_running_relay_sends_due_mail_by_itself_while_another_queue_is_stuck(
    make_order: MakeOrder, runtime: Runtime, outgoing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_jobs", dict(registry._jobs))
    stop, stuck = threading.Event(), threading.Event()
    registry.job("test.gateway_hangs", outside=True)(lambda work: stuck.wait(60) and None)
    with unit_of_work():
        later("test.gateway_hangs")
    relay = threading.Thread(target=relay_forever, args=(runtime, stop))
    relay.start()
    try:
        promise(make_order())
        wait_for(lambda: outgoing.sent, 15, "the mail leaves")
    finally:
        stuck.set()
        stop.set()
        relay.join(60)
    assert not relay.is_alive() and len(outgoing.sent) == 1
    assert WAKE_SECONDS <= 1
