"""Sessions of the staff: opened by logging in, always with a new token; ended by their owner, by time, or by an owner of the
shop. Reading them is the door's work (``admin/session.py``). Everything here runs inside the caller's unit of work."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from storefront.core.audit.service import record
from storefront.core.db import session
from storefront.core.staff.models import StaffSession

IDLE = timedelta(hours=12)
LIFETIME = timedelta(days=14)
# How long a browser that gave the password may take to give the code.
WAITING = timedelta(minutes=15)
# The row is not written more often than this for being seen.
TOUCH = timedelta(minutes=1)
TOKEN_BYTES = 32
MAX_BROWSER = 200


@dataclass(frozen=True, slots=True)
class NewSession:
    """``token``: for the cookie; only its hash is stored."""

    id: int
    token: str


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(staff_id: int) -> str:
    """How a member is named in the audit log."""
    return f"staff:{staff_id}"


def lasts_until(created_at: datetime, now: datetime) -> datetime:
    """When a session ends that was opened at ``created_at`` and is used ``now``."""
    return min(now + IDLE, created_at + LIFETIME)


def open_session(staff_id: int, browser: str, now: datetime, *, verified: bool) -> NewSession:
    """``browser``: what it calls itself. ``verified``: nothing more is asked; else a code, soon."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    statement = insert(StaffSession).values(
        token_hash=hashed(token),
        staff_id=staff_id,
        verified=verified,
        data={},
        browser="".join(c for c in browser[:MAX_BROWSER] if c.isprintable()),
        created_at=now,
        last_seen_at=now,
        expires_at=lasts_until(now, now) if verified else now + WAITING,
    )
    return NewSession(session.execute(statement.returning(StaffSession.id)).scalar_one(), token)


def verify_session(session_id: int, now: datetime) -> NewSession:
    """The second factor was given: the session may do everything, under a new token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id)
        .values(token_hash=hashed(token), verified=True, last_seen_at=now, expires_at=lasts_until(now, now))
    )
    return NewSession(session_id, token)


def touch(session_id: int, created_at: datetime, now: datetime) -> None:
    """A verified session was used. Does nothing when it was seen within the last minute."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.verified, StaffSession.last_seen_at <= now - TOUCH)
        .values(last_seen_at=now, expires_at=lasts_until(created_at, now))
    )


def log_out(session_id: int) -> None:
    """End this session; an ended one is no error."""
    staff_id = _end(StaffSession.id == session_id)
    if staff_id:
        record(actor_of(staff_id[0]), "staff.log_out", ("staff", staff_id[0]))


def end_session(staff_id: int, session_id: int, actor: str) -> bool:
    """End one session of this member; whether there was one."""
    ended = _end(StaffSession.id == session_id, StaffSession.staff_id == staff_id)
    if ended:
        record(actor, "staff.sessions_ended", ("staff", staff_id), count=1)
    return bool(ended)


def end_sessions(staff_id: int, actor: str, *, keep: int | None = None) -> int:
    """End all sessions of this member but ``keep``; how many there were."""
    ended = drop_sessions(staff_id, keep=keep)
    if ended:
        record(actor, "staff.sessions_ended", ("staff", staff_id), count=ended)
    return ended


def drop_sessions(staff_id: int, *, keep: int | None = None) -> int:
    """The same as part of another act, which writes its own audit row."""
    others = [StaffSession.id != keep] if keep is not None else []
    return len(_end(StaffSession.staff_id == staff_id, *others))


def _end(*which: object) -> list[int]:
    statement = delete(StaffSession).where(*which)  # type: ignore[arg-type]
    return list(session.scalars(statement.returning(StaffSession.staff_id)))


def purge(now: datetime) -> None:
    """Throw away sessions that ended."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))


@dataclass(frozen=True, slots=True)
class SessionView:
    """One browser in the list of a member's sessions. ``browser``: what it calls itself, of no proof."""

    id: int
    browser: str
    created_at: datetime
    last_seen_at: datetime


def sessions_of(staff_id: int, now: datetime) -> tuple[SessionView, ...]:
    """The open, verified sessions of a member, the last used first."""
    rows = session.execute(
        select(StaffSession.id, StaffSession.browser, StaffSession.created_at, StaffSession.last_seen_at)
        .where(StaffSession.staff_id == staff_id, StaffSession.verified, StaffSession.expires_at > now)
        .order_by(StaffSession.last_seen_at.desc(), StaffSession.id.desc())
    )
    return tuple(SessionView(*row) for row in rows)
