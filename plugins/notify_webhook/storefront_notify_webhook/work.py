"""What happens when something happened: a job for each address, so that each is tried again alone."""

import hashlib
from datetime import timedelta

from storefront.plugin import Event, EventHandler, GiveUp, JobTurn, PluginJob, TryLater, enqueue, event_data
from storefront_notify_webhook.delivery import NotThere, post
from storefront_notify_webhook.notice import Notice, notice
from storefront_notify_webhook.settings import KINDS, NAME, settings


def mark_of(address: str) -> str:
    """By which a job knows its address: the address itself may hold a key, and the owner may change it meanwhile."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def spread(event: Event) -> None:
    """A job for each address, in the transaction that marks the event as told."""
    current = settings()
    if not current.wants(event):
        return
    for address in dict.fromkeys(current.addresses):
        enqueue(NAME, "post", once=f"{event.id} {mark_of(address)}", to=mark_of(address), data=event_data(event))


def deliver(turn: JobTurn) -> None:
    """Send one notice to one address. An address that the owner took out is told nothing more."""
    address = next((each for each in settings().addresses if mark_of(each) == turn.args["to"]), None)
    if address is not None:
        data = turn.args["data"]
        _send(address, notice(str(data["event"]), data))


def say_alive(_turn: JobTurn) -> None:
    """A sign of life, when the owner wants one. One that is late says nothing: it is not sent again."""
    address = settings().alive
    if address:
        try:
            _send(address, notice("shop.alive"))
        except TryLater as error:
            raise GiveUp(str(error)) from error


def _send(address: str, what: Notice) -> None:
    current = settings()
    try:
        post(address, what, current.secret, insecure=current.insecure)
    except NotThere as error:
        raise (GiveUp if error.final else TryLater)(str(error)) from error


JOBS = (
    PluginJob("post", deliver, outside=True),
    PluginJob("alive", say_alive, every=timedelta(minutes=5), outside=True),
)
HANDLERS = tuple(EventHandler(kind, spread) for kind in KINDS)
