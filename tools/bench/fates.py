"""What becomes of a generated order and when: the times of its life, cut off at the moment of generation."""

from dataclasses import dataclass
from random import Random

HOUR = 3600
DAY = 24 * HOUR
DAYS_TO_PAY = 7
DELIVERY = 3 * DAY
CASH_COMES = 5 * DAY


@dataclass(slots=True)
class Fate:
    """Seconds since 1970; 0: it did not happen (yet). ``reason``: why it was cancelled, "" for orders that live.
    ``parcels``: when each leaves (may lie ahead); ``packed``: the next one stands packed."""

    placed: int
    method: str
    reason: str = ""
    paid: int = 0
    ended: int = 0
    refunded: int = 0
    completed: int = 0
    parcels: tuple[int, ...] = ()
    packed: bool = False

    @property
    def cod(self) -> bool:
        return self.method == "payments_cod"


def fate_of(rnd: Random, placed: int, until: int, *, cod: bool, lines: int, wait: int) -> Fate:
    """``wait``: seconds until all its goods are there. Draws the same numbers whatever it decides."""
    draw, pay, pack, done, split = rnd.random(), rnd.random(), rnd.random(), rnd.random(), rnd.random()
    fate = Fate(placed, "payments_cod" if cod else "payments_bank_transfer")
    if draw < 0.02:
        if placed + HOUR < until:
            fate.reason, fate.ended = "lapsed", placed + HOUR // 2
        return fate
    if draw < 0.06 and not cod:  # never pays
        if placed + (DAYS_TO_PAY + 1) * DAY < until:
            fate.reason, fate.ended = "unpaid", placed + (DAYS_TO_PAY + 1) * DAY
        return fate
    ready = placed + HOUR if cod else placed + HOUR + int(pay * pay * 4 * DAY)
    if not cod and ready < until:
        fate.paid = ready
    if draw > 0.98 and not cod and ready + 6 * HOUR < until:
        fate.reason, fate.ended = ("shopper" if pay < 0.6 else "owner"), ready + 5 * HOUR
        fate.refunded = fate.ended + DAY if fate.ended + 2 * DAY < until else 0
        return fate
    _send(fate, ready + wait + int(HOUR + pack * 3 * DAY), until, split=lines > 1 and split < 0.08, done=done)
    fate.packed = pack > 0.7 and (cod or fate.paid > 0)
    return fate


def _send(fate: Fate, leaves: int, until: int, *, split: bool, done: float) -> None:
    fate.parcels = (leaves, leaves + DAY) if split else (leaves,)
    last = fate.parcels[-1]
    if fate.cod and last + CASH_COMES < until:
        fate.paid = last + CASH_COMES
    completes = last + int((7 + 7 * done) * DAY)
    if completes < until:
        fate.completed = completes
