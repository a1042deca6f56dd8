"""The second factor: one-time codes of an authenticator app, and recovery codes for the day the phone is lost. Verbs run
inside the caller's unit of work."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, delete, func, select, update

from storefront.core.audit.service import record
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.secrecy import SecretBox, SecretUnreadable
from storefront.core.staff import codes
from storefront.core.staff.errors import Refused, SecondFactorState
from storefront.core.staff.models import RecoveryCode, Staff
from storefront.core.staff.rights import Role
from storefront.core.staff.sessions import actor_of, drop_sessions

POLICY = "staff.second_factor"
OPTIONAL, OWNERS = "optional", "owners"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor that is not in force yet. ``uri``: for the QR code."""

    secret: str
    uri: str


def is_due(role: str, has_second_factor: bool, policy: str) -> bool:
    """Whether a member must enrol before anything else. Any word but ``optional`` and ``owners`` means everybody."""
    if has_second_factor or policy == OPTIONAL:
        return False
    return policy != OWNERS or role == Role.OWNER


def begin(email: str, shop_name: str, secret: str = "") -> Enrolment:
    """A new secret (or ``secret``, to show it again) as the app wants to hear it. Pure; keep it sealed meanwhile."""
    secret = secret or codes.new_totp_secret()
    return Enrolment(secret, codes.totp_uri(secret, email, shop_name))


def enrol(staff_id: int, secret: str, code: str, *, box: SecretBox, keep: int, now: datetime) -> tuple[str, ...]:
    """Put the second factor in force, once the app has shown that it knows ``secret``. Returns the recovery codes, to be
    shown once. Other sessions than ``keep`` end: they were opened without it. Raises ``Refused``,
    ``SecondFactorState``."""
    step = codes.matching_step(secret, codes.typed_code(code), 0, now)
    if step is None:
        raise Refused(N_("This code does not fit. Please enter the one the app shows now."), "code")
    statement = (
        update(Staff)
        .where(Staff.id == staff_id, Staff.totp_secret == "")
        .values(totp_secret=box.encrypt(secret), totp_step=step)
    )
    if not _changed(statement):
        raise SecondFactorState(N_("There is a second factor already. Please remove it first."))
    drop_sessions(staff_id, keep=keep)
    record(actor_of(staff_id), "staff.totp", ("staff", staff_id))
    return _store_recovery_codes(staff_id)


def _changed(statement: object) -> bool:
    result = session.execute(statement)  # type: ignore[call-overload]
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)


def _store_recovery_codes(staff_id: int) -> tuple[str, ...]:
    made = codes.new_recovery_codes()
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    session.add_all(RecoveryCode(staff_id=staff_id, code_hash=codes.recovery_hash(code)) for code in made)
    return made


def renew_recovery_codes(staff_id: int) -> tuple[str, ...]:
    """Ten new ones, to be shown once; the old ones end. Confirm the password first. Raises ``SecondFactorState``."""
    _need_second_factor(staff_id)
    record(actor_of(staff_id), "staff.recovery_codes", ("staff", staff_id))
    return _store_recovery_codes(staff_id)


def remove(staff_id: int, actor: str) -> None:
    """Take the second factor off, with its recovery codes. A member confirms the password first; an owner does it for
    somebody who lost the phone. Raises ``SecondFactorState``."""
    _need_second_factor(staff_id)
    session.execute(update(Staff).where(Staff.id == staff_id).values(totp_secret=""))
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    record(actor, "staff.totp_removed", ("staff", staff_id))


def _need_second_factor(staff_id: int) -> None:
    if not session.scalar(select(Staff.totp_secret).where(Staff.id == staff_id)):
        raise SecondFactorState(N_("There is no second factor."))


def recovery_codes_left(staff_id: int) -> int:
    unused = select(func.count()).where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def redeem(member: Staff, code: str, box: SecretBox, now: datetime) -> bool:
    """Whether ``code`` lets this member in; it is used up then, for whoever tries it at the same time too."""
    typed, subject = codes.typed_code(code), ("staff", member.id)
    step = codes.matching_step(_secret_of(member, box), typed, member.totp_step, now)
    if step is not None:
        later = update(Staff).where(Staff.id == member.id, Staff.totp_step < step).values(totp_step=step)
        if _changed(later):
            record(actor_of(member.id), "staff.code", subject)
            return True
        return False
    unused = update(RecoveryCode).where(
        RecoveryCode.staff_id == member.id,
        RecoveryCode.code_hash == codes.recovery_hash(typed),
        RecoveryCode.used_at.is_(None),
    )
    if not _changed(unused.values(used_at=now)):
        return False
    record(actor_of(member.id), "staff.recovery_code", subject, left=recovery_codes_left(member.id))
    return True


def _secret_of(member: Staff, box: SecretBox) -> str:
    """ "" when it was stored under a SECRET_KEY that is gone: recovery codes still work then."""
    try:
        return box.decrypt(member.totp_secret)
    except SecretUnreadable:
        return ""
