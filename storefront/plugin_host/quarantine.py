"""Plugins that fail again and again are stopped, in every process at once; the owner lets them run again."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from storefront.core.db import run_unit, session
from storefront.core.settings import plugins as states
from storefront.core.settings.plugins import Fault
from storefront.core.settings.snapshot import ShopSnapshot

logger = logging.getLogger(__name__)

HUNG_REASON = "{act} did not come back."
OFTEN_REASON = "It failed {times} times within {minutes} minutes."


def keeper(
    scope: Callable[[], AbstractContextManager[Any]], shop: Callable[[], ShopSnapshot]
) -> Callable[[Sequence[Fault]], None]:
    """For ``PluginWatch.store``: writes failures down in a unit of its own, on a session of ``scope``, and stops plugins that
    failed too often by the owner's policies. Never call it with a unit open on the same session."""

    def keep(faults: Sequence[Fault]) -> None:
        with scope():
            snapshot = shop()
            session.rollback()
            for name, reason, data in run_unit(lambda: _keep(faults, snapshot)):
                logger.error("the plugin %s was stopped for all: %s %s", name, reason, data)

    return keep


def _keep(faults: Sequence[Fault], shop: ShopSnapshot) -> list[tuple[str, str, dict[str, Any]]]:
    states.keep_faults(faults)
    most, minutes = int(shop.policy("plugins.most_failures")), int(shop.policy("plugins.failure_minutes"))
    stopped = []
    for name in sorted({fault.plugin for fault in faults}):
        config = shop.plugins.get(name)
        if config is None or not config.enabled or config.held:
            continue
        own = [fault for fault in faults if fault.plugin == name]
        hung = next((fault for fault in own if fault.kind == "hung"), None)
        times = states.failures(name, own[-1].at - timedelta(minutes=minutes))
        if hung is None and (not most or times < most):
            continue
        reason = HUNG_REASON.format(act=hung.act) if hung else OFTEN_REASON.format(times=times, minutes=minutes)
        data = {"call": (hung or own[-1]).act, "error": (hung or own[-1]).error}
        if states.hold(name, states.QUARANTINE, reason, (hung or own[-1]).traceback, **data):
            stopped.append((name, reason, data))
    return stopped
