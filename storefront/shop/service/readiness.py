"""Is everything there that the shop needs? One word for each thing."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from storefront.core.db import session, utcnow
from storefront.core.outbox.heartbeat import heard_of
from storefront.shop.context import extension

OK, NOT_USED = "ok", "not used"
GOOD = frozenset({OK, NOT_USED})
REDIS_SECONDS = 1.0


def readiness() -> dict[str, str]:
    """``ok``, ``not used``, or what is wrong."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "migrations": _migrations,
        "relay": _relay,
        "redis": lambda: _redis(extension().settings.redis_url),
        "media": lambda: _writable(extension().settings.media_dir),
    }
    return {name: _contained(check) for name, check in checks.items()}


def _contained(check: Callable[[], str]) -> str:
    try:
        return check()
    except SQLAlchemyError:
        session.rollback()
        return "unreachable"
    except Exception:
        current_app.logger.exception("a check of /readyz failed")
        return "failing"


def _database() -> str:
    session.execute(text("SELECT 1"))
    return OK


def _migrations() -> str:
    # Alembic is heavy, and a web process needs it for nothing else.
    from storefront.plugin_host.migrations import behind

    late = behind(session.connection(), extension().host)
    return f"behind: {', '.join(late)}" if late else OK


def _relay() -> str:
    return OK if heard_of(utcnow()) else "silent"


def _redis(url: str) -> str:
    if not url:
        return NOT_USED
    try:
        with Redis.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            return OK if client.ping() else "failing"
    except (RedisError, OSError):
        return "unreachable"


def _writable(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".ready-", dir=folder)
        os.close(descriptor)
        os.unlink(name)
    except OSError:
        return "not writable"
    return OK
