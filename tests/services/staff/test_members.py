"""The first owner, invitations, roles, closed accounts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import run_unit, session, unit_of_work, utcnow
from storefront.core.invariants.checks import run_all
from storefront.core.outbox.models import OutboxRow
from storefront.core.secrecy import SecretBox
from storefront.core.staff import passwords, service
from storefront.core.staff.errors import AlreadySetUp, BadDetails, BadInvitation, LastOwner, StaffError, UnknownMember
from storefront.core.staff.models import Staff, StaffSession
from storefront.core.staff.service import check_details
from storefront.core.staff.sessions import open_session
from storefront.testing.databases import Database

from .conftest import NOW, PASSWORD, MakeMember

AYA = check_details(" Tanaka　Aya ", "Aya@Example.com", "ja")
BEN = check_details("Ben", "ben@example.com", "en")


def acts() -> list[str]:
    return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def member(staff_id: int) -> Staff:
    session.rollback()
    return session.get_one(Staff, staff_id)


def do(verb: Any, *args: Any, **more: Any) -> Any:
    return run_unit(lambda: verb(*args, **more))


@pytest.mark.parametrize(
    ("name", "email", "locale", "field"),
    [
        ("", "a@example.com", "ja", "name"),
        ("x" * 121, "a@example.com", "ja", "name"),
        ("a\u202eb", "a@example.com", "ja", "name"),
        ("Aya", "aya", "ja", "email"),
        ("Aya", "aya@example.com\nBcc: x@example.com", "ja", "email"),
        ("Aya", "aya@example.com", "de", "locale"),
    ],
)
def test_details_that_cannot_be_are_refused_at_their_field(name: str, email: str, locale: str, field: str) -> None:
    with pytest.raises(BadDetails) as refused:
        check_details(name, email, locale)
    assert refused.value.problem.field_name == field


@pytest.mark.req("SHOP-5")
def test_the_first_owner_is_made_once(db: Database) -> None:
    chosen = passwords.check_password(PASSWORD, AYA.email)
    made = member(do(service.create_owner, AYA, chosen))
    assert (made.name, made.email, made.role, made.locale) == ("Tanaka Aya", "Aya@example.com", "owner", "ja")
    assert PASSWORD not in made.password_hash
    with pytest.raises(AlreadySetUp):
        do(service.create_owner, BEN, chosen)
    assert acts() == ["staff.set_up"] and run_all() == []


def test_an_invitation_works_once_for_seven_days_and_only_the_newest(db: Database, box: SecretBox) -> None:
    first = do(service.invite, BEN, "packer", box=box, actor="staff:1", now=NOW)
    found = service.find_invited(first, NOW)
    assert found is not None and found.name == "Ben"
    staff_id = found.id
    with pytest.raises(BadDetails):
        do(service.invite, check_details("Other", "BEN@example.com", "en"), "owner", box=box, actor="x", now=NOW)
    second = do(service.invite_again, staff_id, box=box, actor="staff:1", now=NOW)
    chosen = passwords.check_password(PASSWORD, BEN.email)
    for secret, at in ((first, NOW), (second, NOW + timedelta(days=7)), ("", NOW), ("nonsense", NOW)):
        assert service.find_invited(secret, at) is None
        with pytest.raises(BadInvitation):
            do(service.accept_invite, secret, chosen, at)
    assert do(service.accept_invite, second, chosen, NOW + timedelta(days=6)) == staff_id
    with pytest.raises(BadInvitation):
        do(service.accept_invite, second, chosen, NOW)
    with pytest.raises(UnknownMember):
        do(service.invite_again, staff_id, box=box, actor="staff:1", now=NOW)
    assert acts() == ["staff.invite", "staff.invite", "staff.accept"]


def test_the_secret_of_an_invitation_stands_nowhere_readable(db: Database, box: SecretBox) -> None:
    secret = do(service.invite, BEN, "packer", box=box, actor="staff:1", now=NOW)
    promised = session.scalars(select(OutboxRow)).one()
    row = session.scalars(select(Staff)).one()
    entry = session.scalars(select(AuditEntry)).one()
    assert promised.args == {"staff_id": row.id} and promised.locale == "en"
    assert box.decrypt(row.invite_sealed) == secret
    for kept in (row.invite_sealed, row.invite_hash, str(entry.data), str(promised.args)):
        assert secret not in kept


def test_roles_change_but_an_owner_is_always_left(db: Database, make_member: MakeMember) -> None:
    owner, packer = make_member(), make_member("packer")
    for act in (
        lambda: service.change_role(owner, "manager", "staff:1"),
        lambda: service.close_account(owner, "staff:1", NOW),
    ):
        with pytest.raises(LastOwner):
            run_unit(act)
    with pytest.raises(BadDetails):
        do(service.change_role, packer, "king", "staff:1")
    with pytest.raises(UnknownMember):
        do(service.change_role, 999, "packer", "staff:1")
    do(service.change_role, packer, "owner", "staff:1")
    do(service.change_role, packer, "owner", "staff:1")  # nothing to do, nothing written
    do(service.change_role, owner, "read_only", "staff:1")
    assert (member(owner).role, member(packer).role) == ("read_only", "owner")
    assert acts() == ["staff.role", "staff.role"] and run_all() == []
    assert session.scalars(select(AuditEntry.data)).first() == {"old": "packer", "new": "owner"}


def test_somebody_who_was_only_invited_is_no_owner_to_rely_on(
    db: Database, make_member: MakeMember, box: SecretBox
) -> None:
    owner = make_member()
    do(service.invite, BEN, "owner", box=box, actor="staff:1", now=NOW)
    with pytest.raises(LastOwner):
        do(service.close_account, owner, "staff:1", NOW)


def test_a_closed_account_loses_its_sessions_and_its_invitation_at_once(
    db: Database, make_member: MakeMember, box: SecretBox
) -> None:
    make_member()
    packer = make_member("packer")
    with unit_of_work():
        open_session(packer, "x", utcnow(), verified=True)
        open_session(packer, "y", utcnow(), verified=False)
    do(service.close_account, packer, "staff:1", NOW)
    do(service.close_account, packer, "staff:1", NOW)
    assert session.scalars(select(StaffSession)).all() == [] and member(packer).closed_at == NOW
    do(service.reopen_account, packer, "staff:1")
    assert member(packer).closed_at is None and member(packer).password_hash
    secret = do(service.reset_password, packer, box=box, actor="staff:1", now=NOW)
    do(service.close_account, packer, "staff:1", NOW)
    assert service.find_invited(secret, NOW) is None
    with pytest.raises(UnknownMember):
        do(service.reset_password, packer, box=box, actor="staff:1", now=NOW)
    assert acts() == ["staff.close", "staff.reopen", "staff.reset", "staff.close"] and run_all() == []


def test_a_lost_password_ends_with_its_sessions_and_a_link_brings_a_new_one(
    db: Database, make_member: MakeMember, box: SecretBox
) -> None:
    owner, packer = make_member(), make_member("packer")
    with unit_of_work():
        open_session(packer, "x", utcnow(), verified=True)
    with pytest.raises(LastOwner):
        do(service.reset_password, owner, box=box, actor="staff:1", now=NOW)
    secret = do(service.reset_password, packer, box=box, actor="staff:1", now=NOW)
    assert member(packer).password_hash == "" and session.scalars(select(StaffSession)).all() == []
    do(service.accept_invite, secret, passwords.check_password("snow over kyoto", "x@example.com"), NOW)
    stored = member(packer).password_hash
    session.rollback()
    assert passwords.verify(stored, "snow over kyoto") and not passwords.verify(stored, PASSWORD)


def test_own_details(db: Database, make_member: MakeMember) -> None:
    packer = make_member("packer")
    do(service.change_details, packer, "山田 太郎", "zh-hant", "staff:1")
    assert (member(packer).name, member(packer).locale) == ("山田 太郎", "zh-hant")
    with pytest.raises(StaffError):
        do(service.change_details, packer, " ", "ja", "staff:1")
