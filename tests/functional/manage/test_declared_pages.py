"""Lists and forms as every declared page has them, tried on the announcements."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.admin.tasks.running import export_folder
from storefront.core.audit.models import AuditEntry
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.outbox.service import later
from storefront.core.settings.announcements import save_announcement
from storefront.core.settings.models import Announcement
from storefront.core.tasks.models import Task
from storefront.jobs.relay import run_due
from storefront.testing.visitor import Visitor

LIST = "/manage/announcements/"
NEW = "/manage/announcements/new"
TEXT = {"text_en": "Closed until Monday", "text_ja": "月曜まで休業", "places": "all"}
Member = Callable[..., Visitor]


def texts(app: Flask) -> list[dict[str, str]]:
    with app.app_context():
        return list(session.scalars(select(Announcement.text).order_by(Announcement.id)))


def audited(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(row.act, row.actor) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def announced(app: Flask, *words: str) -> None:
    with app.app_context(), unit_of_work():
        for each in words:
            save_announcement(None, {"en": each}, ["all"], "test")


@pytest.mark.req("SHOP-3")
def test_a_row_is_made_shown_to_shoppers_changed_and_removed(app: Flask, member: Member) -> None:
    owner = member()
    owner.gets(LIST)
    assert "empty" in [mark for mark, _ in owner.page.marks]
    owner.gets(NEW)
    owner.submits("edit-form", **TEXT)
    assert owner.page.texts("notice") == ["Saved."]
    assert Visitor(app.test_client()).gets("/en/").text.count("Closed until Monday") == 1

    owner.submits("edit-form", text_en="Closed until Tuesday", ends_at="2030-01-31T18:00")
    assert texts(app) == [{"en": "Closed until Tuesday", "ja": "月曜まで休業"}]
    owner.gets(LIST)
    assert "2030-01-31 18:00" in owner.page.text("row")

    path = next(link for link in owner.page.links if link.startswith(LIST) and link != LIST and link != NEW)
    owner.gets(path)
    owner.posts(f"{path}/remove", {"csrf_token": owner.page.form("edit-form").fields["csrf_token"]})
    owner.posts(f"{path}/remove", {**owner.page.forms[-1].fields})
    assert texts(app) == []
    acts = [act for act, _actor in audited(app)]
    assert acts == ["announcement.save", "announcement.save", "announcement.remove"]
    assert {actor.split(":")[0] for _act, actor in audited(app)} == {"staff"}


def test_a_form_sent_twice_acts_once(app: Flask, member: Member) -> None:
    owner = member()
    owner.gets(NEW)
    sent = {**owner.page.form("edit-form").fields, **TEXT}
    first = owner.posts(NEW, sent, follow=False)
    second = owner.posts(NEW, sent, follow=False)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(texts(app)) == 1


def test_what_needs_another_look_is_said_and_what_was_typed_stays(app: Flask, member: Member) -> None:
    owner = member()
    owner.gets(NEW)
    answer = owner.submits("edit-form", text_en="Two\x00 words <b>", starts_at="tomorrow", ends_at="", places="nowhere")
    assert answer.status_code == 422
    assert owner.page.texts("field-error") == [
        "Please choose from the list.",
        "Please write date and time as 2027-01-31 18:00.",
    ]
    kept = owner.page.form("edit-form").fields
    assert kept["text_en"] == "Two words <b>" and kept["starts_at"] == "tomorrow"
    # what only saving finds stands above the form
    answer = owner.submits("edit-form", text_en="", text_ja="", starts_at="", places="all")
    assert answer.status_code == 422
    assert owner.page.text("problem") == "An announcement needs a text in at least one language."
    assert texts(app) == []


def test_two_editors_of_different_fields_keep_both_changes(app: Flask, member: Member) -> None:
    announced(app, "Closed")
    one, other = member(), member("manager")
    one.gets(f"{LIST}1")
    other.gets(f"{LIST}1")
    one.submits("edit-form", text_ja="休業")
    other.submits("edit-form", text_en="Closed today")
    assert other.page.texts("notice") == ["Saved. What others changed meanwhile was kept."]
    assert texts(app) == [{"en": "Closed today", "ja": "休業"}]


@pytest.mark.parametrize("part", [False, True])
def test_two_editors_of_one_field_are_shown_the_difference(app: Flask, member: Member, part: bool) -> None:
    announced(app, "Closed")
    one, other = member(), member("manager")
    one.gets(f"{LIST}1")
    other.gets(f"{LIST}1")
    one.submits("edit-form", text_en="Closed on Monday")
    answer = other.submits("edit-form", part=part, text_en="Closed on Tuesday", text_ja="火曜休業")
    assert answer.status_code == 409
    assert texts(app) == [{"en": "Closed on Monday"}]
    assert other.page.texts("theirs") == ["Stored now: Closed on Monday"]
    assert other.page.form("edit-form").fields["text_en"] == "Closed on Tuesday"
    # having seen it, the later one may put their own in its place
    assert other.submits("edit-form").status_code == 200
    assert texts(app) == [{"en": "Closed on Tuesday", "ja": "火曜休業"}]


def test_a_row_that_is_gone_is_not_found(member: Member) -> None:
    owner = member()
    for path in (f"{LIST}77", f"{LIST}x", f"{LIST}%00", f"{LIST}99999999999999999999"):
        assert owner.gets(path).status_code == 404, path
    assert owner.posts(f"{LIST}77", {"csrf_token": ""}).status_code in (400, 403, 404)


def test_a_list_survives_whatever_its_address_holds(app: Flask, member: Member) -> None:
    announced(app, "One", "Two")
    owner = member()
    for query in (
        "after=%00",
        "after=W10",
        "after=WyJhIl0",
        "before=!!",
        "sort=nothing",
        "sort=-text",
        "q=" + "x" * 3000,
    ):
        assert owner.gets(f"{LIST}?{query}").status_code == 200, query
        assert len(owner.page.texts("row")) == 2, query


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_is_written_to_a_file_that_no_spreadsheet_runs(app: Flask, member: Member, kind: str) -> None:
    announced(app, "Closed", '=HYPERLINK("http://x")', "-1+1")
    owner = member(locale="ja")
    owner.gets(LIST)
    form = owner.page.form("list-form")
    owner.posts(f"{LIST}export", {**form.fields, "format": kind})
    assert owner.page.texts("task")[0].startswith("待機中")
    while run_due(app):
        pass
    owner.gets(owner.last.request.path)
    assert next(owner.page.attributes("task"))["data-state"] == "done"
    link = next(link for link in owner.page.links if link.endswith("/file"))
    answer = owner.gets(link)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=announcements-")
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert rows[0][0] == "文章"
        assert sorted(row[0] for row in rows[1:]) == ["'-1+1", '\'=HYPERLINK("http://x")', "Closed"]
    else:
        with ZipFile(io.BytesIO(answer.get_data())) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "=HYPERLINK" in sheet and "<f>" not in sheet
    answer.close()
    # whoever may not export gets neither the task nor its file
    support = member("support")
    assert support.gets(link).status_code in (403, 404)
    support.gets(LIST)
    token = next(form.fields["csrf_token"] for form in support.page.forms if "csrf_token" in form.fields)
    assert support.posts(f"{LIST}export", {"format": kind, "csrf_token": token}).status_code == 403


def test_a_file_is_deleted_after_a_week_and_the_page_says_so(app: Flask, member: Member) -> None:
    announced(app, "Closed")
    owner = member()
    owner.gets(LIST)
    for _ in range(2):
        owner.posts(f"{LIST}export", {**owner.page.form("list-form").fields, "format": "csv"})
        later_made = owner.last.request.path
        owner.gets(LIST)
    while run_due(app):
        pass
    with app.app_context():
        first, second = session.scalars(select(Task).order_by(Task.id))
        gone = f"/manage/tasks/{first.id}"
        made, kept = export_folder() / first.file, export_folder() / second.file
        with unit_of_work():
            first.finished_at = utcnow() - timedelta(days=7, minutes=1)
            later("tasks.purge", queue="slow")
    while run_due(app):
        pass
    assert not made.exists() and kept.exists()
    owner.gets(gone)
    assert "7 days" in owner.page.text("file-gone")
    assert owner.gets(f"{gone}/file").status_code == 404
    owner.gets(later_made)
    marks = [mark for mark, _ in owner.page.marks]
    assert "download" in marks and "file-gone" not in marks


def test_a_list_is_read_in_two_statements_beside_the_session(app: Flask, member: Member, count_statements) -> None:  # type: ignore[no-untyped-def]
    announced(app, *(f"Notice {n}" for n in range(60)))
    owner = member()
    owner.gets(LIST)
    with count_statements() as seen:
        owner.gets(LIST)
    assert len(seen) == 3
    assert len(owner.page.texts("row")) == 50
    owner.gets(next(link for link in owner.page.links if "after=" in link))
    assert len(owner.page.texts("row")) == 10
    owner.gets(next(link for link in owner.page.links if "before=" in link))
    assert owner.page.texts("row")[0].startswith("Notice 59")
