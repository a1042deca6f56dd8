"""How core calls what plugins brought: every call passes here, so that whatever it does wrong is known by its plugin's name.

The plain ``Watch`` only writes it to the log; the plugin host puts a counting one in its place.
"""

import logging
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)


class CallFailed(Exception):
    """A plugin gave no answer: it is left alone for a moment after repeated failures, or it tried to end the process."""


class Watch:
    """Carries calls out. ``source``: the plugin; ``act``: the method that is called."""

    def ask(self, source: str, act: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """What ``function`` answers. Raises what it raises, ``CallFailed`` instead of ``SystemExit``."""
        try:
            return function(*arguments)
        except SystemExit as error:
            self.blame(source, act, error)
            raise CallFailed(f"{source} tried to end the process") from error
        except Exception as error:
            self.blame(source, act, error)
            raise

    def blame(self, source: str, act: str, error: BaseException, *, nonsense: bool = False) -> None:
        """Note that ``act`` failed; ``nonsense``: it came back, with something the shop cannot use (``error`` says what)."""
        logger.error("%s of %s failed", act, source, exc_info=error)


UNWATCHED = Watch()
