"""The declared pages by name: the core's, and those of enabled plugins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from storefront.core.contracts.manage import ManagePage
from storefront.core.i18n.catalogues import CORE_DOMAIN
from storefront.core.settings.snapshot import ShopSnapshot
from storefront.plugin_host.host import PluginHost


@dataclass(frozen=True, slots=True)
class Registered:
    """A declared page and where it is. ``source``: the plugin, or the core's domain. ``root``: without a slash at its
    end."""

    spec: ManagePage
    source: str
    root: str

    @property
    def name(self) -> str:
        """What a task remembers the page by."""
        return self.spec.key if self.source == CORE_DOMAIN else f"{self.source}:{self.spec.key}"

    def list_path(self) -> str:
        return f"{self.root}/" if self.spec.rows is not None else self.form_path("")

    def form_path(self, row_id: str) -> str:
        if self.spec.form is not None and self.spec.form.single:
            return f"{self.root}/"
        return f"{self.root}/{quote(row_id, safe='')}"

    def new_path(self) -> str:
        return f"{self.root}/new"

    def remove_path(self, row_id: str) -> str:
        return f"{self.root}/{quote(row_id, safe='')}/remove"

    def act_path(self) -> str:
        return f"{self.root}/act"

    def export_path(self) -> str:
        return f"{self.root}/export"


_core: dict[str, Registered] = {}


def register_pages(pages: Iterable[ManagePage]) -> tuple[Registered, ...]:
    """The core's own pages, at import. The same page again (another app in the process) is the same entry."""
    found = []
    for page in pages:
        entry = Registered(page, CORE_DOMAIN, f"/manage/{page.key}")
        known = _core.setdefault(page.key, entry)
        if known.spec is not page:
            raise ValueError(f"two pages of the back office are called {page.key!r}")
        found.append(known)
    return tuple(found)


def find_page(name: str, host: PluginHost, shop: ShopSnapshot) -> Registered | None:
    """By the name a task remembers; ``None`` for a page that is gone, or of a plugin that is switched off."""
    if ":" not in name:
        return _core.get(name)
    plugin, _, key = name.partition(":")
    return next((p for p in plugin_pages(host, shop) if p.source == plugin and p.spec.key == key), None)


def plugin_pages(host: PluginHost, shop: ShopSnapshot) -> Iterator[Registered]:
    """Of enabled plugins that run, in the order of their names."""
    for plugin, pages in host.manage_pages(shop):
        for page in pages:
            yield Registered(page, plugin, f"/manage/plugins/{plugin}/{page.key}")
