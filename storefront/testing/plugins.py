"""For tests of and with plugins: plugins made on the spot, snapshots with them enabled, settings without a database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType
from typing import Any

from storefront.core.contracts.currency import in_currency
from storefront.core.contracts.hookspecs import hookimpl
from storefront.core.contracts.meta import PluginMeta
from storefront.core.contracts.payments import (
    AttemptView,
    Instructions,
    MethodContext,
    NotOffered,
    Offered,
    Outcome,
    PaymentMethod,
)
from storefront.core.contracts.plugin_settings import PluginSettings
from storefront.core.contracts.pricing import Adjuster, Adjustment, Lane, PriceContext, Quote
from storefront.core.contracts.shipping import NotServed, ShippingCarrier, ShippingQuote, ShippingRequest
from storefront.core.secrecy import SecretBox
from storefront.core.settings.snapshot import PluginConfig, ShopSnapshot
from storefront.core.values.money import Money
from storefront.plugin_host import binding
from storefront.plugin_host.host import PluginHost, build_host
from storefront.plugin_host.settings import read_settings

TEST_SECRET_KEY = "a key that only tests ever use, 0123456789"


class FakeMethod(PaymentMethod):
    """Always offered; begins with ``outcome``. Keeps the attempts it was asked to begin in ``begun``."""

    def __init__(self, key: str, outcome: Outcome | None = None, title: str = "Fake payment") -> None:
        self.key, self.title, self.outcome = key, title, outcome or Instructions()
        self.begun: list[AttemptView] = []

    def availability(self, context: MethodContext) -> Offered | NotOffered:
        return Offered()

    def begin(self, attempt: AttemptView) -> Outcome:
        self.begun.append(attempt)
        return self.outcome


class FakeCarrier(ShippingCarrier):
    """One service ``standard`` at ``price`` base minor units to everywhere."""

    def __init__(self, key: str, price: int = 500, title: str = "Fake carrier") -> None:
        self.key, self.title, self.price = key, title, price

    def quote(self, request: ShippingRequest) -> tuple[ShippingQuote, ...] | NotServed:
        return (ShippingQuote(key="standard", title="Standard", price=Money(self.price, request.currency)),)


class FakeAdjuster(Adjuster):
    """Adds ``amount`` base minor units in its lane."""

    def __init__(self, key: str, lane: Lane = Lane.FEE, amount: int = 100, priority: int = 100) -> None:
        self.key, self.lane, self.amount, self.priority = key, lane, amount, priority

    def adjust(self, quote: Quote, context: PriceContext) -> list[Adjustment]:
        return [Adjustment(key=self.key, amount=in_currency(self.amount, context.rate), label="Fake")]


def fake_plugin(name: str, *, meta: PluginMeta | None = None, **hooks: Any) -> ModuleType:
    """A plugin module made on the spot: ``fake_plugin("stamps", storefront_adjusters=[FakeAdjuster("stamps")])``.

    Each hook is given as what it returns, or as a function; an exception is raised when the hook is called.
    """
    module = ModuleType(f"storefront_{name}_plugin")
    module.__dict__["META"] = meta or PluginMeta(name=name, title=name, version="1.0")
    for hook, given in hooks.items():
        module.__dict__[hook] = hookimpl(given if callable(given) else _returning(given))
    return module


def fake_host(*plugins: object) -> PluginHost:
    """A host of these plugins alone."""
    return build_host(plugins, secret_key=TEST_SECRET_KEY)


def snapshot_with(
    enabled: Iterable[str] = (), settings: Mapping[str, Mapping[str, Any]] | None = None, **values: Any
) -> ShopSnapshot:
    """A shop's decisions without a database: these plugins are enabled; ``settings`` by plugin name, as stored."""
    given, names = settings or {}, set(enabled)
    plugins = {name: PluginConfig(name in names, given.get(name, {})) for name in names | set(given)}
    return replace(ShopSnapshot(version=1, plugins=plugins), **values)


@contextmanager
def settings_bound(
    settings: Mapping[str, Any],
    time_zone: str = "Asia/Tokyo",
    enqueued: list[tuple[str, str, binding.Turn]] | None = None,
) -> Iterator[None]:
    """Plugins read these typed settings: ``with settings_bound({"payments_cod": CodSettings(fee=300)})``.
    ``enqueued``: where the jobs they promise are noted (plugin, key, turn)."""

    def enqueue(name: str, key: str, turn: binding.Turn) -> None:
        if enqueued is not None:
            enqueued.append((name, key, turn))

    surroundings = binding.Surroundings(lambda name: settings[name], time_zone, enqueue=enqueue)
    with binding.bound(surroundings):
        yield


def settings_from(declaration: PluginSettings, stored: Mapping[str, Any]) -> Any:
    """A declaration's typed settings from stored values, as the shop reads them; raises as it does."""
    return read_settings(declaration, stored, SecretBox(TEST_SECRET_KEY))


def _returning(value: Any) -> Callable[[], Any]:
    def implementation() -> Any:
        if isinstance(value, BaseException):
            raise value
        return value

    return implementation
