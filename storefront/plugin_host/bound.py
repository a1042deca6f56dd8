"""What plugins bring for one version of the owner's decisions."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from storefront.core.contracts.calls import Watch
from storefront.core.secrecy import SecretBox
from storefront.core.settings.plugins import MIGRATION
from storefront.core.settings.snapshot import PluginConfig, ShopSnapshot
from storefront.plugin_host import binding
from storefront.plugin_host.csp import Sources, sources_for
from storefront.plugin_host.errors import SettingsInvalid, sentence
from storefront.plugin_host.loading import Offers
from storefront.plugin_host.providers import Catalogue, HostProviders
from storefront.plugin_host.settings import Overrides, read_settings
from storefront.plugin_host.slots import fillings_of

logger = logging.getLogger(__name__)


class Bound:
    """Offers and typed settings for one snapshot; settings are read when first asked for."""

    def __init__(
        self,
        offers: Mapping[str, Offers],
        snapshot: ShopSnapshot,
        *,
        watch: Watch,
        box: SecretBox,
        overrides: Callable[[str], Overrides],
    ) -> None:
        self._all = dict(offers)
        # A plugin whose tables are not as it needs them can do nothing at all, in no process.
        self._offers = {name: offer for name, offer in offers.items() if config_of(snapshot, name).held != MIGRATION}
        self._box, self._overrides, self._snapshot = box, overrides, snapshot
        self._read: dict[str, Any] = {}
        self._csp: dict[str, Sources] = {}
        self.surroundings = binding.Surroundings(
            self.settings, str(snapshot.policy("shop.time_zone")), snapshot.base_currency
        )
        self.enabled = frozenset(name for name in self._offers if self._offering(name))
        self.pages = tuple(
            (name, self._offers[name].pages) for name in sorted(self.enabled) if self._offers[name].pages
        )
        self.providers = HostProviders(
            Catalogue(self._offers, self.enabled, watch), Catalogue(self._offers, self._offers, watch)
        )
        self.slots = fillings_of((name, self._offers[name].placements) for name in sorted(self.enabled))

    def csp_sources(self, area: str) -> Sources:
        if area not in self._csp:
            declared = ((n, self._offers[n].csp, self.settings(n)) for n in sorted(self.enabled) if self._offers[n].csp)
            self._csp[area] = sources_for(area, declared)
        return self._csp[area]

    def settings(self, name: str) -> Any:
        if name not in self._read:
            offers = self._all.get(name)
            declaration = offers.settings if offers else None
            stored = config_of(self._snapshot, name).settings
            self._read[name] = (
                read_settings(declaration, stored, self._box, self._overrides(name)) if declaration else None
            )
        return self._read[name]

    def _offering(self, name: str) -> bool:
        """A plugin whose settings cannot be read offers nothing: half of it (a method without its fee) would be worse."""
        config = config_of(self._snapshot, name)
        if not config.enabled or config.held:
            return False
        try:
            self.settings(name)
        except SettingsInvalid as error:
            reasons = " ".join(sentence(problem) for problem in error.problems)
            logger.error("the plugin %s is enabled and offers nothing: its settings cannot be read. %s", name, reasons)
            return False
        return True


def config_of(snapshot: ShopSnapshot, name: str) -> PluginConfig:
    """What the owner decided about the plugin; of one nobody touched: not enabled, nothing set."""
    return snapshot.plugins.get(name) or PluginConfig()
