"""Many at the door at once: one owner, one use of a code, no more guesses than allowed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from storefront.core.db import run_unit, session, unit_of_work
from storefront.core.invariants.checks import run_all
from storefront.core.secrecy import STAFF, SecretBox
from storefront.core.staff import codes, login, passwords, service
from storefront.core.staff.errors import AlreadySetUp, BadInvitation, LastOwner, Refused, Throttled
from storefront.core.staff.models import RecoveryCode, Staff, StaffSession
from storefront.core.staff.sessions import open_session
from storefront.testing.databases import Database
from storefront.testing.factories import make_staff

Storm = Callable[[int, Callable[[int], Any]], list[Any]]
NOW = datetime(2026, 11, 22, 3, 0, 10, tzinfo=UTC)
BOX = SecretBox("a-key-for-tests", purpose=STAFF)
PASSWORD = "rain over kyoto"
MAIL = "aya@example.com"


@pytest.fixture(autouse=True)
def quick_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def kinds(results: list[Any]) -> dict[str, int]:
    names = [type(result).__name__ for result in results]
    return {name: names.count(name) for name in sorted(set(names))}


def test_of_many_set_ups_at_once_one_makes_the_owner(db: Database, storm: Storm) -> None:
    chosen = passwords.check_password(PASSWORD, MAIL)

    def set_up(number: int) -> int:
        details = service.check_details("Aya", f"aya-{number}@example.com", "ja")
        return run_unit(lambda: service.create_owner(details, chosen))

    assert kinds(storm(8, set_up)) == {AlreadySetUp.__name__: 7, "int": 1}
    assert session.scalar(select(func.count(Staff.id))) == 1


def test_one_code_lets_one_session_in(db: Database, storm: Storm) -> None:
    secret = codes.new_totp_secret()
    with unit_of_work():
        member = make_staff(email=MAIL, totp_secret=BOX.encrypt(secret))
        waiting = [open_session(member.id, "x", NOW, verified=False).id for _ in range(5)]
    code = pyotp.TOTP(secret).at(NOW)

    def give(number: int) -> Any:
        return login.give_code(waiting[number], code, box=BOX, address=f"198.51.100.{number}", now=NOW)

    assert kinds(storm(5, give)) == {"NewSession": 1, Refused.__name__: 4}
    assert session.scalar(select(func.count(StaffSession.id)).where(StaffSession.verified)) == 1


def test_one_recovery_code_lets_one_session_in(db: Database, storm: Storm) -> None:
    with unit_of_work():
        member = make_staff(email=MAIL, totp_secret=BOX.encrypt(codes.new_totp_secret()))
        code = codes.new_recovery_codes()[0]
        session.add(RecoveryCode(staff_id=member.id, code_hash=codes.recovery_hash(code)))
        waiting = [open_session(member.id, "x", NOW, verified=False).id for _ in range(5)]

    def give(number: int) -> Any:
        return login.give_code(waiting[number], code, box=BOX, address=f"198.51.100.{number}", now=NOW)

    assert kinds(storm(5, give)) == {"NewSession": 1, Refused.__name__: 4}


def test_of_many_guesses_at_once_no_more_are_judged_than_allowed(
    db: Database, storm: Storm, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    real = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda stored, typed: judged.append(typed) or real(stored, typed))
    with unit_of_work():
        make_staff(email=MAIL, password_hash=passwords.hasher.hash(PASSWORD))

    def guess(number: int) -> Any:
        return login.log_in(MAIL, f"guess {number}", address=f"198.51.100.{number}", browser="x", now=NOW)

    assert kinds(storm(24, guess)) == {Refused.__name__: 5, Throttled.__name__: 19}
    assert len(judged) == 5


def test_an_invitation_accepted_twice_at_once_is_accepted_once(db: Database, storm: Storm) -> None:
    details = service.check_details("Aya", MAIL, "ja")
    secret = run_unit(lambda: service.invite(details, "packer", box=BOX, actor="x", now=NOW))
    chosen = [passwords.check_password(f"{PASSWORD} {i}", MAIL) for i in range(4)]
    results = storm(4, lambda i: run_unit(lambda: service.accept_invite(secret, chosen[i], NOW)))
    assert kinds(results) == {BadInvitation.__name__: 3, "int": 1}


def test_owners_who_close_each_other_at_once_leave_one(db: Database, storm: Storm) -> None:
    with unit_of_work():
        owners = [make_staff().id for _ in range(4)]

    def close(number: int) -> None:
        victim = owners[(number + 1) % 4]
        if number % 2:
            run_unit(lambda: service.close_account(victim, f"staff:{owners[number]}", NOW))
        else:
            run_unit(lambda: service.change_role(victim, "packer", f"staff:{owners[number]}"))

    assert kinds(storm(4, close)) == {LastOwner.__name__: 1, "NoneType": 3}
    assert run_all(NOW) == []
