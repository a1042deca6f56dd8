"""A shop that really runs: its own processes, data folder and port, driven from outside like a stranger's machine would."""

import contextlib
import email
import email.policy
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from storefront.cli.valkey import socket_path
from storefront.testing.databases import Templates
from storefront.testing.postgresql import free_port
from storefront.testing.pytest_plugin import missing_service

COMMAND = (sys.executable, "-m", "storefront.cli.main")
START_SECONDS = 60.0
STOP_SECONDS = 40.0
MAIL_SECONDS = 5.0
LOOK_SECONDS = 0.05
# What the environment of the tests must not pass on to a shop of their own.
OWN_VARIABLES = (
    "DATABASE_URL", "REDIS_URL", "MAIL_URL", "PUBLIC_URL", "SECRET_KEY", "DATA_DIR", "PROFILE", "PORT", "STOREFRONT_ENV",
)  # fmt: skip
Found = TypeVar("Found")


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def wait_for(look: Callable[[], Found], seconds: float, what: str) -> Found:
    """The first true answer of ``look``. Other processes do not tell when they are done, so they are looked at again and
    again; fails with ``what`` when the time is over."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < until, f"not within {seconds:g} s: {what}"
        time.sleep(LOOK_SECONDS)


class RunningShop:
    """``with RunningShop(folder) as shop: shop.get("/en/")``. Entering starts ``storefront run`` and waits for
    ``/healthz``; leaving ends every process it started and fails when one is left. ``start`` and ``stop`` do the same
    for single processes (``serve``, ``relay``) of a shop that was not entered.

    ``data_dir``: where the shop writes. ``database_url``: an empty database; default SQLite in ``data_dir``. ``command``:
    the program, for a shop installed elsewhere.
    """

    def __init__(
        self,
        data_dir: Path,
        database_url: str = "",
        *,
        profile: str = "mart",
        command: Sequence[str] = COMMAND,
        cwd: Path | None = None,
        **environment: str,
    ) -> None:
        self.data_dir, self.command, self.cwd = data_dir, tuple(command), cwd or data_dir
        data_dir.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.log = data_dir / "log.txt"
        inherited = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
        self.env = {**inherited, "DATA_DIR": str(data_dir), "PROFILE": profile, "PYTHONUNBUFFERED": "1", **environment}
        self.env["PUBLIC_URL"] = self.url
        if database_url:
            self.env["DATABASE_URL"] = database_url
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- processes

    def __enter__(self) -> "RunningShop":
        self.start("run", port=self.port)
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            self.stop(process)
        assert not self.left_behind(), f"processes left behind: {self.left_behind()}\n{self.last_words()}"

    def start(self, *arguments: str, port: int = 0) -> "subprocess.Popen[bytes]":
        """Start ``storefront ARGUMENTS``; with a ``port``, wait until the shop answers on it."""
        env = {**self.env, **({"PORT": str(port)} if port else {})}
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*self.command, *arguments], env=env, cwd=self.cwd, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        if port:
            wait_for(lambda: self._healthy(process, port), START_SECONDS, f"storefront {arguments[0]} on port {port}")
        return process

    def _healthy(self, process: "subprocess.Popen[bytes]", port: int) -> bool:
        assert process.poll() is None, f"it ended with exit code {process.returncode}\n{self.last_words()}"
        with contextlib.suppress(OSError):
            return self.get("/healthz", port=port).status == 200
        return False

    def stop(self, process: "subprocess.Popen[bytes]") -> None:
        """Ask by SIGTERM and wait; whoever does not end is ended with its session, and the test fails."""
        self.processes.remove(process)
        if process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise AssertionError(f"it did not end within {STOP_SECONDS:g} s\n{self.last_words()}") from None

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End at once, as a power cut would."""
        self.processes.remove(process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def left_behind(self) -> list[str]:
        """Processes of this machine that work on this shop's folder."""
        mark = f"DATA_DIR={self.data_dir}".encode()
        own_socket = f"unixsocket:{socket_path(self.data_dir, self.env)}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes()
                # Valkey writes its socket as its title over its environment.
                if mark in (entry / "environ").read_bytes().split(b"\0") or own_socket in command:
                    found.append(command.replace(b"\0", b" ").decode().strip())
        return [command for command in found if command]

    def last_words(self) -> str:
        return self.log.read_text("utf-8", "replace")[-4000:] if self.log.exists() else ""

    # --- from outside

    def get(self, path: str, *, port: int = 0, **headers: str) -> Answer:
        """Follows redirects. Keyword arguments are headers: ``Accept_Language="ja"``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://127.0.0.1:{port or self.port}{path}", headers=named)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def cli(self, *arguments: str, code: int = 0) -> str:
        """What ``storefront ARGUMENTS`` printed. ``code``: the exit code it must have."""
        done = subprocess.run(
            [*self.command, *arguments],
            env=self.env, cwd=self.cwd, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == code, (
            f"storefront {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stdout if code == 0 else done.stdout + done.stderr

    def cli_json(self, *arguments: str) -> Any:
        return json.loads(self.cli(*arguments, "--json"))

    def audit(self) -> None:
        """Every invariant holds; the command itself fails else."""
        assert self.cli_json("audit") == []

    def mails(self, recipient: str = "") -> list[EmailMessage]:
        """Mails in the folder, oldest first."""
        files = sorted((self.data_dir / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        read = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
        return [mail for mail in read if isinstance(mail, EmailMessage) and recipient in str(mail["To"])]

    def wait_for_mail(self, recipient: str, containing: str) -> EmailMessage:
        """The mail to ``recipient`` whose text holds ``containing``, as soon as it is there."""

        def look() -> EmailMessage | None:
            return next((mail for mail in self.mails(recipient) if containing in text_of(mail)), None)

        found = wait_for(look, MAIL_SECONDS, f"a mail to {recipient} with {containing!r}\n{self.last_words()}")
        assert found is not None
        return found


def empty_database(templates: Templates, kind: str, name: str) -> str:
    """``DATABASE_URL`` of a database without any table, which the shop makes itself: "" for SQLite (a file in the shop's
    own folder), a new database ``name`` of the tests' server for PostgreSQL. It goes with the server."""
    if kind == "sqlite":
        return ""
    if templates.server is None:
        missing_service("PostgreSQL")
    assert templates.server is not None
    engine = create_engine(templates.server.url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return templates.server.url(name)


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""
