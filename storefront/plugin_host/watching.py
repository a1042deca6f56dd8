"""Watching what plugins do in this process: every call is timed, every failure counted, repeated ones lead to rest.

A request only notes a failure in memory. A thread of the process writes it down, on a connection and in a unit of its own,
and stops a plugin that failed too often for every process (``core.settings.plugins.hold``). Nothing can end a call that
does not come back; the thread sees it, writes it down with the place where it hangs, and stops the plugin at once.
"""

import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import get_ident
from time import perf_counter, sleep
from typing import Any

import click
from werkzeug.exceptions import HTTPException

from storefront.core.contracts.background import GiveUp, TryLater
from storefront.core.contracts.calls import CallFailed, Watch
from storefront.core.contracts.payments import WebhookRefused
from storefront.core.contracts.pricing import ReservationRefused
from storefront.core.db import is_retryable, utcnow
from storefront.core.settings.plugins import Fault

logger = logging.getLogger(__name__)

# Seconds a call may take. What is pure is called on pages; what asks a provider waits for a network.
# Nobody waits for background work, but what never ends holds up the work behind it.
PAGE_BUDGET, NETWORK_BUDGET, WORK_BUDGET = 1.0, 8.0, 120.0
BUDGETS = dict.fromkeys(("quote", "availability", "adjust", "instructions", "tracking_url", "check_tracking_number", "customs_label", "reserve", "commit", "release", "slot", "storefront_checks"), PAGE_BUDGET) | {"run": WORK_BUDGET}  # fmt: skip
# A call that takes so many times its budget does not come back.
HUNG = 10
# What is only offered or shown may be left out for a while; a price, a payment, a reservation is asked every time.
RESTING = frozenset({"quote", "availability", "instructions", "tracking_url", "customs_label", "page", "slot"})
IN_A_ROW, REST_SECONDS = 5, 60.0
# What these acts raise on purpose.
MEANT: dict[str, tuple[type[BaseException], ...]] = {
    "reserve": (ReservationRefused,),
    "read_webhook": (WebhookRefused,),
    "check_tracking_number": (ValueError,),
    "run": (TryLater, GiveUp),
    "page": (HTTPException,),  # abort(404)
    "cli": (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit),
}
SHOP = str(Path(__file__).parents[1]) + "/"
MOST_WAITING = 500
LOOK_SECONDS = 1.0

Store = Callable[[Sequence[Fault]], None]


@dataclass(slots=True)
class _Ledger:
    """How it goes with one act of one plugin in this process. ``running``: since when, by thread. ``failed``: in a row,
    ``before``: what that was before the last answer, which may turn out to be nonsense. Times are of ``perf_counter``."""

    budget: float
    running: dict[int, float] = field(default_factory=dict)
    failed: int = 0
    before: int = 0
    rests_until: float = 0.0


class PluginWatch(Watch):
    """Of one host. ``store`` writes failures down; without one they only go to the log. Safe between threads: counts may
    lose one to another thread, which only makes rest come later."""

    def __init__(self) -> None:
        self.store: Store | None = None
        self.budgets = dict(BUDGETS)
        self.when_hung: Callable[[], None] | None = None
        self._ledgers: dict[tuple[str, str], _Ledger] = {}
        self._known_hung: set[tuple[int, float]] = set()
        self._waiting: deque[Fault] = deque(maxlen=MOST_WAITING)
        self._thread: threading.Thread | None = None

    # --- calling

    def ask(self, source: str, act: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        # Every line here is paid for by every call: tools/dispatch_bench.py.
        ledger = self._ledgers.get((source, act)) or self._begin(source, act)
        if ledger.rests_until and self._rests(ledger):
            raise CallFailed(f"{act} of {source} is left alone after repeated failures")
        thread, running = get_ident(), ledger.running
        running[thread] = started = perf_counter()
        try:
            answer = function(*arguments)
        except (Exception, SystemExit) as error:
            self._raised(source, act, error)
            raise
        finally:
            running.pop(thread, None)
        if perf_counter() - started > ledger.budget:
            self._fail(source, act, "slow", f"{act} took longer than {ledger.budget:g} s", "")
        elif ledger.failed or ledger.before:
            ledger.before, ledger.failed = ledger.failed, 0
        return answer

    def _begin(self, source: str, act: str) -> _Ledger:
        return self._ledgers.setdefault((source, act), _Ledger(self.budgets.get(act, NETWORK_BUDGET)))

    def _raised(self, source: str, act: str, error: BaseException) -> None:
        """Note it, unless it was meant. Raises ``CallFailed`` for an end of the process that was not."""
        meant = isinstance(error, MEANT.get(act, ()))
        if not meant and not is_retryable(error):
            self.blame(source, act, error)
        if isinstance(error, SystemExit) and not meant:
            raise CallFailed(f"{source} tried to end the process") from error

    def blame(self, source: str, act: str, error: BaseException, *, nonsense: bool = False) -> None:
        logger.error("%s of the plugin %s failed", act, source, exc_info=error)
        if nonsense:  # the call came back, so its failures in a row were forgotten too early
            ledger = self._begin(source, act)
            ledger.failed, ledger.before = max(ledger.failed, ledger.before), 0
        kind = "nonsense" if nonsense else "raised"
        if nonsense and _is_ours(error):  # its words are the shop's own
            self._fail(source, act, kind, f"{type(error).__qualname__}: {error}", "")
            return
        place = "".join(traceback.format_tb(error.__traceback__))
        self._fail(source, act, kind, where(error), f"{place}{type(error).__qualname__}")

    def rest(self, source: str, act: str) -> bool:
        """Whether ``act`` of the plugin is left alone just now."""
        ledger = self._ledgers.get((source, act))
        return ledger is not None and self._rests(ledger)

    def forget(self, source: str) -> None:
        """The owner let the plugin run again: nothing of it rests."""
        for key in [key for key in self._ledgers if key[0] == source]:
            self._ledgers.pop(key, None)

    def _rests(self, ledger: _Ledger) -> bool:
        if perf_counter() < ledger.rests_until:
            return True
        # One call is let through: it rests again at once when that fails too.
        ledger.rests_until, ledger.failed = 0.0, IN_A_ROW - 1
        return False

    def _fail(self, source: str, act: str, kind: str, error: str, trace: str) -> None:
        ledger = self._begin(source, act)
        ledger.failed += 1
        if act in RESTING and ledger.failed >= IN_A_ROW and not ledger.rests_until:
            ledger.rests_until = perf_counter() + REST_SECONDS
            logger.error("%s of the plugin %s is left alone for %.0f seconds", act, source, REST_SECONDS)
        self._waiting.append(Fault(source, act, kind, error[:500], trace[-20_000:], utcnow()))

    # --- writing down

    def flush(self) -> None:
        """Write down what waits, now, in the calling thread, with no unit open."""
        found: dict[tuple[str, str, str, str], Fault] = {}
        while self._waiting:
            fault = self._waiting.popleft()
            key = (fault.plugin, fault.act, fault.kind, fault.error)
            times = found[key].times + 1 if key in found else 1
            found[key] = Fault(*key[:3], fault.error, fault.traceback, fault.at, times)
        if found and self.store is not None:
            self.store(list(found.values()))

    def start(self) -> None:
        """Watch from a thread of this process until it ends. After a fork, call it in the new process."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._look, name="plugin-watch", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        while True:
            sleep(LOOK_SECONDS)
            hung = self.note_hung()
            try:
                self.flush()
            except Exception:  # the database is away, say: what happened is in the log already
                logger.exception("failures of plugins could not be written down")
            if hung and self.when_hung is not None:
                self.when_hung()

    def note_hung(self) -> bool:
        """Look at the calls of all threads; whether one was found that does not come back."""
        now, found = perf_counter(), False
        for (source, act), ledger in list(self._ledgers.items()):
            for thread, started in list(ledger.running.items()):
                if now - started < ledger.budget * HUNG or (thread, started) in self._known_hung:
                    continue
                self._known_hung.add((thread, started))
                frame = sys._current_frames().get(thread)
                stack = traceback.format_stack(frame) if frame is not None else []
                here = max((n for n, line in enumerate(stack) if f'"{__file__}"' in line), default=0)
                trace = "".join(stack[here:])  # from the call on: what came before is the server's
                logger.error("%s of the plugin %s does not come back; it is here:\n%s", act, source, trace)
                self._fail(source, act, "hung", f"{act} did not come back within {ledger.budget * HUNG:g} s", trace)
                found = True
        return found


def _is_ours(error: BaseException) -> bool:
    """Whether the shop itself made the error, about an answer."""
    frames = traceback.extract_tb(error.__traceback__)
    return not frames or frames[-1].filename.startswith(SHOP)


def where(error: BaseException) -> str:
    """The kind of an error and where it was raised: what may be shown and stored. Not its words, which may hold what a
    shopper typed, or a key; they are in the log of the process."""
    name = type(error).__qualname__
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return name
    return f"{name} in {frames[-1].name}(), {frames[-1].filename.rpartition('/')[2]} line {frames[-1].lineno}"
