"""The hooks of the shop (pluggy project ``storefront``). A hook lands here with its first user, docs and test.

All of today's hooks but ``storefront_checks`` are called once at boot in every process, in the order of plugin names, for
every installed plugin, enabled or not; there is no request, no session and no settings then: return objects that read
them when they are asked. Implementations may not be wrappers.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pluggy

from storefront.core.contracts.background import EventHandler, PluginJob
from storefront.core.contracts.manage import ManagePage
from storefront.core.contracts.payments import PaymentMethod
from storefront.core.contracts.plugin_settings import PluginSettings
from storefront.core.contracts.pricing import Adjuster
from storefront.core.contracts.shipping import ShippingCarrier
from storefront.core.contracts.slots import Placement
from storefront.core.values.types import Problem

PROJECT = "storefront"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def storefront_payment_methods() -> Iterable[PaymentMethod]:  # type: ignore[empty-body]
    """The plugin's payment methods.

    When: once at boot. Style: register. Returns: objects whose keys are the plugin's name, or begin with it and a dot.
    Errors: anything raised, a foreign or repeated key marks the plugin broken; none of its offers is used.
    """


@hookspec
def storefront_shipping_carriers() -> Iterable[ShippingCarrier]:  # type: ignore[empty-body]
    """The plugin's carriers.

    When: once at boot. Style: register. Returns: objects whose keys are the plugin's name, or begin with it and a dot.
    Errors: anything raised, a foreign or repeated key marks the plugin broken; none of its offers is used.
    """


@hookspec
def storefront_adjusters() -> Iterable[Adjuster]:  # type: ignore[empty-body]
    """What of the plugin changes prices.

    When: once at boot. Style: register. Returns: adjusters; they are called in the order of lane, priority, plugin name
    and key, whatever order they are returned in. Lane SHIPPING is closed: postage comes from carriers.
    Errors: anything raised, a foreign or repeated key marks the plugin broken; none of its offers is used.
    """


@hookspec
def storefront_settings() -> PluginSettings:  # type: ignore[empty-body]
    """What the owner can set.

    When: once at boot. Style: register. Returns: one declaration; without this hook the plugin has no settings.
    Errors: anything raised, or a field the shop cannot store, marks the plugin broken.
    """


@hookspec
def storefront_manage_pages() -> Iterable[ManagePage]:  # type: ignore[empty-body]
    """The plugin's pages in the back office: lists and forms, under ``/manage/plugins/<plugin>/<key>/``.

    When: once at boot. Style: register. Returns: pages whose keys are unique in the plugin; they are reachable, and in the
    menu of whoever has their ``view`` right, while the plugin is enabled. Their functions are called within a request or
    a job, with the plugin's settings readable.
    Errors: anything raised, a repeated key or an unknown right marks the plugin broken; none of its offers is used.
    """


@hookspec
def storefront_blueprints() -> Iterable[Any]:  # type: ignore[empty-body]
    """Pages of the plugin's own, for shoppers or the staff.

    When: once at boot. Style: register. Returns: ``PluginBlueprint`` objects named as the plugin, whose routes say who may
    open them and hold nothing else; the pages are there while the plugin is enabled, else 404. Their views are called within
    a request, with the plugin's settings readable, and answer ``Page`` or ``GoTo``.
    Errors: anything raised, or a blueprint that acts on more than its own routes, marks the plugin broken. A view that raises
    shows that its page does not work; the shop goes on.
    """


@hookspec
def storefront_cli() -> Iterable[Any]:  # type: ignore[empty-body]
    """Commands of the plugin, for whoever runs the shop: ``storefront plugins run <plugin> <command>``.

    When: once at boot. Style: register. Returns: click commands with names of their own in the plugin. They run while the
    plugin is enabled, inside the opened shop, with the plugin's settings readable.
    Errors: anything raised here, or two commands of one name, marks the plugin broken. What a command raises ends it with a
    sentence and counts as a failure of the plugin.
    """


@hookspec
def storefront_slots() -> Iterable[Placement]:  # type: ignore[empty-body]
    """What the plugin shows in pages of the shop, in places of a closed list.

    When: once at boot. Style: register. The placements themselves are asked in style render, each time a page with their
    place is made while the plugin is enabled: what fails, answers nonsense or is slow again and again is left out, logged
    and left alone for a minute. Returns: placements, each a type of slot and a function.
    Errors: anything raised, or a place that does not exist, marks the plugin broken; none of its offers is used.
    """


@hookspec
def storefront_jobs() -> Iterable[PluginJob]:  # type: ignore[empty-body]
    """Background work of the plugin: what it promises with ``enqueue``, and what the clock does.

    When: once at boot. Style: register. Returns: jobs whose keys are unique in the plugin. Each turn is a row of the outbox:
    done once, tried again when it fails, given up alone. The clock begins none while the plugin is disabled; what was
    promised is carried out for every installed plugin, and waits for one that is not there.
    Errors: anything raised, a repeated key or a time nobody can keep marks the plugin broken; none of its offers is used.
    """


@hookspec
def storefront_event_handlers() -> Iterable[EventHandler]:  # type: ignore[empty-body]
    """Who of the plugin is told of what happens to orders. The events are a closed list.

    When: once at boot. Style: register. The handlers themselves are called in style notify, after the event and through the
    outbox: a row for each, done once, tried again when it fails, given up alone. Told while the plugin is enabled, also while
    it is stopped after failures; those that settle are told while it is disabled, too.
    Errors: anything raised, or an event that does not exist, marks the plugin broken; none of its offers is used.
    """


@hookspec
def storefront_checks(settings: Any) -> Sequence[Problem]:  # type: ignore[empty-body]
    """What is missing before the plugin can do its work.

    When: before it is enabled (any problem refuses that) and whenever plugins are listed. Style: guard. ``settings``: the
    plugin's own typed settings as they would be used. Returns: problems with sentences for the owner; empty when ready.
    Errors: an exception counts as a problem.
    """
