"""What the shop's watch over plugins costs: nanoseconds a call, beside the same call made directly.

.venv/bin/python tools/dispatch_bench.py
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from storefront.core.contracts.hookspecs import hookimpl
from storefront.core.contracts.providers import Registered
from storefront.core.values.types import Problem
from storefront.plugin_host import dispatch
from storefront.plugin_host.watching import PluginWatch
from storefront.testing.plugins import fake_host, fake_plugin

CALLS, ROUNDS = 100_000, 15
MOST_NS = 1_000


@dataclass(frozen=True)
class Carrier:
    def quote(self, request: object) -> object:
        return request


def per_call(work: Callable[[int], object]) -> float:
    """Processor time of the best of some rounds, in nanoseconds a call: other work on the machine must not count."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.thread_time_ns()
        work(CALLS)
        rounds.append((time.thread_time_ns() - started) / CALLS)
    return min(rounds)


def directly(calls: int) -> None:
    quote = Carrier().quote
    for _ in range(calls):
        quote(None)


def watched(watch: PluginWatch) -> Callable[[int], None]:
    registered = Registered("blue_post", Carrier(), watch)

    def work(calls: int) -> None:
        ask = registered.ask
        for _ in range(calls):
            ask("quote", None)

    return work


def no_problem() -> list[Problem]:
    return []


def hooks(implementations: int) -> float:
    """Nanoseconds an implementation of a guard hook, dispatched to that many plugins."""
    plugins = [
        fake_plugin(f"plugin{n}", storefront_checks=hookimpl(lambda settings: [])) for n in range(implementations)
    ]
    host = fake_host(*plugins)
    bare = (lambda settings: [],) * implementations

    def dispatched(calls: int) -> None:
        for _ in range(calls // 100):
            dispatch.guard(host.manager, "storefront_checks", host.watch, settings=None)

    def called(calls: int) -> None:
        for _ in range(calls // 100):
            for implementation in bare:
                implementation(None)

    return (per_call(dispatched) - per_call(called)) * 100 / implementations


def main() -> None:
    fresh, once_failed = PluginWatch(), PluginWatch()
    once_failed.store = None
    once_failed.blame("blue_post", "quote", ValueError("once"), nonsense=True)
    bare = per_call(directly)
    rows = {
        "a contract object's method (quote, availability, adjust, begin …)": per_call(watched(fresh)) - bare,
        "the same, of a plugin that failed before": per_call(watched(once_failed)) - bare,
        "a guard hook, 6 plugins": hooks(6),
        "a guard hook, 30 plugins": hooks(30),
    }
    print(f"a direct call: {bare:.0f} ns. What is added, per implementation (at most {MOST_NS} ns):")
    for name, added in rows.items():
        print(f"  {added:5.0f} ns  {name}{'  TOO MUCH' if added > MOST_NS else ''}")


if __name__ == "__main__":
    main()
