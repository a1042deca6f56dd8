"""Which themes there are, and the one in use with its templates as they were read."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

from jinja2.utils import LRUCache

from storefront.shop.themes.folder import Theme, ThemeBroken, read_theme

log = logging.getLogger(__name__)

GROUP = "storefront.themes"
FOLDER = "themes"
# Templates of the shop are fewer; a theme may bring some of its own.
TEMPLATES = 400
# The one in use and those somebody previews.
DRESSES = 6


@dataclass(frozen=True, slots=True)
class Found:
    """``theme`` ``None``: it cannot be used, for ``reason``."""

    name: str
    theme: Theme | None
    reason: str = ""
    origin: str = ""


class Dress:
    """A theme in one process: its compiled templates beside the shop's as they are under it, and those that broke. A
    template that breaks takes all the others out of the store: a macro of it may be bound in them."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.broken: frozenset[str] = frozenset()
        self.compiled: LRUCache = LRUCache(TEMPLATES)

    @property
    def key(self) -> tuple[str, str, int]:
        """What kept parts of pages are kept by."""
        return self.theme.name, self.theme.stamp, len(self.broken)

    def overrides(self, path: str) -> bool:
        return path in self.theme.templates and path not in self.broken

    def take_out(self, path: str) -> None:
        self.broken |= {path}
        self.compiled = LRUCache(TEMPLATES)


class ThemeShelf:
    """The themes of a shop. Looked at again when the shop's version moves (``storefront theme use``), in development at
    each request. ``off``: none is worn (safe mode)."""

    def __init__(self, data_dir: Path, *, watched: bool = False, off: bool = False) -> None:
        self._off = off
        self._folder = data_dir / FOLDER
        self._watched = watched
        self._at: dict[tuple[str, int], Dress | None] = {}
        self._dresses: dict[tuple[str, str], Dress] = {}
        self._lock = Lock()

    def find(self) -> Mapping[str, Found]:
        """Every theme by name, read anew. A folder in DATA_DIR stands in for a distribution of its name."""
        return {name: _read(name, root, origin) for name, (root, origin) in sorted(self._roots().items())}

    def get(self, name: str) -> Found | None:
        root = self._root(name)
        return _read(name, *root) if root is not None else None

    def dress(self, name: str, version: int) -> Dress | None:
        """The theme at this version of the shop; ``None``: the shop's own look, also for one that cannot be used."""
        if not name or self._off:
            return None
        key = (name, version)
        if key in self._at and not self._watched:
            return self._at[key]
        found = self.get(name)
        if found is None or found.theme is None:
            log.error("the theme %s is not used: %s", name, found.reason if found else "it is not installed")
        dress = self._worn(found.theme) if found is not None and found.theme is not None else None
        with self._lock:
            if len(self._at) >= DRESSES:
                self._at.clear()
            self._at[key] = dress
        return dress

    def _worn(self, theme: Theme) -> Dress:
        """The same files are the same dress, so that what broke stays out of the way."""
        with self._lock:
            key = (theme.name, theme.stamp)
            if key not in self._dresses:
                if len(self._dresses) >= DRESSES:
                    del self._dresses[next(iter(self._dresses))]
                self._dresses[key] = Dress(theme)
            return self._dresses[key]

    def _roots(self) -> dict[str, tuple[Path, str]]:
        found = dict(_installed())
        if self._folder.is_dir():
            found |= {path.name: (path, "") for path in self._folder.iterdir() if path.is_dir() and path.name[0] != "."}
        return found

    def _root(self, name: str) -> tuple[Path, str] | None:
        """The same for one name, without looking through all that is installed for a folder that is there."""
        own = self._folder / name
        if own.name == name and name[0] != "." and own.is_dir():
            return own, ""
        return _installed().get(name)

    def static(self, name: str) -> Path | None:
        """Folder of the theme's static files; ``None`` where it has none."""
        root = self._root(name)
        folder = root[0] / "static" if root is not None else None
        return folder if folder is not None and folder.is_dir() else None


def _read(name: str, root: Path, origin: str) -> Found:
    try:
        return Found(name, read_theme(root, name, origin), origin=origin)
    except ThemeBroken as error:
        return Found(name, None, str(error), origin)
    except OSError as error:
        return Found(name, None, f"Its files cannot be read: {error.__class__.__name__}.", origin)


def _installed() -> dict[str, tuple[Path, str]]:
    """Folders of packages behind the entry points; nothing of them is imported."""
    found = {}
    for point in entry_points(group=GROUP):
        try:
            spec = find_spec(point.module.partition(".")[0])
        except (ImportError, ValueError):
            spec = None
        if spec is not None and spec.submodule_search_locations:
            folder = Path(next(iter(spec.submodule_search_locations)))
            found[point.name] = (folder, point.dist.name if point.dist is not None else "")
    return found
