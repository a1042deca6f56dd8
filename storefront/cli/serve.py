"""``storefront serve``: holds the shop's port and runs the web server on it (``cli/web.py``).

The port is held here, so the server can be changed while it is open: on SIGHUP a second server with everything that is
installed by now begins on the same socket, and only when it takes requests the first one finishes its own and ends. Nobody is
turned away meanwhile. This process never loads the application.
"""

import os
import select
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from storefront.cli.children import COMMAND
from storefront.cli.lifeline import PARENT_VARIABLE, end_with_parent
from storefront.config import ConfigError, settings_from_environment

BACKLOG = 2048
LOOK_SECONDS = 0.2
# A new server that takes no requests by then has not started; the old one goes on.
READY_SECONDS = 90.0
# Longer than the server gives its requests, shorter than the parent gives this process.
END_SECONDS = 26.0


@dataclass(frozen=True, slots=True)
class Served:
    """One server. ``ready``: where it says that it takes requests."""

    process: "subprocess.Popen[bytes]"
    ready: int
    metrics: Path


@click.command()
@click.option("--host", envvar="STOREFRONT_HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", envvar="WEB_CONCURRENCY", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the shop until stopped. SIGHUP: begin anew with what is installed now, without turning anybody away."""
    try:
        folder = settings_from_environment().data_dir / "run"
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob(f"metrics-{port}*"):
        shutil.rmtree(old, ignore_errors=True)
    with listening(host, port) as listener:
        raise SystemExit(Holder(listener, port, workers, folder).hold())


@click.command(hidden=True)
@click.option("--listener", type=int, required=True)
@click.option("--workers", type=int, required=True)
@click.option("--ready", type=int, required=True)
@click.option("--metrics", required=True)
def web(listener: int, workers: int, ready: int, metrics: str) -> None:
    """What ``serve`` starts: a web server on a socket that is open already."""
    from storefront.cli.web import run_server  # it loads the application, which the parent must not

    run_server(listener, workers, ready, metrics)


def listening(host: str, port: int) -> socket.socket:
    """Raises ``ClickException`` for a port that cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise click.ClickException(f"Port {port} of {host} cannot be used ({error.strerror}).") from error
    listener.listen(BACKLOG)
    return listener


class Holder:
    """The server that runs now, and the one that is to follow it."""

    def __init__(self, listener: socket.socket, port: int, workers: int, folder: Path) -> None:
        self.listener, self.port, self.workers, self.folder = listener, port, workers, folder
        self.count = 0
        self.stop, self.again = threading.Event(), threading.Event()

    def hold(self) -> int:
        """Until asked to stop, or the server ended by itself. Its exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        signal.signal(signal.SIGHUP, lambda *_: self.again.set())
        end_with_parent(self.stop.set)
        now = self.start()
        while not self.stop.wait(LOOK_SECONDS):
            if now.process.poll() is not None:
                return now.process.returncode or 0
            if self.again.is_set():
                self.again.clear()
                now = self.follow(now)
        return self.end(now)

    def start(self) -> Served:
        self.count += 1
        metrics = self.folder / f"metrics-{self.port}-{self.count}"
        ready, said = os.pipe()
        fd = self.listener.fileno()
        arguments = (
            "--listener",
            str(fd),
            "--workers",
            str(self.workers),
            "--ready",
            str(said),
            "--metrics",
            metrics.name,
        )
        process = subprocess.Popen(
            [*COMMAND, "web", *arguments], pass_fds=(fd, said), env=self.environment(), start_new_session=True
        )
        os.close(said)
        return Served(process, ready, metrics)

    def environment(self) -> Mapping[str, str]:
        return {**os.environ, PARENT_VARIABLE: str(os.getpid())}

    def follow(self, now: Served) -> Served:
        """A new server beside ``now``, which ends when the new one takes requests; the one that serves from here on."""
        new = self.start()
        if self.takes_requests(new):
            self.end(now)
            return new
        click.echo("The new web server did not start; the lines above say why. The old one goes on.", err=True)
        self.end(new)
        return now

    def takes_requests(self, new: Served) -> bool:
        until = time.monotonic() + READY_SECONDS
        while not self.stop.is_set() and new.process.poll() is None and time.monotonic() < until:
            if select.select([new.ready], [], [], LOOK_SECONDS)[0]:
                return os.read(new.ready, 1) != b""
        return False

    def end(self, server: Served) -> int:
        """Ask a server to finish and wait; whatever does not listen is ended for good. Its exit code."""
        os.close(server.ready)
        if server.process.poll() is None:
            server.process.terminate()
        try:
            server.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()
        shutil.rmtree(server.metrics, ignore_errors=True)
        return server.process.returncode or 0
