"""Carrying out what plugins promised and what they are told (call style notify): rows of the outbox named ``plugin:…``."""

from storefront.core.contracts.background import EventHandler, GiveUp, JobTurn, PluginJob, TryLater, plugin_of
from storefront.core.contracts.events import UnknownEvent, event_from
from storefront.core.contracts.providers import Providers, Registered
from storefront.core.db import is_retryable
from storefront.core.outbox.claiming import NotYet, PermanentFailure
from storefront.jobs.registry import Job
from storefront.jobs.runtime import Work
from storefront.plugin_host.watching import where


class PluginWorkFailed(Exception):
    """A plugin failed at its work; the words are fit for the owner."""


def find_plugin_work(name: str, providers: Providers) -> Job | None:
    """The handler behind a row of a plugin; ``None`` for rows that are no plugin's. Raises ``NotYet`` while the plugin is not there,
    ``PermanentFailure`` when it is and does not know this work any more."""
    plugin = plugin_of(name)
    if not plugin:
        return None
    found = providers.background(name)
    if found is None:
        if providers.runs(plugin):
            raise PermanentFailure(f"The plugin {plugin} that is installed now does not know {name!r}.")
        raise NotYet(f"The plugin {plugin} is not installed, or does not run.")
    work: Registered[PluginJob | EventHandler] = found
    return Job(name, work.value.queue, lambda given: _run(work, given), work.value.outside)


def _run(found: Registered[PluginJob | EventHandler], work: Work) -> None:
    row = work.row
    try:
        given: object = (
            event_from(row.args["event"])
            if isinstance(found.value, EventHandler)
            else JobTurn(row.id, dict(row.args.get("turn", {})), row.attempts)
        )
    except (UnknownEvent, KeyError, TypeError, ValueError) as error:
        raise PermanentFailure(f"What {row.name} was told cannot be read by this release.") from error
    try:
        found.ask("run", given)
    except GiveUp as error:
        raise PermanentFailure(str(error)) from error
    except TryLater as error:
        raise PluginWorkFailed(str(error)) from error
    except Exception as error:  # plugin code: noted under its name
        if is_retryable(error):
            raise
        raise PluginWorkFailed(where(error)) from error
