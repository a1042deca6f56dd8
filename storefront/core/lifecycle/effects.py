"""Calling the side effects of adjusters: reserve when placed, commit when settled, release when given up."""

from collections.abc import Sequence

from storefront.core.billing.models import BillTender
from storefront.core.billing.service import tenders_of
from storefront.core.contracts.pricing import Adjuster, Applied, Lane
from storefront.core.contracts.providers import Providers, Registered
from storefront.core.orders.models import Charge


def _find(adjusters: Sequence[Registered[Adjuster]], source: str, key: str, lane: Lane | None) -> Adjuster | None:
    """The adjuster behind an adjustment: by its key, else the plugin's only one in that lane. ``None`` when its plugin is
    not installed: then the effect waits for it in the outbox under the plugin's name."""
    own = [r.value for r in adjusters if r.source == source and lane in (None, r.value.lane)]
    exact = [a for a in own if key == a.key or key.startswith((f"{a.key}:", f"{a.key}."))]
    if exact:
        return exact[0]
    return own[0] if len(own) == 1 else None


def reserve_all(order_id: int, applied: Sequence[Applied], providers: Providers) -> None:
    """In lane order, inside the placing unit. ``ReservationRefused`` stops the order."""
    adjusters = providers.adjusters()
    for a in sorted(applied, key=lambda a: a.lane):
        adjuster = _find(adjusters, a.source, a.key, a.lane)
        if adjuster is not None:
            adjuster.reserve(order_id, a)


def commit_all(order_id: int, charges: Sequence[Charge], bill_id: int, providers: Providers) -> None:
    """Inside the settling unit, for whatever is installed."""
    adjusters = providers.adjusters(installed=True)
    for source, key, lane in _keys(charges, tenders_of(bill_id)):
        adjuster = _find(adjusters, source, key, lane)
        if adjuster is not None:
            adjuster.commit(order_id, key)


def release_all(order_id: int, charges: Sequence[Charge], tenders: Sequence[BillTender], providers: Providers) -> None:
    """Inside the cancelling unit, for whatever is installed."""
    adjusters = providers.adjusters(installed=True)
    for source, key, lane in _keys(charges, tenders):
        adjuster = _find(adjusters, source, key, lane)
        if adjuster is not None:
            adjuster.release(order_id, key)


def _keys(charges: Sequence[Charge], tenders: Sequence[BillTender]) -> list[tuple[str, str, Lane]]:
    found = [(c.source, c.key, Lane[c.data.get("lane", "FEE")]) for c in charges if c.kind != "shipping"]
    return found + [(t.source, t.key, Lane.TENDER) for t in tenders]


def follow_change(
    order_id: int,
    before: Sequence[Charge],
    old_tenders: Sequence[BillTender],
    after: Sequence[Applied],
    providers: Providers,
) -> None:
    """A new revision: what vanished is released, what is new is reserved, what shrank gives back the difference. Inside
    the unit of the edit."""
    adjusters = providers.adjusters(installed=True)
    old = {(s, k): lane for s, k, lane in _keys(before, old_tenders)}
    amounts = {(c.source, c.key): c.amount for c in before} | {(t.source, t.key): -t.amount for t in old_tenders}
    new = {(a.source, a.key): a for a in after}
    for (source, key), lane in old.items():
        adjuster = _find(adjusters, source, key, lane)
        if adjuster is None:
            continue
        if (source, key) not in new:
            adjuster.release(order_id, key)
        elif abs(new[(source, key)].amount) < abs(amounts[(source, key)]):
            adjuster.release(order_id, key, abs(amounts[(source, key)]) - abs(new[(source, key)].amount))
    for (source, key), applied in new.items():
        adjuster = _find(adjusters, source, key, applied.lane)
        if adjuster is not None and (source, key) not in old:
            adjuster.reserve(order_id, applied)


def release_tender(order_id: int, tender: BillTender, portion: int, providers: Providers) -> None:
    """Give ``portion`` minor units of a tender back to where it came from."""
    adjuster = _find(providers.adjusters(installed=True), tender.source, tender.key, Lane.TENDER)
    if adjuster is not None:
        adjuster.release(order_id, tender.key, portion)
