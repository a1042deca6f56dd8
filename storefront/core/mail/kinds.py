"""The kinds of mail the shop writes. A kind is transactional (somebody waits for it: it always leaves) or belongs to a topic,
from which its reader can be freed with one click."""

from collections.abc import Mapping
from dataclasses import dataclass

from storefront.core.i18n.translate import N_

# A job that sends a mail is called so, and its kind.
PREFIX = "mail."


@dataclass(frozen=True, slots=True)
class MailKind:
    """``title``: a msgid, for the staff. ``topic``: "" for a transactional kind. ``order``: it is about an order."""

    title: str
    order: bool = False
    topic: str = ""

    @property
    def transactional(self) -> bool:
        return not self.topic


KINDS: Mapping[str, MailKind] = {
    "order_accepted": MailKind(N_("Order confirmation"), order=True),
    "payment_received": MailKind(N_("Payment received"), order=True),
    "order_shipped": MailKind(N_("Parcel on its way"), order=True),
    "order_changed": MailKind(N_("Items cancelled"), order=True),
    "order_cancelled": MailKind(N_("Cancellation"), order=True),
    "address_changed": MailKind(N_("Another address"), order=True),
    "delivery_changed": MailKind(N_("Another delivery service"), order=True),
    "tracking_changed": MailKind(N_("Another tracking number"), order=True),
    "staff_invite": MailKind(N_("Invitation to the back office")),
    "staff_digest": MailKind(N_("Daily notice to the staff"), topic="staff_digest"),
}

# What somebody is freed from, as its reader calls it.
TOPICS: Mapping[str, str] = {
    "staff_digest": N_("the daily notice of what needs you in the back office"),
}


def topic_of(kind: str) -> str:
    """The topic of a kind, "" for a transactional one or one nobody knows."""
    found = KINDS.get(kind)
    return found.topic if found is not None else ""
