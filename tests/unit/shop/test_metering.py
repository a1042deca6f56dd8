"""Times of requests are kept by many threads at once."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from storefront.shop.service import metering

THREADS = 4
ROUNDS = 50


@pytest.fixture
def jumping_threads() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("jumping_threads")
def test_first_requests_at_once_are_all_counted() -> None:
    start = Barrier(THREADS)

    def first_request(_: int) -> None:
        start.wait()
        metering.observe("shop.home", "GET", 200, 0.01)

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(ROUNDS):
            metering._made.cache_clear()
            list(pool.map(first_request, range(THREADS)))
            counted = metering._kept()[0].get_sample_value(
                "storefront_request_seconds_count", {"endpoint": "shop.home", "method": "GET", "status": "2xx"}
            )
            assert counted == THREADS
