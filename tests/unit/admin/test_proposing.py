"""What the packer is proposed."""

import pytest

from storefront.admin.orders.proposing import proposed
from storefront.core.lifecycle.view import PlannedParcel

FIRST, SECOND = PlannedParcel("A", 900, None, ((1, 2),)), PlannedParcel("B", 400, None, ((1, 1), (2, 1)))


@pytest.mark.parametrize(
    ("ready", "expected"),
    [
        ({1: 3, 2: 1}, [FIRST, SECOND]),
        ({1: 2}, [FIRST]),
        ({1: 1, 2: 1}, [SECOND]),
        ({1: 1}, []),  # changed since: nothing that was planned is what there is
        ({1: 3, 2: 2}, []),
        ({}, []),
    ],
)
def test_planned_parcels_are_proposed_while_they_are_what_there_is(
    ready: dict[int, int], expected: list[PlannedParcel]
) -> None:
    assert proposed((FIRST, SECOND), ready) == expected
