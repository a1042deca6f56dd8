"""The same plugins give the same order, however they were found."""

import itertools
from types import ModuleType

import pytest

from storefront.core.contracts.pricing import Lane
from storefront.testing.plugins import FakeAdjuster, FakeCarrier, FakeMethod, fake_host, fake_plugin, snapshot_with

NAMES = ("alpha", "beta", "gamma")


def modules() -> list[ModuleType]:
    made = []
    for name in NAMES:
        adjusters = [
            FakeAdjuster(f"{name}.late", Lane.FEE, priority=200),
            FakeAdjuster(f"{name}.b", Lane.FEE),
            FakeAdjuster(f"{name}.a", Lane.FEE),
            FakeAdjuster(f"{name}.line", Lane.LINE, priority=500 - 100 * NAMES.index(name)),
        ]
        made.append(
            fake_plugin(
                name,
                storefront_adjusters=adjusters,
                storefront_payment_methods=[FakeMethod(f"{name}.z"), FakeMethod(name)],
                storefront_shipping_carriers=[FakeCarrier(name)],
            )
        )
    return made


EXPECTED = [
    "gamma.line", "beta.line", "alpha.line", "core.free_shipping",
    "alpha.a", "alpha.b", "beta.a", "beta.b", "gamma.a", "gamma.b", "alpha.late", "beta.late", "gamma.late",
]  # fmt: skip


@pytest.mark.parametrize("permutation", list(itertools.permutations(range(3))))
def test_order_is_lane_priority_plugin_and_key_whatever_the_order_of_registration(permutation: tuple[int, ...]) -> None:
    found = modules()
    host = fake_host(*(found[i] for i in permutation))
    providers = host.providers(snapshot_with(NAMES))
    assert [entry.value.key for entry in providers.adjusters()] == EXPECTED
    assert list(providers.payment_methods()) == ["alpha", "alpha.z", "beta", "beta.z", "gamma", "gamma.z"]
    assert list(providers.carriers()) == list(NAMES)
    assert list(host.plugins) == list(NAMES)
