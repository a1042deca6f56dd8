"""``storefront run``: the whole shop on one machine under one small parent.

The parent never loads the application: it prepares the database in a child, then keeps ``serve`` and ``relay`` running.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from storefront.cli.lifeline import PARENT_VARIABLE
from storefront.config import ConfigError, Settings, settings_from_environment

COMMAND = (sys.executable, "-m", "storefront.cli.main")
SETUP_CODE = "setup_code"
LOOK_SECONDS = 0.2
START_SECONDS = 60.0
STOP_SECONDS = 30.0
# A child that ends sooner than this has not really started; so many times in a row and the shop gives up.
HEALTHY_SECONDS = 10.0
QUICK_DEATHS = 5
BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)


class CannotRun(Exception):
    """Why the shop does not start, or did not stay up."""


@dataclass(slots=True)
class Child:
    """One process under the parent. ``quick_deaths``: in a row."""

    name: str
    arguments: tuple[str, ...]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    quick_deaths: int = 0
    start_again_at: float = field(default=0.0)

    def start(self, env: Mapping[str, str]) -> None:
        # A session of its own: an interrupt typed at the terminal reaches only the parent, which ends them in order.
        self.process = subprocess.Popen([*COMMAND, *self.arguments], env=dict(env), start_new_session=True)
        self.started_at = time.monotonic()

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def note_death(self) -> None:
        assert self.process is not None
        lived = time.monotonic() - self.started_at
        self.quick_deaths = self.quick_deaths + 1 if lived < HEALTHY_SECONDS else 1
        if self.quick_deaths > QUICK_DEATHS:
            raise CannotRun(
                f"{self.name} ended {QUICK_DEATHS} times in a row right after its start (exit code "
                f"{self.process.returncode}). What it wrote above says why."
            )
        self.start_again_at = time.monotonic() + BACK_OFF_SECONDS[min(self.quick_deaths, len(BACK_OFF_SECONDS)) - 1]
        self.process = None

    def end(self) -> None:
        """Ask it to finish, wait, and end it for good when it does not."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _end_group(self.process)
        self.process = None


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """The child and whatever it started: its session holds nothing else."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


@click.command()
@click.option("--host", envvar="STOREFRONT_HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
def run(host: str, port: int) -> None:
    """Run the whole shop: database, web, background work. PROFILE fills an empty database once."""
    env = {**os.environ, "PORT": str(port), "STOREFRONT_HOST": host, PARENT_VARIABLE: str(os.getpid())}
    try:
        os.environ["PORT"] = str(port)  # the default of PUBLIC_URL follows it
        settings = settings_from_environment()
        with only_one(settings.data_dir):
            check_port(host, port)
            prepare(settings.profile, env)
            keep_running(env, host, port, settings)
    except (CannotRun, ConfigError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Two shops never share a DATA_DIR. The lock ends with the process, so nothing is left behind by a crash."""
    folder = data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotRun(
                f"A shop is already running on {data_dir}. Stop it first, or set DATA_DIR to another folder."
            ) from None
        yield


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotRun(
                f"Port {port} of {host} cannot be used ({error.strerror}). Is another shop running there? "
                f"Choose another one, for example PORT={port + 1 if port < 65535 else 8000}."
            ) from None


def prepare(profile: str, env: Mapping[str, str]) -> None:
    """Tables up to date; an empty database filled from the profile."""
    arguments = ["demo", "--profile", profile] if profile else ["db", "upgrade"]
    process = subprocess.run([*COMMAND, *arguments], env=dict(env), check=False)
    if process.returncode:
        raise CannotRun("The database could not be prepared; the lines above say why. Nothing was started.")


def keep_running(env: Mapping[str, str], host: str, port: int, settings: Settings) -> None:
    """Until asked to stop. The web ends before the background work, so that what it promised is still begun."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    web, relay = Child("web", ("serve",)), Child("relay", ("relay",))
    try:
        for child in (web, relay):
            child.start(env)
        wait_for_web(web, relay, host, port, stop, env)
        if not stop.is_set():
            print_status(web, relay, settings)
        while not stop.wait(LOOK_SECONDS):
            look_after((web, relay), env)
    finally:
        for child in (web, relay):
            child.end()
        for number, handler in before.items():
            signal.signal(number, handler)


def look_after(children: tuple[Child, ...], env: Mapping[str, str]) -> None:
    """Note who ended, and start again whose pause is over. Raises ``CannotRun``."""
    for child in children:
        if child.ended():
            child.note_death()
            click.echo(f"{child.name} ended and is started again.", err=True)
        elif child.process is None and time.monotonic() >= child.start_again_at:
            child.start(env)


def wait_for_web(web: Child, relay: Child, host: str, port: int, stop: threading.Event, env: Mapping[str, str]) -> None:
    """Until the web server takes connections. Raises ``CannotRun`` when it never does."""
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    until = time.monotonic() + START_SECONDS
    while not stop.is_set():
        look_after((relay,), env)
        if web.ended():
            raise CannotRun("The web server could not start; the lines above say why.")
        try:
            socket.create_connection((reach, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise CannotRun(f"The web server did not answer within {START_SECONDS:.0f} seconds.") from None
        stop.wait(LOOK_SECONDS)


def print_status(web: Child, relay: Child, settings: Settings) -> None:
    def pid(child: Child) -> str:
        return str(child.process.pid) if child.process else "-"

    click.echo(f"shop   {settings.public_url}/")
    click.echo(f"web    running  pid {pid(web)}")
    click.echo(f"relay  running  pid {pid(relay)}  (background work and mail)")
    # The web wrote it while it started. Read here without the module that makes it, which would load the database part.
    code = settings.data_dir / SETUP_CODE
    if code.exists():
        click.echo(f"Set up the owner: {settings.public_url}/manage/setup?code={code.read_text().strip()}")
    click.echo("Stop with Ctrl-C.")
