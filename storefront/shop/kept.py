"""A bounded store of parts of pages, in one process."""

from collections.abc import Hashable
from threading import Lock

from markupsafe import Markup

FRAMES = 500
CARDS = 4000


class Fragments:
    """A bounded store, one for each kind and application; the oldest half goes when it is full."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[Hashable, Markup] = {}
        self._lock = Lock()

    def get(self, key: Hashable) -> Markup | None:
        return self._kept.get(key)

    def keep(self, key: Hashable, fragment: Markup) -> Markup:
        with self._lock:
            if len(self._kept) >= self._size:
                self._kept = dict(list(self._kept.items())[self._size // 2 :])
            self._kept[key] = fragment
        return fragment
