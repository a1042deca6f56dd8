"""Background work in the back office: how it stands, what was given up, and what somebody does about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.mail.models import MailOptOut
from storefront.core.outbox.claiming import claim, fail
from storefront.core.outbox.heartbeat import beat
from storefront.core.outbox.models import OutboxRow
from storefront.core.outbox.service import later
from storefront.jobs.clock import insert_due
from storefront.testing.visitor import Visitor

Member = Callable[..., Visitor]


def dead(app: Flask, *names: str, error: str = "550 no such box") -> list[str]:
    with app.app_context():
        with unit_of_work():
            for name in names:
                later(name, queue="mail", subject="order:7")
        rows = claim(len(names), utcnow())
        for row in rows:
            run_unit(lambda row=row: fail(row, error, utcnow(), permanent=True))
        return [row.id for row in sorted(rows, key=lambda row: row.name)]


def states(app: Flask) -> list[str]:
    with app.app_context():
        found = list(session.scalars(select(OutboxRow.state).order_by(OutboxRow.name, OutboxRow.id)))
        session.rollback()
        return found


def acts(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = [(row.act, row.reason) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
        session.rollback()
        return rows


def test_the_page_tells_how_queues_relay_and_clock_stand(app: Flask, member: Member) -> None:
    owner = member()
    owner.gets("/manage/background/")
    assert next(owner.page.attributes("relay"))["data-state"] == "silent"
    assert "relay has not been heard of" in owner.page.text("problem")
    now = utcnow()
    with app.app_context():
        run_unit(lambda: beat(now))
        insert_due(now, zone="Asia/Tokyo")
        with unit_of_work():
            later("mail.x", queue="mail", available_at=now - timedelta(minutes=10))
    owner.gets("/manage/background/")
    assert next(owner.page.attributes("relay"))["data-state"] == "alive"
    depths = dict(
        zip([q["data-id"] for q in owner.page.attributes("queue")], owner.page.texts("queue-depth"), strict=True)
    )
    assert depths["mail"] == "1"
    assert "10 minutes" in owner.page.html
    timed = owner.page.texts("timed")
    assert len(timed) >= 8 and all("under way" in row for row in timed)


def test_nothing_of_a_person_and_no_key_is_shown(app: Flask, member: Member) -> None:
    error = (
        "550 hanako@example.com; smtp://user:open-sesame@host; token 0123456789abcdef0123456789abcdef0123456789abcdef"
    )
    (one,) = dead(app, "mail.x", error=error)
    for path in ("/manage/dead-jobs/", f"/manage/dead-jobs/{one}"):
        text = member().gets(path).text
        assert "550" in text
        for secret in ("hanako", "open-sesame", "0123456789abcdef0123"):
            assert secret not in text, path


def test_one_is_tried_again_once(app: Flask, member: Member) -> None:
    (one,) = dead(app, "mail.x")
    owner = member("manager")
    owner.gets(f"/manage/dead-jobs/{one}")
    form = owner.page.form("retry-form")
    owner.submits("retry-form")
    assert owner.page.texts("notice") == ["It is tried again."]
    owner.posts(form.action, form.fields)
    assert owner.page.texts("notice") == ["This was done already; it was not done twice."]
    owner.posts(form.action, {**form.fields, "_once": "another"})
    assert "not one that was given up" in owner.page.text("notice")
    assert states(app) == ["new"]
    assert acts(app) == [("job.retry", "")]
    assert owner.gets(f"/manage/dead-jobs/{one}").status_code == 404


def test_all_of_a_kind_are_tried_again_and_the_rest_is_dropped_with_a_reason(app: Flask, member: Member) -> None:
    dead(app, "mail.a", "mail.a", "mail.b")
    owner = member()
    assert owner.gets("/manage/").status_code == 200
    assert "/manage/background/" in owner.page.links
    owner.gets("/manage/background/")
    assert owner.page.texts("dead-count") == ["2", "1"]
    owner.submits("retry-kind")
    assert states(app) == ["new", "new", "dead"]
    owner.gets("/manage/dead-jobs/?name=mail.b")
    row = next(owner.page.attributes("row"))["data-id"]
    owner.gets(f"/manage/dead-jobs/{row}")
    assert owner.submits("drop-form", reason=" ").status_code == 422
    assert owner.page.texts("field-error") == ["Please write why it is dropped."]
    owner.submits("drop-form", reason="told by telephone")
    assert states(app) == ["new", "new", "dropped"]
    assert acts(app) == [("job.retry_all", ""), ("job.drop", "told by telephone")]


@pytest.mark.parametrize("role", ["support", "packer", "translator", "read_only"])
def test_only_owner_and_manager_see_it(app: Flask, member: Member, role: str) -> None:
    (one,) = dead(app, "mail.x")
    staff = member(role)
    for path in ("/manage/background/", "/manage/dead-jobs/", f"/manage/dead-jobs/{one}"):
        assert staff.gets(path).status_code == 403
    assert "jobs" not in {mark["data-kind"] for mark in staff.page.attributes("waiting")}


def test_a_member_chooses_whether_the_daily_notice_comes(app: Flask, member: Member) -> None:
    """In the account, as by the link in the mail; only those it is meant for are asked."""
    owner = member()
    owner.gets("/manage/account")
    assert owner.page.form("notices-form").fields["daily"] == "1"
    form = owner.page.form("notices-form")
    owner.posts(form.action, {"csrf_token": form.fields["csrf_token"]})
    assert "daily" not in owner.page.form("notices-form").fields
    with app.app_context():
        assert session.scalars(select(MailOptOut.topic)).all() == ["staff_digest"]
        session.rollback()
    owner.submits("notices-form", daily="1")
    assert owner.page.form("notices-form").fields["daily"] == "1"
    assert [act for act, _reason in acts(app)] == ["mail.opt_out", "mail.opt_in"]
    packer = member("packer")
    packer.gets("/manage/account")
    assert "notices-form" not in packer.page.html
