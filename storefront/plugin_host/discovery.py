"""Finding plugins: entry points of installed distributions, or modules given by hand."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points

from storefront.plugin_host.errors import PluginBroken

GROUP = "storefront.plugins"

# The plugins made together with the shop: what SAFE_MODE still starts. Their distributions are "storefront-<name>".
BUNDLED = frozenset(
    {
        "notify_webhook",
        "payments_bank_transfer",
        "payments_cod",
        "shipping_consolidated",
        "shipping_courier",
        "shipping_japanpost",
    }
)

SAFE_MODE_REASON = "Not started, because SAFE_MODE is on and this plugin does not come with the shop."


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that says it is a plugin. ``load`` imports it (and may raise anything). ``module``: dotted name as the
    entry point gives it, "" when given by hand. ``skipped``: why it must not even be imported."""

    name: str
    load: Callable[[], object]
    distribution: str = ""
    module: str = ""
    skipped: str = ""


def installed_plugins(*, safe_mode: bool = False, reason: str = SAFE_MODE_REASON) -> tuple[Candidate, ...]:
    """Every installed plugin by name; none is imported yet. Two of one name: neither may run, and both are named.
    ``safe_mode``: those that do not come with the shop are left out, for ``reason``."""
    by_name: dict[str, list[EntryPoint]] = defaultdict(list)
    for point in entry_points(group=GROUP):
        by_name[point.name].append(point)
    return tuple(_candidate(name, by_name[name], reason if safe_mode else "") for name in sorted(by_name))


def given_plugins(plugins: Iterable[object]) -> tuple[Candidate, ...]:
    """Modules (or objects like modules) with a ``META``, without any installation: for tests."""

    def returns(plugin: object) -> Callable[[], object]:
        return lambda: plugin

    return tuple(
        Candidate(str(getattr(getattr(plugin, "META", None), "name", plugin)), returns(plugin)) for plugin in plugins
    )


def noted(candidate: Candidate, note: Callable[[str], None]) -> Candidate:
    """The candidate, whose name is told to ``note`` right before it is imported."""

    def load() -> object:
        note(candidate.name)
        return candidate.load()

    return replace(candidate, load=load)


def _candidate(name: str, points: list[EntryPoint], skip: str) -> Candidate:
    distributions = sorted({_distribution(point) for point in points})
    if len({(point.value, _distribution(point)) for point in points}) > 1:
        return Candidate(name, _refuse_twins(name, distributions), ", ".join(distributions))
    point = points[0]
    skipped = "" if _is_bundled(name, distributions[0]) else skip
    return Candidate(name, point.load, distributions[0], point.module, skipped)


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else ""


def _is_bundled(name: str, distribution: str) -> bool:
    return name in BUNDLED and distribution.replace("_", "-").lower() == f"storefront-{name}".replace("_", "-")


def _refuse_twins(name: str, distributions: list[str]) -> Callable[[], object]:
    def refuse() -> object:
        listed = " and ".join(distributions)
        raise PluginBroken(f"The plugin name {name!r} is used by more than one entry point ({listed}). Uninstall one.")

    return refuse
