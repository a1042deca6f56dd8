"""A throw-away PostgreSQL server for tests: own data folder, own port, durability off."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


class PostgresMissing(RuntimeError):
    """No PostgreSQL server programs on this machine."""


def find_programs() -> Path | None:
    """Folder with ``initdb`` and ``postgres``, the newest installed, or ``None``."""
    versions = sorted(
        (p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()),
        key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0,
    )
    if versions:
        return versions[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class PostgresServer:
    """``with PostgresServer() as server: server.url("name")``. As root it runs under the ``postgres`` account, since
    the server refuses root. ``autovacuum``: as a real server has it. A shop that is filled needs it: the plans by which
    foreign keys are checked are made while the tables are empty and read them whole until statistics come."""

    def __init__(self, *, autovacuum: bool = False) -> None:
        self.autovacuum = autovacuum
        programs = find_programs()
        if programs is None:
            raise PostgresMissing("PostgreSQL is not installed")
        self.programs = programs
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="storefront-pg-"))
        self.as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def _run(self, *command: str) -> None:
        done = subprocess.run([*self.as_user, *command], capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")

    def __enter__(self) -> "PostgresServer":
        if self.as_user:
            shutil.chown(self.folder, "postgres", "postgres")
        data = self.folder / "data"
        self._run(
            str(self.programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "shop",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=128MB "
            f"-c autovacuum={'on' if self.autovacuum else 'off'}"
        )
        self._run(
            str(self.programs / "pg_ctl"),
            "-D",
            str(data),
            "-w",
            "-l",
            str(self.folder / "log"),
            "-o",
            options,
            "start",
        )
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(
            [
                *self.as_user,
                str(self.programs / "pg_ctl"),
                "-D",
                str(self.folder / "data"),
                "-m",
                "immediate",
                "stop",
            ],
            capture_output=True,
            cwd="/",
        )
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://shop@127.0.0.1:{self.port}/{database}"
