"""A form that is sent twice (a double click, a reload) acts once: it carries a token, and the session remembers what became
of the last ones."""

import secrets
from collections.abc import Callable

from sqlalchemy import select, update

from storefront.admin.session import staff_session
from storefront.core.db import lock_for_update, session
from storefront.core.staff.models import StaffSession as Row

FIELD = "_once"
KEY = "once"
REMEMBERED = 40
MAX_TOKEN = 40


def new_token() -> str:
    return secrets.token_urlsafe(12)


def once(token: str, work: Callable[[], str]) -> tuple[str, bool]:
    """The text ``work`` returned, and whether it ran now: for a token that was used before, what it returned then. Inside
    the open unit, which is that of ``work``; two of one token at the same time run one after the other. Without a token
    ``work`` simply runs."""
    if not token or len(token) > MAX_TOKEN:
        return work(), True
    own = Row.id == staff_session().load().id
    data = dict(session.scalar(lock_for_update(select(Row.data).where(own))) or {})
    used = [list(pair) for pair in data.get(KEY, ())]
    for seen, result in used:
        if seen == token:
            return str(result), False
    result = work()
    data[KEY] = [*used, [token, result]][-REMEMBERED:]
    session.execute(update(Row).where(own).values(data=data))
    return result, True
