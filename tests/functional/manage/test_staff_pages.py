"""The way in, one's own account, the staff: by a browser without script."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.invariants.checks import run_all
from storefront.core.settings.service import set_policy
from storefront.core.staff import passwords, setup_code
from storefront.core.staff.models import Staff, StaffSession
from storefront.jobs.relay import run_due
from storefront.testing.factories import make_staff
from storefront.testing.visitor import Page, Visitor

Member = Callable[..., Visitor]
PASSWORD = "rain over kyoto"
NEW = "snow over kyoto"
MAIL = "aya@example.com"


@pytest.fixture(autouse=True)
def quick_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def aya(app: Flask) -> int:
    stored = passwords.hasher.hash(PASSWORD)
    with app.app_context(), unit_of_work():
        return make_staff(email=MAIL, password_hash=stored, name="Tanaka Aya").id


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    return Visitor(client)


def enters(visitor: Visitor, password: str = PASSWORD, mail: str = MAIL, path: str = "/manage/account") -> Page:
    visitor.gets(path)
    visitor.submits("log-in-form", email=mail, password=password)
    return visitor.page


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def secret_of(page: Page) -> str:
    return page.text("totp-secret").replace(" ", "")


def cookie(visitor: Visitor) -> str:
    found = visitor.client.get_cookie("staff")
    return found.value if found else ""


# --- the way in


@pytest.mark.req("SHOP-5")
def test_the_owner_is_set_up_once_with_the_code_and_is_in(app: Flask, visitor: Visitor, data_dir: Path) -> None:
    code = setup_code.ensure(data_dir)
    visitor.gets("/manage/login")
    assert visitor.last.request.path == "/manage/setup"
    visitor.gets(f"/manage/setup?code={code}&lang=ja")
    assert 'lang="ja"' in visitor.page.html and visitor.page.form("set-up-form").fields["code"] == code
    typed = {"name": "田中 彩", "email": MAIL, "password": PASSWORD, "repeat": PASSWORD}
    for wrong, field in (
        ({"code": "no"}, "code"),
        ({"email": "aya"}, "email"),
        ({"name": ""}, "name"),
        ({"password": "short", "repeat": "short"}, "password"),
        ({"repeat": "other"}, "repeat"),
        ({"locale": "de"}, "locale"),
    ):
        visitor.gets(f"/manage/setup?code={code}&lang=ja")
        visitor.submits("set-up-form", **{**typed, **wrong})
        assert visitor.last.status_code == 422 and f"{field}-error" in visitor.page.ids
        assert PASSWORD not in visitor.page.html
        kept = visitor.page.form("set-up-form").fields
        assert kept["email"] == wrong.get("email", MAIL) and kept["password"] == ""
    visitor.gets(f"/manage/setup?code={code}&lang=ja")
    visitor.submits("set-up-form", **typed, follow=False)
    assert (visitor.last.status_code, visitor.last.location) == (303, "/manage/")
    assert setup_code.read(data_dir) == ""
    visitor.gets("/manage/account")
    assert visitor.last.status_code == 200 and 'lang="ja"' in visitor.page.html and "田中 彩" in visitor.page.html
    for method in ("get", "post"):
        assert (
            getattr(visitor.client, method)("/manage/setup", headers={"Sec-Fetch-Site": "same-origin"}).status_code
            == 404
        )
    assert acts(app) == ["staff.set_up", "staff.log_in"]


def test_guessing_the_set_up_code_is_throttled(app: Flask, visitor: Visitor, data_dir: Path) -> None:
    code = setup_code.ensure(data_dir)
    for _ in range(30):
        assert visitor.posts("/manage/setup", {"code": "no"}).status_code == 422
    assert visitor.posts("/manage/setup", {"code": code}).status_code == 429


def test_without_a_code_file_nobody_can_be_set_up(app: Flask, visitor: Visitor, data_dir: Path) -> None:
    assert visitor.posts("/manage/setup", {"code": ""}).status_code == 422
    with app.app_context():
        assert session.scalars(select(Staff)).all() == []


def test_logging_in_leads_back_to_where_one_wanted_to_go_and_nowhere_else(
    app: Flask, aya: int, visitor: Visitor
) -> None:
    enters(visitor, path="/manage/announcements/?sort=text")
    assert visitor.last.request.full_path == "/manage/announcements/?sort=text"
    for target in ("https://evil.example/", "//evil.example/", "/en/", "/manage/../en/", "javascript:x"):
        stranger = Visitor(app.test_client())
        stranger.gets("/manage/login", query_string={"next": target})
        stranger.submits("log-in-form", email=MAIL, password=PASSWORD, follow=False)
        assert stranger.last.location.startswith("/manage/") and "evil" not in stranger.last.location


def test_a_wrong_password_keeps_the_mail_and_says_no_more(app: Flask, aya: int, visitor: Visitor) -> None:
    page = enters(visitor, "wrong horse")
    assert visitor.last.status_code == 422 and page.text("problem") == "Mail address or password is wrong."
    assert page.form("log-in-form").fields == {"next": "/manage/account", "email": MAIL, "password": ""}
    unknown = enters(visitor, "wrong horse", "nobody@example.com")
    assert unknown.text("problem") == page.text("problem")
    for _ in range(4):
        enters(visitor, "wrong horse")
    page = enters(visitor)
    assert visitor.last.status_code == 429 and "15 min" in page.text("problem")
    assert 890 <= int(visitor.last.headers["Retry-After"]) <= 900
    assert MAIL not in str(acts(app))


def test_the_pages_before_the_log_in_speak_four_languages(visitor: Visitor, aya: int) -> None:
    for lang, word in (("en", "Log in"), ("ja", "ログイン"), ("zh-hans", "登录"), ("zh-hant", "登入")):
        visitor.gets(f"/manage/login?lang={lang}&next=/manage/staff/")
        assert word in visitor.page.html
        hrefs = [link for link in visitor.page.links if "lang=" in link]
        assert len(hrefs) == 4 and all("next=" in href for href in hrefs)
    assert visitor.gets("/manage/login?lang=de").status_code == 200


def test_hints_for_password_keepers(app: Flask, visitor: Visitor, aya: int) -> None:
    page = (visitor.gets("/manage/login"), visitor.page)[1]
    for name, hint in (("email", "username"), ("password", "current-password")):
        assert re.search(rf'<input[^>]*name="{name}"[^>]*autocomplete="{hint}"', page.html)


def test_a_post_from_another_site_does_not_log_in(aya: int, visitor: Visitor) -> None:
    data = {"email": MAIL, "password": PASSWORD}
    refused = visitor.client.post("/manage/login", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403 and cookie(visitor) == ""


def test_a_new_log_in_has_a_new_token_and_the_old_session_is_gone(app: Flask, aya: int, visitor: Visitor) -> None:
    visitor.client.set_cookie("staff", "planted-by-somebody-else", domain="localhost")
    enters(visitor)
    first = cookie(visitor)
    assert first != "planted-by-somebody-else"
    visitor.posts("/manage/login", {"email": MAIL, "password": PASSWORD})
    assert cookie(visitor) != first
    with app.app_context():
        assert len(session.scalars(select(StaffSession)).all()) == 1
    stolen = Visitor(app.test_client())
    stolen.client.set_cookie("staff", first, domain="localhost")
    assert stolen.client.get("/manage/account").status_code == 303


def test_logging_out_ends_the_session_for_good(app: Flask, aya: int, visitor: Visitor) -> None:
    enters(visitor)
    token = cookie(visitor)
    visitor.posts("/manage/logout", visitor.page.form("account-form").fields)
    assert visitor.last.request.path == "/manage/login"
    visitor.client.set_cookie("staff", token, domain="localhost")
    assert visitor.client.get("/manage/account").status_code == 303
    assert acts(app)[-1] == "staff.log_out"


# --- the second factor


def turns_on(visitor: Visitor) -> tuple[str, list[str]]:
    """Secret and recovery codes."""
    visitor.gets("/manage/account/second-factor")
    secret = secret_of(visitor.page)
    visitor.submits("enrol-form", code=pyotp.TOTP(secret).now())
    return secret, visitor.page.texts("recovery-code")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(utcnow(), tick=False) as moved:
        yield moved


def test_a_second_factor_from_turning_it_on_to_the_lost_phone(
    app: Flask, aya: int, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    enters(visitor)
    visitor.gets("/manage/account/second-factor")
    secret = secret_of(visitor.page)
    visitor.gets("/manage/account/second-factor")
    assert secret_of(visitor.page) == secret  # a reload asks for nothing new
    assert "<svg" in visitor.page.html and f"secret={secret}" in visitor.page.html
    visitor.submits("enrol-form", code="000000")
    assert visitor.last.status_code == 422 and secret_of(visitor.page) == secret
    _, codes = turns_on(visitor)
    assert len(set(codes)) == 10 and "no-store" in visitor.last.headers["Cache-Control"]
    with app.app_context():
        assert secret not in str(session.scalars(select(StaffSession.data)).all())

    clock.shift(timedelta(minutes=1))
    other = Visitor(app.test_client())
    enters(other, path="/manage/announcements/")
    assert other.last.request.path == "/manage/login/code"
    waiting = cookie(other)
    assert other.client.get("/manage/account").status_code == 303  # nothing but the code
    other.gets("/manage/login/code?next=/manage/announcements/")
    other.submits("code-form", code="000000")
    assert other.last.status_code == 422 and "code-error" in other.page.ids
    other.submits("code-form", code=pyotp.TOTP(secret).now())
    assert other.last.request.path == "/manage/announcements/" and cookie(other) != waiting

    third = Visitor(app.test_client())
    enters(third)
    third.submits("code-form", code=pyotp.TOTP(secret).now())
    assert third.last.status_code == 422  # used
    third.submits("code-form", code=codes[0])
    assert third.last.request.path == "/manage/account" and "9 recovery codes" in third.page.html

    third.gets("/manage/account/second-factor")
    third.submits("second-factor-form", current="wrong")
    assert "10 recovery codes" not in third.page.html and third.last.status_code == 200  # no button, nothing done
    third.gets("/manage/account/second-factor")
    token = third.page.form("second-factor-form").fields
    third.posts("/manage/account/second-factor/codes", {**token, "current": "wrong horse"})
    assert third.last.status_code == 422 and "current-error" in third.page.ids
    third.posts("/manage/account/second-factor/codes", {**token, "current": PASSWORD})
    assert not set(third.page.texts("recovery-code")) & set(codes)
    third.posts("/manage/account/second-factor/remove", {**token, "current": PASSWORD})
    assert third.page.text("notice") == "The second factor is removed."
    assert "staff.totp_removed" in acts(app)


def test_cancelling_the_second_step_leads_back_to_the_log_in(aya: int, app: Flask, visitor: Visitor) -> None:
    enters(visitor)
    turns_on(visitor)
    other = Visitor(app.test_client())
    enters(other)
    other.posts("/manage/login/cancel", other.page.form("code-form").fields)
    assert other.last.request.path == "/manage/login"


def test_who_must_have_a_second_factor_gets_nowhere_without_it(
    app: Flask, member: Member, clock: time_machine.Traveller
) -> None:
    owner, packer = member("owner"), member("packer")
    with app.app_context(), unit_of_work():
        set_policy("staff.second_factor", "owners", "test")
    owner.gets("/manage/staff/")
    assert owner.last.request.path == "/manage/account/second-factor" and "before anything else" in owner.page.html
    for path in ("/manage/account", "/manage/account/password"):
        owner.posts(path, owner.page.form("enrol-form").fields)
        assert owner.last.request.path == "/manage/account/second-factor"
    assert packer.gets("/manage/account").request.path == "/manage/account"
    turns_on(owner)
    assert owner.gets("/manage/staff/").request.path == "/manage/staff/"


# --- one's own account


def test_name_language_and_password_are_changed(app: Flask, aya: int, visitor: Visitor) -> None:
    elsewhere = Visitor(app.test_client())
    enters(elsewhere)
    enters(visitor)
    visitor.submits("account-form", name="", locale="ja")
    assert visitor.last.status_code == 422 and "name-error" in visitor.page.ids
    visitor.submits("account-form", name="田中", locale="ja")
    assert visitor.page.text("notice") == "保存しました。" and 'lang="ja"' in visitor.page.html
    visitor.submits("account-form", name="田中", locale="en")
    for typed, field in (
        ({"current": PASSWORD, "password": "short", "repeat": "short"}, "password"),
        ({"current": PASSWORD, "password": NEW, "repeat": "other"}, "repeat"),
        ({"current": "wrong", "password": NEW, "repeat": NEW}, "current"),
    ):
        visitor.submits("password-form", **typed)
        assert visitor.last.status_code == 422 and f"{field}-error" in visitor.page.ids
    visitor.submits("password-form", current=PASSWORD, password=NEW, repeat=NEW)
    assert visitor.last.status_code == 200 and "logged out" in visitor.page.text("notice")
    assert elsewhere.client.get("/manage/account").status_code == 303
    assert enters(elsewhere, PASSWORD).text("problem")
    enters(elsewhere, NEW)
    assert elsewhere.last.request.path == "/manage/account"


def test_browsers_are_listed_and_logged_out(app: Flask, aya: int, member: Member, visitor: Visitor) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    elsewhere, third = Visitor(app.test_client()), Visitor(app.test_client())
    elsewhere.client.environ_base["HTTP_USER_AGENT"] = firefox
    for each in (elsewhere, third, visitor):
        enters(each)
    rows = visitor.page.texts("browser")
    assert len(rows) == 3 and "this one" in rows[0] and any("Firefox, Windows" in row for row in rows)
    stranger = member("owner")
    with app.app_context():
        not_mine = session.scalars(select(StaffSession.id).where(StaffSession.staff_id != aya)).one()
    token = visitor.page.form("account-form").fields["csrf_token"]
    visitor.posts(f"/manage/account/sessions/{not_mine}/end", {"csrf_token": token})
    assert stranger.gets("/manage/account").request.path == "/manage/account"
    visitor.submits("end-session")
    assert len(visitor.page.texts("browser")) == 2
    visitor.submits("end-others")
    assert len(visitor.page.texts("browser")) == 1
    assert [v.client.get("/manage/account").status_code for v in (elsewhere, third, visitor)] == [303, 303, 200]


# --- the staff


def test_somebody_is_invited_joins_gets_another_role_and_is_closed(
    app: Flask, member: Member, visitor: Visitor
) -> None:
    owner = member("owner")
    owner.gets("/manage/staff/new")
    owner.submits("edit-form", name="Ben", email="ben", role="packer", locale="en")
    assert owner.last.status_code == 422 and "email-error" in owner.page.ids
    owner.submits("edit-form", name="Ben", email="Ben@example.com", role="packer", locale="zh-hant")
    path = owner.last.request.path
    link = next(owner.page.attributes("invite-link"))["value"]
    assert next(owner.page.attributes("member-state"))["data-state"] == "invited"
    assert run_due(app) >= 1 and link in "".join(mail.read_text() for mail in mails(app)).replace("=\n", "").replace(
        "=3D", "="
    )

    visitor.gets(link.removeprefix("http://localhost"), headers={"Accept-Language": "zh-TW"})
    assert "Ben@example.com" in visitor.page.html and 'lang="zh-Hant"' in visitor.page.html
    visitor.submits("invite-form", password="ben@example.com", repeat="x")
    assert visitor.last.status_code == 422 and "password-error" in visitor.page.ids
    visitor.submits("invite-form", password=PASSWORD, repeat=PASSWORD, follow=False)
    assert visitor.last.status_code == 303
    assert Visitor(app.test_client()).gets(link.removeprefix("http://localhost")).status_code == 410
    assert visitor.gets("/manage/staff/").status_code == 403
    assert visitor.gets(path).status_code == 403

    owner.gets("/manage/staff/?q=BEN")
    assert len(owner.page.texts("row")) == 1
    owner.gets("/manage/staff/?role=packer&state=active")
    assert len(owner.page.texts("row")) == 1
    owner.gets(path)
    owner.submits("member-form", role="manager", name="")
    assert owner.last.status_code == 422 and "name-error" in owner.page.ids
    owner.gets(path)
    owner.submits("member-form", role="manager")
    assert visitor.gets("/manage/staff/").status_code == 200  # from the next request on
    assert visitor.posts(path, {"csrf_token": token_of(visitor, "/manage/account")}).status_code == 403
    owner.gets(path)
    owner.submits("close-form")
    assert next(owner.page.attributes("member-state"))["data-state"] == "closed"
    assert visitor.client.get("/manage/account").status_code == 303
    owner.submits("reopen-form")
    owner.submits("reset-form")
    assert next(owner.page.attributes("member-state"))["data-state"] == "invited"
    before = next(owner.page.attributes("invite-link"))["value"]
    owner.submits("invite-again-form")
    assert next(owner.page.attributes("invite-link"))["value"] != before
    with app.app_context():
        assert run_all() == []


def token_of(visitor: Visitor, path: str) -> str:
    visitor.gets(path)
    return str(visitor.page.form("account-form").fields["csrf_token"])


def mails(app: Flask) -> list[Path]:
    folder = Path(app.extensions["storefront"].settings.data_dir) / "mail"
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_last_owner_stays_and_says_why(app: Flask, member: Member) -> None:
    owner = member("owner")
    owner.gets("/manage/staff/")
    path = next(link for link in owner.page.links if re.fullmatch(r"/manage/staff/\d+", link))
    for form in ("member-form", "close-form", "reset-form"):
        owner.gets(path)
        owner.submits(form, **({"role": "packer"} if form == "member-form" else {}))
        assert owner.last.status_code == 422 and "only owner" in owner.page.text("problem")
    other = member("owner")
    owner.gets(path)
    owner.submits("close-form")
    assert owner.last.request.path == "/manage/login"  # closed oneself: out
    assert other.gets(path).status_code == 200


def test_an_owner_takes_off_a_lost_second_factor_and_ends_sessions(app: Flask, aya: int, member: Member) -> None:
    visitor = Visitor(app.test_client())
    enters(visitor)
    turns_on(visitor)
    owner = member("owner")
    path = f"/manage/staff/{aya}"
    owner.gets(path)
    owner.submits("take-off-form")
    assert "take-off-form" not in [mark for mark, _ in owner.page.marks]
    owner.submits("end-all-form")
    assert visitor.client.get("/manage/account").status_code == 303
    assert enters(visitor).html and visitor.last.request.path == "/manage/account"


@pytest.mark.parametrize(
    "path", ["/manage/staff/999", "/manage/staff/99999999999999", "/manage/staff/x", "/manage/invite/%00"]
)
def test_what_is_not_there_is_no_fault(app: Flask, member: Member, path: str) -> None:
    owner = member("owner")
    assert owner.gets(path).status_code in (404, 410)
    token = token_of(owner, "/manage/account")
    for act in ("", "/close", "/reset", "/sessions/end", "/second-factor/remove", "/invite", "/reopen"):
        assert owner.posts(
            f"{path}{act}", {"csrf_token": token, "name": "a", "locale": "ja", "role": "packer"}
        ).status_code in (404, 405, 410, 422)
