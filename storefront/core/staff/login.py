"""Getting in: password, then the second factor where there is one.

A password step is three parts: counting the attempt (a unit), judging it (slow, so outside any unit), the outcome (a unit).
The verbs here run their own units and are called with none open, so that a wrong attempt counts although it is refused.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from storefront.core.audit.service import record
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_
from storefront.core.secrecy import SecretBox
from storefront.core.staff import passwords, throttle
from storefront.core.staff.errors import Refused
from storefront.core.staff.models import Staff, StaffSession
from storefront.core.staff.second_factor import redeem
from storefront.core.staff.service import fold_email
from storefront.core.staff.sessions import NewSession, actor_of, drop_sessions, open_session, verify_session

# Nobody is logged in yet, and whoever typed it may be anybody.
STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """``needs_code``: the password was right, and the session waits for the second factor."""

    staff_id: int
    session: NewSession
    needs_code: bool


@dataclass(frozen=True, slots=True)
class _Account:
    """``id`` 0 and ``stored`` "": nobody who may log in."""

    folded: str
    id: int = 0
    stored: str = ""


def log_in(email: str, password: str, *, address: str, browser: str, now: datetime) -> LoggedIn:
    """The first step: opens a session with a new token. ``address``: of the client. Raises ``Throttled`` and ``Refused``,
    for accounts that do not exist like for others, after the same time."""
    folded, client = fold_email(email), throttle.client_of(address)
    account = run_unit(lambda: _count_password(folded, client, now))
    if not passwords.verify(account.stored, password):
        run_unit(lambda: record(STRANGER, "staff.log_in_failed", ("staff", account.id or "")))
        raise Refused(N_("Mail address or password is wrong."))
    renewed = passwords.renewed(account.stored, password)
    found = run_unit(lambda: _enter(account, renewed, client, browser, now))
    if found is None:
        raise Refused(N_("Mail address or password is wrong."))
    return found


def _count_password(folded: str, client: str | None, now: datetime) -> _Account:
    throttle.count(throttle.PASSWORDS, folded, now)
    if client is not None:
        throttle.count(throttle.ADDRESSES, client, now)
    row = session.execute(
        select(Staff.id, Staff.password_hash).where(
            Staff.email_folded == folded, Staff.closed_at.is_(None), Staff.password_hash != ""
        )
    ).first()
    return _Account(folded, *row) if row else _Account(folded)


def _enter(account: _Account, renewed: str, client: str, browser: str, now: datetime) -> LoggedIn | None:
    member = session.get_one(Staff, account.id)
    if member.closed_at or member.password_hash != account.stored:
        return None  # closed or changed while the password was judged
    throttle.forget(throttle.PASSWORDS, account.folded)
    throttle.give_back(throttle.ADDRESSES, client)
    if renewed:
        member.password_hash = renewed
    return _open(member, browser, now)


def admit(staff_id: int, browser: str, now: datetime) -> LoggedIn:
    """Right after a password was chosen (set-up, invitation) nobody types it again. Inside the caller's unit."""
    return _open(session.get_one(Staff, staff_id), browser, now)


def _open(member: Staff, browser: str, now: datetime) -> LoggedIn:
    needs_code = bool(member.totp_secret)
    opened = open_session(member.id, browser, now, verified=not needs_code)
    record(actor_of(member.id), "staff.log_in", ("staff", member.id), code_asked=needs_code)
    return LoggedIn(member.id, opened, needs_code)


def give_code(session_id: int, code: str, *, box: SecretBox, address: str, now: datetime) -> NewSession:
    """The second step: a code of the authenticator app, or a recovery code; each works once. The session gets a new token.
    Raises ``Throttled``; ``Refused``, also when the session does not wait for a code."""
    found = run_unit(lambda: _judge_code(session_id, code, box, throttle.client_of(address), now))
    if found is None:
        raise Refused(N_("This code is wrong or was used already."))
    return found


def _judge_code(session_id: int, code: str, box: SecretBox, client: str, now: datetime) -> NewSession | None:
    member = session.scalar(
        select(Staff)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.id == session_id,
            StaffSession.verified.is_(False),
            StaffSession.expires_at > now,
            Staff.closed_at.is_(None),
            Staff.totp_secret != "",
        )
    )
    if member is None:
        return None
    throttle.count(throttle.CODES, str(member.id), now)
    throttle.count(throttle.ADDRESSES, client, now)
    if not redeem(member, code, box, now):
        record(STRANGER, "staff.code_failed", ("staff", member.id))
        return None
    throttle.forget(throttle.CODES, str(member.id))
    throttle.give_back(throttle.ADDRESSES, client)
    return verify_session(session_id, now)


# --- again, while logged in


def confirm_password(staff_id: int, password: str, now: datetime) -> None:
    """Before an act that a session left open must not be enough for. Counts like logging in. Raises ``Throttled``,
    ``Refused``."""
    account = run_unit(lambda: _count_password(_folded_of(staff_id), None, now))
    right = passwords.verify(account.stored, password) and account.id == staff_id

    def outcome() -> None:
        if right:
            throttle.forget(throttle.PASSWORDS, account.folded)
        else:
            record(actor_of(staff_id), "staff.password_wrong", ("staff", staff_id))

    run_unit(outcome)
    if not right:
        raise Refused(N_("The current password is wrong."), "current")


def _folded_of(staff_id: int) -> str:
    return session.scalar(select(Staff.email_folded).where(Staff.id == staff_id)) or ""


def change_password(staff_id: int, current: str, new: passwords.CheckedPassword, *, keep: int, now: datetime) -> None:
    """Ends all other sessions of the member. ``keep``: the session it is done in. Raises ``Throttled``, ``Refused``."""
    confirm_password(staff_id, current, now)

    def write() -> None:
        session.execute(update(Staff).where(Staff.id == staff_id).values(password_hash=new.hash))
        record(actor_of(staff_id), "staff.password", ("staff", staff_id), sessions=drop_sessions(staff_id, keep=keep))

    run_unit(write)
