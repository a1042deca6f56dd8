"""Who belongs to the staff: the first owner, invitations, roles, closed accounts. Every verb runs inside the caller's unit
of work and writes one audit row."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from storefront.core.audit.service import record
from storefront.core.customers.addresses.contact import normal_email
from storefront.core.db import lock_for_update, new_secret, session
from storefront.core.i18n.translate import N_
from storefront.core.mail.promising import promise
from storefront.core.secrecy import SecretBox
from storefront.core.settings.service import touch
from storefront.core.staff.errors import (
    AlreadySetUp,
    BadDetails,
    BadInvitation,
    LastOwner,
    UnknownMember,
)
from storefront.core.staff.models import RecoveryCode, Staff
from storefront.core.staff.passwords import CheckedPassword
from storefront.core.staff.rights import Role
from storefront.core.staff.sessions import actor_of, drop_sessions
from storefront.core.upsert import insert_for
from storefront.core.values.language import LANGUAGES

INVITE_MAIL = "staff_invite"
INVITE_LASTS = timedelta(days=7)
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Details:
    """Name, mail and language of a member, checked; made by ``check_details`` alone."""

    name: str
    email: str
    locale: str


def fold_email(text: str) -> str:
    """The form by which accounts are unique, of any text: what cannot be a mail address finds nobody."""
    folded = unicodedata.normalize("NFKC", text[:400]).strip().casefold()
    return folded if folded.isprintable() else ""


def check_details(name: str, email: str, locale: str) -> Details:
    """Raises ``BadDetails`` for what cannot be a member's. Pure."""
    mail = normal_email(unicodedata.normalize("NFKC", email).strip())
    if mail is None:
        raise BadDetails(N_("This is no mail address. It looks like name@example.com."), "email")
    return Details(checked_name(name), mail, checked_locale(locale))


def checked_name(name: str) -> str:
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if not cleaned or len(cleaned) > MAX_NAME or not cleaned.isprintable():
        raise BadDetails(N_("Please enter a name of at most %(most)d characters."), "name", most=MAX_NAME)
    return cleaned


def checked_locale(locale: str) -> str:
    if locale not in LANGUAGES:
        raise BadDetails(N_("Please choose a language."), "locale")
    return locale


def checked_role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise BadDetails(N_("Please choose a role."), "role") from None


# --- making members


def create_owner(details: Details, password: CheckedPassword, actor: str = "") -> int:
    """The shop's first owner, while there is no staff. Of two at once one wins. Raises ``AlreadySetUp``."""
    touch()  # its row is locked from here on: whoever comes second waits, and then sees the first
    if session.scalar(select(Staff.id).limit(1)) is not None:
        raise AlreadySetUp(N_("This shop has an owner already."))
    staff_id = _insert(details, Role.OWNER, password_hash=password.hash)
    assert staff_id is not None
    record(actor or actor_of(staff_id), "staff.set_up", ("staff", staff_id))
    return staff_id


def _insert(details: Details, role: Role, **values: Any) -> int | None:
    statement = insert_for(Staff).values(
        email=details.email,
        email_folded=fold_email(details.email),
        name=details.name,
        locale=details.locale,
        role=role.value,
        **values,
    )
    made = session.scalar(statement.on_conflict_do_nothing(index_elements=["email_folded"]).returning(Staff.id))
    return None if made is None else int(made)


def invite(details: Details, role: str, *, box: SecretBox, actor: str, now: datetime) -> str:
    """A new member, who gets a mail with the one link that lets them choose a password. Returns the link's secret.
    Raises ``BadDetails``."""
    staff_id = _insert(details, checked_role(role))
    if staff_id is None:
        raise BadDetails(N_("There is somebody with this mail address already."), "email")
    record(actor, "staff.invite", ("staff", staff_id), role=role)
    return _send_invitation(find_member(staff_id), box, now)


def invite_again(staff_id: int, *, box: SecretBox, actor: str, now: datetime) -> str:
    """A new link for somebody who has not chosen a password yet; the one before no longer works. Returns its secret.
    Raises ``UnknownMember`` (also for those who have)."""
    member = find_member(staff_id)
    if member.password_hash or member.closed_at:
        raise UnknownMember(N_("This invitation was accepted or closed already."))
    record(actor, "staff.invite", ("staff", staff_id), again=True)
    return _send_invitation(member, box, now)


def reset_password(staff_id: int, *, box: SecretBox, actor: str, now: datetime) -> str:
    """Somebody lost their password: the old one ends with all their sessions, a new link goes out by mail. Returns its
    secret. Raises ``UnknownMember``, ``LastOwner``."""
    owners = _lock_owners()
    member = find_member(staff_id)
    if member.closed_at:
        raise UnknownMember(N_("This account is closed."))
    _keep_an_owner(owners, staff_id)
    member.password_hash = ""
    drop_sessions(staff_id)
    record(actor, "staff.reset", ("staff", staff_id))
    return _send_invitation(member, box, now)


def _send_invitation(member: Staff, box: SecretBox, now: datetime) -> str:
    secret = new_secret()
    session.execute(
        update(Staff)
        .where(Staff.id == member.id)
        .values(invite_hash=_hashed(secret), invite_sealed=box.encrypt(secret), invite_until=now + INVITE_LASTS)
    )
    promise(INVITE_MAIL, member.email, subject=f"staff:{member.id}", locale=member.locale, staff_id=member.id)
    return secret


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find_invited(secret: str, now: datetime) -> Staff | None:
    """The member whose newest link this is, while it works."""
    return session.scalar(select(Staff).where(*_invited(secret, now)))


def _invited(secret: str, now: datetime) -> tuple[Any, ...]:
    return (Staff.invite_hash == _hashed(secret), Staff.invite_until > now, Staff.closed_at.is_(None))


def accept_invite(secret: str, password: CheckedPassword, now: datetime) -> int:
    """The invited person chose a password; the link is used up. Of two at once one wins. Raises ``BadInvitation``."""
    statement = (
        update(Staff)
        .where(*_invited(secret, now))
        .values(password_hash=password.hash, invite_hash="", invite_sealed="", invite_until=None)
    )
    staff_id = session.scalar(statement.returning(Staff.id))
    if staff_id is None:
        raise BadInvitation(N_("This link no longer works. Please ask the shop's owner for a new one."))
    record(actor_of(staff_id), "staff.accept", ("staff", staff_id))
    return int(staff_id)


# --- changing members


def find_member(staff_id: int) -> Staff:
    """The member, locked until the unit ends. Raises ``UnknownMember``."""
    member = session.scalar(lock_for_update(select(Staff).where(Staff.id == staff_id)))
    if member is None:
        raise UnknownMember(N_("There is no such member of the staff."))
    return member


def _lock_owners() -> set[int]:
    """Everybody who may do everything, locked in one order before any single member is: of two owners who close each
    other at once, the second waits and then finds that the first is gone."""
    active = select(Staff.id).where(Staff.role == Role.OWNER, Staff.closed_at.is_(None), Staff.password_hash != "")
    return set(session.scalars(lock_for_update(active.order_by(Staff.id))))


def _keep_an_owner(owners: set[int], staff_id: int) -> None:
    if owners == {staff_id}:
        raise LastOwner(N_("This is the only owner. Please make somebody else an owner first."))


def change_details(staff_id: int, name: str, locale: str, actor: str) -> None:
    """Raises ``BadDetails``, ``UnknownMember``."""
    member = find_member(staff_id)
    member.name, member.locale = checked_name(name), checked_locale(locale)
    record(actor, "staff.details", ("staff", staff_id), name=member.name, locale=member.locale)


def change_role(staff_id: int, role: str, actor: str) -> None:
    """Holds from the member's next request on. Raises ``BadDetails``, ``UnknownMember``, ``LastOwner``."""
    new, owners = checked_role(role), _lock_owners()
    member = find_member(staff_id)
    if member.role == new:
        return
    _keep_an_owner(owners, staff_id)
    record(actor, "staff.role", ("staff", staff_id), old=member.role, new=new.value)
    member.role = new.value


def close_account(staff_id: int, actor: str, now: datetime) -> None:
    """The member may no longer log in; their sessions and their invitation end at once. Raises ``UnknownMember``,
    ``LastOwner``."""
    owners = _lock_owners()
    member = find_member(staff_id)
    if member.closed_at:
        return
    _keep_an_owner(owners, staff_id)
    member.closed_at = now
    member.invite_hash, member.invite_sealed, member.invite_until = "", "", None
    ended = drop_sessions(staff_id)
    record(actor, "staff.close", ("staff", staff_id), sessions=ended)


def reopen_account(staff_id: int, actor: str) -> None:
    """The member may log in again, with the password and second factor they had. Raises ``UnknownMember``."""
    member = find_member(staff_id)
    if member.closed_at:
        member.closed_at = None
        record(actor, "staff.reopen", ("staff", staff_id))


def rescue_owner(email: str, password: CheckedPassword, actor: str) -> int:
    """For an owner who lost password or second factor and whom nobody else can let in: a new password, no second factor,
    no session. Only for whoever has the command line. Raises ``UnknownMember``."""
    found = session.scalar(
        select(Staff.id).where(
            Staff.email_folded == fold_email(email), Staff.role == Role.OWNER, Staff.closed_at.is_(None)
        )
    )
    if found is None:
        raise UnknownMember(N_("No owner has this mail address."))
    member = find_member(found)
    member.password_hash, member.totp_secret = password.hash, ""
    member.invite_hash, member.invite_sealed, member.invite_until = "", "", None
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == found))
    drop_sessions(found)
    record(actor, "staff.rescue", ("staff", found))
    return found
