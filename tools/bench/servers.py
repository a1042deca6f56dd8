"""Servers under measure: gunicorn with sync workers, ended by pid whatever happens."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from storefront.testing.postgresql import free_port
from storefront.testing.running import OWN_VARIABLES

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    port: int
    pid: int

    def worker_memory(self) -> list[float]:
        """PSS of each worker, MiB; empty where the system does not tell."""
        found = []
        for pid in _children(self.pid):
            try:
                text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            pss = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
            if pss:
                found.append(int(pss[1]) / 1024)
        return found


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@contextmanager
def serving(name: str, target: str, env: Mapping[str, str], log: Path) -> Iterator[Server]:
    """``target`` (``module:app``) on a free port of loopback until the block ends."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "-w", str(WORKERS), "-k", "sync", "-b", f"127.0.0.1:{port}", "--timeout", "120",
        "--no-control-socket", "--log-level", "warning", target,
    ]  # fmt: skip
    inherited = {key: value for key, value in os.environ.items() if key not in OWN_VARIABLES}
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**inherited, **env}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        _wait(process, port, log)
        yield Server(name, port, process.pid)
    finally:
        _end(process)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0 and len(_children(process.pid)) == WORKERS:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
