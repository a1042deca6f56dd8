"""How often somebody may try: counters in the database, so that all processes count together.

An attempt is counted before it is judged, by one guarded statement: of many at once no more than the limit are judged.
The right one gives its count back. Keys are keyed hashes: the table holds neither addresses nor mails.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, or_, select, update

from storefront.core.db import new_secret, session
from storefront.core.settings.models import Policy
from storefront.core.staff.errors import Throttled
from storefront.core.staff.models import Throttle
from storefront.core.upsert import insert_for

HASH_KEY = "secret.throttle"


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` attempts in ``window``; the last of them closes the door for a whole ``window``."""

    kind: str
    most: int
    window: timedelta


PASSWORDS = Limit("password", 5, timedelta(minutes=15))  # of one account
CODES = Limit("code", 5, timedelta(minutes=15))  # of one account
ADDRESSES = Limit("address", 30, timedelta(hours=1))  # of one client, over all accounts
SETUPS = Limit("setup", 30, timedelta(hours=1))  # of one client


def key_of(limit: Limit, who: str) -> str:
    """The row's key for ``who`` (an account, or a client's address). Inside a unit of work."""
    digest = hmac.new(_hash_key(), f"{limit.kind}:{who}".encode(), hashlib.sha256).hexdigest()
    return f"{limit.kind}:{digest[:48]}"


def _hash_key() -> bytes:
    """The shop's own key for these hashes, made when first needed."""
    statement = select(Policy.value).where(Policy.key == HASH_KEY)
    found = session.scalar(statement)
    if found is None:
        session.execute(insert_for(Policy).values(key=HASH_KEY, value=new_secret()).on_conflict_do_nothing())
        found = session.scalars(statement).one()
    return str(found).encode()


def client_of(address: str) -> str:
    """Who is behind an address: of IPv6 the network, since one household has as many addresses as it likes."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:80]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def count(limit: Limit, who: str, now: datetime) -> int:
    """Count one attempt, inside the caller's unit of work; how many there are now. Raises ``Throttled``: the unit must
    then be rolled back. Several limits in one unit: always in the same order of their kinds."""
    key, end = key_of(limit, who), now + limit.window
    insert = insert_for(Throttle).values(key=key, count=1, ends_at=end)
    over, last = Throttle.ends_at <= now, Throttle.count + 1 >= limit.most
    statement = insert.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": case((over, 1), else_=Throttle.count + 1),
            "ends_at": case((or_(over, last), end), else_=Throttle.ends_at),
        },
        where=or_(over, Throttle.count < limit.most),
    ).returning(Throttle.count)
    counted = session.scalar(statement)
    if counted is None:
        until = session.scalars(select(Throttle.ends_at).where(Throttle.key == key)).one()
        raise Throttled(until, max(1, -int(-(until - now).total_seconds() // 60)))
    return int(counted)


def forget(limit: Limit, who: str) -> None:
    """The right password or code came: nothing is held against this account any more."""
    session.execute(delete(Throttle).where(Throttle.key == key_of(limit, who)))


def give_back(limit: Limit, who: str) -> None:
    """The attempt just counted was a right one: it does not count, but those before it do."""
    session.execute(
        update(Throttle).where(Throttle.key == key_of(limit, who), Throttle.count > 0).values(count=Throttle.count - 1)
    )


def purge(now: datetime) -> None:
    """Throw away counters whose window is over."""
    session.execute(delete(Throttle).where(Throttle.ends_at <= now))
