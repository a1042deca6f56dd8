"""Members of the staff with a browser of their own: rows as the log-in writes them, without the time a password takes."""

import secrets
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.staff.models import Staff, StaffSession
from storefront.shop.session import CSRF_KEY, hashed

COOKIE = "staff"


def make_member(role: str = "owner", *, locale: str = "en", name: str = "") -> int:
    """A member of the staff; its id. In a unit of its own, inside an app's context."""
    shown = name or f"{role.replace('_', ' ').title()} {secrets.token_hex(2)}"
    mail = f"{role}-{secrets.token_hex(4)}@staff.example"
    with unit_of_work():
        # Some password there must be: who has none was only invited.
        member = Staff(
            email=mail, email_folded=mail, name=shown, role=role, locale=locale, password_hash="of no password"
        )
        session.add(member)
        session.flush()
        return member.id


def log_in(app: Flask, client: FlaskClient, staff_id: int) -> None:
    """``client`` is that member's browser from now on."""
    token = secrets.token_urlsafe(16)
    with app.app_context(), unit_of_work():
        session.add(
            StaffSession(
                token_hash=hashed(token),
                staff_id=staff_id,
                verified=True,
                data={CSRF_KEY: secrets.token_hex(20)},
                expires_at=utcnow() + timedelta(days=1),
            )
        )
    client.set_cookie(COOKIE, token, domain="localhost")


def staff_client(app: Flask, role: str = "owner", *, locale: str = "en") -> FlaskClient:
    """A browser in which a new member with ``role`` is logged in."""
    with app.app_context():
        staff_id = make_member(role, locale=locale)
    client = app.test_client()
    log_in(app, client, staff_id)
    return client
