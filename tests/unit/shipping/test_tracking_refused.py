"""A wrong tracking number is refused in the carrier's own words."""

import pytest
from storefront_shipping_japanpost.carrier import JapanPost

from storefront.core.contracts.providers import Registered, StaticProviders
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.ship import checked_tracking


@pytest.mark.req("SHP-8")
def test_a_carriers_refusal_is_said_in_its_own_domain() -> None:
    name = "shipping_japanpost"
    providers = StaticProviders({}, {name: Registered(name, JapanPost())})
    assert checked_tracking("em 123456785 jp", name, providers) == "EM123456785JP"
    with pytest.raises(NotPossible) as refused:
        checked_tracking("EM123456784JP", name, providers)
    assert refused.value.problem.source == name
    assert "should be 5" in refused.value.problem.message
    with pytest.raises(NotPossible) as refused:
        checked_tracking("x" * 61, name, providers)
    assert refused.value.problem.source == ""
