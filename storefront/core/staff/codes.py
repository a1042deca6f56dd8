"""One-time codes: of an authenticator app (RFC 6238), and recovery codes. Pure."""

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DIGITS = 6
# One step early and one late: clocks differ, and people type slowly.
DRIFT = 1
RECOVERY_CODES = 10
RECOVERY_LENGTH = 16
RECOVERY_GROUP = 4
# No characters that are mistaken for each other on paper.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_totp_secret() -> str:
    return pyotp.random_base32()


def totp_uri(secret: str, email: str, shop_name: str) -> str:
    """What the QR code says to the authenticator app."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=shop_name)


def typed_code(text: str) -> str:
    """What was typed, as a code: half-width, without spaces and hyphens, of at most the length of a recovery code."""
    folded = unicodedata.normalize("NFKC", text[:100]).casefold()
    return "".join(c for c in folded if c.isascii() and c.isalnum())[: RECOVERY_LENGTH + 1]


def matching_step(secret: str, code: str, used_step: int, now: datetime) -> int | None:
    """The time step whose code this is, when it is one around ``now`` and later than ``used_step``; else ``None``."""
    # Without a secret anybody could compute the codes.
    if not secret or len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - DRIFT, current + DRIFT + 1):
        if step > used_step and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 79 random bits, in groups as people copy them."""
    return tuple(_grouped(_random()) for _ in range(RECOVERY_CODES))


def _random() -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))


def _grouped(code: str) -> str:
    return "-".join(code[i : i + RECOVERY_GROUP] for i in range(0, len(code), RECOVERY_GROUP))


def recovery_hash(code: str) -> str:
    """How a recovery code is stored; ``code`` as typed or as shown. Its randomness makes a slow hash needless."""
    return hashlib.sha256(typed_code(code).encode()).hexdigest()
