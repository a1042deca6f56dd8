"""One-time codes and recovery codes, and who must have them."""

import hmac
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from storefront.core.staff.codes import (
    RECOVERY_CODES,
    matching_step,
    new_recovery_codes,
    new_totp_secret,
    recovery_hash,
    totp_uri,
    typed_code,
)
from storefront.core.staff.second_factor import is_due

NOW = datetime(2026, 11, 22, 3, 0, 10, tzinfo=UTC)
# RFC 6238, appendix B: the secret of SHA-1 and the code of the step that holds second 59.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_codes_are_those_of_the_standard() -> None:
    assert matching_step(RFC_SECRET, "287082", 0, datetime.fromtimestamp(59, UTC)) == 1


@pytest.mark.parametrize(("late", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_fits_one_step_early_and_late(late: int, fits: bool) -> None:
    secret = new_totp_secret()
    code = pyotp.TOTP(secret).at(NOW)
    step = matching_step(secret, code, 0, NOW + timedelta(seconds=late))
    assert (step is not None) == fits
    if fits:
        assert step == int(NOW.timestamp()) // 30
        assert matching_step(secret, code, step, NOW) is None  # used


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345"])
def test_what_is_no_code_never_fits(code: str) -> None:
    assert matching_step(new_totp_secret(), code, 0, NOW) is None


def test_without_a_secret_no_code_fits() -> None:
    step = int(NOW.timestamp()) // 30
    digest = hmac.digest(b"", step.to_bytes(8, "big"), "sha1")
    of_nothing = int.from_bytes(digest[(at := digest[-1] & 15) : at + 4], "big") & 0x7FFFFFFF
    assert matching_step("", f"{of_nothing % 10**6:06d}", 0, NOW) is None


def test_codes_are_read_as_people_type_them() -> None:
    assert typed_code(" １２３ 456 ") == "123456"
    shown = new_recovery_codes()
    assert len(set(shown)) == RECOVERY_CODES
    for code in shown:
        assert recovery_hash(code) == recovery_hash(code.upper().replace("-", " "))
    assert len({recovery_hash(code) for code in shown}) == RECOVERY_CODES
    assert len(typed_code("1" * 5000)) == 17 and recovery_hash("") != recovery_hash(shown[0])


def test_the_app_is_told_whose_code_it_is() -> None:
    uri = totp_uri(RFC_SECRET, "aya@example.com", "和茶堂")
    assert pyotp.parse_uri(uri).issuer == "和茶堂" and pyotp.parse_uri(uri).name == "aya@example.com"


@pytest.mark.parametrize(
    ("policy", "role", "has_one", "due"),
    [
        ("optional", "owner", False, False),
        ("owners", "owner", False, True),
        ("owners", "manager", False, False),
        ("owners", "owner", True, False),
        ("all", "packer", False, True),
        ("all", "packer", True, False),
        ("a word nobody knows", "packer", False, True),
    ],
)
def test_who_must_have_a_second_factor(policy: str, role: str, has_one: bool, due: bool) -> None:
    assert is_due(role, has_one, policy) is due
