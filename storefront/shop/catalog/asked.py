"""Counting what is searched for: in the process first, so that a search writes nothing, then now and then into the
table. What a process had not written when it ends is lost; the owner looks at hundreds, not at the last five."""

import logging
import threading
import time
from typing import Any

from flask import current_app
from sqlalchemy.exc import OperationalError

from storefront.core.db import run_unit, utcnow
from storefront.core.search.questions import AskedCount, AskedKey, add_questions, key_of
from storefront.shop.context import current_lang, fetched_ahead

EXTENSION = "storefront.asked"
EVERY = 30.0  # seconds
MOST = 200  # different questions at once

log = logging.getLogger(__name__)


class Tally:
    """The counts of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[AskedKey, AskedCount] = {}
        self._since = 0.0

    def add(self, key: AskedKey, hits: int) -> None:
        with self._lock:
            if not self._counts:
                self._since = time.monotonic()
            count = self._counts.setdefault(key, AskedCount())
            count.asked += 1
            count.hits = hits

    def due(self) -> bool:
        with self._lock:
            return len(self._counts) >= MOST or bool(self._counts) and time.monotonic() - self._since > EVERY

    def write(self) -> None:
        """Into the table, in a unit of its own. A database that is too busy costs the counts, never the page."""
        with self._lock:
            counts, self._counts = self._counts, {}
        try:
            run_unit(lambda: add_questions(counts.items()))
        except OperationalError as error:
            log.warning("%d counted searches were not written: %s", len(counts), type(error.orig).__name__)


def tally() -> Tally:
    extensions: dict[str, Any] = current_app.extensions
    found: Tally = extensions.setdefault(EXTENSION, Tally())
    return found


def count_question(question: str, hits: int) -> None:
    """A search was submitted. A page that the browser fetched ahead was not. After everything of the page was read."""
    if fetched_ahead():
        return
    key = key_of(question, current_lang(), utcnow().date(), hits)
    if key is not None:
        tally().add(key, hits)
    if tally().due():
        tally().write()
