"""The mail log: what was written to whom, what became of it, and what the desk does about it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.core.db import session, unit_of_work
from storefront.core.mail.models import MailRecord
from storefront.core.mail.transports import MailRefused, Transport
from storefront.core.orders.models import Order, OrderEvent
from storefront.core.outbox.models import OutboxRow
from storefront.core.values.language import LANGUAGES, html_lang
from storefront.jobs.relay import run_due
from storefront.jobs.runtime import runtime_of
from storefront.testing.visitor import TAIPEI, Visitor

Member = Callable[..., Visitor]
Buy = Callable[..., str]


class Box(Transport):
    """A mail server that knows no ``wrong`` address."""

    wrong = ("lin@example.com",)

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, message: Any, job_id: str) -> None:
        if message["To"].addresses[0].addr_spec in self.wrong:
            raise MailRefused("The mail server answered 550: <lin@example.com> no such box")
        self.sent.append(message)


@pytest.fixture
def box(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Box:
    found = Box()
    runtime = runtime_of(app)
    monkeypatch.setitem(app.extensions, "storefront.jobs", type(runtime)(**{
        **{name: getattr(runtime, name) for name in runtime.__slots__}, "transport": found,
    }))  # fmt: skip
    return found


def rows(app: Flask, wanted: Any) -> list[Any]:
    with app.app_context():
        found = list(session.scalars(wanted))
        session.rollback()
        return found


def works(app: Flask) -> None:
    run_due(app, queues=("mail",))


@pytest.mark.req("MSG-5", "ORD-1")
def test_the_order_shows_its_mails_and_sends_one_again(app: Flask, member: Member, bought: Buy, box: Box) -> None:
    number = bought(TEA=1, lang="ja", address={**TAIPEI, "email": "yi@example.com"})
    support = member("support")
    support.gets(f"/manage/orders/{number}")
    (letter,) = support.page.texts("letter")
    assert "Order confirmation" in letter and "Waiting" in letter and "yi@example.com" in letter and "日本語" in letter
    works(app)
    support.gets(f"/manage/orders/{number}")
    assert [mark["data-state"] for mark in support.page.attributes("letter")] == ["sent"]
    support.submits("act-mail")
    assert support.page.texts("notice") == ["The mail is sent again."]
    assert [mark["data-state"] for mark in support.page.attributes("letter")] == ["sent", "waiting"]
    works(app)
    assert len({mail["Message-ID"] for mail in box.sent}) == 2
    assert rows(app, select(OrderEvent.name).where(OrderEvent.name == "mail_resent")) == ["mail_resent"]
    assert all(mail["Content-Language"] == "ja" for mail in box.sent)


@pytest.mark.req("MSG-5")
def test_a_refused_mail_leaves_when_its_address_is_put_right(app: Flask, member: Member, bought: Buy, box: Box) -> None:
    number = bought(TEA=1)
    works(app)
    assert box.sent == []
    support = member("support")
    support.gets("/manage/mails/?state=parked")
    (row,) = support.page.attributes("row")
    assert "lin@example.com" in support.page.text("row") and "550" in support.page.text("row")
    support.gets(f"/manage/mails/{row['data-id']}")
    assert next(support.page.attributes("mail"))["data-state"] == "parked"
    assert support.submits("address-form", email="lin@@example").status_code == 422
    assert support.page.form("address-form").fields["email"] == "lin@@example"
    support.submits("address-form", email="yi@example.com")
    assert support.page.texts("notice") == ["Corrected. 1 mail leaves again."]
    assert next(support.page.attributes("mail"))["data-state"] == "waiting"
    works(app)
    (mail,) = box.sent
    assert mail["To"].addresses[0].addr_spec == "yi@example.com"
    assert rows(app, select(Order.email)) == ["yi@example.com"]
    assert rows(app, select(MailRecord.address)) == ["yi@example.com"]
    assert "email_corrected" in rows(app, select(OrderEvent.name))
    found = {number: support.gets(f"/manage/mails/?q={question}").text for question, number in
             (("Yi@Example.com", "whole"), ("yi@", "begin"), (number, "order"), ("lin@example.com", "before"))}  # fmt: skip
    assert row["data-id"] in found["whole"] and row["data-id"] in found["begin"] and row["data-id"] in found["order"]
    assert row["data-id"] not in found["before"]


def test_the_manager_drops_a_refused_mail(app: Flask, member: Member, bought: Buy, box: Box) -> None:
    bought(TEA=1)
    works(app)
    (mail_id,) = rows(app, select(MailRecord.id))
    manager = member("manager")
    manager.gets(f"/manage/mails/{mail_id}")
    manager.submits("drop-form", reason="the customer rang")
    assert manager.page.texts("notice") == ["It is dropped."]
    assert next(manager.page.attributes("mail"))["data-state"] == "dropped"
    assert rows(app, select(OutboxRow.state).where(OutboxRow.id == mail_id)) == ["dropped"]
    with app.app_context(), unit_of_work():  # the books agree: the mail was owed and is accounted for
        assert session.get_one(OutboxRow, mail_id).last_error


def test_every_mail_is_looked_at_in_every_language(app: Flask, member: Member, bought: Buy) -> None:
    number = bought(TEA=2, address={**TAIPEI, "family_name": "<b>林"})
    translator, support = member("translator"), member("support")
    translator.gets("/manage/mail-preview/")
    kinds = translator.page.form("preview-form").options["kind"]
    folder = Path(app.root_path) / str(app.template_folder) / "mail"
    assert sorted(kinds) == sorted(path.name for path in folder.iterdir() if path.is_dir())
    for kind in kinds:
        for lang in LANGUAGES:
            query = f"?kind={kind}&lang={lang}"
            answer = translator.gets(f"/manage/mail-preview/{query}")
            assert answer.status_code == 200 and translator.page.text("preview-subject"), query
            html = translator.gets(f"/manage/mail-preview/html{query}")
            policy = html.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and policy.partition("sandbox")[1] and "script-src" not in policy
            assert f'<html lang="{html_lang(lang)}">' in html.text
    real = f"?kind=order_accepted&lang=zh-hant&order={number}"
    support.gets(f"/manage/mail-preview/{real}")
    assert number in support.page.text("preview-subject")
    html = support.gets(f"/manage/mail-preview/html{real}").text
    assert "&lt;b&gt;林" in html and "<b>林" not in html
    assert translator.gets(f"/manage/mail-preview/html{real}").status_code == 403
    assert support.gets("/manage/mail-preview/html?kind=order_accepted&order=nonsense").status_code == 404
    support.gets("/manage/mail-preview/?kind=nonsense&lang=xx&order=nonsense%00")
    assert "There is no order nonsense" in support.page.text("note")
