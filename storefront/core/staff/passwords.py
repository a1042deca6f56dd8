"""Passwords: what may be one, and how it is kept.

Hashing is slow on purpose, so it is done outside any unit of work: verbs that set a password take a ``CheckedPassword``.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storefront.core.db import in_unit_of_work
from storefront.core.i18n.translate import N_
from storefront.core.staff.errors import BadDetails

MIN_LENGTH = 12
# Longer ones are refused before they are folded or hashed.
MAX_LENGTH = 200
# A shorter part of a mail address or a name says nothing about a password that happens to hold it.
MIN_PART = 4
MIN_VARIETY = 5

hasher = PasswordHasher()

# Parts of well-known passwords: a password that is little else is refused, whatever fills it up to twelve characters.
WELL_KNOWN = (
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "motdepasse", "passwort", "welcome", "letmein", "iloveyou",
    "qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "1q2w3e4r5t", "1q2w3e4r", "1qaz2wsx", "qazwsx",
    "q1w2e3r4", "abcdefgh", "abcdef", "abcd1234", "abc123", "administrator", "admin", "owner", "manager", "master",
    "secret", "changeme", "default", "storefront", "webshop", "dragon", "monkey", "football", "baseball", "sunshine",
    "princess", "superman", "batman", "trustno1", "whatever", "starwars", "computer", "internet", "samsung", "google",
    "michael", "jordan", "shadow", "ashley", "sakura", "nintendo", "doraemon", "pokemon", "naruto", "tokyo", "japan",
    "himitsu", "pasuwado", "パスワード", "ひみつ", "秘密", "密码", "密碼", "woaini", "5201314", "1314520",
    "correcthorsebatterystaple", "thequickbrownfox", "0123456789", "9876543210",
)  # fmt: skip
# What is left when well-known parts are taken away must still be this long.
MIN_OWN = 8


@dataclass(frozen=True, slots=True)
class CheckedPassword:
    """A password that may be one, as its hash. Made by ``check_password`` alone."""

    hash: str


def fold(password: str) -> str:
    """One form for full-width and half-width, composed and decomposed: what a keyboard of another language types."""
    # A terminal may hand over bytes that are no text; they must not stop the hashing.
    return unicodedata.normalize("NFKC", password).encode(errors="replace").decode()


def check_password(password: str, email: str, names: Iterable[str] = ()) -> CheckedPassword:
    """The hash of a password that may be one. ``email``: of its member; ``names``: theirs and the shop's, which anybody
    can guess. Call outside any unit of work. Raises ``BadDetails``."""
    if in_unit_of_work():
        raise RuntimeError("a password was about to be hashed inside a transaction")
    if len(password) > MAX_LENGTH:
        raise BadDetails(N_("At most %(most)d characters, please."), "password", most=MAX_LENGTH)
    folded = fold(password)
    if len(folded) < MIN_LENGTH:
        raise BadDetails(
            N_("Please use at least %(least)d characters. Several words are fine."), "password", least=MIN_LENGTH
        )
    lowered = folded.casefold()
    if len(set(lowered)) < MIN_VARIETY or _is_well_known(lowered):
        raise BadDetails(N_("This password is well known and would be guessed. Please choose another."), "password")
    if any(part in lowered for part in _parts(email, names)):
        raise BadDetails(N_("Please leave mail addresses and names out of the password."), "password")
    return CheckedPassword(hasher.hash(folded))


def _is_well_known(lowered: str) -> bool:
    own = lowered
    for part in WELL_KNOWN:
        own = own.replace(part, "")
    if len(own) < len(lowered) and len(own) < MIN_OWN:
        return True
    return lowered.isdigit() and (lowered in "0123456789" * 3 or lowered in "9876543210" * 3)


def _parts(email: str, names: Iterable[str]) -> set[str]:
    mail, _, host = fold(email).casefold().partition("@")
    words = {mail, host.partition(".")[0], *(word for name in names for word in fold(name).casefold().split())}
    return {word for word in words if len(word) >= MIN_PART}


def verify(stored: str, password: str) -> bool:
    """Whether ``password`` is the one behind ``stored``; with "" (no such account, none chosen yet) the answer is no
    after the same time. Call outside any unit of work."""
    if in_unit_of_work():
        raise RuntimeError("a password was about to be hashed inside a transaction")
    try:
        return hasher.verify(stored or _hash_of_nobody(hasher), fold(password[:MAX_LENGTH])) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=2)
def _hash_of_nobody(made_by: PasswordHasher) -> str:
    return made_by.hash("nobody has this password")


def renewed(stored: str, password: str) -> str:
    """The hash of a password that was just verified, when ``stored`` was made with older parameters; else ""."""
    return hasher.hash(fold(password)) if hasher.check_needs_rehash(stored) else ""
