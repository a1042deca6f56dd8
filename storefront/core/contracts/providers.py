"""How core is handed the behaviour that plugins bring. Core never looks a plugin up: doors pass these in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from storefront.core.contracts.background import EventHandler, PluginJob
from storefront.core.contracts.calls import UNWATCHED, Watch
from storefront.core.contracts.payments import PaymentMethod
from storefront.core.contracts.pricing import Adjuster
from storefront.core.contracts.shipping import ShippingCarrier

T = TypeVar("T", covariant=True)


@dataclass(frozen=True)
class Registered(Generic[T]):
    """A contract object and the plugin it came from (``core`` for the core's own). ``watch``: who carries its calls out."""

    source: str
    value: T
    watch: Watch = field(default=UNWATCHED, compare=False, repr=False)

    def ask(self, act: str, *arguments: Any) -> Any:
        """Call the method ``act``. Whatever it raises is noted under its plugin's name and raised again."""
        return self.watch.ask(self.source, act, getattr(self.value, act), arguments)

    def blame(self, act: str, error: BaseException) -> None:
        """Note that what ``act`` answered cannot be used."""
        self.watch.blame(self.source, act, error, nonsense=True)


class Providers(Protocol):
    """What can be offered now (enabled plugins) and what exists at all (``installed=True``: whatever settles, commits,
    releases or refunds must still find its plugin; offering is not owning). Adjusters come in the order of
    (lane, priority, plugin name, key); the core's own are included."""

    def payment_methods(self, *, installed: bool = False) -> Mapping[str, Registered[PaymentMethod]]: ...

    def carriers(self, *, installed: bool = False) -> Mapping[str, Registered[ShippingCarrier]]: ...

    def adjusters(self, *, installed: bool = False) -> Sequence[Registered[Adjuster]]: ...

    def background(self, name: str) -> Registered[PluginJob | EventHandler] | None:
        """What carries out the rows called ``name`` in the outbox, of any plugin that runs, enabled or not."""

    def timed_jobs(self) -> Mapping[str, PluginJob]:
        """Jobs of enabled plugins that the clock does, by the name of their rows."""

    def runs(self, plugin: str) -> bool:
        """Whether the plugin is installed and runs, enabled or not."""


@dataclass(frozen=True, slots=True)
class StaticProviders:
    """Providers given by hand: for tests and for tools without a plugin host."""

    methods: Mapping[str, Registered[PaymentMethod]]
    carrier_map: Mapping[str, Registered[ShippingCarrier]]
    adjuster_list: Sequence[Registered[Adjuster]] = ()
    work: Mapping[str, Registered[PluginJob | EventHandler]] = field(default_factory=dict)

    def payment_methods(self, *, installed: bool = False) -> Mapping[str, Registered[PaymentMethod]]:
        return self.methods

    def carriers(self, *, installed: bool = False) -> Mapping[str, Registered[ShippingCarrier]]:
        return self.carrier_map

    def adjusters(self, *, installed: bool = False) -> Sequence[Registered[Adjuster]]:
        return self.adjuster_list

    def background(self, name: str) -> Registered[PluginJob | EventHandler] | None:
        return self.work.get(name)

    def timed_jobs(self) -> Mapping[str, PluginJob]:
        return {n: r.value for n, r in self.work.items() if isinstance(r.value, PluginJob) and r.value.timed}

    def runs(self, plugin: str) -> bool:
        return any(found.source == plugin for found in (*self.methods.values(), *self.work.values()))
