"""The contract tests of an installed plugin, as ``storefront plugins check NAME`` runs them: made from what it brings.

What only its author can say (a fake gateway, an example in which it shows something) stands in the plugin's own tests and is left
out here. Settings are those of the shop it is installed in, its secrets left out.
"""

import json
import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from storefront.core.contracts.shipping import ShippingCarrier
from storefront.core.customers.addresses import country_choices
from storefront.plugin_host.loading import Offers
from storefront.testing.contracts import (
    AdjusterContract,
    ManagePageContract,
    PaymentMethodContract,
    ShippingCarrierContract,
    ShopContract,
    WholePluginContract,
)
from storefront.testing.contracts.shipping import priced
from storefront.testing.plugins import fake_host, settings_bound, settings_from

VARIABLE = "STOREFRONT_CHECK"
# Tests that need words of the author.
AUTHORS: Mapping[type, tuple[str, ...]] = {
    WholePluginContract: ("test_it_can_be_enabled_with_the_settings_of_this_test",),
    AdjusterContract: ("test_it_acts_in_one_of_the_situations",),
    PaymentMethodContract: (
        "test_beginning_twice_with_one_key_gives_one_outcome",
        "test_asking_for_the_truth_gives_an_outcome",
        "test_what_a_browser_brings_back_is_no_proof",
        "test_ending_an_attempt_that_never_began_takes_no_money",
        "test_unknown_answers_of_a_browser_never_crash",
    ),
}


def classes_for(module: Any, offers: Offers, stored: Mapping[str, Any]) -> dict[str, type]:
    """Test classes by name. ``stored``: settings as the owner stored them."""
    name = module.META.name
    typed = settings_from(offers.settings, stored) if offers.settings else None
    whole = {"module": module, "stored": dict(stored), "requires": module.META.requires}
    found: dict[str, type] = {"TestPlugin": _class(WholePluginContract, whole)}
    if not module.META.requires:
        found["TestInAShop"] = _class(ShopContract, whole)
        if offers.pages:
            found["TestManagePages"] = _class(ManagePageContract, whole)
    bound = {"plugin": name, "settings": typed}
    for n, carrier in enumerate(offers.carriers):
        with settings_bound({name: typed}):
            served = _served(carrier)
        if served:
            more = {**bound, "served": served, "make": _returns(carrier)}
            found[f"TestCarrier{n}"] = _class(ShippingCarrierContract, more)
    for n, method in enumerate(offers.methods):
        found[f"TestMethod{n}"] = _class(PaymentMethodContract, {**bound, "make": _returns(method)})
    for n, adjuster in enumerate(offers.adjusters):
        found[f"TestAdjuster{n}"] = _class(AdjusterContract, {**bound, "make": _returns(adjuster)})
    return found


def _class(contract: type, given: Mapping[str, Any]) -> type:
    left_out = dict.fromkeys(AUTHORS.get(contract, ()))
    return type(f"Installed{contract.__name__}", (contract,), {**left_out, **given})


def _returns(thing: Any) -> Any:
    return lambda _self: thing


def _served(carrier: ShippingCarrier) -> str:
    """A country it delivers to with these settings, "" for none: then it is not set up yet."""
    asking = ShippingCarrierContract()
    for code in ("JP", "TW", "US", *(code for code, _ in country_choices("en"))):
        if priced(carrier.quote(asking.request(code, 500))):
            return code
    return ""


if VARIABLE in os.environ:
    _given = json.loads(Path(os.environ[VARIABLE]).read_text("utf-8"))
    _module = import_module(_given["module"])
    _host = fake_host(_module)
    globals().update(classes_for(_module, _host._offers[_module.META.name], _given["stored"]))
