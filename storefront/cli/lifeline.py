"""A child of ``storefront run`` ends when its parent is gone, however that ended."""

import os
import threading
from collections.abc import Callable

PARENT_VARIABLE = "STOREFRONT_PARENT"
LOOK_SECONDS = 1.0


def end_with_parent(end: Callable[[], object]) -> None:
    """Call ``end`` once when the process named by the supervisor is no longer the parent. Does nothing for a process that
    was started by itself."""
    text = os.environ.get(PARENT_VARIABLE, "")
    if not text.isdigit() or os.getppid() != int(text):
        return
    threading.Thread(target=_watch, args=(int(text), end), name="lifeline", daemon=True).start()


def _watch(parent: int, end: Callable[[], object]) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(LOOK_SECONDS)
    end()
