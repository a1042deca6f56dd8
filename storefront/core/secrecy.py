"""Secrets at rest: encrypted with a key derived from ``SECRET_KEY``, another one for each purpose."""

import base64
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Names the purpose: the same SECRET_KEY gives other keys to cookies and links.
PLUGIN_SETTINGS = b"storefront plugin settings v1"
STAFF = b"storefront staff v1"
MAIL_LINKS = b"storefront mail links v1"


class SecretUnreadable(ValueError):
    """The stored secret was not encrypted with this ``SECRET_KEY`` or one of its fallbacks."""


class SecretBox:
    """Encrypts with ``secret_key``; reads what it or one of ``fallbacks`` encrypted (key rotation). ``purpose``: what one
    box encrypted, a box of another purpose cannot read."""

    def __init__(self, secret_key: str, fallbacks: Iterable[str] = (), purpose: bytes = PLUGIN_SETTINGS) -> None:
        self._fernet = MultiFernet([_fernet(key, purpose) for key in (secret_key, *fallbacks)])

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def again(self, token: str) -> str:
        """The same text encrypted under the newest key. Raises ``SecretUnreadable``."""
        try:
            return self._fernet.rotate(token.encode()).decode()
        except (InvalidToken, UnicodeError):
            raise SecretUnreadable("this secret was stored under another SECRET_KEY") from None

    def decrypt(self, token: str) -> str:
        """Raises ``SecretUnreadable``."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except (InvalidToken, UnicodeError):
            raise SecretUnreadable("this secret was stored under another SECRET_KEY") from None


def _fernet(secret_key: str, purpose: bytes) -> Fernet:
    if not secret_key:
        raise ValueError("SECRET_KEY is empty: secrets could not be kept.")
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
