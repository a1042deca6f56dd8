"""What is known of one installed plugin in this process."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from storefront.core.contracts.meta import PluginMeta
from storefront.core.i18n.catalogues import CatalogueError, register_domain

logger = logging.getLogger(__name__)


def register_translations(name: str, module: object) -> None:
    """Load the catalogues beside the plugin's module. Unreadable ones leave it in English: no reason not to sell."""
    file = getattr(module, "__file__", None)
    folder = Path(file).parent / "translations" if isinstance(file, str) else None
    if folder is None or not folder.is_dir():
        return
    try:
        register_domain(name, folder)
    except CatalogueError as error:
        logger.error("the plugin %s speaks English only: %s", name, error)


class PluginState(StrEnum):
    """``READY``: runs, and may be enabled. ``BROKEN``: does not run. ``SKIPPED``: was not even imported."""

    READY = "ready"
    BROKEN = "broken"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Plugin:
    """One installed plugin. ``reason``: a sentence why it does not run; ``traceback``: the text for its author."""

    name: str
    distribution: str = ""
    state: PluginState = PluginState.READY
    reason: str = ""
    traceback: str = ""
    meta: PluginMeta | None = None
    module: object = None

    @property
    def ready(self) -> bool:
        return self.state is PluginState.READY

    def folder(self, kind: str) -> Path | None:
        """The folder ``kind`` (templates, static) beside its module while it runs; ``None`` when it has none."""
        file = getattr(self.module, "__file__", None) if self.ready else None
        folder = Path(file).parent / kind if isinstance(file, str) else None
        return folder if folder is not None and folder.is_dir() else None
