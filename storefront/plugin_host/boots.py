"""Counting starts that died. Most of what a plugin does wrong at its import is caught; what ends the process (a crash in
native code, ``os._exit``, memory that runs out) is not. Each start leaves a mark while it loads plugins; marks that nobody
holds any more are of starts that died. After a few of them the shop starts without the plugins of others, says so, and
stays like that until the owner lets them in again."""

import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

logger = logging.getLogger(__name__)

MOST_DEATHS = 3
WITHIN_SECONDS = 600.0

Note = Callable[[str], None]


@contextmanager
def counted(data_dir: Path) -> Iterator[tuple[str, Note]]:
    """For the time a process loads plugins. Gives the reason why it must start without those of others ("" for none), and
    what is to be called with the name of each plugin before its import."""
    folder = data_dir / "run" / "boots"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    reason = safe_mode_reason(data_dir) or _judge(data_dir, _dead(folder))
    mark = folder / f"{os.getpid()}-{time.time_ns()}"
    with mark.open("w", encoding="utf-8") as file, _terminated_properly():
        fcntl.flock(file, fcntl.LOCK_EX)

        def note(plugin: str) -> None:
            file.seek(0)
            file.truncate()
            file.write(plugin)
            file.flush()
            os.fsync(file.fileno())

        try:
            yield reason, note
        finally:
            mark.unlink(missing_ok=True)


def safe_mode_reason(data_dir: Path) -> str:
    """Why the next start is without the plugins of others; "" when it is a usual one."""
    try:
        return _file(data_dir).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def leave_safe_mode(data_dir: Path) -> bool:
    """The next start loads every plugin again. Returns whether there was anything to leave."""
    left = bool(safe_mode_reason(data_dir))
    _file(data_dir).unlink(missing_ok=True)
    for mark in (data_dir / "run" / "boots").glob("*"):
        if _nobody_holds(mark):
            mark.unlink(missing_ok=True)
    return left


def _file(data_dir: Path) -> Path:
    return data_dir / "run" / "safe_mode"


@dataclass(frozen=True, slots=True)
class Death:
    """A start that died: when it ``began``, when it was ``last`` heard of, what it was loading."""

    began: float
    last: float
    plugin: str


def _judge(data_dir: Path, dead: list[Death]) -> str:
    distinct, ended = 0, 0.0
    for death in dead:
        # Processes of one shop start together: whichever began before the last one had died belongs to the same start.
        if death.began > ended:
            distinct, ended = distinct + 1, death.last
    if distinct < MOST_DEATHS:
        return ""
    suspects = sorted({death.plugin for death in dead if death.plugin})
    reason = (
        f"The shop died {distinct} times while it started. The last plugins it loaded: {', '.join(suspects) or 'none'}."
    )
    _file(data_dir).write_text(reason + "\n", "utf-8")
    logger.error("SAFE MODE: %s Plugins that do not come with the shop are left out.", reason)
    return reason


def _dead(folder: Path) -> list[Death]:
    """The starts that died, oldest first. Older ones are taken away."""
    found = []
    for mark in folder.glob("*"):
        with suppress(OSError, ValueError):  # another process takes it away
            if not _nobody_holds(mark):
                continue
            at = int(mark.name.partition("-")[2]) / 1e9
            if time.time() - at > WITHIN_SECONDS:
                mark.unlink(missing_ok=True)
                continue
            found.append(Death(at, max(at, mark.stat().st_mtime), mark.read_text("utf-8")))
    return sorted(found, key=lambda death: death.began)


def _nobody_holds(mark: Path) -> bool:
    """A mark whose process is gone: the lock ended with it."""
    try:
        with mark.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:
        return False


@contextmanager
def _terminated_properly() -> Iterator[None]:
    """Whoever is asked to end meanwhile takes its mark along: that is no death."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
