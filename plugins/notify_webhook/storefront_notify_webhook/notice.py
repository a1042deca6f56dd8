"""What is sent, and how it is signed."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """``id``: the same at every attempt, so that whoever gets it twice acts once."""

    id: str
    event: str
    body: bytes


def notice(event: str, data: Mapping[str, Any] | None = None) -> Notice:
    """A notice of ``event``; without ``data`` one that says no more than that it was sent now."""
    given = dict(data or {"event": event, "version": 1, "at": datetime.now(UTC).isoformat()})
    given.setdefault("id", secrets.token_hex(16))
    return Notice(given["id"], event, json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode())


def signature(body: bytes, secret: str, at: int) -> str:
    """``t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>", hexadecimal>``. The time is signed too: an old notice cannot be
    sent again by somebody who saw it."""
    digest = hmac.new(secret.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
