"""Getting in, or not: password, code, recovery code, throttling; sessions."""

from datetime import datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.secrecy import STAFF, SecretBox
from storefront.core.staff import login, passwords, second_factor, service, sessions, throttle
from storefront.core.staff.errors import Refused, SecondFactorState, Throttled, UnknownMember
from storefront.core.staff.login import LoggedIn
from storefront.core.staff.models import RecoveryCode, Staff, StaffSession, Throttle
from storefront.testing.databases import Database

from .conftest import NOW, PASSWORD, MakeMember

MAIL = "aya@example.com"
HERE = "203.0.113.7"


def enters(password: str = PASSWORD, mail: str = MAIL, now: datetime = NOW, address: str = HERE) -> LoggedIn:
    return login.log_in(mail, password, address=address, browser="Test browser", now=now)


def acts() -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def row(session_id: int) -> StaffSession:
    session.rollback()
    return session.get_one(StaffSession, session_id)


@pytest.fixture
def aya(make_member: MakeMember) -> int:
    return make_member(email=MAIL)


@pytest.fixture
def enrolled(aya: int, box: SecretBox) -> tuple[int, str, tuple[str, ...]]:
    """``(staff_id, secret, recovery codes)``; enrolled an hour ago."""
    opened = enters(now=NOW - timedelta(hours=1)).session
    secret = second_factor.begin(MAIL, "Shop").secret
    then = NOW - timedelta(hours=1)
    code = pyotp.TOTP(secret).at(then)
    codes = run_unit(lambda: second_factor.enrol(aya, secret, code, box=box, keep=opened.id, now=then))
    return aya, secret, codes


@pytest.mark.parametrize("mail", [MAIL, " AYA@example.com ", "ａｙａ@example.com"])
def test_the_right_password_opens_a_session_with_a_token_only_its_browser_knows(
    db: Database, aya: int, mail: str
) -> None:
    first, second = enters(mail=mail), enters(mail=mail)
    assert first.session.token != second.session.token and not first.needs_code
    kept = row(first.session.id)
    assert (kept.staff_id, kept.verified, kept.browser) == (aya, True, "Test browser")
    assert kept.token_hash == sessions.hashed(first.session.token) and kept.expires_at == NOW + timedelta(hours=12)
    assert acts() == ["staff.log_in"] * 2
    assert session.scalars(select(AuditEntry.actor)).first() == f"staff:{aya}"


def test_wrong_unknown_closed_and_not_yet_accepted_are_one_answer_and_the_mail_is_kept_nowhere(
    db: Database, aya: int, make_member: MakeMember, box: SecretBox
) -> None:
    closed = make_member(email="closed@example.com")
    run_unit(lambda: service.close_account(closed, "staff:1", NOW))
    invited = service.check_details("Ben", "ben@example.com", "en")
    run_unit(lambda: service.invite(invited, "owner", box=box, actor="staff:1", now=NOW))
    answers = set()
    for mail, password in (
        (MAIL, "wrong"),
        ("nobody@example.com", PASSWORD),
        ("closed@example.com", PASSWORD),
        ("ben@example.com", ""),
        ("", ""),
        ("x" * 5000, "y" * 5000),
        ("a\0b", PASSWORD),
    ):
        with pytest.raises(Refused) as refused:
            enters(password, mail)
        answers.add(str(refused.value))
    assert len(answers) == 1
    entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "staff.log_in_failed")).all()
    assert len(entries) == 7 and {entry.actor for entry in entries} == {login.STRANGER}
    assert "example.com" not in str([(e.reason, e.data, e.subject_id) for e in entries])
    assert "example.com" not in str(session.scalars(select(Throttle.key)).all())
    assert session.scalar(select(func.count(StaffSession.id))) == 0


def test_an_unknown_account_costs_a_hash_too(db: Database, aya: int, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str, password: str) -> bool:  # type: ignore[override]
            judged.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for mail in (MAIL, "nobody@example.com"):
        with pytest.raises(Refused):
            enters("wrong", mail)
    assert len(judged) == 2 and judged[0].split("$")[:4] == judged[1].split("$")[:4]


def test_five_wrong_passwords_close_the_account_for_a_quarter_of_an_hour(db: Database, aya: int) -> None:
    for address in ("198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4", "198.51.100.5"):
        with pytest.raises(Refused):
            enters("wrong", address=address)
    for minutes in (0, 14):
        with pytest.raises(Throttled) as refused:
            enters(now=NOW + timedelta(minutes=minutes))  # the right one
        assert refused.value.problem.params == {"minutes": 15 - minutes}
    assert enters(now=NOW + timedelta(minutes=15)).staff_id == aya
    assert acts().count("staff.log_in_failed") == 5


def test_unknown_accounts_are_closed_alike(db: Database, aya: int) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            enters("wrong", "nobody@example.com")
    with pytest.raises(Throttled):
        enters("wrong", "Nobody@example.com")


def test_the_right_password_forgets_the_wrong_ones_of_its_account(db: Database, aya: int) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(Refused):
                enters("wrong")
        enters()


def test_one_client_may_be_wrong_thirty_times_an_hour_over_all_accounts(db: Database, aya: int) -> None:
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"]  # one network, one client
    for i in range(30):
        with pytest.raises(Refused):
            enters("wrong", f"nobody-{i}@example.com", address=addresses[i % 2])
    with pytest.raises(Throttled):
        enters(address=addresses[0])
    assert enters(address="2001:db8:1:3::1").staff_id == aya
    assert enters(address=addresses[0], now=NOW + timedelta(hours=1)).staff_id == aya


def test_who_logs_in_rightly_is_not_counted_but_wrong_tries_before_are(db: Database, aya: int) -> None:
    for _ in range(40):
        enters()
    with pytest.raises(Refused):
        enters("wrong", "nobody@example.com")
    enters()
    counts = session.scalars(select(Throttle.count).where(Throttle.key.startswith("address:"))).all()
    assert list(counts) == [1]


def test_a_hash_of_older_parameters_is_renewed(db: Database, aya: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = session.get_one(Staff, aya).password_hash
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    enters()
    session.rollback()
    after = session.get_one(Staff, aya).password_hash
    assert "t=1" in before and "t=2" in after
    enters()


# --- the second factor


def test_with_a_second_factor_the_password_opens_a_session_that_may_nothing(
    db: Database, enrolled: tuple[int, str, tuple[str, ...]], box: SecretBox
) -> None:
    staff_id, secret, _ = enrolled
    entered = enters()
    assert entered.needs_code and not row(entered.session.id).verified
    assert row(entered.session.id).expires_at == NOW + timedelta(minutes=15)
    code = pyotp.TOTP(secret).at(NOW)
    new = login.give_code(entered.session.id, f"{code[:3]} {code[3:]}", box=box, address=HERE, now=NOW)
    kept = row(new.id)
    assert kept.verified and kept.token_hash == sessions.hashed(new.token) and new.token != entered.session.token
    assert kept.expires_at == NOW + timedelta(hours=12)
    for again in (entered.session.id, enters().session.id):  # nothing waits there; the code is used
        with pytest.raises(Refused):
            login.give_code(again, code, box=box, address=HERE, now=NOW)
    assert acts()[-3:] == ["staff.code", "staff.log_in", "staff.code_failed"]
    assert secret not in session.get_one(Staff, staff_id).totp_secret


def test_a_session_waits_for_its_code_no_longer_than_a_quarter_of_an_hour(
    db: Database, enrolled: tuple[int, str, tuple[str, ...]], box: SecretBox
) -> None:
    waiting, late = enters().session.id, NOW + timedelta(minutes=15)
    with pytest.raises(Refused):
        login.give_code(waiting, pyotp.TOTP(enrolled[1]).at(late), box=box, address=HERE, now=late)


def test_five_wrong_codes_close_the_account_whatever_the_session(
    db: Database, enrolled: tuple[int, str, tuple[str, ...]], box: SecretBox
) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            login.give_code(enters().session.id, "000000", box=box, address=HERE, now=NOW)
    with pytest.raises(Throttled):
        login.give_code(enters().session.id, enrolled[2][0], box=box, address=HERE, now=NOW)
    later = NOW + timedelta(minutes=15)
    login.give_code(enters(now=later).session.id, enrolled[2][0], box=box, address=HERE, now=later)


def test_each_recovery_code_gets_its_owner_in_once(
    db: Database, enrolled: tuple[int, str, tuple[str, ...]], box: SecretBox
) -> None:
    staff_id, _, codes = enrolled
    assert len(codes) == 10
    login.give_code(enters().session.id, codes[3].upper(), box=box, address=HERE, now=NOW)
    with pytest.raises(Refused):
        login.give_code(enters().session.id, codes[3], box=box, address=HERE, now=NOW)
    assert second_factor.recovery_codes_left(staff_id) == 9
    used = session.scalars(select(AuditEntry).where(AuditEntry.act == "staff.recovery_code")).one()
    assert used.data == {"left": 9}
    renewed = run_unit(lambda: second_factor.renew_recovery_codes(staff_id))
    assert second_factor.recovery_codes_left(staff_id) == 10 and not set(renewed) & set(codes)
    stored = set(session.scalars(select(RecoveryCode.code_hash)))
    assert not stored & set(renewed)


def test_a_changed_secret_key_is_followed_and_a_lost_one_leaves_the_recovery_codes(
    db: Database, enrolled: tuple[int, str, tuple[str, ...]]
) -> None:
    code = pyotp.TOTP(enrolled[1]).at(NOW)
    lost = SecretBox("another-key", purpose=STAFF)
    with pytest.raises(Refused):
        login.give_code(enters().session.id, code, box=lost, address=HERE, now=NOW)
    login.give_code(enters().session.id, enrolled[2][0], box=lost, address=HERE, now=NOW)
    rotated = SecretBox("another-key", ["a-key-for-tests"], purpose=STAFF)
    login.give_code(enters().session.id, code, box=rotated, address=HERE, now=NOW)


def test_enrolling_needs_a_fitting_code_and_ends_the_other_sessions(db: Database, aya: int, box: SecretBox) -> None:
    here, elsewhere = enters().session.id, enters().session.id
    secret = second_factor.begin(MAIL, "Shop").secret
    with pytest.raises(Refused):
        run_unit(lambda: second_factor.enrol(aya, secret, "000000", box=box, keep=here, now=NOW))
    code = pyotp.TOTP(secret).at(NOW)
    run_unit(lambda: second_factor.enrol(aya, secret, code, box=box, keep=here, now=NOW))
    session.rollback()
    assert session.get(StaffSession, elsewhere) is None and session.get(StaffSession, here)
    with pytest.raises(SecondFactorState):
        run_unit(lambda: second_factor.enrol(aya, secret, code, box=box, keep=here, now=NOW))
    run_unit(lambda: second_factor.remove(aya, "staff:1"))
    with pytest.raises(SecondFactorState):
        run_unit(lambda: second_factor.remove(aya, "staff:1"))
    with pytest.raises(SecondFactorState):
        run_unit(lambda: second_factor.renew_recovery_codes(aya))
    assert not enters().needs_code and session.scalars(select(RecoveryCode)).all() == []


# --- while logged in


def test_changing_the_password_needs_the_old_one_and_ends_the_other_sessions(db: Database, aya: int) -> None:
    here, elsewhere = enters().session.id, enters().session.id
    new = passwords.check_password("snow over kyoto", MAIL)
    with pytest.raises(Refused):
        login.change_password(aya, "wrong", new, keep=here, now=NOW)
    login.change_password(aya, PASSWORD, new, keep=here, now=NOW)
    session.rollback()
    assert session.get(StaffSession, elsewhere) is None and session.get(StaffSession, here)
    with pytest.raises(Refused):
        enters()
    assert enters("snow over kyoto").staff_id == aya
    assert "staff.password" in acts()


def test_a_session_left_open_is_no_place_to_guess_passwords(db: Database, aya: int) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            login.confirm_password(aya, "wrong", NOW)
    with pytest.raises(Throttled):
        login.confirm_password(aya, PASSWORD, NOW)


def test_sessions_last_twelve_hours_unused_and_fourteen_days_in_all(db: Database, aya: int) -> None:
    opened, last = enters().session, NOW + timedelta(days=14)
    for hours in range(1, 14 * 24, 11):
        with unit_of_work():
            sessions.touch(opened.id, NOW, NOW + timedelta(hours=hours))
        assert row(opened.id).expires_at == min(NOW + timedelta(hours=hours + 12), last)
    with unit_of_work():
        sessions.purge(last - timedelta(seconds=1))
    assert row(opened.id).expires_at == last
    with unit_of_work():
        sessions.purge(last)
    session.rollback()
    assert session.get(StaffSession, opened.id) is None


def test_being_seen_is_written_at_most_once_a_minute(db: Database, aya: int) -> None:
    opened = enters().session
    for seconds, seen in ((59, 0), (60, 60), (119, 60), (120, 120)):
        with unit_of_work():
            sessions.touch(opened.id, NOW, NOW + timedelta(seconds=seconds))
        assert row(opened.id).last_seen_at == NOW + timedelta(seconds=seen)


def test_members_see_and_end_their_sessions_and_nobody_elses(db: Database, aya: int, make_member: MakeMember) -> None:
    other = make_member("packer", email="ben@example.com")
    mine = [enters(now=NOW + timedelta(minutes=i)).session.id for i in range(3)]
    theirs = enters(mail="ben@example.com").session.id
    assert [view.id for view in sessions.sessions_of(aya, NOW)] == mine[::-1]
    assert sessions.sessions_of(aya, NOW + timedelta(days=1)) == ()
    with unit_of_work():
        assert not sessions.end_session(aya, theirs, "staff:1")
        assert sessions.end_session(aya, mine[0], "staff:1")
    with unit_of_work():
        assert sessions.end_sessions(aya, "staff:1", keep=mine[2]) == 1
    with unit_of_work():
        sessions.log_out(mine[2])
        sessions.log_out(mine[2])
    assert sessions.sessions_of(aya, NOW) == () and len(sessions.sessions_of(other, NOW)) == 1
    assert acts()[-3:] == ["staff.sessions_ended", "staff.sessions_ended", "staff.log_out"]


def test_an_owner_who_lost_everything_is_let_in_from_the_command_line(
    db: Database, enrolled: tuple[int, str, tuple[str, ...]], make_member: MakeMember
) -> None:
    make_member("packer", email="ben@example.com")
    new = passwords.check_password("snow over kyoto", MAIL)
    for nobody in ("ben@example.com", "nobody@example.com"):
        with pytest.raises(UnknownMember):
            run_unit(lambda mail=nobody: service.rescue_owner(mail, new, "cli:root"))
    assert run_unit(lambda: service.rescue_owner(f" {MAIL.upper()}", new, "cli:root")) == enrolled[0]
    assert sessions.sessions_of(enrolled[0], NOW - timedelta(hours=1)) == ()
    assert not enters("snow over kyoto").needs_code
    assert second_factor.recovery_codes_left(enrolled[0]) == 0


def test_nothing_slow_is_done_while_the_database_is_locked(db: Database) -> None:
    with unit_of_work():
        with pytest.raises(RuntimeError):
            passwords.verify("", "x")
        with pytest.raises(RuntimeError):
            passwords.check_password(PASSWORD, MAIL)


def test_counters_whose_window_is_over_are_thrown_away(db: Database) -> None:
    with unit_of_work():
        throttle.count(throttle.PASSWORDS, "a", NOW)
        throttle.count(throttle.ADDRESSES, "a", NOW)
        throttle.purge(NOW + timedelta(minutes=15))
    assert [key.partition(":")[0] for key in session.scalars(select(Throttle.key))] == ["address"]
