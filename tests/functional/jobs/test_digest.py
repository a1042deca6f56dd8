"""The daily notice to the staff: to whom it is meant for, when something waits, and never to who does not want it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.i18n.catalogues import CORE_DOMAIN, register_domain
from storefront.core.mail import records
from storefront.core.mail.models import MailRecord
from storefront.core.mail.opting_out import opt_out, unseal
from storefront.core.mail.queries import MailState, find_mail, mails_of
from storefront.core.outbox.claiming import claim, fail
from storefront.core.outbox.models import OutboxRow
from storefront.core.outbox.service import later
from storefront.core.outbox.tending import retry_all
from storefront.core.staff import service
from storefront.core.staff.models import Staff
from storefront.jobs.clock import TIMED, next_slot
from storefront.jobs.relay import run_due
from storefront.jobs.runtime import Runtime
from storefront.testing.databases import Database
from storefront.testing.desk import make_member

TOPIC = "staff_digest"


@pytest.fixture(autouse=True)
def staff(db: Database) -> dict[str, tuple[int, str]]:
    """Id and address by role."""
    register_domain(CORE_DOMAIN, Path(__file__).resolve().parents[3] / "translations")
    ids = {
        role: make_member(role, locale=lang)
        for role, lang in (("owner", "ja"), ("manager", "zh-hant"), ("packer", "en"), ("translator", "en"))
    }
    found = {role: (id_, session.get_one(Staff, id_).email) for role, id_ in ids.items()}
    session.rollback()
    return found


def give_up() -> None:
    with unit_of_work():
        later("test.gone", queue="slow")
    (row,) = claim(1, utcnow(), queues=("slow",))
    run_unit(lambda: fail(row, "gone", utcnow(), permanent=True))


def morning(runtime: Runtime) -> None:
    with unit_of_work():
        later("staff.digest")
    run_due(runtime, queues=("critical",))


def to(outgoing: Any) -> list[str]:
    return sorted(mail["To"].addresses[0].addr_spec for mail in outgoing.sent)


def test_owner_and_manager_hear_once_a_day_of_what_needs_them(
    staff: dict[str, tuple[int, str]], runtime: Runtime, outgoing: Any
) -> None:
    morning(runtime)
    assert run_due(runtime) == 0 and outgoing.sent == []
    give_up()
    morning(runtime)
    morning(runtime)
    run_due(runtime)
    assert to(outgoing) == sorted([staff["owner"][1], staff["manager"][1]])
    mail = next(m for m in outgoing.sent if m["Content-Language"] == "ja")
    text = mail.get_body(("plain",)).get_content()
    assert "完了できなかったメールと処理：1" in text and "https://shop.example/manage/" in text
    link = mail["List-Unsubscribe"].strip("<>")
    assert link in text and mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = unseal(runtime.mail_box, link.rpartition("/")[2])
    assert found is not None and (found.address, found.topic) == (staff["owner"][1], TOPIC)


def test_who_does_not_want_it_gets_none_also_when_it_was_promised_before(
    staff: dict[str, tuple[int, str]], runtime: Runtime, outgoing: Any
) -> None:
    give_up()
    owner, manager = staff["owner"], staff["manager"]
    run_unit(lambda: opt_out(manager[1].upper(), TOPIC))
    morning(runtime)
    run_unit(lambda: opt_out(owner[1], TOPIC))
    run_due(runtime, queues=("mail",))
    assert outgoing.sent == []
    assert [row.state for row in mails_of(f"staff:{owner[0]}")] == [MailState.UNWANTED]
    assert mails_of(f"staff:{manager[0]}") == []
    session.rollback()


def test_nothing_is_said_of_what_was_done_meanwhile(runtime: Runtime, outgoing: Any) -> None:
    give_up()
    morning(runtime)
    run_unit(lambda: retry_all("test.gone", "staff:1", utcnow() + timedelta(days=1)))
    run_due(runtime, queues=("mail",))
    assert outgoing.sent == []
    session.rollback()
    assert {record.outcome for record in session.scalars(select(MailRecord))} == {"moot"}
    session.rollback()


def test_invitations_leave_whatever_somebody_unsubscribed_from(
    staff: dict[str, tuple[int, str]], runtime: Runtime, outgoing: Any
) -> None:
    """They are transactional: no link, and no opt-out holds them back."""
    id_, address = staff["packer"]
    run_unit(lambda: opt_out(address, TOPIC))
    run_unit(lambda: service.reset_password(id_, box=runtime.staff_box, actor="staff:1", now=utcnow()))
    run_due(runtime)
    (mail,) = outgoing.sent
    assert mail["List-Unsubscribe"] is None and to(outgoing) == [address]


def test_the_log_forgets_addresses_in_time_but_not_what_waits_for_somebody(
    runtime: Runtime, staff: dict[str, tuple[int, str]]
) -> None:
    give_up()
    morning(runtime)
    run_due(runtime, limit=1, queues=("mail",))
    session.rollback()
    sent, waiting = (session.scalars(select(MailRecord).where(MailRecord.outcome == o)).one().id for o in ("sent", ""))
    session.rollback()
    assert run_unit(lambda: records.purge(utcnow() - timedelta(days=1))) == 0
    assert run_unit(lambda: records.purge(utcnow() + timedelta(days=1))) == 1
    assert find_mail(sent) is None and find_mail(waiting) is not None
    (row,) = mails_of(session.get_one(OutboxRow, sent).subject)
    assert (row.state, row.address, row.kind) == (MailState.SENT, "", TOPIC)
    session.rollback()


def test_the_next_morning_is_eight_where_the_shop_is() -> None:
    """Also across a change of the clocks."""
    now = datetime(2027, 3, 13, 20, 0, tzinfo=UTC)
    assert next_slot(TIMED["staff.digest"], now, "Asia/Tokyo") == datetime(2027, 3, 13, 23, 0, tzinfo=UTC)
    assert next_slot(TIMED["staff.digest"], now, "America/New_York") == datetime(2027, 3, 14, 12, 0, tzinfo=UTC)
    assert next_slot(TIMED["orders.cancel_unpaid"], now) == datetime(2027, 3, 13, 20, 5, tzinfo=UTC)
