"""Who wants no mails about a topic, and the link by which they say so: it works without a log-in, and tells nobody whose
address it is for."""

import json
from dataclasses import dataclass

from sqlalchemy import delete, select

from storefront.core.audit.service import record
from storefront.core.db import session
from storefront.core.mail.kinds import TOPICS
from storefront.core.mail.models import MailOptOut
from storefront.core.mail.promising import fold_address
from storefront.core.secrecy import SecretBox, SecretUnreadable
from storefront.core.upsert import insert_for

READER = "reader"


@dataclass(frozen=True, slots=True)
class Subscription:
    address: str
    topic: str


def seal(box: SecretBox, address: str, topic: str) -> str:
    """The secret part of the link in a mail; URL-safe."""
    return box.encrypt(json.dumps([fold_address(address), topic]))


def unseal(box: SecretBox, token: str) -> Subscription | None:
    """What ``seal`` wrote; ``None`` for anything else, and for what was sealed under a lost key."""
    if len(token) > 1500 or not token.isascii():
        return None
    try:
        address, topic = json.loads(box.decrypt(token))
    except (SecretUnreadable, ValueError):
        return None
    return Subscription(str(address), str(topic)) if topic in TOPICS else None


def is_wanted(address: str, topic: str) -> bool:
    """Whether mails about ``topic`` may go to ``address``; always, for those without a topic."""
    return not topic or session.get(MailOptOut, (fold_address(address), topic)) is None


def unwanted(topic: str, addresses: list[str]) -> frozenset[str]:
    """Those of ``addresses``, folded, that want none."""
    folded = [fold_address(address) for address in addresses]
    found = select(MailOptOut.address_folded).where(MailOptOut.topic == topic, MailOptOut.address_folded.in_(folded))
    return frozenset(session.scalars(found))


def opt_out(address: str, topic: str, actor: str = READER) -> bool:
    """No more mails about ``topic``; inside the caller's unit. Returns whether that is new."""
    statement = insert_for(MailOptOut).values(address_folded=fold_address(address), topic=topic)
    new = session.execute(statement.on_conflict_do_nothing().returning(MailOptOut.topic)).first() is not None
    if new:
        record(actor, "mail.opt_out", ("mail_topic", topic))
    return new


def opt_in(address: str, topic: str, actor: str = READER) -> bool:
    """Mails about ``topic`` again; inside the caller's unit. Returns whether that is new."""
    found = session.scalars(
        delete(MailOptOut)
        .where(MailOptOut.address_folded == fold_address(address), MailOptOut.topic == topic)
        .returning(MailOptOut.topic)
    ).first()
    if found is not None:
        record(actor, "mail.opt_in", ("mail_topic", topic))
    return found is not None
