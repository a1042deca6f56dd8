"""Processes under ``storefront run``: started, started again after a pause that grows, and ended in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import click

COMMAND = (sys.executable, "-m", "storefront.cli.main")
STOP_SECONDS = 30.0
# A child that ends sooner than this has not really started; so many times in a row and the shop gives up.
HEALTHY_SECONDS = 5.0
QUICK_DEATHS = 5
BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class CannotRun(Exception):
    """Why the shop does not start, or did not stay up."""


@dataclass(slots=True)
class Child:
    """One process under the parent. ``needed``: the shop gives up without it; the others are tried again for ever.
    ``program``: what to run instead of a command of the shop. ``quick_deaths``: in a row."""

    name: str
    arguments: tuple[str, ...]
    needed: bool = True
    program: tuple[str, ...] = ()
    note: str = ""
    in_child: Callable[[], object] | None = None
    before_start: Callable[["Child"], object] | None = None
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    quick_deaths: int = 0
    start_again_at: float = field(default=0.0)

    def start(self, env: Mapping[str, str]) -> None:
        if self.before_start is not None:
            self.before_start(self)
        # A session of its own: an interrupt typed at the terminal reaches only the parent, which ends them in order.
        self.process = subprocess.Popen(
            [*(self.program or COMMAND), *self.arguments],
            env=dict(env),
            start_new_session=True,
            preexec_fn=self.in_child,  # noqa: PLW1509 - the parent has one thread
        )
        self.started_at = time.monotonic()

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def note_death(self) -> None:
        assert self.process is not None
        lived = time.monotonic() - self.started_at
        self.quick_deaths = self.quick_deaths + 1 if lived < HEALTHY_SECONDS else 1
        if self.needed and self.quick_deaths > QUICK_DEATHS:
            raise CannotRun(
                f"{self.name} ended {QUICK_DEATHS} times in a row right after its start (exit code "
                f"{self.process.returncode}). What it wrote above says why."
            )
        self.start_again_at = time.monotonic() + BACK_OFF_SECONDS[min(self.quick_deaths, len(BACK_OFF_SECONDS)) - 1]
        self.process = None

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self) -> None:
        """Until it has ended; whatever does not listen is ended for good."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _end_group(self.process)
        self.process = None

    def end(self) -> None:
        """Ask it to finish, wait, and end it for good when it does not."""
        self.ask_to_end()
        self.wait()


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """The child and whatever it started: its session holds nothing else."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def look_after(children: Iterable[Child], env: Mapping[str, str]) -> None:
    """Note who ended, and start again whose pause is over. Raises ``CannotRun``."""
    for child in children:
        if child.ended():
            child.note_death()
            click.echo(f"{child.name} ended and is started again.", err=True)
        elif child.process is None and time.monotonic() >= child.start_again_at:
            child.start(env)


def end_in_order(groups: Iterable[Sequence[Child]]) -> None:
    """One group after the other; those of a group together."""
    for group in groups:
        for child in group:
            child.ask_to_end()
        for child in group:
            child.wait()
