"""What core is handed of the plugins: ``core.contracts.providers.Providers`` from a host and the enabled set."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from storefront.core.contracts.background import EventHandler, PluginJob, handler_name, job_name
from storefront.core.contracts.calls import UNWATCHED, Watch
from storefront.core.contracts.payments import PaymentMethod
from storefront.core.contracts.pricing import Adjuster
from storefront.core.contracts.providers import Registered
from storefront.core.contracts.shipping import ShippingCarrier
from storefront.core.pricing.free_shipping import FreeShipping
from storefront.plugin_host.loading import Offers

CORE = "core"
CORE_ADJUSTERS: tuple[Adjuster, ...] = (FreeShipping(),)


class Catalogue:
    """The offers of some plugins, merged and in order."""

    def __init__(self, offers: Mapping[str, Offers], names: Collection[str], watch: Watch = UNWATCHED) -> None:
        chosen = [(name, offers[name]) for name in sorted(names)]
        self.methods: Mapping[str, Registered[PaymentMethod]] = {
            method.key: Registered(name, method, watch) for name, offer in chosen for method in offer.methods
        }
        self.carriers: Mapping[str, Registered[ShippingCarrier]] = {
            carrier.key: Registered(name, carrier, watch) for name, offer in chosen for carrier in offer.carriers
        }
        self.names = frozenset(names)
        self.background: Mapping[str, Registered[PluginJob | EventHandler]] = {
            row: Registered(name, work, watch) for name, offer in chosen for row, work in work_of(name, offer)
        }
        self.timed: Mapping[str, PluginJob] = {
            job_name(name, job.key): job for name, offer in chosen for job in offer.jobs if job.timed
        }
        adjusters = [Registered(CORE, adjuster) for adjuster in CORE_ADJUSTERS]
        adjusters += [Registered(name, adjuster, watch) for name, offer in chosen for adjuster in offer.adjusters]
        self.adjusters: Sequence[Registered[Adjuster]] = tuple(sorted(adjusters, key=place))


def work_of(plugin: str, offer: Offers) -> Iterator[tuple[str, PluginJob | EventHandler]]:
    """Jobs and handlers of a plugin, by the name of their rows in the outbox."""
    for job in offer.jobs:
        yield job_name(plugin, job.key), job
    for handler in offer.handlers:
        yield handler_name(plugin, handler), handler


def place(registered: Registered[Adjuster]) -> tuple[int, int, str, str]:
    """Where an adjuster stands: lane, priority, plugin name, key."""
    adjuster = registered.value
    return (adjuster.lane, adjuster.priority, registered.source, adjuster.key)


class HostProviders:
    """Enabled plugins' offers; with ``installed=True`` those of every plugin that runs at all."""

    def __init__(self, enabled: Catalogue, installed: Catalogue) -> None:
        self._enabled, self._installed = enabled, installed

    def payment_methods(self, *, installed: bool = False) -> Mapping[str, Registered[PaymentMethod]]:
        return (self._installed if installed else self._enabled).methods

    def carriers(self, *, installed: bool = False) -> Mapping[str, Registered[ShippingCarrier]]:
        return (self._installed if installed else self._enabled).carriers

    def adjusters(self, *, installed: bool = False) -> Sequence[Registered[Adjuster]]:
        return (self._installed if installed else self._enabled).adjusters

    def background(self, name: str) -> Registered[PluginJob | EventHandler] | None:
        return self._installed.background.get(name)

    def timed_jobs(self) -> Mapping[str, PluginJob]:
        return self._enabled.timed

    def runs(self, plugin: str) -> bool:
        return plugin in self._installed.names
