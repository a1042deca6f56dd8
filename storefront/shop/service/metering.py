"""What Prometheus reads. Times of requests are kept by each web process in a file of ``PROMETHEUS_MULTIPROC_DIR`` and
added up when they are asked for; figures of the shop come from the database at that moment."""

import hmac
import ipaddress
import os
from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Request

from storefront.core.db import session, utcnow
from storefront.core.lifecycle.figures import orders_by_state, payments_by_outcome
from storefront.core.outbox.heartbeat import heard_of
from storefront.core.outbox.queries import standing

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Histogram
    from prometheus_client.core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SHARED = "PROMETHEUS_MULTIPROC_DIR"
# Whoever comes through a proxy on this machine has its address, so such a request does not count as local.
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


def may_read(request: Request, token: str) -> bool:
    """With ``token`` as bearer; without one only this machine itself, and not through a proxy."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if token:
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def observe(endpoint: str, method: str, status: int, seconds: float) -> None:
    """One request was answered. ``endpoint``: the view's name, never an address."""
    known = method if method in METHODS else "other"
    _kept()[1].labels(endpoint, known, f"{status // 100}xx").observe(seconds)


# prometheus_client decides when it is imported, by the environment, whether it is one of several processes: so it is
# imported by the first request, not by whoever loads the application.


_making = Lock()


def _kept() -> "tuple[CollectorRegistry, Histogram]":
    # The first requests come at once, in several threads: a histogram that is made twice is refused by its registry.
    with _making:
        return _made()


@cache
def _made() -> "tuple[CollectorRegistry, Histogram]":
    from prometheus_client import CollectorRegistry, Histogram

    registry = CollectorRegistry()
    requests = Histogram(
        "storefront_request_seconds",
        "Time from the first look at a request to its answer",
        ("endpoint", "method", "status"),
        buckets=BUCKETS,
        registry=registry,
    )
    return registry, requests


def exposition() -> bytes:
    """Everything, in Prometheus' text format. Reads the database; with no unit open."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    own, _ = _kept()
    registry = CollectorRegistry()
    shop: Any = _Shop()
    registry.register(shop)
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(own)


class _Shop:
    """Figures of the shop itself, as they are now."""

    def describe(self) -> "list[Metric]":
        return []

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily

        now = utcnow()
        work, orders, payments, relay = standing(now), orders_by_state(), payments_by_outcome(), heard_of(now)
        session.rollback()

        def gauge(name: str, text: str, values: dict[tuple[str, ...], float], *labels: str) -> "Metric":
            family = GaugeMetricFamily(f"storefront_{name}", text, labels=labels)
            for key, value in sorted(values.items()):
                family.add_metric(key, value)
            return family

        yield gauge("outbox_oldest_seconds", "How long the longest waiting job has been due", {(): work.oldest_seconds})
        states = {(state,): float(count) for state, count in work.by_state.items()}
        yield gauge("outbox_rows", "Jobs that are not done, by state", states, "state")
        yield gauge("outbox_dead_rows", "Jobs that were given up", {(): float(work.by_state["dead"])})
        queues = {(queue,): float(work.due_by_queue.get(queue, 0)) for queue in ("critical", "mail", "slow")}
        yield gauge("queue_depth", "Jobs that are due and not done, by queue", queues, "queue")
        yield gauge("relay_up", "Whether a relay was alive a moment ago", {(): float(relay)})
        yield gauge("orders", "Orders by state", {(state,): float(n) for state, n in orders.items()}, "state")
        outcomes = {key: float(count) for key, count in payments.items()}
        yield gauge("payments", "Attempts to pay, by method and outcome", outcomes, "method", "outcome")
