"""One lane of a price: its adjusters in order, the contest inside an exclusive group, shares, trace."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from storefront.core.contracts.pricing import Adjustment, Applied, Lane, PriceContext, Quote, TraceStep
from storefront.core.pricing.asking import Entry, ask, failed, logger
from storefront.core.pricing.exclusion import refusal
from storefront.core.pricing.limits import fitted, warning
from storefront.core.values.money import MAX_AMOUNT, prorate
from storefront.core.values.types import Problem

# Each round puts one offer out of the contest; only adjusters whose answers are not pure could need more.
MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """Which adjustment of which adjuster: its name in the contest of an exclusive group."""

    source: str
    adjuster: str
    key: str
    target: str

    def rank(self, amount: int) -> tuple[int, str, str, str]:
        """Lowest wins: the lowest amount, then source and key."""
        return (amount, self.source, self.key, self.adjuster)


@dataclass(frozen=True, slots=True)
class Contest:
    """Two offers of one exclusive group met: the one that was there first, and the one that came."""

    standing: Offer
    coming: Offer


@dataclass(slots=True)
class _Pass:
    """One run through a lane. ``trial``: in a contest who came first stays, undecided."""

    quote: Quote
    context: PriceContext
    beaten: AbstractSet[Offer]
    trial: bool = False
    taken: dict[Offer, int] = field(default_factory=dict)
    groups: dict[tuple[str, str], Offer] = field(default_factory=dict)


def run_lane(quote: Quote, lane: Lane, entries: tuple[Entry, ...], context: PriceContext) -> Quote:
    """``quote`` after all adjusters of ``lane``. ``entries``: those of this lane, in order.

    An exclusive group counts per target (per line in lane LINE). Two offers in it are compared as if the other did not
    exist, since what an adjuster asks depends on what came before it; the loser is out and the lane begins anew, so
    that whatever came after the loser never saw it."""
    if not entries:
        return traced(quote, lane, "core", quote, "no adjusters")
    beaten: set[Offer] = set()
    for _ in range(MOST_ROUNDS):
        outcome = _run(_Pass(quote, context, beaten), lane, entries)
        if isinstance(outcome, Quote):
            return outcome
        beaten.add(_loser(outcome, quote, lane, entries, context, beaten))
    logger.error("the exclusive offers in lane %s never come to an end; the checkout is closed", lane.name)
    return broken(quote, lane, "core")


def broken(quote: Quote, lane: Lane, source: str) -> Quote:
    """``quote`` with a failed part: it can be seen, not paid."""
    marked = replace(quote, warnings=(*quote.warnings, failed(source)), invalid=True)
    return traced(marked, lane, source, marked, "failed")


def traced(quote: Quote, lane: Lane, source: str, before: Quote, note: str) -> Quote:
    """``quote`` with one step more in its trace: from the running amount of ``before`` to its own."""
    step = TraceStep(lane.name, source, _running(before), _running(quote), note)
    return replace(quote, trace=(*quote.trace, step))


def _running(quote: Quote) -> int:
    return quote.so_far + quote.lane_sum(Lane.TENDER)


def _loser(
    contest: Contest,
    quote: Quote,
    lane: Lane,
    entries: tuple[Entry, ...],
    context: PriceContext,
    beaten: AbstractSet[Offer],
) -> Offer:
    """Each of the two offers alone, with the other out of the way; the one that is worse for the customer loses."""
    amounts = {}
    for offer, other in ((contest.standing, contest.coming), (contest.coming, contest.standing)):
        trial = _Pass(quote, context, beaten | {other}, trial=True)
        _run(trial, lane, entries)
        # An offer that is not made any more, or comes to nothing, is worth nothing.
        amounts[offer] = trial.taken.get(offer, 0)
    return max(amounts, key=lambda offer: offer.rank(amounts[offer]))


def _run(run: _Pass, lane: Lane, entries: tuple[Entry, ...]) -> Quote | Contest:
    for entry in entries:
        answer = ask(entry, run.quote, run.context)
        if answer is None:
            run.quote = broken(run.quote, lane, entry.source)
            continue
        if not answer:
            run.quote = traced(run.quote, lane, entry.source, run.quote, f"{entry.key}: nothing")
        before = run.quote
        for adjustment in answer:
            contest = _take(run, entry, adjustment)
            if contest is not None:
                return contest
        if abs(_running(run.quote)) > MAX_AMOUNT:
            logger.error("the adjuster %s of %s goes beyond what the shop can count", entry.key, entry.source)
            run.quote = broken(before, lane, entry.source)
    return run.quote


def _take(run: _Pass, entry: Entry, adjustment: Adjustment) -> Contest | None:
    """Take one adjustment over into ``run.quote``, or leave it out with its reason in the trace."""
    offer = Offer(entry.source, entry.key, adjustment.key, adjustment.target)
    if offer in run.beaten:
        _leave_out(run, entry, adjustment, f"another offer of {adjustment.exclusive_group!r} is better")
        return None
    refused = refusal(run.quote, adjustment, entry.source, run.context.policies)
    if refused is not None:
        _leave_out(run, entry, adjustment, f"refused beside {refused.params['kept']}", refused)
        return None
    group = (adjustment.exclusive_group, adjustment.target)
    standing = run.groups.get(group) if adjustment.exclusive_group else None
    if standing is not None and not run.trial:
        return Contest(standing, offer)
    if standing is not None:
        return None
    amount = fitted(run.quote, entry.lane, adjustment)
    cut = warning(entry.lane, adjustment, amount, entry.source)
    if cut is not None and amount == 0:
        _leave_out(run, entry, adjustment, "nothing is left for it", cut)
        return None
    run.groups[group] = offer
    run.taken[offer] = amount
    _apply(run, entry, adjustment, amount, cut)
    return None


def _leave_out(run: _Pass, entry: Entry, adjustment: Adjustment, why: str, problem: Problem | None = None) -> None:
    quote = run.quote
    if problem is not None:
        quote = replace(quote, warnings=(*quote.warnings, problem))
    note = f"{adjustment.key}: {adjustment.amount:+d} left out, {why}"
    run.quote = traced(quote, entry.lane, entry.source, run.quote, note)


def _apply(run: _Pass, entry: Entry, adjustment: Adjustment, amount: int, cut: Problem | None) -> None:
    applied = Applied(
        source=entry.source,
        lane=entry.lane,
        key=adjustment.key,
        amount=amount,
        label=adjustment.label,
        label_params=dict(adjustment.label_params),
        kind=adjustment.kind,
        data=dict(adjustment.data),
        shares=_shares(run.quote, entry.lane, adjustment.target, amount),
    )
    warnings = run.quote.warnings if cut is None else (*run.quote.warnings, cut)
    quote = replace(run.quote, applied=(*run.quote.applied, applied), warnings=warnings)
    note = f"{adjustment.key}: {amount:+d}" + ("" if cut is None else f" of {adjustment.amount:+d} asked")
    run.quote = traced(quote, entry.lane, entry.source, run.quote, note)


def _shares(quote: Quote, lane: Lane, target: str, amount: int) -> tuple[tuple[str, int], ...]:
    """What each line bears of ``amount``; together exactly ``amount``. Lines without a known price bear nothing."""
    if amount == 0 or lane not in (Lane.LINE, Lane.ORDER):
        return ()
    if lane is Lane.LINE:
        return ((target, amount),)
    nets = net_amounts(quote)
    parts = prorate(amount, list(nets.values()))
    return tuple((key, part) for key, part in zip(nets, parts, strict=True) if part)


def net_amounts(quote: Quote) -> dict[str, int]:
    """Amount of each line with a known price after its shares of discounts, in the order of the basket."""
    nets = {
        line.key: line.unit_price * line.quantity for line in quote.basket.lines if isinstance(line.unit_price, int)
    }
    for applied in quote.applied:
        for key, share in applied.shares:
            nets[key] += share
    return nets
