"""``storefront run``: the whole shop on one machine under one small parent.

The parent never loads the application: it prepares the database in a child, then keeps ``serve``, the workers, ``relay`` and,
where no ``REDIS_URL`` is set, a Valkey of its own running. Without any Redis the relay does the workers' part.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import click

from storefront.cli import valkey
from storefront.cli.children import COMMAND, CannotRun, Child, end_in_order, look_after
from storefront.cli.lifeline import PARENT_VARIABLE
from storefront.config import ConfigError, Settings, settings_from_environment

SETUP_CODE = "setup_code"
LOOK_SECONDS = 0.2
START_SECONDS = 60.0
# A start that dies without a word is tried again, the last time without the plugins of others (plugin_host/boots.py).
BOOTS = 4
SAID = (0, 1, 2)
QUEUES = ("critical", "mail", "slow")
# A Valkey that ends so often right after its start cannot read its files. They hold nothing that the outbox does not.
UNREADABLE_AFTER = 3


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
            family = make_family(settings, env)
            keep_running(family, host, port, settings)
    except (CannotRun, ConfigError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Two shops never share a DATA_DIR. The lock ends with the process, so nothing is left behind by a crash."""
    folder = data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotRun(
                f"A shop is already running on {data_dir}. Stop it first, or set DATA_DIR to another folder."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


@click.command()
def reload() -> None:
    """Let the running shop begin anew with what is installed now (a new plugin, say). Nobody is turned away."""
    try:
        lock = settings_from_environment().data_dir / "run" / "lock"
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    try:
        with lock.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:  # held by the shop that runs
        os.kill(int(lock.read_text()), signal.SIGHUP)
        click.echo("The shop begins anew.")
        return
    except FileNotFoundError:
        pass
    raise click.ClickException(
        "No shop started by 'storefront run' works on this DATA_DIR. Send SIGHUP to 'storefront serve', and start "
        "workers and relay again (systemctl reload-or-restart storefront-\\*)."
    )


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
    for _ in range(BOOTS):
        process = subprocess.run([*COMMAND, *arguments], env=dict(env), check=False)
        if process.returncode in SAID:
            break
        click.echo("The start died and is tried again.", err=True)
    if process.returncode:
        raise CannotRun("The database could not be prepared; the lines above say why. Nothing was started.")


@dataclass(frozen=True, slots=True)
class Family:
    """Who runs, and with which environment."""

    web: Child
    workers: tuple[Child, ...]
    relay: Child
    redis: Child | None
    env: Mapping[str, str]
    redis_note: str

    @property
    def all(self) -> tuple[Child, ...]:
        return (*((self.redis,) if self.redis else ()), self.web, *self.workers, self.relay)

    def begin_anew(self) -> None:
        """With what is installed now: the web changes its server while its port stays open; the background work finishes
        what it has at hand and is started again."""
        if self.web.process is not None:
            self.web.process.send_signal(signal.SIGHUP)
        end_in_order((self.workers, (self.relay,)))
        for child in (*self.workers, self.relay):
            child.start(self.env)

    def end(self) -> None:
        """The web before the background work, so that what it promised is still begun; then who carried messages."""
        end_in_order(((self.web,), self.workers, (self.relay,), (self.redis,) if self.redis else ()))


def make_family(settings: Settings, env: Mapping[str, str]) -> Family:
    web, relay = Child("web", ("serve",), note=settings.public_url), Child("relay", ("relay",), note="the clock; ")
    redis, url, note = None, settings.redis_url, "REDIS_URL"
    if not url:
        redis, url, note = embedded(settings.data_dir, env)
    relay.note += "hands over to the workers" if url else "all background work"
    workers = tuple(Child(name, ("worker", name), needed=False, note="worker") for name in QUEUES) if url else ()
    return Family(web, workers, relay, redis, {**env, **({"REDIS_URL": url} if url else {})}, note)


def embedded(data_dir: Path, env: Mapping[str, str]) -> tuple[Child | None, str, str]:
    """The Valkey of this shop, its address, and where it comes from; or why there is none."""
    binary = valkey.find_binary(env)
    if binary is None:
        return None, "", "none on this machine"
    try:
        path = valkey.socket_path(data_dir, env)
    except (valkey.SocketRefused, OSError) as error:
        return None, "", f"none: {error}"

    def before_start(child: Child) -> None:
        valkey.end_leftover(path, data_dir)
        if child.quick_deaths >= UNREADABLE_AFTER:
            shutil.rmtree(data_dir / "valkey", ignore_errors=True)
            (data_dir / "valkey").mkdir(mode=0o700)

    child = Child(
        "valkey",
        tuple(valkey.arguments(binary, path, data_dir)[1:]),
        needed=False,
        program=(str(binary),),
        note="embedded",
        in_child=valkey.die_with_parent,
        before_start=before_start,
    )
    return child, valkey.url_of(path), "embedded"


def keep_running(family: Family, host: str, port: int, settings: Settings) -> None:
    """Until asked to stop."""
    stop, again = threading.Event(), threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda *_: again.set())
    try:
        for child in family.all:
            child.start(family.env)
        wait_for_web(family, host, port, stop)
        if not stop.is_set():
            print_status(family, settings)
        while not stop.wait(LOOK_SECONDS):
            if again.is_set():
                again.clear()
                family.begin_anew()
            look_after(family.all, family.env)
    finally:
        family.end()
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_for_web(family: Family, host: str, port: int, stop: threading.Event) -> None:
    """Until the web server answers: its port is open before. Raises ``CannotRun`` when it never does."""
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    until = time.monotonic() + START_SECONDS
    while not stop.is_set():
        look_after((child for child in family.all if child is not family.web), family.env)
        if family.web.ended():
            raise CannotRun("The web server could not start; the lines above say why.")
        try:
            with closing(HTTPConnection(reach, port, timeout=1)) as connection:
                connection.request("GET", "/healthz")
                connection.getresponse()
            return
        except (OSError, HTTPException):
            if time.monotonic() > until:
                raise CannotRun(f"The web server did not answer within {START_SECONDS:.0f} seconds.") from None
        stop.wait(LOOK_SECONDS)


def print_status(family: Family, settings: Settings) -> None:
    rows = [
        (
            child.name,
            "running" if child.process else "starting",
            str(child.process.pid) if child.process else "-",
            child.note,
        )
        for child in family.all
    ]
    if family.redis is None:
        rows.insert(0, ("redis", "-", "-", family.redis_note))
    click.echo(f"shop      {settings.public_url}/")
    for name, state, pid, note in rows:
        click.echo(f"{name:<9} {state:<9} pid {pid:<8} {note}".rstrip())
    # The web wrote it while it started. Read here without the module that makes it, which would load the database part.
    code = settings.data_dir / SETUP_CODE
    if code.exists():
        click.echo(f"Set up the owner: {settings.public_url}/manage/setup?code={code.read_text().strip()}")
    click.echo("Stop with Ctrl-C.")
