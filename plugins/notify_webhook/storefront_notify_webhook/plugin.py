"""Wiring of the plugin."""

from collections.abc import Sequence

from storefront.plugin import N_, EventHandler, PluginJob, PluginMeta, PluginSettings, Problem, hookimpl
from storefront_notify_webhook import __version__
from storefront_notify_webhook.delivery import NotThere, target_of
from storefront_notify_webhook.settings import DECLARATION, LEAST_SECRET, NAME, NoticeSettings
from storefront_notify_webhook.work import HANDLERS, JOBS

META = PluginMeta(
    name=NAME,
    title=N_("Notices to other systems"),
    version=__version__,
    description=N_("Tells your stock keeping, bookkeeping or monitoring at once what happens to orders."),
)

TOO_SHORT = N_("The secret is too short. Use %(least)s characters or more.")


@hookimpl
def storefront_settings() -> PluginSettings:
    return DECLARATION


@hookimpl
def storefront_jobs() -> Sequence[PluginJob]:
    return JOBS


@hookimpl
def storefront_event_handlers() -> Sequence[EventHandler]:
    return HANDLERS


@hookimpl
def storefront_checks(settings: NoticeSettings) -> Sequence[Problem]:
    problems = []
    if len(settings.secret) < LEAST_SECRET:
        problems.append(Problem(TOO_SHORT, {"least": LEAST_SECRET}, field_name="secret", code="secret_short"))
    for field, addresses in (("addresses", settings.addresses), ("alive", (settings.alive,))):
        for address in filter(None, addresses):
            try:
                target_of(address, insecure=settings.insecure)
            except NotThere as error:
                found = error.problem
                problems.append(Problem(found.message, found.params, field_name=field, code="bad_address"))
    return problems
