"""Members with real passwords, hashed with little work."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from storefront.core.db import session, unit_of_work
from storefront.core.secrecy import STAFF, SecretBox
from storefront.core.staff import passwords
from storefront.testing.databases import Database
from storefront.testing.factories import make_staff

PASSWORD = "rain over kyoto"
NOW = datetime(2026, 11, 22, 3, 0, 10, tzinfo=UTC)

MakeMember = Callable[..., int]


@pytest.fixture(autouse=True)
def quick_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def box() -> SecretBox:
    return SecretBox("a-key-for-tests", purpose=STAFF)


@pytest.fixture
def make_member(db: Database) -> MakeMember:
    """``make_member("packer") -> id`` of somebody whose password is ``PASSWORD``."""

    def make(role: str = "owner", **values: object) -> int:
        session.rollback()
        stored = passwords.hasher.hash(PASSWORD)
        with unit_of_work():
            return make_staff(role, password_hash=stored, **values).id

    return make
