"""Invitations by mail: the newest link, in the member's language, and nothing once there is nothing to say."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.i18n.catalogues import CORE_DOMAIN, register_domain
from storefront.core.outbox.models import OutboxRow
from storefront.core.secrecy import STAFF, SecretBox
from storefront.core.settings.models import Policy
from storefront.core.staff import service
from storefront.core.staff.models import Staff
from storefront.core.staff.passwords import CheckedPassword
from storefront.jobs.relay import run_due
from storefront.jobs.runtime import Runtime
from storefront.testing.databases import Database

Invite = Callable[[str], tuple[int, str]]


@pytest.fixture(autouse=True)
def catalogue() -> None:
    register_domain(CORE_DOMAIN, Path(__file__).resolve().parents[3] / "translations")


@pytest.fixture
def invite(db: Database, runtime: Runtime) -> Invite:
    """``invite("ja") -> (staff_id, secret)``."""

    def run(locale: str) -> tuple[int, str]:
        details = service.check_details("田中 <b>彩</b>", f"aya-{locale}@example.com", locale)
        box, now = runtime.staff_box, utcnow()
        secret = run_unit(lambda: service.invite(details, "packer", box=box, actor="staff:1", now=now))
        found = service.find_invited(secret, now)
        assert found is not None
        staff_id = found.id
        session.rollback()
        return staff_id, secret

    return run


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None and html is not None
    return text.get_content(), html.get_content()


@pytest.mark.parametrize(
    ("locale", "word"),
    [("en", "Choose a password"), ("ja", "パスワードを決める"), ("zh-hans", "设置密码"), ("zh-hant", "設定密碼")],
)
def test_the_link_comes_in_the_members_language(
    invite: Invite, runtime: Runtime, outgoing: object, locale: str, word: str
) -> None:
    with unit_of_work():
        session.add(Policy(key="shop.name", value={"en": "Tea & Co", "ja": "和茶堂"}))
    _, secret = invite(locale)
    assert run_due(runtime) == 1
    (message,) = outgoing.sent  # type: ignore[attr-defined]
    assert message["To"].addresses[0].addr_spec == f"aya-{locale}@example.com"
    text, html = parts(message)
    for part in (text, html):
        assert f"https://shop.example/manage/invite/{secret}" in part and word in part
    assert "田中 <b>彩</b>" in text and "<b>彩" not in html
    assert ("和茶堂" if locale == "ja" else "Tea & Co") in message["Subject"]


def test_of_two_invitations_both_mails_carry_the_newest_link(
    invite: Invite, runtime: Runtime, outgoing: object
) -> None:
    staff_id, first = invite("en")
    now = utcnow()
    newest = run_unit(lambda: service.invite_again(staff_id, box=runtime.staff_box, actor="x", now=now))
    run_due(runtime)
    texts = [parts(message)[0] for message in outgoing.sent]  # type: ignore[attr-defined]
    assert len(texts) == 2 and all(newest in text and first not in text for text in texts)


def test_nothing_is_sent_once_accepted_closed_or_over(invite: Invite, runtime: Runtime, outgoing: object) -> None:
    _, secret = invite("en")
    run_unit(lambda: service.accept_invite(secret, CheckedPassword("x"), utcnow()))
    closed, _ = invite("ja")
    run_unit(lambda: service.close_account(closed, "staff:1", utcnow()))
    late, _ = invite("zh-hans")
    with unit_of_work():
        session.get_one(Staff, late).invite_until = utcnow() - timedelta(seconds=1)
    assert run_due(runtime) == 3
    assert outgoing.sent == []  # type: ignore[attr-defined]


def test_a_link_sealed_under_a_lost_key_is_given_up_with_a_sentence(
    invite: Invite, runtime: Runtime, db: Database
) -> None:
    staff_id, _ = invite("en")
    with unit_of_work():
        session.get_one(Staff, staff_id).invite_sealed = SecretBox("lost", purpose=STAFF).encrypt("x")
    run_due(runtime)
    session.rollback()
    row = session.query(OutboxRow).one()
    assert row.state == "dead" and "invite again" in row.last_error
