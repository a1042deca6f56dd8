"""Calling the side effects of adjusters: reserve when placed, commit when settled, release when given up.

Reserving fails closed: no order without the thing behind its price. Committing and releasing must not stop what they
follow (money came, an order is cancelled): what fails, or belongs to a plugin that is not installed now, waits in the
outbox under the plugin's name and is tried again.
"""

from collections.abc import Sequence
from typing import Any

from storefront.core.billing.models import BillTender
from storefront.core.billing.service import tenders_of
from storefront.core.contracts.pricing import Adjuster, Applied, Lane, ReservationRefused
from storefront.core.contracts.providers import Providers, Registered
from storefront.core.db import is_retryable, session
from storefront.core.i18n.translate import N_
from storefront.core.orders.models import Charge
from storefront.core.outbox.claiming import NotYet
from storefront.core.outbox.service import later
from storefront.core.values.types import Problem

JOB = "plugins.effect"
CORE = "core"
# What is only added to a price has nothing scarce behind it: nobody waits for its plugin to come back.
OWED_LANES = frozenset(Lane) - {Lane.FEE, Lane.TAX}
NOT_RESERVED = Problem(
    N_(
        "A part of your price (a discount, points or the like) could not be put aside for this order. Nothing was ordered; "
        "please try again, or without it."
    ),
    code="not_reserved",
)


def reserve_all(order_id: int, applied: Sequence[Applied], providers: Providers) -> None:
    """In lane order, inside the placing unit. ``ReservationRefused`` stops the order."""
    adjusters = providers.adjusters()
    for a in sorted(applied, key=lambda a: a.lane):
        _reserve(_find(adjusters, a.source, a.key, a.lane), order_id, a)


def commit_all(order_id: int, charges: Sequence[Charge], bill_id: int, providers: Providers) -> None:
    """Inside the settling unit, for whatever is installed."""
    for source, key, lane in _keys(charges, tenders_of(bill_id)):
        _settle(providers, "commit", source, key, lane, order_id)


def release_all(order_id: int, charges: Sequence[Charge], tenders: Sequence[BillTender], providers: Providers) -> None:
    """Inside the cancelling unit, for whatever is installed."""
    for source, key, lane in _keys(charges, tenders):
        _settle(providers, "release", source, key, lane, order_id)


def follow_change(
    order_id: int,
    before: Sequence[Charge],
    old_tenders: Sequence[BillTender],
    after: Sequence[Applied],
    providers: Providers,
) -> None:
    """A new revision: what vanished is released, what is new is reserved, what shrank gives back the difference. Inside
    the unit of the edit."""
    old = {(s, k): lane for s, k, lane in _keys(before, old_tenders)}
    amounts = {(c.source, c.key): c.amount for c in before} | {(t.source, t.key): -t.amount for t in old_tenders}
    new = {(a.source, a.key): a for a in after}
    for (source, key), lane in old.items():
        if (source, key) not in new:
            _settle(providers, "release", source, key, lane, order_id)
            continue
        shrunk = abs(amounts[(source, key)]) - abs(new[(source, key)].amount)
        if shrunk > 0:
            _settle(providers, "release", source, key, lane, order_id, shrunk)
    adjusters = providers.adjusters(installed=True)
    for (source, key), applied in new.items():
        if (source, key) not in old:
            _reserve(_find(adjusters, source, key, applied.lane), order_id, applied)


def release_tender(order_id: int, tender: BillTender, portion: int, providers: Providers) -> None:
    """Give ``portion`` minor units of a tender back to where it came from."""
    _settle(providers, "release", tender.source, tender.key, Lane.TENDER, order_id, portion)


def try_again(args: dict[str, Any], providers: Providers) -> None:
    """What a row of the outbox still owes. Inside its unit. Raises while the plugin fails; ``NotYet`` while it is not
    installed."""
    lane = Lane[args["lane"]]
    registered = _find(providers.adjusters(installed=True), args["source"], args["key"], lane)
    if registered is None:
        raise NotYet(f"The plugin {args['source']} is not installed, or does not run.")
    registered.ask(args["act"], args["order_id"], args["key"], *args["rest"])


def _reserve(registered: Registered[Adjuster] | None, order_id: int, applied: Applied) -> None:
    if registered is None or type(registered.value).reserve is Adjuster.reserve:
        return
    try:
        with session.begin_nested():  # a failed statement of the plugin must not poison the order
            registered.ask("reserve", order_id, applied)
    except ReservationRefused:
        raise
    except Exception as error:  # plugin code: noted under its name
        if is_retryable(error):
            raise
        raise ReservationRefused(NOT_RESERVED) from error


def _settle(providers: Providers, act: str, source: str, key: str, lane: Lane, order_id: int, *rest: int) -> None:
    if source == CORE:
        return
    adjusters = providers.adjusters(installed=True)
    registered = _find(adjusters, source, key, lane)
    if registered is None:
        gone = lane in OWED_LANES and not any(r.source == source for r in adjusters)
        if gone:
            _owe(act, source, key, lane, order_id, rest)
        return
    if getattr(type(registered.value), act) is getattr(Adjuster, act):
        return
    try:
        with session.begin_nested():
            registered.ask(act, order_id, key, *rest)
    except Exception as error:  # plugin code: noted under its name
        if is_retryable(error):
            raise
        _owe(act, source, key, lane, order_id, rest)


def _owe(act: str, source: str, key: str, lane: Lane, order_id: int, rest: Sequence[int]) -> None:
    later(
        JOB, subject=f"plugin:{source}", act=act, source=source, key=key, lane=lane.name, order_id=order_id,
        rest=list(rest),
    )  # fmt: skip


def _find(adjusters: Sequence[Registered[Adjuster]], source: str, key: str, lane: Lane) -> Registered[Adjuster] | None:
    """The adjuster behind an adjustment: by its key, else the plugin's only one in that lane. ``None`` when its plugin is
    not installed, or does not know it any more."""
    own = [r for r in adjusters if r.source == source and r.value.lane is lane]
    exact = [r for r in own if key == r.value.key or key.startswith((f"{r.value.key}:", f"{r.value.key}."))]
    if exact:
        return exact[0]
    return own[0] if len(own) == 1 else None


def _keys(charges: Sequence[Charge], tenders: Sequence[BillTender]) -> list[tuple[str, str, Lane]]:
    found = [(c.source, c.key, Lane[c.data.get("lane", "FEE")]) for c in charges if c.kind != "shipping"]
    return found + [(t.source, t.key, Lane.TENDER) for t in tenders]
